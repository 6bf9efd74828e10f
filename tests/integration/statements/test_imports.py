"""A statement in the database and the store: wholly or not at all, once, under lock, without people's data."""

from __future__ import annotations

import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.infra.db.transaction import transaction
from app.infra.storage.hashing import sha256_of
from app.kernel.actor import Actor
from app.kernel.errors import Forbidden, Refused, Unavailable
from app.statements.queries import import_by_hash, parts_of_month
from app.statements.service.imports import import_statement
from app.statements.service.keeping import RETENTION, keep
from app.statements.service.preparing import BadStatement, prepare
from tests.factories.accounts import make_person
from tests.unit.statements.support import FIRST, SECOND, table

SYSTEM = Actor.system("test")
FILES = Path(__file__).parents[2] / "unit" / "statements" / "files"
GOOD = table(FIRST, SECOND.replace("2026-03", "2026-04"))


@pytest.fixture
def storage(app: Any) -> Any:
    return app.extensions["redress"].storage


@pytest.fixture
def take(app: Any, storage: Any, tx_as: Any, clock: Any, tmp_path: Path) -> Any:
    """Take in a file of these bytes; its command."""

    def taking(
        content: bytes | str, name: str = "a.csv", *, actor: Actor = SYSTEM, again: str = ""
    ) -> Any:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        (folder / "work").mkdir(parents=True)
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        command = keep(storage, prepare(path, folder / "work"), clock, again=again)
        with tx_as(actor) as tx:
            import_statement(tx, command, actor, clock)
        return command

    return taking


def counted(tx_as: Any, actor: Actor = SYSTEM) -> tuple[int, int]:
    """(imports, parts) that *actor* sees."""
    with tx_as(actor) as tx:
        return tuple(  # type: ignore[return-value]
            tx.execute(text(f"select count(*) from {name}")).scalar_one()
            for name in ("statement_import", "statement_part")
        )


def fetched(storage: Any, key: str, path: Path) -> Path:
    path.write_bytes(b"".join(storage.open(key)))
    return path


def test_a_file_is_taken_in_with_its_months_sums_and_history(take: Any, tx_as: Any) -> None:
    command = take(GOOD)

    with tx_as(SYSTEM) as tx:
        row = import_by_hash(tx, command.sha256)
        (march,) = parts_of_month(tx, "2026-03")
        (april,) = parts_of_month(tx, "2026-04", "neutral")
        verbs = tx.execute(
            text("select verb from history_entry where subject_kind = 'statement_import'")
        )
        assert [verb for (verb,) in verbs] == ["statement.imported"]
    assert row is not None
    assert (row.name, row.formats, row.line_count) == ("a.csv", ("neutral",), 2)
    assert (march.sums, april.sums) == ({"EUR": "100.00"}, {"EUR": "0.25"})


def test_the_bytes_are_kept_as_they_came_under_lock(take: Any, storage: Any, clock: Any) -> None:
    command = take(GOOD)

    kept = command.kept
    assert sha256_of(storage.open(kept.object_key, kept.object_version))[0] == command.sha256
    assert storage.retained_until(kept.object_key, kept.object_version) >= clock.now() + RETENTION
    assert storage.purge(kept.object_key, kept.object_version) is False


def test_lines_lie_typed_and_whole_in_the_store(take: Any, storage: Any, tmp_path: Path) -> None:
    command = take((FILES / "believe.csv").read_bytes(), "believe.csv")

    (part,) = command.parts
    path = fetched(storage, part.object_key, tmp_path / "part.parquet")
    engine = duckdb.connect()
    kinds = dict(
        engine.execute(f"select column_name, column_type from (describe from '{path}')").fetchall()
    )
    rows = engine.execute(
        f"select number, amount, amount_text, title from '{path}' order by position"
    ).fetchall()
    assert (kinds["amount"], kinds["units"], kinds["number"]) == (
        "DECIMAL(38,24)",
        "DECIMAL(38,24)",
        "INTEGER",
    )
    assert rows == [
        (2, Decimal("1234.56"), "1\xa0234,56", "Low Tide"),
        (3, Decimal("0.0012"), "0,0012", "Low Tide"),
    ]


def test_b077_the_same_file_twice_changes_nothing(take: Any, tx_as: Any) -> None:
    take(GOOD)

    with pytest.raises(Refused) as refused:
        take(GOOD, "another name.csv")

    assert refused.value.code == "already_imported"
    assert counted(tx_as) == (1, 2)


