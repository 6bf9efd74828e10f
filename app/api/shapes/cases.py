"""Cases as they travel."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from app.api.shapes.frame import Cursor, Page, Shown, page_example, plain
from app.cases.rules.kinds import Kind, Outcome, State, SubKind
from app.cases.rules.views import CaseView, MyCaseRow, Need, QueueRow
from app.cases.rules.words import Mover
from app.kernel.sides import Side
from app.policies.rules.clocks import ONE_DAY

_LINE: dict[str, Any] = {
    "ref": "RD-7K4M-29QX", "kind": "payout", "sub_kind": "missing_earnings", "state": "submitted", "outcome": None,
    "title": "Low Tide", "artist": "Sabina Aliyeva", "needs": "desk", "need": None, "due_at": "2026-12-01T17:00:00Z",
    "updated_at": "2026-11-20T09:00:00Z", "owner": None,
}  # fmt: skip
CASE: dict[str, Any] = {
    "ref": "RD-7K4M-29QX", "kind": "payout", "sub_kind": "missing_earnings", "state": "submitted", "round": 1,
    "outcome": None, "side": "complainant", "needs": "desk", "title": "Low Tide", "artist": "Sabina Aliyeva",
    "isrc": "USRC17607839", "upc": None, "store": "streaming", "period_start": "2026-01-01",
    "period_end": "2026-03-31", "disputed_amount": "120.50", "disputed_currency": "EUR",
    "summary": "March is not in the statement.", "language": "en", "submitted_at": "2026-11-20T09:00:00Z",
    "decided_at": None, "informed_at": None, "closed_at": None, "deadlines": [], "desk": None,
}  # fmt: skip


class CasesQuery(Cursor):
    """Which cases; several filters narrow together."""

    q: str | None = Field(
        default=None, max_length=200, description="Title, artist, reference, ISRC or UPC."
    )
    state: State | None = Field(default=None, description="For people who work here.")
    kind: Kind | None = Field(default=None, description="For people who work here.")
    owner: str | None = Field(
        default=None,
        max_length=40,
        description="`me`, `nobody` or the id of a person; for people who work here.",
    )
    need: Need | None = Field(default=None, description="For parties: whose move it is.")


class CaseLine(Shown):
    """A case in a list."""

    model_config = ConfigDict(json_schema_extra={"example": _LINE})

    ref: str | None = Field(description="Reference; null for a draft.")
    draft_id: UUID | None = Field(default=None, description="Of a draft, for its own address.")
    kind: Kind
    sub_kind: SubKind
    state: State
    outcome: Outcome | None
    title: str
    artist: str
    needs: Mover | None = Field(description="Who must move next; for people who work here.")
    need: Need | None = Field(description="The same as a party sees it.")
    due_at: datetime | None = Field(description="The next deadline that this reader has.")
    updated_at: datetime | None = Field(description="For people who work here.")
    owner: str | None = Field(description="Name of who works on it; for people who work here.")

    @classmethod
    def of_queue(cls, row: QueueRow) -> CaseLine:
        """As the desk sees it."""
        return cls(
            ref=row.ref, kind=row.kind, sub_kind=row.sub_kind, state=row.state, outcome=row.outcome,
            title=row.subject_title, artist=row.subject_artist, needs=row.needs, need=None,
            due_at=row.next_due_at, updated_at=row.updated_at, owner=row.owner_name or None,
        )  # fmt: skip

    @classmethod
    def of_mine(cls, row: MyCaseRow) -> CaseLine:
        """As a party sees it."""
        draft_id = row.id if row.ref is None else None
        return cls(
            ref=row.ref, draft_id=draft_id, kind=row.kind, sub_kind=row.sub_kind, state=row.state,
            outcome=row.outcome if row.state is State.CLOSED else None, title=row.subject_title,
            artist=row.subject_artist, needs=None, need=row.need, due_at=row.due_at,
            updated_at=None, owner=None,
        )  # fmt: skip


class Cases(Page):
    """A page of cases."""

    model_config = ConfigDict(json_schema_extra=page_example(_LINE))

    items: list[CaseLine]


class Deadline(Shown):
    """A running measure that this reader sees."""

    kind: str
    side: Side
    state: str
    due_at: datetime
    paused_because: str | None


class DeskPart(Shown):
    """What only the people see who work here."""

    version: int
    owner_id: UUID | None
    owner: str | None
    needs_attention: str | None
    next_due_at: datetime | None
    legal_hold: bool
    updated_at: datetime


class Case(Shown):
    """A filed case as the token's owner may see it."""

    model_config = ConfigDict(json_schema_extra={"example": CASE})

    ref: str
    kind: Kind
    sub_kind: SubKind
    state: State
    round: int = Field(description="1, and 2 in a second review.")
    outcome: Outcome | None = Field(description="For a party once it has been informed.")
    side: Side | None = Field(
        description="Whose side the token's owner speaks for; null for the house."
    )
    needs: Mover
    title: str
    artist: str
    isrc: str | None
    upc: str | None
    store: str | None
    period_start: date | None
    period_end: date | None = Field(description="The last day of the period.")
    disputed_amount: str | None = Field(
        description="Plain decimal, as text: never a binary number."
    )
    disputed_currency: str | None
    summary: str
    language: str
    submitted_at: datetime | None
    decided_at: datetime | None = Field(description="For a party once it has been informed.")
    informed_at: datetime | None
    closed_at: datetime | None
    deadlines: list[Deadline]
    desk: DeskPart | None


def is_told(view: CaseView) -> bool:
    """Whether this reader may know how the case was decided."""
    told = view.informed_at is not None or view.decided_at is not None
    return view.side is None or told or view.state is State.CLOSED


def desk_part(view: CaseView) -> DeskPart | None:
    """Nothing for parties."""
    if view.side is not None:
        return None
    return DeskPart(
        version=view.version, owner_id=view.owner_id, owner=view.owner_name or None,
        needs_attention=view.needs_attention, next_due_at=view.next_due_at,
        legal_hold=view.legal_hold_at is not None, updated_at=view.updated_at,
    )  # fmt: skip


def case_of(view: CaseView, deadlines: list[Deadline]) -> Case:
    """Everything of a view that this reader may see."""
    told, amount = is_told(view), view.disputed_amount
    return Case(
        ref=view.ref or "", kind=view.kind, sub_kind=view.sub_kind, state=view.state, round=view.round,
        outcome=view.outcome if told else None, side=view.side, needs=view.needs, title=view.subject_title,
        artist=view.subject_artist, isrc=view.isrc, upc=view.upc, store=view.store,
        period_start=view.period_start,
        period_end=view.period_end - ONE_DAY if view.period_end else None,
        disputed_amount=plain(amount) if amount is not None else None,
        disputed_currency=view.disputed_currency, summary=view.summary, language=view.language,
        submitted_at=view.submitted_at, decided_at=view.decided_at if told else None,
        informed_at=view.informed_at, closed_at=view.closed_at, deadlines=deadlines,
        desk=desk_part(view),
    )  # fmt: skip
