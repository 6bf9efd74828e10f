"""States of a case in colour, icon and words, for staff and for artists (design section 4). Never colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __


@dataclass(frozen=True, slots=True)
class StateWords:
    """What a state chip shows."""

    words: str
    tone: str
    icon: str


_Row = tuple[str, str, Any, Any]
_RECEIVED = __("Received")
_REVIEWING = __("We are reviewing")
_DECIDING = __("We are deciding")

# state: tone, icon, staff words, artist words
_STATES: dict[str, _Row] = {
    "draft": ("neutral", "pencil", __("Draft"), __("Draft")),
    "submitted": ("neutral", "inbox", __("New"), _RECEIVED),
    "triage": ("neutral", "search", __("Triage"), _RECEIVED),
    "waiting_store": ("wait", "pause", __("Waiting on store"), __("We are waiting for the store")),
    "notice_review": ("neutral", "search", __("Notice check"), _RECEIVED),
    "restricted": ("warn", "eye-off", __("Restricted"), __("Taken down, you can answer")),
    "counter_review": (
        "info",
        "eye",
        __("Counter-notice check"),
        __("We are checking your counter-notice"),
    ),
    "restoration_window": ("warn", "scale", __("Statutory clock"), __("Waiting period")),
    "court_stay": ("wait", "landmark", __("In court"), __("In court")),
    "auditing": ("info", "calculator", __("Recomputing"), __("We are checking the numbers")),
    "evidence_exchange": ("info", "layers", __("Exchange"), __("Both sides send evidence")),
    "negotiation": ("info", "messages-square", __("Offer open"), __("An offer is open")),
    "held_parties_to_settle": (
        "wait",
        "pause",
        __("Held, parties to settle"),
        __("Held until you both agree"),
    ),
    "review": ("info", "eye", __("Evidence review"), _REVIEWING),
    "confirmation": ("info", "gavel", __("Confirming"), _DECIDING),
    "finance_approval": ("info", "users", __("Awaiting approval"), __("Payment being approved")),
    "implementing": ("info", "refresh-cw", __("Implementing"), __("We are carrying it out")),
    "appeal_review": ("info", "scale", __("Second review"), __("Second review")),
    "decided": ("neutral", "circle-check", __("Decided"), __("Resolved")),
    "closed": ("neutral", "circle-check", __("Closed"), __("Closed")),
}

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
) -> StateWords:
    """The chip of *state*. *mine*: the reader is the party who must move. Artists never read who lost."""
    state = str(state)
    if state in {"waiting_complainant", "waiting_respondent"}:
        return _waiting(state, face, mine)
    if state in {"decided", "closed"} and outcome:
        return _ended(str(outcome), face)
    tone, icon, staff, artist = _STATES.get(
        state, ("neutral", "circle-help", state.replace("_", " "), state.replace("_", " "))
    )
    return StateWords(str(staff if face == "staff" else artist), tone, icon)


def _waiting(state: str, face: str, mine: bool) -> StateWords:  # noqa: FBT001
    if face == "staff":
        words = (
            _("Waiting on artist") if state == "waiting_complainant" else _("Waiting on respondent")
        )
        return StateWords(words, "wait", "hourglass")
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
