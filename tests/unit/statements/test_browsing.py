"""A page of a statement's lines: pages put together are the file, filters leave out nothing that fits."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.statements.formats.browsing import Sought, StatementLine, choices_of, lines_page

COUNT = 230
STORES, MONTHS, ISRCS = ("Spotify", "Deezer", ""), ("2026-07", "2026-08"), ("qz-abc-26-00001", "QZABC2600002", "odd")  # fmt: skip


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture(scope="module")
def path(folder: Path) -> Path:
    """Lines out of order, in small groups, as they may lie in the store."""
    out = folder / "lines.parquet"
    with duckdb.connect() as engine:
        engine.execute(
            f"""copy (select cast(n as integer) as position, 'sale' as kind, ['2026-07', '2026-08'][1 + n % 2] as sale_month,
              ['Spotify', 'Deezer', ''][1 + n % 3] as store, 'neutral/1' as format, 'DE' as territory,
              ['qz-abc-26-00001', 'QZABC2600002', 'odd'][1 + n % 3] as isrc_text, 'Title ' || n as title, null as artist,
              'stream' as usage, cast(n as decimal(38,24)) as units, cast(n as decimal(38,24)) as amount, 'EUR' as currency,
              case when n % 5 = 0 then 'ada' end as payee
              from range(1, {COUNT + 1}) t(n) order by hash(n)) to '{out}' (format parquet, row_group_size 64)"""
        )
    return out


def pages(path: Path, folder: Path, sought: Sought, size: int) -> list[StatementLine]:
    found: list[StatementLine] = []
    after: int | None = sought.after
    while after is not None:
        one = Sought(sought.isrc, sought.store, sought.sale_month, sought.payees, sought.positions, after)  # fmt: skip
        rows, after = lines_page(path, folder, one, size)
        assert len(rows) <= size
        found += rows
    return found


@settings(max_examples=20, deadline=None)
@given(size=st.integers(1, COUNT + 5))
def test_pages_put_together_are_the_file_in_its_order(path: Path, folder: Path, size: int) -> None:
    if size < 20:
        size += 40
    assert [one.position for one in pages(path, folder, Sought(), size)] == list(range(1, COUNT + 1))  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(
    isrc=st.sampled_from(("", "QZABC2600001", "QZABC2600002", "QZABC2600009")),
    store=st.sampled_from(("", "Spotify", "Deezer", "neutral")),
    month=st.sampled_from(("", *MONTHS)),
)
def test_filters_leave_out_nothing_that_fits(
    path: Path, folder: Path, isrc: str, store: str, month: str
) -> None:
    def fits(n: int) -> bool:
        own = ISRCS[n % 3].upper().replace("-", "")
        return (
            (not isrc or own == isrc)
            and (not store or (STORES[n % 3] or "neutral") == store)
            and (not month or MONTHS[n % 2] == month)
        )

    found = pages(path, folder, Sought(isrc, store, month), 100)

    assert [one.position for one in found] == [n for n in range(1, COUNT + 1) if fits(n)]


def test_lines_of_payees_and_of_positions_alone(path: Path, folder: Path) -> None:
    own = pages(path, folder, Sought(payees=("ada",)), 100)
    assert {one.position % 5 for one in own} == {0}
    assert pages(path, folder, Sought(payees=()), 100) == []
    chosen = pages(path, folder, Sought(positions=(7, 3, 999)), 100)
    assert [(one.position, one.amount_words, one.artist) for one in chosen] == [(3, "3 EUR", ""), (7, "7 EUR", "")]  # fmt: skip


def test_the_filters_offer_what_the_lines_name(path: Path, folder: Path) -> None:
    assert choices_of(path, folder) == (("Deezer", "Spotify", "neutral"), MONTHS)


def test_b183_what_is_asked_is_a_value_and_never_a_statement(path: Path, folder: Path) -> None:
    assert pages(path, folder, Sought(store="' or 1=1 --", isrc="'); drop table x; --"), 10) == []
