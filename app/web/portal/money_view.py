"""Money at stake as a party reads it: held, owed and paid, each with plain words and a date."""

from __future__ import annotations

from dataclasses import dataclass

from app.cases.rules.views import CaseView
from app.corrections.queries.own import OwnLine
from app.infra.i18n import gettext as _
from app.kernel.money import Money
from app.ledger.queries.holds import HoldRow
from app.ledger.rules.holds import LIVE_HOLDS
from app.web.shared.audit_words import month_words
from app.web.shared.filters import date_words, money_words


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """One line. *figure*: the amount in words, or what stands for it; *tone*: held, owed, paid or taken; *notes*: below it."""

    name: str
    figure: str
    tone: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MoneyView:
    """The card. *asked*: what the filing asked about; *foot*: the sentence under the lines."""

    lines: tuple[MoneyLine, ...]
    asked: Money | None
    foot: str
    audit_href: str = ""
    """How the amounts were computed; empty before it was decided, and where nothing was."""

    @property
    def is_shown(self) -> bool:
        """There is something to say about money."""
        return bool(self.lines) or self.asked is not None or bool(self.audit_href)


def money_of(
    case: CaseView, holds: tuple[HoldRow, ...], own: tuple[OwnLine, ...], locale: str, zone: str
) -> MoneyView:
    """Live holds of the reader's side and its approved corrections."""
    held = tuple(_held(hold, locale, zone) for hold in holds if hold.state in LIVE_HOLDS)
    owed = tuple(own_line(line, locale, zone) for line in own)
    asked = None
    if case.disputed_amount is not None and case.disputed_currency is not None:
        asked = Money(case.disputed_amount, case.disputed_currency)
    foot = (
        _("Only the disputed share, release and period is held, never everything.")
        if held
        else _("Nothing is held because of this case.")
    )
    return MoneyView((*held, *owed), asked, foot)


def _held(hold: HoldRow, locale: str, zone: str) -> MoneyLine:
    since = _("Held since %(day)s.", day=date_words(hold.since, locale, zone, "yMMMd"))
    review = _(
        "We look at it again by %(day)s at the latest, and release it when the case ends.",
        day=date_words(hold.review_on, locale, zone, "yMMMd"),
    )
    amount = money_words(hold.amount, locale) if hold.amount else _("the disputed share only")
    notes = (hold.explanation or hold.asset_ref, f"{since} {review}")
    return MoneyLine(_("Held"), amount, "held", notes)


def own_line(line: OwnLine, locale: str, zone: str) -> MoneyLine:
    """An approved correction in words: what it is for and where it is on its way."""
    month = month_words(line.period, locale)
    about = _("Royalties for %(month)s", month=month) if line.period else _("Royalties")
    taken = line.amount.amount < 0
    name = _("Taken back") if taken else _("Paid") if line.is_paid else _("We owe you")
    notes = [about, _way(line, locale, zone, taken=taken)]
    if line.withheld.amount:
        tax = money_words(line.withheld, locale)
        notes.append(_("%(amount)s of it is tax that we keep for the authority.", amount=tax))
    tone = "taken" if taken else "paid" if line.is_paid else "owed"
    return MoneyLine(name, money_words(line.amount, locale, plus=True), tone, tuple(notes))


def _way(line: OwnLine, locale: str, zone: str, *, taken: bool) -> str:
    if line.is_paid:
        return _("It stands on your statement.")
    if line.is_sent:
        return _("It was handed to our payment system and comes with your next statement.")
    if line.posted_at is None:
        return _("Approved. It is booked next.")
    day = date_words(line.posted_at, locale, zone, "yMMMd")
    if taken:
        return _("Booked on %(day)s. It is taken from your next statement.", day=day)
    return _("Booked to your balance on %(day)s. It comes with your next statement.", day=day)
