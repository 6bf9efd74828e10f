"""Slugs of the record in the auditor's words. What has none here is shown as the code it is."""

from __future__ import annotations

from typing import Any

from app.cases.rules.kinds import Kind, State, SubKind
from app.cases.rules.words import EVENT_WORDS, KIND_WORDS, SUB_KIND_WORDS, staff_words
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated

_WORDS: dict[str, Any] = {
    "complainant": __("Complainant"), "respondent": __("Respondent"), "desk": __("Desk"), "both": __("Both sides"),
    "none": __("None"), "system": __("System"),
    "running": __("Running"), "paused": __("Paused"), "met": __("Met"), "missed": __("Missed"),
    "breached": __("Missed"), "stopped": __("Stopped"), "cancelled": __("Cancelled"), "ended": __("Ended"),
    "message": __("Message"), "note": __("Internal note"), "event": __("Event"), "request": __("Request"),
    "letter": __("Letter"), "file": __("File"),
    "expected": __("Expected"), "uploading": __("Uploading"), "quarantined": __("In quarantine"),
    "scanning": __("Scanning"), "accepted": __("Accepted"), "refused": __("Refused"), "blocked": __("Blocked"),
    "withdrawn": __("Withdrawn"), "purged": __("Deleted"),
    "supports_artist": __("Supports artist"), "neutral": __("Neutral"), "against": __("Against"),
    "reject": __("Reject"),
    "draft": __("Draft"), "proposed": __("Proposed"), "confirmed": __("Confirmed"), "returned": __("Returned"),
    "placed": __("Placed"), "released": __("Released"), "moved": __("Moved"),
    "approved_once": __("Approved once"), "approved": __("Approved"), "posted": __("Posted"),
    "batched": __("In a batch"), "exported": __("Exported"), "acknowledged": __("Acknowledged"),
    "mismatch": __("Mismatch"),
    "drafted": __("Drafted"), "numbered": __("Numbered"), "rendered": __("Printed"), "signed": __("Signed"),
    "sent": __("Sent"), "delivered": __("Delivered"), "bounced": __("Bounced"), "void": __("Void"),
    "ownership_conflict": __("Two parties claim the same"), "split_disputed": __("The split is disputed"),
    "takedown_notice": __("A takedown notice"), "payout_disputed": __("The payout is disputed"),
    "suspected_streams": __("Suspected streams"), "court": __("Court"), "appeal": __("Second review"),
    "decision": __("Decision"), "out_of_scope": __("Out of scope"), "no_response": __("No answer"),
    "statement_of_reasons": __("Statement of reasons"), "notice_rejected": __("Notice not accepted"),
    "counter_received": __("Counter-notice received"), "counter_rejected": __("Counter-notice not complete"),
    "hold_notice": __("Notice of held money"), "left_to_parties": __("Left to both sides"),
}  # fmt: skip


def record_word(slug: str) -> str:
    """Words for a slug; one without words as it is."""
    return str(_WORDS.get(slug, slug))


def kind_name(kind: str) -> str:
    """The kind of a case."""
    return translated(KIND_WORDS[Kind(kind)])


def sub_kind_name(sub_kind: str) -> str:
    """The sub-kind of a case."""
    return translated(SUB_KIND_WORDS[SubKind(sub_kind)])


def state_name(state: State, sub_kind: SubKind) -> str:
    """Where a case stands, in the desk's words; before its start it stands nowhere."""
    return str(state.value) if state is State.NONE else translated(staff_words(state, sub_kind))


def event_name(event: str) -> str:
    """What moved a case; what only the system does has its code."""
    known = {one.value: words for one, words in EVENT_WORDS.items()}
    return translated(known[event]) if event in known else event
