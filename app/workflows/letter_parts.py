"""What a letter of a kind says to one side: standing words, dates of clocks, the hold, and what was written for it.

A reason of the desk is never printed: only words that were written for the letter are (`told`, `failed`, the
explanation of a hold), and they go to the side they were written for. A part that nobody gave stays away,
so that the letter waits as a draft with the part marked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.cases.queries import parties_of
from app.cases.rules.kinds import SubKind
from app.cases.rules.views import CaseView, ClockRow
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.money import Money
from app.kernel.sides import Side
from app.ledger.queries.holds import HoldRow
from app.letters.queries import LetterMove
from app.letters.rules.context import Ground, RemedyLine, Window
from app.letters.rules.kinds import LetterKind
from app.letters.service.rows import PARTIES
from app.policies.queries import calendar_by_id
from app.policies.rules.clocks import ClockKind, add_months
from app.policies.rules.zones import local_day
from app.workflows.letter_holds import freed_parts, held_parts

APPEAL_MONTHS = 6
"""DECISIONS 23: six calendar months; as long a closed case is opened again."""
NO_MOVE = LetterMove()
_K = LetterKind
_CLOSING = frozenset({_K.OUT_OF_SCOPE, _K.WITHDRAWN, _K.NO_RESPONSE})


@dataclass(frozen=True, slots=True)
class Known:
    """What is known when a letter is written, on the day *on*. *until*: see `review_days`. *clocks*: ended ones too; *hold*: the one it tells.

    *given_back*: what its end paid back to the payee it was taken from.
    """

    case: CaseView
    on: date
    until: Mapping[Side, date]
    move: LetterMove = NO_MOVE
    clocks: tuple[ClockRow, ...] = ()
    hold: HoldRow | None = None
    given_back: Money | None = None


def review_days(tx: Tx, actor: Actor, case: CaseView, now: datetime) -> dict[Side, date]:
    """By side the last day of six months from *now*, counted where the side is at home, as its clock counts them."""
    zones = {party.side: party.zone for party in reversed(parties_of(tx, actor, case.id))}
    return {
        side: add_months(local_day(now, zones.get(side) or case.zone), APPEAL_MONTHS)
        for side in PARTIES
    }


def parts_of(tx: Tx, kind: LetterKind, side: Side, known: Known) -> dict[str, Any]:
    """Fields of the context of *kind* to *side*, beyond case and recipient."""
    own = {"reopen_until" if kind in _CLOSING else "appeal_until": known.until[side]}
    if kind in (_K.COUNTER_RECEIVED, _K.COUNTER_FORWARDED):
        return own | {"window": _window(tx, known)}
    return own | _PARTS[kind](side, known)


def role_of(kind: LetterKind) -> str:
    """Whose work a letter tells: the desk's for what needed no judgement, else the reviewer's."""
    plain = _CLOSING | {_K.COUNTER_RECEIPT, _K.COUNTER_FORWARDED, _K.EXCHANGE}
    return "agent" if kind in plain else "rights_reviewer"


def _out_of_scope(_side: Side, known: Known) -> dict[str, Any]:
    words = {
        "wrong_place": _("What you wrote about has to be dealt with somewhere else."),
        "no_standing": _(
            "The case has to come from the person whose right it is, or from somebody they sent."
        ),
    }
    other = _("What you wrote about is not something that this desk can decide.")
    return {"reasons": words.get(known.move.reason.strip().lower(), other)}


def _no_response(_side: Side, _known: Known) -> dict[str, Any]:
    return {"reasons": _("Without it we cannot go on. What was sent before stays on the case.")}


def _nothing(_side: Side, _known: Known) -> dict[str, Any]:
    return {}


def _exchange(side: Side, known: Known) -> dict[str, Any]:
    found = _newest(known, ClockKind.PARTY, side)
    return {"answer_until": local_day(found.due_at, found.zone) if found else None}


def _left(_side: Side, known: Known) -> dict[str, Any]:
    standing = _("What both sides sent does not show which of the two claims is right.")
    return {
        "reasons": known.move.told or standing,
        "limitation_on": known.move.limitation_on,
    }


def _lacks(_side: Side, known: Known) -> dict[str, Any]:
    standing = _("Without these parts the law does not let us act on it.")
    return {"failed_elements": known.move.failed, "reasons": known.move.told or standing}


def _restored(_side: Side, known: Known) -> dict[str, Any]:
    reasons = {
        "retract": _("The person who asked for the removal took the notice back."),
        "restore": _(
            "The waiting period after the counter-notice is over, and we were not told of a court action."
        ),
        "order_received": _("A court decided that the material may go back."),
    }
    back = RemedyLine(
        "put_back", _("The material goes back to the stores."), known.move.on or known.on
    )
    return {"reasons": reasons.get(known.move.step, known.move.told), "remedies": (back,)}


def _kept_down(side: Side, known: Known) -> dict[str, Any]:
    silent = (
        _("You had six months to answer the restriction. We received no answer.")
        if side is Side.RESPONDENT
        else _("The other side had six months to answer the restriction and did not.")
    )
    reasons = {
        "uncontested": silent,
        "order_received": _("A court decided that the material stays down."),
    }
    return {"reasons": reasons.get(known.move.step, known.move.told)}


def _restriction(side: Side, known: Known) -> dict[str, Any]:
    """DSA Art. 17(3) to the artist; to who sent the notice, what became of it (Art. 16(5))."""
    own = known.case.sub_kind is SubKind.OWN_RESTRICTION
    standing = "" if own else _(
        "Somebody sent us a notice that says this material infringes a right. It has every part that the law asks for."
    )  # fmt: skip
    if side is Side.COMPLAINANT:
        facts = _("We checked your notice. It has every part that the law asks for.")
    else:
        facts = known.move.told or standing
    return {
        "ground": Ground(
            measure=_("The material is no longer available in the stores we deliver to."),
            ground=_legal_ground(known.case.sub_kind),
            facts=facts,
            scope=_material(known.case),
            territory=_("Worldwide"),
            source="own_initiative" if own else "notice",
            automated="none",
            starts_on=known.move.on or known.on,
        )
    }


def _legal_ground(sub_kind: SubKind) -> str:
    return {
        SubKind.DMCA_NOTICE: _("United States copyright law, 17 U.S.C. 512(c)."),
        SubKind.EU_NOTICE: _(
            "Illegal content under the law of the European Union or of a member state: Regulation (EU) 2022/2065, Article 16."
        ),
        SubKind.OWN_RESTRICTION: _("Our terms of service."),
    }.get(sub_kind, _("A request of the store that had the material."))


def _material(case: CaseView) -> str:
    numbers = [
        f"{name} {value}" for name, value in (("ISRC", case.isrc), ("UPC", case.upc)) if value
    ]
    return f"{case.subject_title} ({', '.join(numbers)})" if numbers else case.subject_title


def _held(_side: Side, known: Known) -> dict[str, Any]:
    return held_parts(known.hold) if known.hold else {}


def _freed(_side: Side, known: Known) -> dict[str, Any]:
    return freed_parts(known.hold, known.given_back, known.on) if known.hold else {}


def _stopped(side: Side, known: Known) -> dict[str, Any]:
    """17 U.S.C. 512(g)(2)(C): the claimant told us of an action before the material went back."""
    standing = (
        _("The person who asked for the removal told us that a court was asked to decide.")
        if side is Side.RESPONDENT
        else _("You told us of it before the material went back.")
    )
    review = _newest(known, ClockKind.COURT)
    return {
        "reasons": known.move.told or standing,
        "review_on": local_day(review.due_at, review.zone) if review else None,
    }


def _newest(known: Known, kind: ClockKind, side: Side | None = None) -> ClockRow | None:
    """The clock of that kind that began last; it may have ended since, the letter still tells it."""
    found = [c for c in known.clocks if c.kind == kind and side in (None, c.side)]
    return max(found, key=lambda one: one.started_at, default=None)


def _window(tx: Tx, known: Known) -> Window | None:
    found = _newest(known, ClockKind.STATUTORY)
    if found is None or found.earliest_at is None or found.calendar_id is None:
        return None
    calendar = calendar_by_id(tx, found.calendar_id).calendar
    return Window(
        local_day(found.started_at, found.zone),
        local_day(found.earliest_at, found.zone),
        local_day(found.due_at, found.zone),
        _("%(code)s, version %(number)s", code=calendar.code, number=calendar.version),
    )


_PARTS: dict[LetterKind, Callable[[Side, Known], dict[str, Any]]] = {
    _K.OUT_OF_SCOPE: _out_of_scope,
    _K.WITHDRAWN: _nothing,
    _K.NO_RESPONSE: _no_response,
    _K.EXCHANGE: _exchange,
    _K.LEFT_TO_PARTIES: _left,
    _K.STATEMENT_OF_REASONS: _restriction,
    _K.NOTICE_REJECTED: _lacks,
    _K.COUNTER_REJECTED: _lacks,
    _K.COUNTER_RECEIPT: _nothing,
    _K.RESTORATION: _restored,
    _K.KEPT_DOWN: _kept_down,
    _K.HOLD_NOTICE: _held,
    _K.HOLD_ENDED: _freed,
    _K.WINDOW_STOPPED: _stopped,
}
"""Every kind but the decision, which has a room of its own, and those that show the window."""
