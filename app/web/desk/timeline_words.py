"""What the desk's timeline says about history rows: a sentence and an icon per verb."""

from __future__ import annotations

from typing import Any

from app.cases.rules.kinds import CaseEvent, State, SubKind
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.web.desk.words import action_words, side_words, state_name

_VERBS: dict[str, tuple[Any, str]] = {
    "evidence.received": (__("Evidence received"), "paperclip"),
    "evidence.accepted": (__("Evidence accepted"), "paperclip"),
    "evidence.refused": (__("Evidence refused"), "circle-alert"),
    "evidence.blocked": (__("Evidence blocked"), "circle-alert"),
    "evidence.sealed": (__("Evidence sealed"), "lock"),
    "evidence.opened": (__("Evidence opened"), "eye"),
    "evidence.judged": (__("Evidence judged"), "gavel"),
    "evidence.shared": (__("Shown to the other side"), "eye"),
    "evidence.unshared": (__("No longer shown to the other side"), "eye-off"),
    "evidence.withdrawn": (__("Evidence withdrawn"), "undo-2"),
    "request.asked": (__("Request sent"), "file-pen-line"),
    "request.extended": (__("More time given"), "calendar"),
    "request.lapsed": (__("Request lapsed"), "clock"),
    "request_item.answered": (__("Request answered"), "reply"),
    "request_item.declined": (__("Cannot be provided"), "x"),
    "request_item.accepted": (__("Answer accepted"), "check"),
    "request_item.asked_again": (__("Asked again"), "undo-2"),
    "request_item.waived": (__("Request waived"), "minus"),
    "decision.saved": (__("Decision draft saved"), "pencil"),
    "decision.proposed": (__("Decision sent for confirmation"), "users"),
    "decision.confirmed": (__("Decision confirmed"), "gavel"),
    "decision.returned": (__("Decision returned"), "undo-2"),
    "letter.drafted": (__("Letter drafted"), "file-text"),
    "letter.saved": (__("Letter changed"), "file-text"),
    "letter.numbered": (__("Letter numbered"), "file-text"),
    "letter.rendered": (__("Letter printed"), "file-text"),
    "letter.sent": (__("Letter sent"), "send"),
    "letter.delivered": (__("Letter delivered"), "check"),
    "letter.bounced": (__("Letter came back"), "circle-alert"),
    "letter.voided": (__("Letter made void"), "x"),
    "hold.placed": (__("Hold placed"), "lock"),
    "hold.proposed": (__("Hold proposed"), "lock"),
    "hold.released": (__("Hold released"), "check"),
    "hold.moved": (__("Hold moved"), "refresh-cw"),
    "hold.extended": (__("Hold extended"), "calendar"),
    "correction.proposed": (__("Correction proposed"), "wallet"),
    "correction.approved": (__("Correction approved"), "check"),
    "correction.refused": (__("Correction refused"), "x"),
    "correction.posted": (__("Correction posted"), "wallet"),
    "correction.exported": (__("Correction exported"), "package"),
    "correction.acknowledged": (__("Correction acknowledged"), "circle-check"),
    "case.assigned": (__("Owner changed"), "user"),
    "case.facts_edited": (__("Facts corrected"), "pencil"),
    "case.linked": (__("Case linked"), "link"),
    "case.unlinked": (__("Link ended"), "x"),
    "case.legal_hold_placed": (__("Put under legal hold"), "landmark"),
    "case.legal_hold_lifted": (__("Legal hold lifted"), "landmark"),
    "case_party.added": (__("Party added"), "user"),
    "case_member.added": (__("Person added"), "user-plus"),
    "case_member.revoked": (__("Person removed"), "eye-off"),
    "case_wall.raised": (__("Kept away from this case"), "eye-off"),
    "case_statement.signed": (__("Statement signed"), "file-pen-line"),
    "case_reference.added": (__("Number of another place noted"), "tag"),
    "case_reference.ended": (__("Number of another place taken off"), "tag"),
    "case.flagged": (__("The desk should look: a mail did not arrive"), "mail"),
    "note.added": (__("Note added"), "lock"),
    "rating.given": (__("Rated"), "badge-check"),
    "rating.changed": (__("Rating changed"), "badge-check"),
    "clock.breached": (__("Deadline missed"), "circle-alert"),
    "clock.paused": (__("Deadline paused"), "pause"),
    "clock.extended": (__("Deadline moved"), "calendar"),
}  # fmt: skip


