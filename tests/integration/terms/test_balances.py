"""Balances in the database: months join, whoever writes them, and the database adds up by itself."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.reading.sources import Source
from app.terms.commands import EndRow
from app.terms.queries import balances_of, minimums
from app.terms.rules.rows import COLUMNS, Table
from app.terms.service import end_row, import_terms, read_file

SYSTEM = Actor.system("test")
HEAD = ",".join(name for name, _kind in COLUMNS[Table.BALANCES])
JANUARY = "C1,ada,EUR,2026-01,-500,120,120,0,-500"
FEBRUARY = "C1,ada,EUR,2026-02,-500,700,100,80,20"
MARCH = "C1,ada,EUR,2026-03,20,5,0,0,25"


@pytest.fixture
def take(app: Any, tx_as: Any, clock: Any) -> Any:
    def taking(*lines: str) -> int | None:
        with tx_as(SYSTEM) as tx:
            source = Source.of_bytes("b.csv", "\n".join((HEAD, *lines)).encode())
            with read_file(Table.BALANCES, source) as command:
                return import_terms(tx, command, SYSTEM, clock).version

    return taking


def test_months_come_one_after_the_other_and_must_join(take: Any, tx_as: Any) -> None:
    assert take(JANUARY, FEBRUARY) == 1
    assert take(MARCH) == 2
    assert take(MARCH, JANUARY) is None

    with pytest.raises(Invalid, match="“C1” ends 2026-03 with 25 EUR") as found:
        take("C1,ada,EUR,2026-04,24,0,0,0,24")
    assert found.value.field == "line 2, opening"
    with pytest.raises(Invalid, match="“C1” ends 2026-02 with 30 EUR"):
        take("C1,ada,EUR,2026-02,-500,710,100,80,30")
    assert take("C1,ada,EUR,2026-02,-500,710,100,80,30", "C1,ada,EUR,2026-03,30,0,0,5,25") == 3
    with tx_as(SYSTEM) as tx:
        assert len(balances_of(tx, {"C1"})) == 3


def test_the_middle_of_a_contract_is_not_ended(take: Any, tx_as: Any, clock: Any) -> None:
    take(JANUARY, FEBRUARY, MARCH)
    with tx_as(SYSTEM) as tx:
        stored = {one.row.key[1]: one.id for one in balances_of(tx, {"C1"})}

    with pytest.raises(Invalid, match="ends 2026-01"), tx_as(SYSTEM) as tx:
        end_row(tx, EndRow(Table.BALANCES, stored["2026-02"], "Wrong"), SYSTEM, clock)  # type: ignore[arg-type]
    with tx_as(SYSTEM) as tx:
        end_row(tx, EndRow(Table.BALANCES, stored["2026-03"], "Wrong"), SYSTEM, clock)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ("'C9', 'ada', 'EUR', '2026-01-01', 0, 10, 0, 0, 9", psycopg.errors.CheckViolation),
        ("'C9', 'ada', 'EUR', '2026-01-01', 0, 10, -1, 0, 11", psycopg.errors.CheckViolation),
        ("'C1', 'ada', 'EUR', '2026-01-01', 0, 0, 0, 0, 0", psycopg.errors.UniqueViolation),
    ],
)
def test_the_database_adds_up_by_itself(take: Any, pg: Any, values: str, error: Any) -> None:
    take(JANUARY)

    with psycopg.connect(pg["superuser"]) as owner, pytest.raises(error):
        owner.execute(
            "insert into terms_balance (id, made_in, contract, payee, currency, month, opening, earned, recouped, paid, closing) "
            f"values (gen_random_uuid(), 1, {values})"
        )


def test_smallest_payouts_are_found_by_payee_and_currency(
    take: Any, tx_as: Any, clock: Any
) -> None:
    content = b"payee,currency,minimum\nada,EUR,25.00\nbo,USD,\n"
    source = Source.of_bytes("p.csv", content)
    with read_file(Table.PAYEES, source) as command, tx_as(SYSTEM) as tx:
        import_terms(tx, command, SYSTEM, clock)

    with tx_as(SYSTEM) as tx:
        assert {key: str(one.normalize()) for key, one in minimums(tx, {"ada", "bo"}).items()} == {("ada", "EUR"): "25"}  # fmt: skip
