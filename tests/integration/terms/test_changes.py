"""Terms in the database: whole files, versions that stay readable, overlaps that it refuses itself, and both walls."""

from __future__ import annotations

import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from app.kernel.actor import Actor
from app.kernel.errors import Forbidden, Invalid, InvalidMany, NotFound, Refused
from app.kernel.period import Period
from app.kernel.reading.sources import Source
from app.recompute.rules.inputs import TABLES
from app.terms.commands import AddRow, EndRow
from app.terms.queries import newest_version, rows_of_keys, write_files
from app.terms.rules.rows import AUDITED, Deal, Payee, Rate, Row, Table
from app.terms.service import Change, add_row, end_row, import_terms, preview, read_file
from tests.factories.accounts import make_person

SYSTEM = Actor.system("test")
HEADS = {table: ",".join(name for name, _kind in TABLES[table.value]) for table in AUDITED}
ADA = "QZABC2600001,ada,0.5,WW,,2025-12\nQZABC2600001,ada,0.6,WW,2025-12,"
BO = "QZABC2600001,bo,0.4,WW,,"
CY = "QZABC2600002,cy,1,WW-US,,"


@pytest.fixture
def take(app: Any, tx_as: Any, clock: Any) -> Any:
    """Take in these lines; what changed."""

    def taking(table: Table, *lines: str, actor: Actor = SYSTEM, head: str = "") -> Change:
        content = "\n".join((head or HEADS[table], *lines)).encode()
        source = Source.of_bytes("a.csv", content)
        with read_file(table, source) as command, tx_as(actor) as tx:
            return import_terms(tx, command, actor, clock)

    return taking


@pytest.fixture
def written(tx_as: Any, tmp_path: Path) -> Any:
    """The files now, or as of a version: (their text by table, version, digest)."""

    def writing(version: int | None = None) -> tuple[dict[str, str], int, str]:
        with tx_as(SYSTEM) as tx:
            files = write_files(tx, tmp_path, version)
        found = {table.value: getattr(files, table.value).read_text() for table in AUDITED}
        return found, files.version, files.digest

    return writing


def live(tx_as: Any, table: Table, *keys: tuple[str, ...]) -> list[Row]:
    with tx_as(SYSTEM) as tx:
        return [one.row for one in rows_of_keys(tx, table, set(keys))]


def test_a_file_is_taken_whole_with_its_version_and_history(take: Any, tx_as: Any) -> None:
    fay = make_person("fay").actor

    change = take(Table.SPLITS, ADA, BO, actor=fay)

    assert (change.version, change.begins, change.unknown) == (1, 3, ("ada", "bo"))
    with tx_as(SYSTEM) as tx:
        row = tx.execute(text("select number, table_name, added, ended, name, by_id from terms_version")).one()  # fmt: skip
        history = tx.execute(text("select verb, data from history_entry where subject_kind = 'terms_version'")).one()  # fmt: skip
    assert tuple(row) == (1, "splits", 3, 0, "a.csv", fay.person_id)
    assert history.verb == "terms.changed"
    assert (history.data["version"], history.data["added"]) == (1, 3)


def test_b077_the_same_file_twice_changes_nothing(take: Any, tx_as: Any, written: Any) -> None:
    take(Table.SPLITS, ADA, BO)
    before = written()

    again = take(Table.SPLITS, BO, ADA)

    assert (again.version, again.same) == (None, 3)
    assert written() == before
    with tx_as(SYSTEM) as tx:
        assert newest_version(tx) == 1


def test_a_file_says_all_of_what_it_names_and_nothing_of_the_rest(take: Any, written: Any) -> None:
    take(Table.SPLITS, ADA, BO, CY)

    change = take(Table.SPLITS, ADA, BO.replace("0.4", "0.3"))

    assert (change.begins, change.ends, change.same) == (1, 1, 2)
    assert written()[0]["splits"].splitlines()[1:] == [
        *ADA.splitlines(), "QZABC2600001,bo,0.3,WW,,", CY,
    ]  # fmt: skip


def test_an_older_version_is_written_as_it_was(take: Any, written: Any) -> None:
    take(Table.SPLITS, ADA, BO)
    first = written()
    take(Table.SPLITS, BO.replace("0.4", "1"))

    now = written()

    assert written(1) == first
    assert (now[1], first[1]) == (2, 1)
    assert now[2] != first[2]


