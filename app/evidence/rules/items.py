"""The life of an evidence item, who may judge it and how, its exhibit label and its object key."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from app.kernel.errors import NOT_FROM_HERE, Refused
from app.kernel.sides import Disclosure, Side

RETENTION = timedelta(days=730)
"""How long the store refuses to delete a sealed object: two years from the seal, longer than any case
and its six-month appeal. Retention classes and legal holds extend it; nothing shortens it."""


class ItemState(StrEnum):
    """Where a file stands (LIFECYCLES, smaller lifecycles)."""

    EXPECTED = "expected"
    UPLOADING = "uploading"
    QUARANTINED = "quarantined"
    SCANNING = "scanning"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    BLOCKED = "blocked"
    WITHDRAWN = "withdrawn"
    PURGED = "purged"


class Step(StrEnum):
    """What moves an item."""

    BEGIN = "begin"
    ARRIVE = "arrive"
    SCAN = "scan"
    ACCEPT = "accept"
    REFUSE = "refuse"
    BLOCK = "block"
    WITHDRAW = "withdraw"
    PURGE = "purge"


class Move(NamedTuple):
    """One row of the table."""

    source: ItemState
    step: Step
    target: ItemState


MOVES: tuple[Move, ...] = (
    Move(ItemState.EXPECTED, Step.BEGIN, ItemState.UPLOADING),
    Move(ItemState.UPLOADING, Step.ARRIVE, ItemState.QUARANTINED),
    Move(ItemState.UPLOADING, Step.REFUSE, ItemState.REFUSED),
    Move(ItemState.QUARANTINED, Step.SCAN, ItemState.SCANNING),
    Move(ItemState.QUARANTINED, Step.REFUSE, ItemState.REFUSED),
    Move(ItemState.SCANNING, Step.ACCEPT, ItemState.ACCEPTED),
    Move(ItemState.SCANNING, Step.REFUSE, ItemState.REFUSED),
    Move(ItemState.SCANNING, Step.BLOCK, ItemState.BLOCKED),
    Move(ItemState.ACCEPTED, Step.WITHDRAW, ItemState.WITHDRAWN),
    *(
        Move(state, Step.PURGE, ItemState.PURGED)
        for state in (ItemState.ACCEPTED, ItemState.BLOCKED, ItemState.WITHDRAWN)
    ),
)
"""Purge happens to discarded drafts alone: nothing was submitted, so nothing has to stay."""

READABLE = frozenset({ItemState.ACCEPTED, ItemState.WITHDRAWN})
"""States in which the bytes may be opened; a blocked file shows only its name."""


def move(state: ItemState, step: Step) -> ItemState:
    """The state after *step*. Raises `Refused` with the steps that are possible."""
    for row in MOVES:
        if (row.source, row.step) == (state, step):
            return row.target
    allowed = tuple(row.step for row in MOVES if row.source is state)
    raise Refused("evidence_step", NOT_FROM_HERE, allowed)


class CustodyStep(StrEnum):
    """What happened to an item, kept for ever."""

    UPLOADED = "uploaded"
    CHECKED = "checked"
    ACCEPTED = "accepted"
    BLOCKED = "blocked"
    SEALED = "sealed"
    OPENED = "opened"
    VERDICT = "verdict"
    SHARED = "shared"
    UNSHARED = "unshared"
    WITHDRAWN = "withdrawn"
    VERIFIED = "verified"
    MISMATCH = "mismatch"
    MISSING = "missing"
    PURGED = "purged"


class VerdictKind(StrEnum):
    """How staff judge an exhibit (UX.md section 4). Reject needs a reason."""

    SUPPORTS_ARTIST = "supports_artist"
    NEUTRAL = "neutral"
    AGAINST = "against"
    REJECT = "reject"


class RejectReason(StrEnum):
    """Why an exhibit counts for nothing."""

    ALTERED = "altered"
    UNREADABLE = "unreadable"
    UNRELATED = "unrelated"
    DUPLICATE = "duplicate"
    OTHER = "other"


def verdict_problem(kind: VerdictKind, reason: RejectReason | None, note: str) -> str:
    """Code of what is wrong with a verdict, empty when nothing is."""
    if kind is VerdictKind.REJECT:
        if reason is None:
            return "reason_required"
        return "note_required" if reason is RejectReason.OTHER and not note.strip() else ""
    return "reason_not_allowed" if reason is not None else ""


_PREFIX = {Side.COMPLAINANT: "E", Side.RESPONDENT: "R", Side.DESK: "D"}


def exhibit_label(side: Side, number: int) -> str:
    """E1, E2 … for the complainant, R… for the respondent, D… for the desk: dense per side (I12, B144)."""
    return f"{_PREFIX[side]}{number}"


def shared_label(number: int) -> str:
    """S1, S2 … in the order of sharing: what both sides call a shared exhibit, whoever owns it."""
    return f"S{number}"


def parse_label(text: str) -> tuple[Side | None, int] | None:
    """(side, number) of `E3`, (None, number) of a shared `S2`; None for anything else."""
    prefix, digits = text[:1].upper(), text[1:]
    if not (
        digits.isascii() and digits.isdigit() and not digits.startswith("0") and len(digits) <= 4
    ):
        return None
    if prefix == "S":
        return None, int(digits)
    for side, letter in _PREFIX.items():
        if letter == prefix:
            return side, int(digits)
    return None


def label_for(reader: Side, side: Side, number: int, shared_number: int | None) -> str:
    """What *reader* calls an item of *side*: the own and the desk's label is dense, the other side sees S…"""
    if reader in (side, Side.DESK) or shared_number is None:
        return exhibit_label(side, number)
    return shared_label(shared_number)


def object_key(case_id: UUID, side: Side, sha256: str) -> str:
    """`case/<id>/<side>/<sha256>`: the two sides never share an object (DECISIONS 15, B034)."""
    return f"case/{case_id}/{side.value}/{sha256}"


def first_disclosure(side: Side) -> Disclosure:
    """What a new item starts as: private to its side, internal when it is the desk's own."""
    return Disclosure.INTERNAL if side is Side.DESK else Disclosure.PRIVATE
