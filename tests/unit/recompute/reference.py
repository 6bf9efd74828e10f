"""The audit a second time, slowly and in plain Decimal: what the engine must equal, byte for byte.

Written from the contract alone, row by row, without looking at the engine. Input: lists of rows as text.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import NamedTuple

Row = dict[str, str]
TWELVE = Decimal("0.000000000001")
SMALLEST = Decimal("0.000001")
PLACES = {"JPY": 0, "KRW": 0, "KWD": 3}


class Key(NamedTuple):
    """Where a cell stands."""

    statement_month: str
    sale_month: str
    store: str
    territory: str
    isrc: str


class Part(NamedTuple):
    """A payee's part of a cell, with the factors that were used."""

    source: str
    gross: Decimal
    fx: Decimal
    fee: Decimal
    share: Decimal
    withheld: Decimal


@dataclass
class World:
    """The inputs as rows of text."""

    sales: list[Row] = field(default_factory=list)
    deals: list[Row] = field(default_factory=list)
    splits: list[Row] = field(default_factory=list)
    payees: list[Row] = field(default_factory=list)
    withholding: list[Row] = field(default_factory=list)
    fx: list[Row] = field(default_factory=list)
    paid: list[Row] = field(default_factory=list)


def rounded(value: Decimal, step: Decimal = TWELVE) -> Decimal:
    """Half away from zero."""
    with localcontext(prec=100):
        return value.quantize(step, rounding=ROUND_HALF_UP)


def isrc_of(text: str) -> str:
    return text.upper().replace("-", "").replace(" ", "")


def is_isrc(text: str) -> bool:
    ascii_only = text.isascii() and len(text) == 12
    return ascii_only and text[:2].isalpha() and text[2:5].isalnum() and text[5:].isdigit()


def holds_in(row: Row, month: str) -> bool:
    return row["from_month"] <= month and (not row["to_month"] or month < row["to_month"])


def covers(territories: str, place: str) -> bool:
    if territories.startswith("WW"):
        return place not in territories.split("-")[1:]
    return place in territories.split()


def rate8(text: str) -> Decimal:
    return rounded(Decimal(text), Decimal("0.00000001"))


def worth(part: Part) -> Decimal:
    with localcontext(prec=100):
        a = rounded(part.gross * part.fx)
        b = rounded(a * (1 - part.fee))
        c = rounded(b * part.share)
        return rounded(c * (1 - part.withheld))