def test_rows_of_one_payee_may_lie_over_each_other(take: Any, written: Any) -> None:
    take(Table.SPLITS, BO, BO, BO.replace("WW", "US CA"))

    assert written()[0]["splits"].splitlines()[1:] == [BO.replace("WW", "CA US"), BO, BO]
    assert take(Table.SPLITS, BO).same == 1


def test_i18_a_file_with_one_wrong_line_changes_nothing(take: Any, tx_as: Any) -> None:
    with pytest.raises(InvalidMany):
        take(Table.SPLITS, ADA, "QZABC2600001,bo,2,WW,,")

    with tx_as(SYSTEM) as tx:
        assert newest_version(tx) == 0


@pytest.mark.parametrize(
    ("table", "columns", "first", "second"),
    [
        ("terms_deal", "isrc, fee_rate, from_month, to_month", "'*', 0.15, null, '2026-03-01'", "'*', 0.2, '2026-02-01', null"),
        ("terms_withholding", "payee, territory, rate, from_month, to_month", "'ada', 'US', 0, null, null", "'ada', 'US', 0.3, '2026-02-01', '2026-03-01'"),
        ("terms_rate", "month, from_currency, to_currency, rate, source", "'2026-01-01', 'EUR', 'USD', 1.1, ''", "'2026-01-01', 'EUR', 'USD', 1.2, ''"),
        ("terms_payee", "payee, currency", "'ada', 'EUR'", "'ada', 'USD'"),
    ],
)  # fmt: skip
def test_the_database_itself_refuses_what_contradicts_a_row_in_force(
    take: Any, pg: Any, table: str, columns: str, first: str, second: str
) -> None:
    take(Table.SPLITS, BO)
    add = f"insert into {table} (id, made_in, {columns}) values (gen_random_uuid(), 1, %s)"

    with psycopg.connect(pg["superuser"]) as owner:
        owner.execute(add.replace("%s", first))
        with pytest.raises((psycopg.errors.ExclusionViolation, psycopg.errors.UniqueViolation)):
            owner.execute(add.replace("%s", second))
        owner.rollback()


def test_rows_are_only_ended_and_only_once(take: Any, tx_as: Any, pg: Any) -> None:
    take(Table.SPLITS, BO)
    take(Table.SPLITS, BO.replace("0.4", "0.5"))

    with psycopg.connect(pg["superuser"]) as owner:
        for change in ("set share = 1", "set ended_in = null where ended_in is not null"):
            with pytest.raises(psycopg.errors.RestrictViolation):
                owner.execute(f"update terms_split {change}")
            owner.rollback()
        with pytest.raises(psycopg.errors.RestrictViolation):
            owner.execute("delete from terms_split")
        owner.rollback()
    with pytest.raises(ProgrammingError), tx_as(SYSTEM) as tx:
        tx.execute(text("update terms_split set share = 1"))
    with pytest.raises(DBAPIError), tx_as(SYSTEM) as tx:
        tx.execute(text("delete from terms_version"))


def test_a_version_without_history_does_not_commit(app: Any, tx_as: Any) -> None:
    with pytest.raises(IntegrityError), tx_as(SYSTEM) as tx:
        tx.execute(
            text(
                "insert into terms_version (id, number, table_name, way, name, sha256, reason, added, ended, at) "
                "values (gen_random_uuid(), 1, 'fx', 'form', '', '', '', 1, 0, now())"
            )
        )


@pytest.mark.parametrize("who", ["gus", "rio", "adi", "aud", "ada"])
def test_only_who_prepares_changes_terms(take: Any, who: str) -> None:
    person = make_person(who).actor

    with pytest.raises(Forbidden):
        take(Table.SPLITS, BO, actor=person)


def test_parties_see_nothing_of_the_terms(take: Any, tx_as: Any) -> None:
    take(Table.SPLITS, BO)
    seen = {}

    for who in ("ada", "adi", "fay", "aud"):
        with tx_as(make_person(who).actor) as tx:
            seen[who] = tx.execute(text("select count(*) from terms_split")).scalar_one()

    assert seen == {"ada": 0, "adi": 0, "fay": 1, "aud": 1}


