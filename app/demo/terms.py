"""The demo's terms: files such as a distributor keeps, taken in one after the other, so that the desk has a past to show."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

from app.demo.people import DOMAIN, Member, artists
from app.demo.stage import Stage
from app.infra.db.transaction import transaction
from app.kernel.actor import Role
from app.kernel.reading.sources import Source
from app.terms.rules.rows import COLUMNS, MORE, Table
from app.terms.service import import_terms, read_file

Cells = tuple[str, ...]
CURRENCY = {"US": "USD", "JP": "JPY", "GB": "GBP"}
SHARED: dict[str, tuple[tuple[str, str, str, str, str], ...]] = {
    "AZTW12600418": (("sabina", "0.5", "WW", "", "2026-06"), ("rauf", "0.5", "WW", "", "2026-06"),
                     ("sabina", "0.75", "WW", "2026-06", ""), ("rauf", "0.25", "WW", "2026-06", "")),
    "IDA012500110": (("made", "0.6", "WW", "", ""), ("rauf", "0.4", "WW", "", "")),
    "IDA012600321": (("made", "0.25", "WW", "", "2026-06"), ("rauf", "0.75", "WW", "", "2026-06"),
                     ("made", "0.5", "WW", "2026-06", ""), ("rauf", "0.5", "WW", "2026-06", "")),
    "AZTW12400102": (("sabina", "1", "WW-TR-AZ", "", ""), ("sabina", "0.7", "AZ TR", "", ""), ("rauf", "0.3", "AZ TR", "", "")),
    "AZCR12600003": (("caspian", "1", "WW", "", ""), ("sabina", "0.5", "AZ TR", "2026-07", "")),
}  # fmt: skip
"""Recordings of more than one payee; of the last, two want more than there is."""
LATER_SHARED = {
    "AMA012600031": (("hayk", "0.5", "WW", "", "2026-05"), ("hayk", "0.7", "WW", "2026-05", ""),
                     ("ani", "0.5", "WW", "", "2026-05"), ("ani", "0.3", "WW", "2026-05", "")),
}  # fmt: skip
"""Of the whole cast alone."""
DEALS = (("*", "0.15", "", ""), ("IDA012600321", "0.2", "", "2026-04"), ("IDA012600321", "0.1", "2026-04", ""))  # fmt: skip
WITHHOLDING = (("sabina", "US", "0.3", "", "2026-03"), ("sabina", "US", "0", "2026-03", ""), ("made", "US", "0.3", "", ""), ("haru", "US", "0", "", ""))  # fmt: skip
FX = {"USD": "1.0825", "GBP": "0.8461", "JPY": "162.35"}
"""Of one euro."""
BALANCES = (
    ("sabina-2024", "sabina", "EUR", "2026-09", "-400", "655.2", "0", "0", "255.2"),
    ("sabina-2024", "sabina", "EUR", "2026-10", "255.2", "218.45", "0", "255.2", "218.45"),
    ("made-2025", "made", "EUR", "2026-09", "-1200", "310.8", "150", "0", "-1039.2"),
    ("made-2025", "made", "EUR", "2026-10", "-1039.2", "287.16", "0", "0", "-752.04"),
    ("rauf-2025", "rauf", "EUR", "2026-10", "0", "18.37", "0", "0", "18.37"),
)
"""One that pays, one whose advance is not earned yet, one below the smallest payout."""
MONTHS = tuple(f"2026-{number:02d}" for number in range(1, 12))


def agree_terms(stage: Stage, cast: Iterable[Member]) -> None:
    """Finance takes in payees, commission, shares, tax and rates; the shares of some recordings change a little later."""
    paid = {member.key: member for member in cast if member.role is Role.ARTIST}
    _take(stage, Table.PAYEES, "payees.csv", _payees(stage, paid))
    _take(stage, Table.DEALS, "deals-2026.csv", DEALS)
    _take(stage, Table.WITHHOLDING, "withholding.csv", WITHHOLDING)
    _take(stage, Table.FX, "ecb-2026.csv", list(_rates()))
    _take(stage, Table.BALANCES, "balances.csv", BALANCES)
    splits = dict(_splits(set(paid)))
    _take(stage, Table.SPLITS, "splits-old.csv", [row for rows in splits.values() for row in rows[:2]])  # fmt: skip
    stage.later(minutes=20)
    _take(stage, Table.SPLITS, "splits.csv", [row for rows in splits.values() for row in rows])


def _take(stage: Stage, table: Table, name: str, rows: Iterable[Cells]) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*(column for column, _kind in COLUMNS[table]), *MORE[table]])
    writer.writerows(rows)
    actor = stage.actor("fay")
    source = Source.of_bytes(name, out.getvalue().encode())
    with read_file(table, source) as command, transaction(actor) as tx:
        import_terms(tx, command, actor, stage.clock)


def _payees(stage: Stage, paid: dict[str, Member]) -> list[Cells]:
    return [
        (key, CURRENCY.get(member.country, "EUR"), "2500" if member.country == "JP" else "25.00", str(stage.payees[key]))
        for key, member in paid.items()
    ]  # fmt: skip


def _rates() -> Iterable[Cells]:
    for number, month in enumerate(MONTHS, start=1):
        for currency, rate in FX.items():
            moved = f"{Decimal(rate) * (500 + number) / 500:.4f}"
            yield month, "EUR", currency, moved, "ECB", date(2026, number, 28).isoformat()


def _splits(payees: set[str]) -> Iterable[tuple[str, tuple[Cells, ...]]]:
    """Every recording of the catalogue wholly to its artist, but the shared ones."""
    shared = SHARED | (LATER_SHARED if "hayk" in payees else {})
    with Path(__file__).with_name("catalogue.csv").open(encoding="utf-8", newline="") as file:
        holders = {row["isrc"]: row["holder_email"] for row in csv.DictReader(file)}
    holders |= {row["isrc"]: f"{row['key']}@{DOMAIN}" for row in artists()}
    for isrc, email in sorted(holders.items()):
        key = email.partition("@")[0]
        if key in payees:
            rows = shared.get(isrc, ((key, "1", "WW", "", ""),))
            yield isrc, tuple((isrc, *row) for row in rows)
