"""What the page of the audit shows: figures, reasons, groups with the three steps of the one that is open, months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from app.infra.i18n import gettext as _
from app.kernel.money import Money, sum_money
from app.recompute.queries import AuditRow, FiguresRow, GroupRow, LineRow, NoteRow, TotalRow
from app.recompute.rules.runs import Share
from app.web.shared.audit_words import detail_words, month_words, percent, reason_words
from app.web.shared.filters import money_words

SHOWN_REASONS = 5
"""Colours of the bar; the rest is one part."""
SHOWN_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    payee: str = ""
    currency: str = ""
    all_lines: bool = False
    reason: str = ""
    store: str = ""
    territory: str = ""
    open: int = 0
    after: int = 0
    marked: str = ""

    def address(self, **changes: Any) -> str:
        """The query of the same page with *changes*."""
        names = (
            "payee",
            "currency",
            "all_lines",
            "reason",
            "store",
            "territory",
            "open",
            "after",
            "marked",
        )
        values = {name: changes.get(name, getattr(self, name)) for name in names}
        values["all_lines"] = "1" if values["all_lines"] else ""
        return "?" + urlencode({name: value for name, value in values.items() if value})


@dataclass(frozen=True, slots=True)
class Factor:
    """One line of the working in words. *formula*: the amounts and rates in the order of the steps."""

    recording: str
    sale_month: str
    gross: str
    exact_gross: str
    used: str
    share: str
    fee: str
    rate: str
    tax: str
    formula: str
    expected: str
    paid: str
    delta: Money
    reason: str
    history: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One row of the table. *factors*: of its lines, when it is open."""

    number: int
    period: str
    store: str
    territory: str
    units: Decimal
    rate: str
    paid: Money
    expected: Money
    delta: Money
    reason: str
    more: int
    lines: int
    note: NoteRow | None
    href: str
    is_open: bool
    factors: tuple[Factor, ...]


def pairs_of(audit: AuditRow) -> list[tuple[str, str]]:
    """(payee, currency) of a run: the complainant's own first, then the others by name."""
    sides = audit.inputs.get("sides", {})
    order = {"complainant": 0, "respondent": 1}
    return sorted(audit.figures, key=lambda pair: (order.get(sides.get(pair[0], ""), 2), pair))


def sums_of(totals: Sequence[TotalRow], currency: str) -> tuple[Money, Money, Money]:
    """(paid, should have been, owed)."""
    paid = sum_money([one.paid for one in totals], currency)
    expected = sum_money([one.expected for one in totals], currency)
    return paid, expected, expected - paid


def reason_parts(
    figures: FiguresRow, asked: Asked, currency: str, locale: str
) -> list[dict[str, Any]]:
    """Parts of the bar, each an address that filters; pressed again it shows all."""
    whole = sum((abs(total) for _name, _count, total in figures.reasons), Decimal(0))
    parts = []
    for name, _count, total in figures.reasons[:SHOWN_REASONS]:
        current = asked.reason == name
        parts.append({
            "label": reason_words(name),
            "share": round(abs(total) / whole * 100) if whole else 0,
            "amount": money_words(Money(total, currency).rounded(), locale),
            "href": asked.address(reason="" if current else name, open=0, after=0),
            "current": current,
        })  # fmt: skip
    return parts


def group_line(
    row: GroupRow,
    asked: Asked,
    note: NoteRow | None,
    factors: tuple[Factor, ...],
    locale: str,
) -> GroupLine:
    """A row in words."""
    is_open = asked.open == row.number
    detail = detail_words(row.detail, locale)
    reason = reason_words(row.reason)
    if detail:
        reason = _("%(reason)s, %(detail)s", reason=reason, detail=detail)
    href = asked.address(open=0 if is_open else row.number) + f"#line-{row.number}"
    return GroupLine(
        row.number, month_words(row.statement_month, locale), row.store, row.territory, row.units, _rate(row), row.paid,
        row.expected, row.delta, reason, max(0, len(row.reasons) - 1), row.lines, note, href, is_open, factors,
    )  # fmt: skip


def _rate(row: GroupRow) -> str:
    """`0.006823`, with its currency where that is another; empty where nothing says what the store paid for a unit."""
    if row.rate is None:
        return ""
    amount = f"{row.rate.amount:f}"
    return amount if row.rate.currency == row.currency else f"{amount} {row.rate.currency}"


def factors_of(
    lines: Sequence[LineRow], splits: Mapping[str, tuple[Share, ...]], currency: str, locale: str
) -> tuple[Factor, ...]:
    """The working of lines in words."""
    return tuple(factor_of(line, splits.get(line.isrc, ()), currency, locale) for line in lines)


def factor_of(line: LineRow, history: tuple[Share, ...], currency: str, locale: str) -> Factor:
    """The working of one line in words."""
    own = line.working
    grosses = [Money(Decimal(amount), source) for source, amount in own.gross.items()]
    rates = [f"{source} {rate}" for source, rate in own.fx.items() if source != currency]
    used = detail_words(line.detail, locale)
    reason = reason_words(line.reason)
    return Factor(
        recording=line.isrc,
        sale_month=month_words(line.sale_month, locale),
        gross=" + ".join(money_words(one.rounded(), locale) for one in grosses),
        exact_gross=" + ".join(f"{_number(one.amount)} {one.currency}" for one in grosses),
        used=used if line.reason == "split_version" else "",
        share=percent(own.share, locale),
        fee=percent(own.fee, locale),
        rate=", ".join(rates),
        tax=percent(own.withholding, locale) if own.withholding != "0" else "",
        formula=_formula(line, currency),
        expected=f"{_number(line.expected)} {currency}",
        paid=f"{_number(line.paid)} {currency}",
        delta=Money(line.delta, currency).rounded(),
        reason=_("%(reason)s, %(detail)s", reason=reason, detail=used) if used else reason,
        history=tuple(_share(one, locale) for one in history),
    )


def months_of(totals: Sequence[TotalRow], currency: str) -> list[dict[str, Any]]:
    """Owed by month for the chart: height from 0 to 100, the newest last."""
    rows = [one for one in totals if one.paid.currency == currency][-SHOWN_MONTHS:]
    most = max((abs(one.delta.amount) for one in rows), default=Decimal(0))
    return [
        {
            "month": one.statement_month,
            "delta": one.delta,
            "height": round(abs(one.delta.amount) / most * 100) if most else 0,
        }
        for one in rows
    ]


def _formula(line: LineRow, currency: str) -> str:
    """`100 EUR × 1.0825 × (1 − 0.15) × 0.6 × (1 − 0) = 55.2075 USD`; empty where a term is missing."""
    own = line.working
    if not (own.fee and own.share and own.gross and len(own.fx) == len(own.gross)):
        return ""
    terms = [
        f"{_number(Decimal(amount))} {source} × {own.fx[source]}"
        for source, amount in own.gross.items()
    ]
    left = terms[0] if len(terms) == 1 else f"({' + '.join(terms)})"
    steps = f"{left} × (1 − {own.fee}) × {own.share} × (1 − {own.withholding})"
    return f"{steps} = {_number(line.expected)} {currency}"


def _share(one: Share, locale: str) -> str:
    until = month_words(one.to_month, locale) if one.to_month else _("open")
    since = month_words(one.from_month, locale) if one.from_month else _("the beginning")
    return _(
        "%(share)s in %(where)s, from %(since)s until before %(until)s",
        share=percent(one.share, locale), where=one.territories, since=since, until=until,
    )  # fmt: skip


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}" if value else "0"
