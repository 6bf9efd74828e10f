"""Small dense worlds from a seed, their files, what an engine makes of them and what it must."""

from __future__ import annotations

import csv
import json
import random
from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st

from app.recompute.commands import AuditFiles
from app.recompute.rules.findings import DISCREPANCIES, SUSPENSE, TOTALS
from app.recompute.rules.inputs import TABLES
from app.recompute.service import audit_files
from tests.unit.recompute.reference import Audit, Row, World, csv_text, holds_in, worth

ISRCS = ("QZABC2600001", "qz-abc-26-00002", "USX1X9900003", "NOT-AN-ISRC")
PAYEES = ("ada", "bo", "cy", "Ünal", "a,b")
MONTHS = ("2025-12", *(f"2026-{n:02d}" for n in range(1, 9)))
STORES, PLACES, MONEY = ("spotify", "deezer"), ("DE", "US", "ZZ"), ("EUR", "USD", "JPY")

SALE_MONTHS = ("2026-01", "2026-02")
STATEMENTS = ("2026-03", "2026-04")
FRACTIONS = ("0.1", "0.2", "0.25", "0.3", "0.333333333", "0.5")


def build(seed: int) -> World:
    """A small dense world from a seed: most cells are covered by shares, fees and rates, some are not."""
    dice = random.Random(seed)
    world = World(
        sales=[_sale(dice) for _ in range(dice.randint(1, 14))],
        payees=[
            {"payee": name, "currency": dice.choice(MONEY)}
            for name in PAYEES
            if dice.random() < 0.9
        ],
        deals=without_clashes([_deal(dice, n) for n in range(dice.randint(1, 5))], "isrc"),
        splits=[split for isrc in ISRCS for split in _splits(dice, isrc)],
        withholding=without_clashes([_tax(dice) for _ in range(5)], "payee", "territory"),
        fx=[
            {"month": month, "from_currency": left, "to_currency": right, "rate": _rate(dice)}
            for month in MONTHS
            for left in MONEY
            for right in MONEY
            if dice.random() < 0.85
        ],
    )
    world.paid = [_payment(dice) for _ in range(dice.randint(0, 3))]
    return with_mistakes(world, dice)


def _where(dice: random.Random) -> Row:
    return {
        "statement_month": dice.choice(STATEMENTS),
        "sale_month": dice.choice(SALE_MONTHS),
        "store": dice.choice(STORES),
        "territory": dice.choice(PLACES),
        "isrc": dice.choices(ISRCS, (4, 4, 2, 1))[0],
    }


def _amount(dice: random.Random) -> str:
    return dice.choice(
        (
            f"{Decimal(dice.randint(-(10**6), 10**9)).scaleb(-dice.randint(0, 9)):f}",
            "0",
            "-0.0000000000005",
            "+1.5",
        )
    )


def _sale(dice: random.Random) -> Row:
    more = {"line_id": "1", "usage": "stream", "units": dice.choice(("", "3", "-1"))}
    return _where(dice) | more | {"gross": _amount(dice), "currency": dice.choice(MONEY)}


def _payment(dice: random.Random) -> Row:
    who = {"payee": dice.choice(PAYEES), "currency": dice.choice(MONEY)}
    return _where(dice) | who | {"amount": _amount(dice)}


def _span(dice: random.Random) -> Row:
    return dice.choice(
        (
            {"from_month": "", "to_month": ""},
            {"from_month": "2025-01", "to_month": ""},
            {"from_month": "", "to_month": "2026-02"},
            {"from_month": "2026-02", "to_month": ""},
        )
    )


def _deal(dice: random.Random, number: int) -> Row:
    isrc = "*" if number == 0 else dice.choice(("*", *ISRCS))
    return {"isrc": isrc, "fee_rate": dice.choice(("0", *FRACTIONS))} | _span(dice)


