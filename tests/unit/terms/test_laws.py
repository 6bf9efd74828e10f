"""Laws of the terms: what covers what, which rows contradict, where shares exceed the whole, what a file changes."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.kernel.period import Period
from app.kernel.territory import CODES, Territory
from app.terms.rules.changes import Stored, difference
from app.terms.rules.conflicts import conflicts_of
from app.terms.rules.overlaps import overlapping
from app.terms.rules.rows import COLUMNS, Deal, Split, Table, Withholding, month_text
from tests.unit.terms.support import read

MONTHS = [date(2025 + n // 12, n % 12 + 1, 1) for n in range(8)]
PERIODS = st.tuples(
    st.sampled_from([None, *MONTHS]), st.sampled_from([None, *MONTHS])
).filter(lambda ends: None in ends or ends[0] < ends[1]).map(lambda ends: Period(*ends))  # fmt: skip
TERRITORIES = st.sampled_from(["WW", "WW-US-CA", "US", "US CA", "DE", "DE FR US", "WW-DE"]).map(
    Territory.parse
)
SHARES = st.sampled_from(["0", "0.25", "0.33333333", "0.5", "0.66666667", "1"]).map(Decimal)
PAYEES = st.sampled_from(["ada", "bo", "=cy"])
SPLITS = st.builds(Split, st.just("QZABC2600001"), PAYEES, SHARES, TERRITORIES, PERIODS)
DEALS = st.builds(Deal, st.sampled_from(["*", "QZABC2600001"]), SHARES, PERIODS)
TAXES = st.builds(Withholding, PAYEES, st.sampled_from(["US", "DE"]), SHARES, PERIODS)
PLACES = sorted({"US", "CA", "DE", "FR", "ZZ", "JP"})


@given(SPLITS)
def test_a_split_covers_the_months_and_territories_that_its_file_says(split: Split) -> None:
    *_rest, territories, first, end = split.cells

    for month in MONTHS:
        for place in PLACES:
            inside = first <= month_text(month) and (not end or month_text(month) < end)
            names = territories.replace("WW", "").replace("-", " ").split()
            there = (place in names) is not territories.startswith("WW")
            assert split.covers(place, month) == (inside and there)


@given(st.lists(SPLITS, max_size=6))
def test_a_cell_is_in_one_conflict_when_its_shares_exceed_the_whole_and_in_none_else(
    splits: list[Split],
) -> None:
    found = conflicts_of(splits)

    for month in [date(1990, 1, 1), *MONTHS, date(2100, 1, 1)]:
        for place in PLACES:
            here = Counter[str]()
            for one in splits:
                if one.covers(place, month):
                    here[one.payee] += one.share  # type: ignore[assignment]
            named = [one for one in found if place in one.territory and month in one.period]
            if sum(here.values()) <= 1:
                assert named == []
            else:
                (conflict,) = named
                assert dict(conflict.holders) == {who: part for who, part in here.items() if part}
                assert conflict.total == sum(here.values())


@given(st.lists(SPLITS, max_size=6), st.randoms())
def test_conflicts_do_not_depend_on_the_order_of_rows(splits: list[Split], random: object) -> None:
    mixed = list(splits)
    random.shuffle(mixed)  # type: ignore[attr-defined]

    assert conflicts_of(mixed) == conflicts_of(splits)


@given(st.lists(st.one_of(DEALS, TAXES, SPLITS), max_size=8))
def test_an_overlap_is_found_exactly_where_two_rows_of_one_specificity_share_a_month(
    rows: list[Deal | Withholding | Split],
) -> None:
    clash = any(
        type(a) is type(b) and a.only_one is not None and a.only_one == b.only_one and a.period.overlaps(b.period)
        for n, a in enumerate(rows) for b in rows[:n]
    )  # fmt: skip

    found = overlapping(rows, lambda row: row)

    assert bool(found) == clash
    assert all(a.period.overlaps(b.period) and a.only_one == b.only_one for a, b in found)


@given(st.lists(SPLITS, max_size=8), st.lists(SPLITS, max_size=8))
def test_a_change_leads_from_what_holds_to_what_the_file_says(
    now: list[Split], wanted: list[Split]
) -> None:
    stored = [Stored(number, row) for number, row in enumerate(now)]

    change = difference(stored, wanted)

    ended = {one.id for one in change.ends}
    kept = [one.row for one in stored if one.id not in ended]
    assert Counter([*kept, *change.begins]) == Counter(wanted)
    assert change.same == len(kept)
    assert not difference([Stored(n, row) for n, row in enumerate(wanted)], wanted)


@given(st.lists(SPLITS, min_size=1, max_size=8))
def test_rows_come_back_from_their_file_as_they_went(rows: list[Split]) -> None:
    header = ",".join(name for name, _kind in COLUMNS[Table.SPLITS])
    text = "\n".join((header, *(",".join(row.cells) for row in rows)))

    assert [line.row for line in read(Table.SPLITS, text).lines] == rows


def test_the_whole_world_is_one_conflict() -> None:
    everywhere = Period()
    splits = [
        Split("QZABC2600001", who, Decimal("0.6"), Territory.world(), everywhere)
        for who in ("ada", "bo")
    ]

    (conflict,) = conflicts_of(splits)

    assert (str(conflict.territory), conflict.period) == ("WW", everywhere)
    assert len(conflict.territory.members()) == len(CODES)
