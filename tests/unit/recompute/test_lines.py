"""Lines of a run: the terms that cover a line give its amount, and the groups add up to the totals to the cent."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.recompute.adapters.lines import lines_of, totals_of
from app.recompute.commands import AuditFiles
from app.recompute.rules.grouping import AuditedGroup, allocate, settle
from app.recompute.rules.inputs import TABLES
from app.recompute.rules.runs import LEFT_OUT, AuditedLine
from app.recompute.rules.working import reaches
from app.recompute.service import audit_files
from tests.unit.recompute.reference import World, csv_text, rounded
from tests.unit.recompute.worlds import build


def audited(world: World, folder: Path) -> AuditFiles:
    """The files of a world after its audit."""
    paths = {}
    for table, columns in TABLES.items():
        paths[table] = folder / f"{table}.csv"
        names = [name for name, _kind in columns]
        rows = [[row.get(name, "") for name in names] for row in getattr(world, table)]
        paths[table].write_text(
            csv_text(tuple(names), [tuple(row) for row in rows]), encoding="utf-8"
        )
    files = AuditFiles(
        sales=(paths["sales"],), deals=paths["deals"], splits=paths["splits"], payees=paths["payees"],
        withholding=paths["withholding"], fx=paths["fx"], paid=(paths["paid"],), out=folder / "out",
    )  # fmt: skip
    audit_files(files)
    return files


def product(line: AuditedLine) -> Decimal | None:
    """The amount by the line's working, as the contract orders the steps; None where a term is missing."""
    working, found = line.working, Decimal(0)
    if not (working.fee and working.share and set(working.fx) == set(working.gross)):
        return None
    for source, gross in working.gross.items():
        amount = rounded(Decimal(gross) * Decimal(working.fx[source]))
        amount = rounded(amount * (1 - rounded(Decimal(working.fee), Decimal("0.00000001"))))
        amount = rounded(amount * rounded(Decimal(working.share), Decimal("0.00000001")))
        found += rounded(
            amount * (1 - rounded(Decimal(working.withholding), Decimal("0.00000001")))
        )
    return found


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32))
def test_the_working_of_a_line_gives_its_amount(seed: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        lines = list(lines_of(audited(build(seed), Path(name))))

    for line in lines:
        amount = product(line)
        if line.expected and line.cause and amount is not None:
            assert amount == line.expected, line


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32))
def test_groups_add_up_to_the_totals_to_the_cent(seed: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        files = audited(build(seed), Path(name))
        lines, totals = list(lines_of(files)), totals_of(files)

    by_month = {(one.payee, one.currency, one.statement_month): one for one in totals}
    for month, members in groupby(lines, key=lambda line: line.group[:3]):
        groups = []
        for key, own in groupby(members, key=lambda line: line.group):
            groups.append(AuditedGroup(key))
            for line in own:
                groups[-1].add(line)
        settle(groups, by_month[month])
        total = by_month[month]
        assert sum(one.paid for one in groups) == total.paid
        assert sum(one.expected for one in groups) == total.expected
        assert sum(one.delta for one in groups) == total.delta
    assert len({(*line.group, line.sale_month, line.isrc) for line in lines}) == len(lines)


def test_every_cause_and_every_match_is_a_line() -> None:
    seen: dict[str, int] = defaultdict(int)
    with tempfile.TemporaryDirectory() as name:
        for seed in range(12):
            folder = Path(name) / str(seed)
            folder.mkdir()
            for line in lines_of(audited(build(seed), folder)):
                seen["differs" if line.cause else "matches"] += 1
                assert (line.reason == LEFT_OUT) <= (line.cause == "not_on_statement")

    assert seen["differs"] > 10
    assert seen["matches"] > 3


def test_cents_go_to_the_largest_remainder_then_the_larger_amount() -> None:
    half = Decimal("0.005")
    assert allocate([half, half, Decimal("1.005")], Decimal("1.02"), "EUR") == [
        Decimal("0.01"), Decimal("0.00"), Decimal("1.01"),
    ]  # fmt: skip
    assert allocate([Decimal("-0.4"), Decimal("0.4")], Decimal(0), "JPY") == [0, 0]


@given(st.lists(st.decimals(-1000, 1000, places=12), min_size=1, max_size=30))
def test_allocated_cents_stay_within_one_of_their_amount(amounts: list[Decimal]) -> None:
    total = sum(amounts, Decimal(0)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)

    given_out = allocate(amounts, total, "EUR")

    assert sum(given_out) == total
    assert all(abs(a - b) <= Decimal("0.01") for a, b in zip(amounts, given_out, strict=True))


def test_territories_are_read_as_the_contract_says() -> None:
    assert reaches("WW", "ZZ")
    assert not reaches("WW-US-CA", "CA")
    assert reaches("WW-US-CA", "DE")
    assert reaches("US CA GB", "GB")
    assert not reaches("US CA GB", "DE")
