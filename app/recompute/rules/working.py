"""Which terms cover a line: the fee, share, tax and rates that the contract's arithmetic uses, looked up row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from app.recompute.rules.runs import Share, Working

Row = Mapping[str, str]
FRACTION_PLACES, RATE_PLACES = 8, 12
"""Places to which terms are rounded before they are used (the contract's arithmetic, 1)."""


class Terms:
    """The terms of a run, for looking up. Built from rows of the audit's files; rows of other recordings may be left out."""

    def __init__(
        self,
        deals: Iterable[Row],
        splits: Iterable[Row],
        withholding: Iterable[Row],
        fx: Iterable[Row],
    ) -> None:
        self._deals: dict[str, list[Row]] = defaultdict(list)
        self._splits: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self._taxes: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in deals:
            self._deals[_canonical(row["isrc"])].append(row)
        for row in splits:
            self._splits[_canonical(row["isrc"]), row["payee"]].append(row)
        for row in withholding:
            self._taxes[row["payee"], row["territory"]].append(row)
        shared: dict[str, set[str]] = defaultdict(set)
        for isrc, payee in self._splits:
            shared[isrc].add(payee)
        self._holders = {isrc: frozenset(payees) for isrc, payees in shared.items()}
        self._rates = {
            (row["month"], row["from_currency"], row["to_currency"]): row["rate"] for row in fx
        }

    def working(
        self, payee: str, currency: str, place: tuple[str, str, str, str], gross: Mapping[str, str]
    ) -> Working:
        """What covers a line. *place*: ISRC, territory, sale month, statement month; *gross* by source currency."""
        isrc, territory, sale, statement = place
        shares = [
            Decimal(_rounded(row["share"]))
            for row in self._splits[isrc, payee]
            if _covers(row, sale) and reaches(row["territories"], territory)
        ]
        taxes = [
            _rounded(row["rate"])
            for row in self._taxes[payee, territory]
            if _covers(row, statement)
        ]
        rates = {source: self._rate(statement, source, currency) for source in gross}
        return Working(
            gross=dict(gross),
            fx={source: rate for source, rate in rates.items() if rate},
            fee=self._fee(isrc, sale),
            share=plain(sum(shares, Decimal(0))) if shares else "",
            withholding=taxes[0] if taxes else "0",
        )

    def history(self, payee: str, isrc: str) -> tuple[Share, ...]:
        """Every share that the payee has or had on the recording, the oldest first."""
        rows = sorted(self._splits[isrc, payee], key=lambda row: (row["from_month"], row["share"]))
        return tuple(
            Share(row["share"], row["territories"], row["from_month"], row["to_month"])
            for row in rows
        )

    def holders(self, isrc: str) -> frozenset[str]:
        """Everybody who has or had a share of the recording."""
        return self._holders.get(isrc, frozenset())

    def _fee(self, isrc: str, month: str) -> str:
        for name in (isrc, "*"):
            for row in self._deals.get(name, ()):
                if _covers(row, month):
                    return _rounded(row["fee_rate"])
        return ""

    def _rate(self, month: str, source: str, target: str) -> str:
        rate = "1" if source == target else self._rates.get((month, source, target), "")
        return _rounded(rate, RATE_PLACES) if rate else ""


def reaches(territories: str, territory: str) -> bool:
    """Whether `WW`, `WW-US-CA` or `US CA GB` names the territory."""
    if territories.startswith("WW"):
        return territory not in territories.split("-")[1:]
    return territory in territories.split(" ")


def plain(value: Decimal) -> str:
    """Without exponent and zeros at the end."""
    return f"{value.normalize():f}" if value else "0"


def _covers(row: Row, month: str) -> bool:
    until = row["to_month"]
    return row["from_month"] <= month and (not until or month < until)


def _canonical(isrc: str) -> str:
    return isrc.upper().replace("-", "").replace(" ", "")


def _rounded(number: str, places: int = FRACTION_PLACES) -> str:
    return plain(Decimal(number).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))
