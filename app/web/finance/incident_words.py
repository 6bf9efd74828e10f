"""Parent events in words: the one sentence that says the fault, where it stands, what became of a payee."""

from __future__ import annotations

from typing import Any

from app.incidents.queries import EventRow, PayeeRow
from app.incidents.rules.states import EventState, Result
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import ngettext
from app.kernel.money import Money
from app.web.finance.words import Chip
from app.web.shared.audit_words import detail_words, month_words, shared_fault_words
from app.web.shared.filters import money_words

_STATES: dict[EventState, tuple[Any, str, str]] = {
    EventState.OPEN: (__("Open"), "wait", "circle-alert"),
    EventState.OPENING: (__("Cases are being opened"), "info", "hourglass"),
    EventState.OPENED: (__("Cases opened"), "ok", "circle-check"),
    EventState.DISMISSED: (__("Dismissed"), "neutral", "x"),
    EventState.SUPERSEDED: (__("Replaced by a newer check"), "neutral", "history"),
}
STATE_WORDS = {state: words for state, (words, _tone, _icon) in _STATES.items()}


def event_chip(state: EventState) -> Chip:
    """Where it stands."""
    words, tone, icon = _STATES[state]
    return Chip(str(words), tone, icon)


def fault_words(row: EventRow, locale: str) -> str:
    """The fault, with the value that explains it: `Wrong withholding, 30%`."""
    what = shared_fault_words(row.cause)
    detail = detail_words(row.detail, locale) if row.detail else ""
    return _("%(reason)s, %(detail)s", reason=what, detail=detail) if detail else what


def event_words(row: EventRow, locale: str) -> str:
    """`Split version not applied for 214 artists on the Mar 2026 statement`."""
    said = ngettext(
        "%(what)s for %(num)s artist on the %(month)s statement",
        "%(what)s for %(num)s artists on the %(month)s statement",
        row.payees, what=fault_words(row, locale), month=month_words(row.statement_month, locale),
    )  # fmt: skip
    return str(said)


def sums_words(sums: tuple[Money, ...], locale: str) -> str:
    """Amounts by currency, rounded to their minor units."""
    return ", ".join(money_words(one.rounded(), locale) for one in sums)


def proposal_words(row: PayeeRow) -> str:
    """What would become of the payee, or became of them."""
    words: dict[Result, Any] = {
        Result.WAITING: _("A case is proposed") if row.artist_id else _("No known artist: no case"),
        Result.OPENED: _("Case opened"),
        Result.JOINED: _("Joined their case of another fault"),
        Result.UNKNOWN: _("No known artist: no case"),
        Result.REFUSED: row.reason,
    }
    return str(words[row.result])