class Audit:
    """All of it, when made; `files()` gives the outputs."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.currency_of = {row["payee"]: row["currency"] for row in world.payees}
        self.rates = {
            (row["month"], row["from_currency"], row["to_currency"]): rounded(Decimal(row["rate"]))
            for row in world.fx
        }
        self.cells: dict[tuple[Key, str], Decimal] = defaultdict(Decimal)
        for row in world.sales:
            self.cells[self._key(row), row["currency"]] += rounded(Decimal(row["gross"]))
        self.suspense: list[tuple[str, Key, str, str, Decimal]] = []
        self.attributed: dict[str, Decimal] = defaultdict(Decimal)
        self.reason_at: dict[Key, str] = {}
        self.part_reason: dict[tuple[str, Key], str] = {}
        self.parts: dict[tuple[str, Key, str], list[Part]] = defaultdict(list)
        for (key, currency), gross in self.cells.items():
            self._attribute(key, currency, gross)
        self.paid: dict[tuple[str, Key, str], Decimal] = defaultdict(Decimal)
        for row in world.paid:
            self.paid[row["payee"], self._key(row), row["currency"]] += rounded(
                Decimal(row["amount"])
            )

    @staticmethod
    def _key(row: Row) -> Key:
        return Key(
            row["statement_month"],
            row["sale_month"],
            row["store"],
            row["territory"],
            isrc_of(row["isrc"]),
        )

    def _fee(self, key: Key) -> Decimal | None:
        for name in (key.isrc, "*"):
            for row in self.world.deals:
                if isrc_of(row["isrc"]) == name and holds_in(row, key.sale_month):
                    return rate8(row["fee_rate"])
        return None

    def _shares(self, key: Key) -> dict[str, Decimal]:
        found: dict[str, Decimal] = {}
        for row in self.world.splits:
            if (
                isrc_of(row["isrc"]) == key.isrc
                and holds_in(row, key.sale_month)
                and covers(row["territories"], key.territory)
            ):
                found[row["payee"]] = found.get(row["payee"], Decimal(0)) + rate8(row["share"])
        return found

    def _withheld(self, payee: str, key: Key) -> Decimal:
        for row in self.world.withholding:
            if (row["payee"], row["territory"]) == (payee, key.territory) and holds_in(
                row, key.statement_month
            ):
                return rate8(row["rate"])
        return Decimal(0)

    def _rate(self, month: str, source: str, target: str) -> Decimal | None:
        return Decimal(1) if source == target else self.rates.get((month, source, target))

    def _attribute(self, key: Key, currency: str, gross: Decimal) -> None:
        shares, fee = ({}, None) if not is_isrc(key.isrc) else (self._shares(key), self._fee(key))
        reason = self._cell_reason(key, shares, fee)
        self.reason_at[key] = reason
        if reason:
            self.suspense.append((reason, key, "", currency, gross))
            return
        missing = rounded(gross * (1 - sum(shares.values())))
        if missing:
            self.suspense.append(("under_allocated", key, "", currency, missing))
        left = gross - missing
        for payee in sorted(shares, key=str.encode):
            own = rounded(gross * shares[payee])
            if payee == max(shares, key=str.encode):
                own = left
            left -= own
            assert fee is not None
            self._part(key, currency, gross, payee, own, fee, shares[payee])

    @staticmethod
    def _cell_reason(key: Key, shares: dict[str, Decimal], fee: Decimal | None) -> str:
        if not is_isrc(key.isrc):
            return "bad_isrc"
        if not shares:
            return "no_split"
        if sum(shares.values()) > 1:
            return "over_allocated"
        return "no_deal" if fee is None else ""

    def _part(
        self,
        key: Key,
        source: str,
        gross: Decimal,
        payee: str,
        own: Decimal,
        fee: Decimal,
        share: Decimal,
    ) -> None:
        target = self.currency_of.get(payee)
        rate = None if target is None else self._rate(key.statement_month, source, target)
        reason = "no_payee" if target is None else "no_fx" if rate is None else ""
        if reason:
            self.suspense.append((reason, key, payee, source, own))
            self.part_reason.setdefault((payee, key), reason)
            return
        assert target is not None
        assert rate is not None
        self.attributed[source] += own
        part = Part(source, gross, rate, fee, share, self._withheld(payee, key))
        self.parts[payee, key, target].append(part)

    # ── differences and causes ─────────────────────────────────────────────────────────────────

    def differences(self) -> list[tuple[str, ...]]:
        rows = []
        for where in self.parts.keys() | self.paid.keys():
            payee, key, currency = where
            expected = sum((worth(part) for part in self.parts.get(where, ())), Decimal(0))
            paid = self.paid.get(where, Decimal(0))
            if abs(expected - paid) >= SMALLEST:
                cause, detail = self._cause(where, expected, paid)
                amounts = (plain(expected), plain(paid), plain(expected - paid))
                rows.append((payee, *key, currency, *amounts, cause, detail))
        return sorted(rows, key=lambda row: [cell.encode() for cell in row])

    def _cause(  # noqa: PLR0911 - the order of the contract, one line a cause
        self, where: tuple[str, Key, str], expected: Decimal, paid: Decimal
    ) -> tuple[str, str]:
        payee, key, currency = where
        if self.reason_at.get(key) == "over_allocated":
            return ("in_conflict", "")
        if paid == 0:
            return ("not_on_statement", "")
        if key not in self.reason_at:
            return ("not_in_sales", "")
        own = self.currency_of.get(payee, "")
        has_expected = (payee, key, own) in self.parts
        if self.reason_at[key]:
            return ("in_suspense", self.reason_at[key])
        if not has_expected and (payee, key) in self.part_reason:
            return ("in_suspense", self.part_reason[payee, key])
        if has_expected and own != currency:
            return ("wrong_currency", f"expected {own}")
        if payee not in self._shares(key):
            return ("not_entitled", "")
        return self._substituted(where, expected, paid)

    def _substituted(
        self, where: tuple[str, Key, str], expected: Decimal, paid: Decimal
    ) -> tuple[str, str]:
        near = max(SMALLEST, SMALLEST * abs(paid))
        for times in range(2, 11):
            if abs(times * expected - paid) <= near:
                return ("paid_twice", f"n={times}")
        used = self.parts[where]
        for cause, detail, tried in self._trials(where, used):
            if tried != used and abs(sum(map(worth, tried), Decimal(0)) - paid) <= near:
                return (cause, detail)
        return ("unexplained", "")

    def _trials(
        self, where: tuple[str, Key, str], used: list[Part]
    ) -> Iterable[tuple[str, str, list[Part]]]:
        payee, key, currency = where
        rows = [
            (row["from_month"], rate8(row["share"]))
            for row in self.world.splits
            if (row["payee"], isrc_of(row["isrc"])) == (payee, key.isrc)
        ]
        for start, share in sorted(rows):
            yield (
                "split_version",
                f"share={short(share)} from {start}",
                [part._replace(share=share) for part in used],
            )
        yield ("no_split_applied", "share=1", [part._replace(share=Decimal(1)) for part in used])
        for fee in self._fees(key):
            yield ("wrong_fee", f"fee_rate={short(fee)}", [part._replace(fee=fee) for part in used])
        yield from self._fx_trials(key, currency, used)
        for rate in self._withholdings(payee):
            yield (
                "wrong_withholding",
                f"withholding={short(rate)}",
                [part._replace(withheld=rate) for part in used],
            )

    def _fees(self, key: Key) -> list[Decimal]:
        found: list[Decimal] = []
        for name in (key.isrc, "*"):
            rows = [
                (row["from_month"], rate8(row["fee_rate"]))
                for row in self.world.deals
                if isrc_of(row["isrc"]) == name
            ]
            found += [fee for _start, fee in sorted(rows)]
        return [*found, Decimal(0)]

    def _fx_trials(
        self, key: Key, currency: str, used: list[Part]
    ) -> Iterable[tuple[str, str, list[Part]]]:
        for step in (sign * n for n in range(1, 7) for sign in (-1, 1)):
            month = shifted(key.statement_month, step)
            rates = [self._rate(month, part.source, currency) for part in used]
            known = [rate for rate in rates if rate is not None]
            if len(known) == len(used):
                tried = [part._replace(fx=rate) for part, rate in zip(used, known, strict=True)]
                yield ("wrong_fx", f"fx month={month}", tried)
        yield ("wrong_fx", "fx rate=1", [part._replace(fx=Decimal(1)) for part in used])

    def _withholdings(self, payee: str) -> list[Decimal]:
        rows = [
            (row["from_month"], rate8(row["rate"]))
            for row in self.world.withholding
            if row["payee"] == payee
        ]
        return [*(rate for _start, rate in sorted(rows)), Decimal(0), Decimal("0.3")]

    # ── outputs ────────────────────────────────────────────────────────────────────────────────

    def totals(self) -> list[tuple[str, ...]]:
        owed: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        paid: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        for (payee, key, currency), parts in self.parts.items():
            owed[payee, currency, key.statement_month] += sum(map(worth, parts), Decimal(0))
        for (payee, key, currency), amount in self.paid.items():
            paid[payee, currency, key.statement_month] += amount
        rows = []
        for payee, currency, month in owed.keys() | paid.keys():
            step = Decimal(1).scaleb(-PLACES.get(currency, 2))
            left = rounded(owed[payee, currency, month], step)
            right = rounded(paid[payee, currency, month], step)
            rows.append((payee, currency, month, f"{left:f}", f"{right:f}", f"{left - right:f}"))
        return sorted(rows, key=lambda row: [cell.encode() for cell in row[:3]])

    def suspense_rows(self) -> list[tuple[str, ...]]:
        rows = [
            (reason, *key, payee, currency, plain(gross))
            for reason, key, payee, currency, gross in self.suspense
        ]
        return sorted(rows, key=lambda row: [cell.encode() for cell in row])

    def control(self) -> dict[str, object]:
        currencies = sorted({currency for _key, currency in self.cells})
        gross_in = {
            name: plain(sum((g for (_k, c), g in self.cells.items() if c == name), Decimal(0)))
            for name in currencies
        }
        held = {
            name: plain(sum((row[4] for row in self.suspense if row[3] == name), Decimal(0)))
            for name in currencies
        }
        return {
            "lines_read": len(self.world.sales),
            "cells": len(self.cells),
            "gross_in": gross_in,
            "gross_attributed": {name: plain(self.attributed[name]) for name in currencies},
            "gross_suspense": held,
            "discrepancies": len(self.differences()),
            "problems": [],
        }


def shifted(month: str, step: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + step
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def plain(value: Decimal) -> str:
    text = f"{rounded(value):f}"
    return text.lstrip("-") if not rounded(value) else text


def short(value: Decimal) -> str:
    return f"{value.normalize():f}" if value else "0"


def csv_text(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()