def _splits(dice: random.Random, isrc: str) -> list[Row]:
    names = dice.sample(PAYEES, dice.randint(0, 4))
    return [
        {
            "isrc": isrc, "payee": name, "share": dice.choice(("0.05", *FRACTIONS) if len(names) > 1 else (*FRACTIONS, "1")),
            "territories": dice.choice(("WW", "WW", "WW-US", "US DE", "ZZ")),
        } | _span(dice)
        for name in names
        for _ in range(dice.choice((1, 1, 2)))
    ]  # fmt: skip


def _tax(dice: random.Random) -> Row:
    who = {"payee": dice.choice(PAYEES), "territory": dice.choice(PLACES)}
    return who | {"rate": dice.choice(("0", *FRACTIONS))} | _span(dice)


def _rate(dice: random.Random) -> str:
    return dice.choice(("1.0825", "0.9", "155.123456789012", "1", "1.1", "0.87"))


def without_clashes(found: list[Row], *names: str) -> list[Row]:
    """Drop rows that would contradict an earlier one, which is an input error."""
    kept: list[Row] = []
    for row in found:
        same = [other for other in kept if all(other[name] == row[name] for name in names)]
        if not any(holds_in(row, m) and holds_in(other, m) for other in same for m in MONTHS):
            kept.append(row)
    return kept


worlds = st.integers(0, 2**32).map(build)


def with_mistakes(world: World, dice: random.Random) -> World:
    """Pay most expected keys: rightly, some times over, or as one of the trials of a cause would have.

    Some cells are paid to anybody in any currency as well.
    """
    audit = Audit(world)
    for where, parts in audit.parts.items():
        payee, key, currency = where
        trials = [tried for _cause, _detail, tried in audit._trials(where, parts)]
        chosen = dice.choice([parts, *trials])
        value = sum(map(worth, chosen), Decimal(0)) * dice.choice((1, 1, 1, 2, 3))
        if dice.random() < 0.85:
            world.paid.append(
                key._asdict() | {"payee": payee, "currency": currency, "amount": f"{value:f}"}
            )
    for key, currency in audit.cells:
        if dice.random() < 0.3:
            who = {"payee": dice.choice(PAYEES), "currency": dice.choice((currency, "USD"))}
            world.paid.append(key._asdict() | who | {"amount": _amount(dice)})
    return world


def write(world: World, folder: Path, dice: random.Random, pieces: int = 1) -> AuditFiles:
    """The files of *world*, lines shuffled, sales and payments in *pieces* files."""
    files: dict[str, list[Path]] = {}
    for table, columns in TABLES.items():
        lines = list(getattr(world, table))
        dice.shuffle(lines)
        names = [name for name, _kind in columns]
        many = pieces if table in {"sales", "paid"} else 1
        files[table] = [folder / f"{table}{n}.csv" for n in range(many)]
        for n, file in enumerate(files[table]):
            with file.open("w", encoding="utf-8", newline="") as out:
                writer = csv.DictWriter(out, names)
                writer.writeheader()
                writer.writerows(lines[n::many])
    single = {table: found[0] for table, found in files.items() if table not in {"sales", "paid"}}
    return AuditFiles(
        sales=tuple(files["sales"]), paid=tuple(files["paid"]), out=folder / "out", **single
    )


def contents(folder: Path) -> dict[str, str]:
    """What was written, by name."""
    return {file.name: file.read_bytes().decode() for file in sorted(folder.iterdir())}


def outputs(command: AuditFiles) -> dict[str, str]:
    audit_files(command)
    return contents(command.out)


def wanted(world: World) -> dict[str, str]:
    audit = Audit(world)
    return {
        "control.json": json.dumps(audit.control(), sort_keys=True, indent=2) + "\n",
        "discrepancies.csv": csv_text(DISCREPANCIES, audit.differences()),
        "suspense.csv": csv_text(SUSPENSE, audit.suspense_rows()),
        "totals.csv": csv_text(TOTALS, audit.totals()),
    }
