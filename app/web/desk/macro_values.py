"""The values of a macro's variables in one case, for one reader."""

from __future__ import annotations

from typing import Any

from app.accounts.rules import Permission, may
from app.cases.queries import clocks_of
from app.cases.rules.views import PartyRow
from app.conversations.queries.macros import MacroView
from app.conversations.rules.macros import (
    MacroAudience,
    Rendered,
    check_reader,
    render,
    variables_in,
)
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.money import Money
from app.kernel.sides import Side
from app.ledger.queries.holds import holds_of
from app.web.desk.head import LoadedCase
from app.web.shared.filters import date_words, due_words, money_words


def reader_side(case: LoadedCase, audience: MacroAudience) -> Side | None:
    """The side a macro is written for in this case; None for notes and for any."""
    artist = case.view.artist_side
    other = Side.RESPONDENT if artist is Side.COMPLAINANT else Side.COMPLAINANT
    return {MacroAudience.ARTIST: artist, MacroAudience.OTHER: other}.get(audience)


def rendered_for(
    tx: Tx,
    case: LoadedCase,
    macro: MacroView,
    audience: str,
    parties: tuple[PartyRow, ...],
    actor: Actor,
) -> Rendered:
    """The macro's words for the reader that the composer names. Raises Invalid naming the variable."""
    side = None if audience == "note" else Side(audience)
    check_reader(
        variables_in(macro.body), is_note=side is None, is_complainant=side is Side.COMPLAINANT
    )
    return render(macro.body, values_of(tx, case, side, parties, actor))


def values_of(
    tx: Tx, case: LoadedCase, side: Side | None, parties: tuple[PartyRow, ...], actor: Actor
) -> dict[str, str]:
    """Every variable's value; empty where the case has none. *side*: who reads, None for the house."""
    view = case.view
    theirs = next((row for row in parties if row.side is side), None)
    others = next((row for row in parties if row.side is not (side or view.artist_side)), None)
    values = {
        "case_ref": case.ref,
        "title": view.subject_title,
        "artist_name": view.subject_artist,
        "store": view.store or "",
        "period": _period(view, actor.locale),
        "reader_name": theirs.display_name if theirs else "",
        "my_name": actor.name,
        "deadline": _deadline(tx, case, side, theirs, actor),
        "disputed_amount": "",
        "other_name": others.display_name if others else "",
        "other_email": (others.email or "") if others else "",
        "held_amount": _held(tx, case, actor),
    }
    if view.disputed_amount is not None and view.disputed_currency:
        money = Money(view.disputed_amount, view.disputed_currency)
        values["disputed_amount"] = money_words(money, actor.locale)
    return values


def _period(view: Any, locale: str) -> str:
    if not view.period_start or not view.period_end:
        return ""
    days = (view.period_start, view.period_end)
    return " – ".join(date_words(day, locale, skeleton="yMMMd") for day in days)


def _deadline(
    tx: Tx, case: LoadedCase, side: Side | None, party: PartyRow | None, actor: Actor
) -> str:
    """When the reader's own clock ends, in their zone."""
    if side is None:
        return ""
    due = next((row.due_at for row in clocks_of(tx, actor, case.id) if row.side is side), None)
    return due_words(due, actor.locale, party.zone if party else actor.zone) if due else ""


def _held(tx: Tx, case: LoadedCase, actor: Actor) -> str:
    if not may(actor, Permission.HOLD_READ):
        return ""
    sums = [
        money_words(row.amount, actor.locale) for row in holds_of(tx, actor, case.id) if row.amount
    ]
    return ", ".join(sums)
