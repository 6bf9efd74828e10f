"""What a timeline shows to whom, and the cursor that turns its pages."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from app.kernel.errors import Invalid
from app.kernel.words import words as _

PAGE = 50
_KEY = 36


class EntryKind(StrEnum):
    """A message, an internal note, or something that happened."""

    MESSAGE = "message"
    NOTE = "note"
    EVENT = "event"


class Strand(StrEnum):
    """What the desk's timeline can be narrowed to (UX S2)."""

    MESSAGES = "messages"
    NOTES = "notes"
    REQUESTS = "requests"
    EVIDENCE = "evidence"
    STATE = "state"
    MONEY = "money"
    LETTERS = "letters"


SUBJECTS: dict[Strand, tuple[str, ...]] = {
    Strand.REQUESTS: ("request", "request_item"),
    Strand.EVIDENCE: ("evidence_item", "evidence_verdict"),
    Strand.MONEY: ("hold", "correction"),
    Strand.LETTERS: ("letter",),
}
"""Subjects of history rows by strand; what none of them names is a state of the case."""

QUIET = (
    "case.draft_saved", "case.message_noted", "request_item.asked", "evidence.checked", "evidence.opened",
    "case_party.added", "case_statement.signed", "decision.saved", "letter.saved", "case.clock_started",
)  # fmt: skip
"""Bookkeeping that another line tells already; the desk's page leaves it out."""


def strands_of(wanted: Iterable[str]) -> frozenset[Strand]:
    """The strands named in an address; unknown names count for nothing, none means all."""
    known = {strand.value for strand in Strand}
    return frozenset(Strand(name) for name in wanted if name in known) or frozenset(Strand)


PARTY_CASE_EVENTS = frozenset(
    """submit answer extend withdraw reopen appeal close decide confirm complete counter accept_counter
    restrict restore court_notice order_received resolve not_solved convert start_exchange close_exchange
    offer counter_offer accept_offer decline offer_lapse lapse complain ask_complainant ask_respondent
    start_review uncontested retract accept_notice""".split()
)
"""Moves that both sides read in their timeline, by name and without reason; everything else is the desk's."""

PARTY_SIDE_VERBS = (
    "evidence.received", "evidence.shared", "evidence.unshared", "evidence.withdrawn",
    "request.asked", "request.extended", "request.lapsed", "request_item.answered",
    "request_item.declined", "request_item.accepted", "request_item.asked_again", "request_item.waived",
    "letter.sent",
)  # fmt: skip
"""Verbs that the side named in their data reads; a row without a side is never shown (I12)."""

TOLD_OTHERWISE = ("message", "evidence_share", "request_answer", "evidence_upload", "case_file")
"""Subjects whose history rows repeat what the timeline shows as words or as another row."""

SAFE_DATA = (
    "label", "as", "kind", "number", "position", "from", "to", "from_state", "to_state", "event",
    "due_at", "round", "state",
)  # fmt: skip
"""Keys of history data that a party's page may use."""


def cursor_of(at: datetime, key: str) -> str:
    """Where a page ended: opaque and safe in an address."""
    plain = json.dumps([at.isoformat(), key])
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def parse_cursor(text: str) -> tuple[datetime, str]:
    """The opposite of `cursor_of`. Raises `Invalid` for anything else."""
    try:
        at, key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        moment = datetime.fromisoformat(at)
    except (ValueError, TypeError, binascii.Error) as error:
        raise Invalid("cursor", "cursor", _("This page address is not valid.")) from error
    if moment.tzinfo is None or not isinstance(key, str) or len(key) > _KEY:
        raise Invalid("cursor", "cursor", _("This page address is not valid."))
    return moment, key