# What happened, where the button's words would read as an order.
_PAST: dict[str, Any] = {
    "start": __("Draft started"),
    "submit": __("Case filed"),
    "take": __("Taken over"),
    "ask_complainant": __("Complainant was asked"),
    "ask_respondent": __("Respondent was asked"),
    "ask_store": __("Store was asked"),
    "store_answered": __("The store answered"),
    "answer": __("Answered"),
    "extend": __("More time given"),
    "lapse": __("Nobody answered in time"),
    "resolve": __("Answered"),
    "not_solved": __("Not solved yet"),
    "convert": __("Changed to another kind"),
    "start_review": __("Review started"),
    "start_audit": __("Payout audit started"),
    "start_exchange": __("Exchange started"),
    "close_exchange": __("Exchange closed"),
    "offer": __("Offer made"),
    "counter_offer": __("Counter-offer made"),
    "decline": __("Offer declined"),
    "offer_lapse": __("Offer lapsed"),
    "accept_offer": __("Offer accepted"),
    "propose_decision": __("Decision proposed"),
    "decide": __("Decided"),
    "confirm": __("Decision confirmed"),
    "return": __("Decision returned"),
    "approve": __("Correction approved"),
    "refuse": __("Correction refused"),
    "complete": __("Carried out"),
    "action_failed": __("An action failed"),
    "appeal": __("Second review asked for"),
    "close": __("Closed"),
    "reopen": __("Opened again"),
    "leave_to_parties": __("Left to the parties"),
    "resume": __("Resumed"),
    "release_pro_rata": __("Released by share"),
    "withdraw": __("Withdrawn"),
    "mark_duplicate": __("Closed as duplicate"),
    "unmark_duplicate": __("No duplicate after all"),
    "recuse": __("Stepped aside"),
    "accept_notice": __("Notice accepted"),
    "reject_notice": __("Notice rejected"),
    "restrict": __("Restricted"),
    "counter": __("Counter-notice received"),
    "complain": __("Complaint received"),
    "retract": __("Notice taken back"),
    "accept_counter": __("Counter-notice accepted"),
    "reject_counter": __("Counter-notice rejected"),
    "court_notice": __("Court action notified"),
    "restore": __("Restored"),
    "order_received": __("Court order received"),
    "close_out_of_scope": __("Closed as out of scope"),
}


def event_words(
    verb: str, by: str, data: dict[str, Any], filename: str, sub_kind: SubKind
) -> tuple[str, str]:
    """(sentence, icon) of a history row; an unknown verb shows itself."""
    if verb.startswith("case.") and verb.removeprefix("case.") in set(CaseEvent):
        return _move_words(CaseEvent(verb.removeprefix("case.")), by, data, sub_kind)
    plain = verb.replace(".", " ").replace("_", " ").capitalize()
    words, icon = _VERBS.get(verb, (plain, "flag"))
    if verb.startswith("rating."):
        return _rating_words(str(words), by, data), icon
    detail = filename or str(data.get("label") or data.get("number") or "")
    if not filename and data.get("side") in {"complainant", "respondent"}:
        detail = f"{side_words(data['side'])} {detail}".strip()
    text = f"{words}: {detail}" if detail else str(words)
    return (_("%(what)s, by %(who)s", what=text, who=by) if by else text), icon


def _rating_words(what: str, by: str, data: dict[str, Any]) -> str:
    """Figures of a rating; what was written stands behind them."""
    return _(
        "%(what)s by %(side)s, %(who)s: handling %(process)s of 5, result %(outcome)s of 5",
        what=what, side=side_words(str(data.get("side"))), who=by,
        process=data.get("process"), outcome=data.get("outcome"),
    )  # fmt: skip


def _move_words(
    event: CaseEvent, by: str, data: dict[str, Any], sub_kind: SubKind
) -> tuple[str, str]:
    words = action_words(event)
    to = data.get("to")
    text = str(_PAST.get(event.value, words.label))
    if to in set(State) - {State.DRAFT} and to != data.get("from"):
        text = _("%(what)s, now %(stage)s", what=text, stage=state_name(State(to), sub_kind))
    return (_("%(what)s, by %(who)s", what=text, who=by) if by else text), words.icon
