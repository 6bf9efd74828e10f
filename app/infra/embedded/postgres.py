"""Our own launcher of PostgreSQL: one cluster in the data folder, three roles, stopped in order."""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from app.infra.embedded import binaries
from app.infra.embedded.children import (
    EmbeddedError,
    RunAs,
    Server,
    can_reach,
    end_leftover,
    read_json,
    remembered_ports,
    run_as,
    service_user,
    spawn,
    stop,
    take_lock,
    write_private_json,
)

log = logging.getLogger(__name__)

DATABASE = "redress"
SUPERUSER, OWNER, APP, AUDITOR = (
    "redress_superuser",
    "redress_owner",
    "redress_app",
    "redress_auditor",
)
EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent", "citext")
SHELTER = Path("/var/lib/redress")
_READY_SECONDS = 60.0
_STOP_SECONDS = 15.0
_CHILD_ENV = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "log_line_prefix": "%m [%p] ",
}
_NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
}


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """The addresses of the three roles (DECISIONS 2), and the superuser's for tests and repairs."""

    app: str
    owner: str
    auditor: str
    superuser: str


class EmbeddedPostgres(Server[DatabaseUrls]):
    """One cluster under *data_dir*. `durable=False` is for tests: it trades safety for speed."""

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        super().__init__(data_dir, durable=durable)
        self._user: RunAs | None = None
        self._home = self.data_dir

    # -- life -----------------------------------------------------------------------------------

    def start(self) -> DatabaseUrls:
        """Make the cluster when there is none, start it, wait for a real connection, ensure the roles."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._lock = take_lock(self.data_dir / "postgres.lock")
        try:
            return self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> DatabaseUrls:
        self._user = service_user()
        self._home = self._reachable_home()
        programs = binaries.within_reach(binaries.find(), self._user, self._home)
        passwords = self._passwords()
        self._ensure_cluster(programs, passwords[SUPERUSER])
        end_leftover(
            self.cluster / "postmaster.pid",
            os.fsencode(self.cluster),
            signal.SIGINT,
            signal.SIGQUIT,
        )
        port = self._launch(programs)
        urls = _urls(passwords, port)
        self._wait_ready(urls.superuser)
        _ensure_roles(urls.superuser, passwords)
        return urls

    def stop(self, grace: float = _STOP_SECONDS) -> None:
        """Fast shutdown (SIGTERM would wait for clients); nothing acknowledged is lost, even past *grace*."""
        if self.process is not None:
            stop(self.process, signal.SIGINT, grace, signal.SIGQUIT)
            self.process = None
        self._unlock()

    def ask_to_stop(self) -> None:
        """Begin stopping without waiting."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)

    def crash(self) -> None:
        """Stop as `pg_ctl stop -m immediate` does: no checkpoint, recovery at the next start. For fault tests."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(_STOP_SECONDS)
            self.process = None
        self._unlock()

    def urls(self) -> DatabaseUrls:
        """The addresses of a started cluster."""
        ports = read_json(self.data_dir / "postgres.port.json")
        return _urls(self._passwords(), int(ports["postgres"]))

    # -- places ---------------------------------------------------------------------------------

    @property
    def cluster(self) -> Path:
        """PGDATA."""
        return self._home / "postgres"

    def _reachable_home(self) -> Path:
        """The data folder; under a closed parent a folder that the server's account can walk to."""
        if can_reach(self._user, self.data_dir):
            return self.data_dir
        home = shelter_of(self.data_dir)
        home.mkdir(parents=True, exist_ok=True)
        for path in (home.parent, home):
            path.chmod(0o755)
        log.warning(
            "%s is closed to the account of PostgreSQL; the cluster is kept in %s",
            self.data_dir,
            home,
        )
        return home

    def _passwords(self) -> dict[str, str]:
        file = self.data_dir / "postgres.json"
        known = read_json(file)
        if not known and self.cluster.exists():
            raise EmbeddedError(
                f"{file} is missing, so the passwords of {self.cluster} are lost. Restore the file."
            )
        missing = [role for role in (SUPERUSER, OWNER, APP, AUDITOR) if role not in known]
        if missing:
            known.update({role: secrets.token_urlsafe(24) for role in missing})
            write_private_json(file, known)
        return {role: str(known[role]) for role in (SUPERUSER, OWNER, APP, AUDITOR)}

    # -- steps ----------------------------------------------------------------------------------

    def _ensure_cluster(self, programs: binaries.Binaries, password: str) -> None:
        version = self.cluster / "PG_VERSION"
        if version.exists():
            major = int(version.read_text("utf-8").strip())
            if major != programs.major:
                raise EmbeddedError(_other_major(self.cluster, major, programs))
            return
        fresh = self._home / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        word = self._home / "postgres.pw"
        try:
            self._write_for_server(word, password)
            if self._user is not None:
                os.chown(fresh, self._user.uid, self._user.gid)
            run_as(self._user, self._initdb(programs, fresh, word), _CHILD_ENV)
        finally:
            word.unlink(missing_ok=True)
        fresh.rename(self.cluster)

    def _initdb(self, programs: binaries.Binaries, target: Path, word: Path) -> list[str]:
        argv = [
            programs.program("initdb"),
            "-D",
            str(target),
            "-U",
            SUPERUSER,
            f"--pwfile={word}",
        ]
        argv += [
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--data-checksums",
            "--no-instructions",
        ]
        if programs.major >= binaries.BUILTIN_LOCALE_SINCE:
            argv += [
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
            ]
        else:
            argv += ["--locale=C.UTF-8"]
        if not self.durable:
            argv.append("--no-sync")
        return argv

    def _write_for_server(self, file: Path, text: str) -> None:
        file.unlink(missing_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            if self._user is not None:
                os.fchown(out.fileno(), self._user.uid, self._user.gid)
            out.write(text)

    def _launch(self, programs: binaries.Binaries) -> int:
        port = remembered_ports(self.data_dir / "postgres.port.json", ["postgres"])["postgres"]
        settings = _SETTINGS | ({} if self.durable else _NOT_DURABLE)
        argv = [programs.program("postgres"), "-D", str(self.cluster), "-p", str(port)]
        for name, value in settings.items():
            argv += ["-c", f"{name}={value}"]
        with (self.data_dir / "postgres.log").open("ab") as out:
            self.process = spawn(
                argv,
                env=_CHILD_ENV,
                log=out,
                user=self._user,
                death_signal=signal.SIGINT,
            )
        return port

    def _wait_ready(self, url: str) -> None:
        until = time.monotonic() + _READY_SECONDS
        admin = url.rpartition("/")[0] + "/postgres"
        while True:
            if self.process is None or self.process.poll() is not None:
                raise EmbeddedError(
                    f"PostgreSQL did not start; see {self.data_dir / 'postgres.log'}."
                )
            try:
                psycopg.connect(admin, connect_timeout=5).close()
            except psycopg.OperationalError as problem:
                if time.monotonic() > until:
                    raise EmbeddedError(
                        f"PostgreSQL is not ready after {_READY_SECONDS:.0f} s."
                    ) from problem
                time.sleep(0.03)
            else:
                return


def _urls(passwords: dict[str, str], port: int) -> DatabaseUrls:
    def url(role: str) -> str:
        return f"postgresql://{role}:{passwords[role]}@127.0.0.1:{port}/{DATABASE}"

    return DatabaseUrls(
        app=url(APP), owner=url(OWNER), auditor=url(AUDITOR), superuser=url(SUPERUSER)
    )


def shelter_of(data_dir: Path) -> Path:
    """Where the cluster of *data_dir* lives when its parents are closed."""
    name = hashlib.sha256(os.fsencode(os.path.realpath(data_dir))).hexdigest()[:16]
    return SHELTER / name


def running_urls(data_dir: Path) -> DatabaseUrls | None:
    """The addresses of a cluster that another process of ours keeps running on *data_dir*, if any."""
    passwords = read_json(data_dir / "postgres.json")
    ports = read_json(data_dir / "postgres.port.json")
    if not passwords or not ports:
        return None
    urls = _urls(passwords, int(ports["postgres"]))
    try:
        psycopg.connect(urls.app, connect_timeout=3).close()
    except psycopg.OperationalError:
        return None
    return urls


def _other_major(cluster: Path, major: int, programs: binaries.Binaries) -> str:
    return (
        f"{cluster} was made by PostgreSQL {major}, but {programs.folder} is {programs.major}.\n"
        f"To move: set PG_BIN to the programs of {major}, start, dump with `pg_dump -Fc`, stop, rename the folder,\n"
        f"unset PG_BIN, start once, and restore with `pg_restore` as {OWNER}."
    )


def _ensure_roles(superuser_url: str, passwords: dict[str, str]) -> None:
    """Idempotent, so that a start killed half-way is finished by the next one."""
    admin = superuser_url.rpartition("/")[0] + "/postgres"
    with psycopg.connect(admin, autocommit=True) as connection:
        known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role in (OWNER, APP, AUDITOR):
            if role not in known:
                connection.execute(
                    sql.SQL(
                        "CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {}"
                    ).format(sql.Identifier(role), sql.Literal(passwords[role]))
                )
        connection.execute(
            sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(
                sql.Identifier(AUDITOR)
            )
        )
        there = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)
        ).fetchone()
        if there is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER)
                )
            )
    prepare_database(superuser_url)


def stands_at(owner_url: str) -> str:
    """The revision of the schema, empty before the first migration; without loading the migration library."""
    with psycopg.connect(owner_url) as connection:
        known = connection.execute("SELECT to_regclass('public.alembic_version')").fetchone()
        if known is None or known[0] is None:
            return ""
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else ""


def prepare_database(superuser_url: str) -> None:
    """Extensions and connection rights of one database; also for the databases that tests make."""
    name = superuser_url.rpartition("/")[2]
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        for extension in EXTENSIONS:
            connection.execute(
                sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
            )
        connection.execute(
            sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name))
        )
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, {}, {}").format(
                *map(sql.Identifier, (name, OWNER, APP, AUDITOR))
            )
        )
        connection.execute(
            sql.SQL("GRANT USAGE ON SCHEMA public TO {}, {}").format(
                *map(sql.Identifier, (APP, AUDITOR))
            )
        )