def test_what_a_file_has_no_column_for_stays_as_long_as_it_fits(take: Any, tx_as: Any) -> None:
    take(Table.PAYEES, "ada,USD,25.00", head="payee,currency,minimum")
    take(Table.FX, "2026-01,EUR,USD,1.1,ECB,2026-01-30", head=f"{HEADS[Table.FX]},source,quoted_on")

    assert take(Table.PAYEES, "ada,USD").version is None
    assert take(Table.FX, "2026-01,EUR,USD,1.10").version is None
    take(Table.PAYEES, "ada,EUR")
    take(Table.FX, "2026-01,EUR,USD,1.2")

    assert live(tx_as, Table.PAYEES, ("ada",)) == [Payee("ada", "EUR")]
    (rate,) = live(tx_as, Table.FX, ("2026-01", "EUR", "USD"))
    assert isinstance(rate, Rate)
    assert (rate.rate, rate.source, rate.quoted_on) == (Decimal("1.2"), "a.csv", None)


def test_a_payee_of_the_ledger_must_be_one(take: Any) -> None:
    with pytest.raises(Invalid, match="no such payee"):
        take(
            Table.PAYEES, "ada,USD,8f5c2f0e-0000-4000-8000-000000000000", head="payee,currency,payee_id"
        )  # fmt: skip


def test_a_preview_says_what_would_change_and_changes_nothing(
    take: Any, tx_as: Any, clock: Any
) -> None:
    fay = make_person("fay").actor
    source = Source.of_bytes("a.csv", f"{HEADS[Table.SPLITS]}\n{BO}".encode())

    with read_file(Table.SPLITS, source) as command, tx_as(fay) as tx:
        change = preview(tx, command, fay)

    assert (change.version, [row.cells for row in change.first_begins]) == (None, [tuple(BO.split(","))])  # fmt: skip
    with tx_as(SYSTEM) as tx:
        assert newest_version(tx) == 0


def test_one_row_is_added_and_ended_by_hand(take: Any, tx_as: Any, clock: Any) -> None:
    fay = make_person("fay").actor
    take(Table.DEALS, "*,0.15,,")
    ours = Deal("QZABC2600001", Decimal("0.1"), Period())

    with tx_as(fay) as tx:
        added = add_row(tx, AddRow(ours, "Contract of May"), fay, clock)
    with pytest.raises(Refused, match="End that one first"), tx_as(fay) as tx:
        add_row(tx, AddRow(Deal("*", Decimal(0), Period()), "Again"), fay, clock)
    with tx_as(fay) as tx:
        (stored,) = rows_of_keys(tx, Table.DEALS, {("QZABC2600001",)})
        ended = end_row(tx, EndRow(Table.DEALS, stored.id, "It ran out"), fay, clock)  # type: ignore[arg-type]
    with pytest.raises(NotFound), tx_as(fay) as tx:
        end_row(tx, EndRow(Table.DEALS, stored.id, "Again"), fay, clock)  # type: ignore[arg-type]

    assert (added.version, ended.version) == (2, 3)
    assert live(tx_as, Table.DEALS, ("QZABC2600001",)) == []


def test_b084_two_changes_at_once_take_turns(take: Any, tx_as: Any, app: Any, clock: Any) -> None:
    content = f"{HEADS[Table.SPLITS]}\n{BO}".encode()
    done: list[Change] = []

    def second() -> None:
        with app.app_context(), tx_as(SYSTEM) as tx:
            source = Source.of_bytes("second", content.replace(b"0.4", b"0.5"))
            with read_file(Table.SPLITS, source) as command:
                done.append(import_terms(tx, command, SYSTEM, clock))

    with tx_as(SYSTEM) as tx:
        with read_file(Table.SPLITS, Source.of_bytes("first", content)) as command:
            import_terms(tx, command, SYSTEM, clock)
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(timeout=0.5)
        assert waiting.is_alive(), "it waits for the first"
    waiting.join()

    (change,) = done
    assert (change.version, change.ends) == (2, 1)
    assert len(live(tx_as, Table.SPLITS, ("QZABC2600001",))) == 1
