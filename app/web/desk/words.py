"""What the desk's buttons and lists say: events of the lifecycle, kinds, clocks, queues, all translatable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.cases.rules.kinds import CaseEvent, Kind, State, SubKind
from app.cases.rules.words import EVENT_HELP, EVENT_WORDS, KIND_WORDS, SUB_KIND_WORDS, staff_words
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated


@dataclass(frozen=True, slots=True)
class ActionWords:
    """A button, the sentence above its form, its icon and its weight."""

    label: str
    hint: str
    icon: str
    danger: bool = False


_ICONS = {
    "take": "hand", "close_out_of_scope": "circle-x", "ask_complainant": "hourglass", "ask_respondent": "hourglass",
    "ask_store": "pause", "store_answered": "check", "extend": "calendar", "answer": "reply", "lapse": "clock",
    "resolve": "circle-check", "not_solved": "undo-2", "convert": "refresh-cw", "start_review": "eye",
    "start_audit": "calculator", "audit_done": "check", "audit_failed": "circle-alert", "start_exchange": "layers",
    "close_exchange": "check", "offer": "messages-square", "counter_offer": "messages-square", "decline": "x",
    "offer_lapse": "clock", "accept_offer": "check", "propose_decision": "users", "decide": "gavel",
    "confirm": "check", "return": "undo-2", "approve": "check", "refuse": "x", "complete": "circle-check",
    "action_failed": "triangle-alert", "appeal": "scale", "close": "circle-check", "reopen": "undo-2",
    "leave_to_parties": "pause", "resume": "eye", "release_pro_rata": "split", "withdraw": "x",
    "mark_duplicate": "copy", "unmark_duplicate": "undo-2", "recuse": "eye-off", "accept_notice": "check",
    "reject_notice": "circle-x", "restrict": "eye-off", "counter": "reply", "complain": "reply",
    "uncontested": "clock", "retract": "undo-2", "accept_counter": "scale", "reject_counter": "circle-x",
    "court_notice": "landmark", "restore": "refresh-cw", "order_received": "landmark",
}  # fmt: skip

# Where the desk says it otherwise than a party would.
_DESK: dict[str, tuple[Any, Any]] = {
    "extend": (__("Give more time"), __("They get a later deadline, with your reason.")),
    "offer": (
        __("Pass on an offer"),
        __("As mediator: the terms go to the other side, who has 14 days."),
    ),
    "take": (__("Take case"), __("You become its owner and triage begins.")),
    "decide": (__("Decide"), __("Letters leave and the window for a second review opens.")),
    "recuse": (__("Step aside"), __("You no longer see the case; somebody else takes it.")),
}

DANGEROUS = frozenset(
    {"close_out_of_scope", "reject_notice", "reject_counter", "mark_duplicate", "withdraw", "refuse", "recuse"}
)  # fmt: skip

_CLOCKS: dict[str, Any] = {
    "draft": __("Draft"),
    "first_response": __("Reply"),
    "next_response": __("Reply"),
    "resolution": __("Decision"),
    "party_deadline": __("Answer"),
    "party": __("Answer"),
    "offer": __("Offer"),
    "counter_review": __("Counter check"),
    "counter": __("Counter check"),
    "restoration": __("Put-back"),
    "statutory": __("Put-back"),
    "finance_approval": __("Approval"),
    "finance": __("Approval"),
    "appeal_window": __("Window"),
    "window": __("Window"),
    "review_date": __("Look again"),
    "store": __("Store"),
    "restriction": __("Restriction"),
    "court": __("Court, look again"),
    "settle": __("Look again"),
    "appeal": __("Second review"),
    "satisfaction": __("Closes"),
}


def action_words(event: CaseEvent) -> ActionWords:
    """The desk's button of a lifecycle event; the words are the room's own where they fit the desk."""
    label, hint = _DESK.get(event.value, (None, None))
    return ActionWords(
        str(label or translated(EVENT_WORDS[event])),
        str(hint or translated(EVENT_HELP[event])),
        _ICONS.get(event.value, "flag"),
        event.value in DANGEROUS,
    )


def kind_words(kind: str) -> str:
    """The kind of a case."""
    return translated(KIND_WORDS[Kind(kind)])


def sub_kind_words(sub_kind: str) -> str:
    """The sub-kind of a case."""
    return translated(SUB_KIND_WORDS[SubKind(sub_kind)])


def state_name(state: State, sub_kind: SubKind | None = None) -> str:
    """A state in the desk's words; with the *sub_kind* of a case, who exactly is waited for."""
    return translated(staff_words(state, sub_kind))


def clock_words(kind: str) -> str:
    """What falls due: Reply, Decision, Put-back."""
    return str(_CLOCKS.get(str(kind), str(kind).replace("_", " ").capitalize()))


def silence_words(silence: str) -> str:
    """What is proposed when nobody answers."""
    return {
        "decide_on_file": _("A person decides on what is there"),
        "complainant_prevails": _("Proposed for the complainant; a person decides"),
        "respondent_prevails": _("Proposed for the respondent; a person decides"),
    }.get(silence, silence)


def attention_words(why: str) -> str:
    """Why somebody should look at a case again."""
    return {
        "deadline_passed": _("A deadline passed"),
        "silence_blocked": _("Nobody answered, and the next step is not possible by itself"),
        "restore_due": _("The material is due to go back"),
        "message_after_end": _("Somebody wrote after the end of the case"),
        "mail_not_delivered": _("A letter could not be delivered"),
    }.get(why, why)


def side_words(side: str) -> str:
    """Which side somebody stands on."""
    return {
        "complainant": _("Complainant"),
        "respondent": _("Respondent"),
        "desk": _("Desk"),
    }.get(str(side), str(side))
