"""States of a case in colour, icon and words, for staff and for artists (design section 4). Never colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.cases.rules.kinds import State, SubKind
from app.cases.rules.words import STAFF_WORDS, staff_words
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated


@dataclass(frozen=True, slots=True)
class StateWords:
    """What a state chip shows."""

    words: str
    tone: str
    icon: str


_Row = tuple[str, str, Any]
_RECEIVED = __("Received")
_REVIEWING = __("We are reviewing")
_DECIDING = __("We are deciding")

# state: tone, icon, artist words; staff words stand with the lifecycle, where lists and forms take them too
_STATES: dict[str, _Row] = {
    "draft": ("neutral", "pencil", __("Draft")),
    "submitted": ("neutral", "inbox", _RECEIVED),
    "triage": ("neutral", "search", _RECEIVED),
    "waiting_store": ("wait", "pause", __("We are waiting for the store")),
    "notice_review": ("neutral", "search", _RECEIVED),
    "restricted": ("warn", "eye-off", __("Taken down, you can answer")),
    "counter_review": ("info", "eye", __("We are checking your counter-notice")),
    "restoration_window": ("warn", "scale", __("Waiting period")),
    "court_stay": ("wait", "landmark", __("In court")),
    "auditing": ("info", "calculator", __("We are checking the numbers")),
    "evidence_exchange": ("info", "layers", __("Both sides send evidence")),
    "negotiation": ("info", "messages-square", __("An offer is open")),
    "held_parties_to_settle": ("wait", "pause", __("Held until you both agree")),
    "review": ("info", "eye", _REVIEWING),
    "confirmation": ("info", "gavel", _DECIDING),
    "finance_approval": ("info", "users", __("Payment being approved")),
    "implementing": ("info", "refresh-cw", __("We are carrying it out")),
    "appeal_review": ("info", "scale", __("Second review")),
    "decided": ("neutral", "circle-check", __("Resolved")),
    "closed": ("neutral", "circle-check", __("Closed")),
}

_STAFF = frozenset(state.value for state in STAFF_WORDS)
_OUTCOMES: dict[str, tuple[str, str, Any]] = {
    "upheld": ("ok", "circle-check", __("Upheld")),
    "partly_upheld": ("info", "split", __("Partly upheld")),
    "not_upheld": ("neutral", "circle-check", __("Not upheld")),
    "settled": ("ok", "circle-check", __("Settled")),
    "withdrawn": ("neutral", "x", __("Withdrawn")),
    "answered": ("ok", "circle-check", __("Answered")),
    "restored": ("ok", "circle-check", __("Restored")),
    "kept_down": ("neutral", "circle-check", __("Kept down")),
    "no_response": ("neutral", "clock", __("No response")),
    "duplicate": ("neutral", "copy", __("Duplicate")),
    "out_of_scope": ("neutral", "circle-x", __("Out of scope")),
}


def state_words(
    state: str,
    face: str = "artist",
    mine: bool = False,  # noqa: FBT001, FBT002 - templates pass it by name
    outcome: str | None = None,
    sub_kind: str | None = None,
) -> StateWords:
    """The chip of *state*. *mine*: the reader is the party who must move. Artists never read who lost.

    *sub_kind*: for staff, tells whether the artist is waited for or somebody against them.
    """
    state = str(state)
    if state in {"waiting_complainant", "waiting_respondent"}:
        return _waiting(state, face, mine, sub_kind)
    if state in {"decided", "closed"} and outcome:
        return _ended(str(outcome), face)
    plain = state.replace("_", " ")
    tone, icon, artist = _STATES.get(state, ("neutral", "circle-help", plain))
    return StateWords(
        _staff(state, otherwise=plain) if face == "staff" else str(artist), tone, icon
    )


def _staff(state: str, sub_kind: str | None = None, otherwise: str = "") -> str:
    if state not in _STAFF:
        return otherwise
    return translated(staff_words(State(state), SubKind(sub_kind) if sub_kind else None))


def _waiting(state: str, face: str, mine: bool, sub_kind: str | None) -> StateWords:  # noqa: FBT001
    if face == "staff":
        return StateWords(_staff(state, sub_kind), "wait", "hourglass")
    if mine:
        return StateWords(_("Waiting for you"), "warn", "hand")
    return StateWords(_("Waiting for the other side"), "wait", "pause")


def _ended(outcome: str, face: str) -> StateWords:
    if outcome == "withdrawn":
        return StateWords(_("Withdrawn"), "neutral", "x")
    tone, icon, words = _OUTCOMES.get(
        outcome, ("neutral", "circle-check", outcome.replace("_", " "))
    )
    if face == "staff":
        return StateWords(str(words), tone, icon)
    return StateWords(_("Resolved"), tone, "circle-check")