def test_b077_the_same_lines_in_other_bytes_need_a_reason(take: Any, tx_as: Any) -> None:
    take(GOOD)
    other = GOOD.replace("\n", "\r\n")

    with pytest.raises(Refused, match=r"a\.csv") as refused:
        take(other, "b.csv")

    assert refused.value.code == "same_lines"
    assert counted(tx_as) == (1, 2)
    take(other, "b.csv", again="A second account with the same sales.")
    assert counted(tx_as) == (2, 4)


def test_b077_lines_that_share_their_numbers_only_are_other_lines(take: Any, tx_as: Any) -> None:
    take(GOOD)

    take(GOOD.replace("EUR", "USD"), "b.csv")

    assert counted(tx_as) == (2, 4)


def test_i18_a_bad_line_leaves_no_row_and_no_object(take: Any, tx_as: Any, storage: Any) -> None:
    before = len(list(storage.list("statement/")))

    with pytest.raises(BadStatement) as caught:
        take(GOOD + SECOND.replace("0.25", "nothing") + "\n")

    assert [(one.line, one.column) for one in caught.value.problems] == [(4, "gross")]
    assert caught.value.errors[0].field == "a.csv line 4, gross"
    assert counted(tx_as) == (0, 0)
    assert len(list(storage.list("statement/"))) == before


@pytest.mark.parametrize("at", [1, 2, 3])
def test_b083_a_store_that_goes_away_leaves_nothing_and_the_next_try_everything(
    take: Any, tx_as: Any, storage: Any, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    accept, calls = storage.accept, []

    def failing(quarantine_key: str, final_key: str) -> Any:
        calls.append(final_key)
        if len(calls) == at:
            raise Unavailable("storage")
        return accept(quarantine_key, final_key)

    content = GOOD.replace("spotify", f"spotify{at}")
    monkeypatch.setattr(storage, "accept", failing)
    with pytest.raises(Unavailable):
        take(content)
    assert counted(tx_as) == (0, 0)

    monkeypatch.undo()
    take(content)
    assert counted(tx_as) == (1, 2)


def test_b083_a_crash_before_the_commit_leaves_no_row(
    take: Any, tx_as: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_args: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("app.statements.service.imports.record", crash)
    with pytest.raises(KeyboardInterrupt):
        take(GOOD)

    assert counted(tx_as) == (0, 0)


def test_b084_two_imports_at_once_are_one(
    app: Any, storage: Any, tx_as: Any, clock: Any, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(GOOD)
    commands = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        commands.append(keep(storage, prepare(path, tmp_path / name), clock))
    gate, said = threading.Barrier(2), []

    def work(command: Any) -> None:
        with app.app_context():
            gate.wait()
            try:
                with transaction(SYSTEM) as tx:
                    import_statement(tx, command, SYSTEM, clock)
                said.append("done")
            except Refused as error:
                said.append(error.code)

    threads = [threading.Thread(target=work, args=(command,)) for command in commands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said) == ["already_imported", "done"]
    assert counted(tx_as) == (1, 2)


def test_who_bought_what_is_kept_nowhere(take: Any, storage: Any, tmp_path: Path) -> None:
    command = take((FILES / "bandcamp-52.csv").read_bytes(), "bandcamp.csv")

    assert command.kept.masked
    assert command.kept.sha256 != command.sha256
    for key in [command.kept.object_key, *(part.object_key for part in command.parts)]:
        path = fetched(storage, key, tmp_path / "object")
        raw = path.read_bytes()
        if key.endswith(".parquet"):
            raw = repr(
                duckdb.connect().execute(f"select * from read_parquet('{path}')").fetchall()
            ).encode()
        assert b"Low Tide" in raw
        assert not any(word in raw for word in (b"Bea Buyer", b"bea@", b"Harbour", b"ada@label"))


def test_parties_import_nothing_and_see_nothing(take: Any, tx_as: Any) -> None:
    ada = make_person("ada").actor
    take(GOOD)

    assert counted(tx_as, ada) == (0, 0)
    assert counted(tx_as, make_person("fay").actor) == (1, 2)
    with pytest.raises(Forbidden):
        take(GOOD.replace("spotify", "tidal"), actor=ada)


def test_what_was_imported_is_never_changed(take: Any, tx_as: Any) -> None:
    take(GOOD)

    for words in ("update statement_part set sums = '{}'", "delete from statement_import"):
        with pytest.raises(DBAPIError), tx_as(SYSTEM) as tx:
            tx.execute(text(words))


def test_an_empty_statement_is_an_import_without_lines(take: Any, tx_as: Any) -> None:
    command = take("No Earning Activity for this Royalty Period\n", "ada.txt")

    assert (command.line_count, command.parts) == (0, ())
    assert counted(tx_as) == (1, 0)
