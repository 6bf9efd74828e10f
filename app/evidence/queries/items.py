"""Reads of evidence, scoped to the reader; what is not in scope does not exist (NotFound)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.accounts.queries import case_scope, side_scope, sides_of
from app.accounts.rules import Permission, may
from app.cases.models import Case
from app.evidence.models import EvidenceEvent, EvidenceItem, EvidenceShare, EvidenceVerdict
from app.evidence.rules.items import (
    READABLE,
    CustodyStep,
    ItemState,
    RejectReason,
    VerdictKind,
    exhibit_label,
    label_for,
    parse_label,
    shared_label,
)
from app.infra.db.binds import CASE, of_case
from app.infra.db.kept import ask, shared
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor, Role
from app.kernel.errors import NotFound
from app.kernel.sides import Disclosure, Side


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """The newest verdict on an item; only staff and the auditor get one."""

    kind: VerdictKind
    reason: RejectReason | None
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One file for a list or page. *label*, *number*: what this reader calls it. *size*: bytes.

    *uploaded_by* is empty for the other side's people. *duplicate_of*: label of the first copy, of *duplicate_at*.
    """

    id: UUID
    case_id: UUID
    label: str
    shared_label: str
    number: int
    side: Side
    is_own: bool
    is_shared: bool
    filename: str
    kind: str
    sniffed_type: str
    badges: tuple[str, ...]
    size: int
    sha256: str
    state: ItemState
    uploaded_at: datetime
    uploaded_by: str
    duplicate_of: str
    duplicate_at: datetime | None
    sealed_until: datetime | None
    can_open: bool
    verdict: VerdictRow | None

    @property
    def was_withdrawn(self) -> bool:
        """Its side took it back; it stays, marked."""
        return self.state is ItemState.WITHDRAWN


@dataclass(frozen=True, slots=True)
class CustodyRow:
    """One step of custody; *by* is empty for the system."""

    step: CustodyStep
    by: str
    at: datetime
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One row of the immutable record of sharing."""

    action: str
    sha256: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EvidenceCounts:
    """What guards of the lifecycle ask. *unjudged*: accepted items of either side without a verdict."""

    items: int = 0
    complainant: int = 0
    respondent: int = 0
    unjudged: int = 0
    newest_complainant: datetime | None = None
    newest_respondent: datetime | None = None


_First = aliased(EvidenceItem, name="first_copy")
_Judge = aliased(Person, name="judge")


def _newest_verdict() -> Any:
    return (
        select(EvidenceVerdict)
        .where(EvidenceVerdict.item_id == EvidenceItem.id)
        .order_by(EvidenceVerdict.at.desc(), EvidenceVerdict.id)
        .limit(1)
        .lateral("verdict")
    )


def _rows(actor: Actor) -> tuple[Select[Any], Any]:
    """Items in scope with uploader, first copy and newest verdict: one statement."""
    verdict = _newest_verdict()
    query = (
        select(
            EvidenceItem,
            Person.name,
            _First.number.label("first_number"),
            _First.uploaded_at.label("first_at"),
            verdict.c.kind,
            verdict.c.reason,
            verdict.c.note,
            verdict.c.at.label("judged_at"),
            _Judge.name.label("judge_name"),
        )
        .outerjoin(Person, Person.id == EvidenceItem.uploaded_by)
        .outerjoin(_First, _First.id == EvidenceItem.duplicate_of)
        .outerjoin(verdict, verdict.c.item_id == EvidenceItem.id)
        .outerjoin(_Judge, _Judge.id == verdict.c.by_id)
        .where(side_scope(actor, EvidenceItem), EvidenceItem.state != ItemState.PURGED.value)
    )
    return query, verdict


@shared(256)
def _items(actor: Actor) -> Select[Any]:
    query, _ = _rows(actor)
    order = (EvidenceItem.uploaded_at, EvidenceItem.side, EvidenceItem.number)
    return query.where(EvidenceItem.case_id == CASE).order_by(*order)


def items_of(tx: Tx, actor: Actor, case_id: UUID) -> tuple[ItemRow, ...]:
    """Every item of the case that *actor* may see, oldest first per side; empty for foreign cases."""
    sides = reader_sides(tx, actor, case_id)
    found = ask(tx, _items(actor), of_case(case_id))
    return tuple(_item_row(row, actor, sides) for row in found)


def item_by_id(tx: Tx, actor: Actor, case_id: UUID, item_id: UUID) -> ItemRow:
    """One item of that case. Raises NotFound when it is not in scope."""
    query, _ = _rows(actor)
    row = tx.execute(
        query.where(EvidenceItem.case_id == case_id, EvidenceItem.id == item_id)
    ).first()
    if row is None:
        raise NotFound(str(item_id))
    return _item_row(row, actor, reader_sides(tx, actor, case_id))


def item_by_label(tx: Tx, actor: Actor, case_id: UUID, label: str) -> ItemRow:
    """The item that `E3`, `R1`, `D2` or a shared `S1` names for this reader. Raises NotFound."""
    parsed = parse_label(label)
    if parsed is None:
        raise NotFound(label)
    side, number = parsed
    query, _ = _rows(actor)
    query = query.where(EvidenceItem.case_id == case_id)
    if side is None:
        query = query.where(
            EvidenceItem.shared_number == number,
            EvidenceItem.disclosure == Disclosure.SHARED.value,
        )
    else:
        query = query.where(EvidenceItem.side == side.value, EvidenceItem.number == number)
    sides = reader_sides(tx, actor, case_id)
    row = tx.execute(query).first()
    if row is None or not (side is None or side in sides or Side.DESK in sides):
        raise NotFound(label)
    return _item_row(row, actor, sides)


def reader_sides(tx: Tx, actor: Actor, case_id: UUID) -> frozenset[Side]:
    """Sides on which *actor* reads; the auditor and the system read as the desk does."""
    if actor.is_system or actor.has(Role.AUDITOR):
        return frozenset({Side.DESK})
    return sides_of(tx, actor, case_id)


def _item_row(row: Any, actor: Actor, sides: frozenset[Side]) -> ItemRow:
    item: EvidenceItem = row.EvidenceItem
    side, desk = Side(item.side), Side.DESK in sides
    own = side in sides
    reader = side if own else next(iter(sides), side.other)
    judged = desk and row.kind is not None
    return ItemRow(
        id=item.id,
        case_id=item.case_id,
        label=label_for(Side.DESK if desk else reader, side, item.number, item.shared_number),
        shared_label=shared_label(item.shared_number) if item.shared_number else "",
        number=item.number if own or desk else item.shared_number or 0,
        side=side,
        is_own=own,
        is_shared=item.disclosure == Disclosure.SHARED.value,
        filename=item.filename,
        kind=item.kind,
        sniffed_type=item.sniffed_type,
        badges=tuple(item.badges)
        if own or desk
        else tuple(b for b in item.badges if b != "duplicate"),
        size=item.size,
        sha256=item.sha256,
        state=ItemState(item.state),
        uploaded_at=item.uploaded_at,
        uploaded_by=(row.name or "") if own or desk else "",
        duplicate_of=exhibit_label(side, row.first_number)
        if row.first_number and (own or desk)
        else "",
        duplicate_at=row.first_at if own or desk else None,
        sealed_until=item.sealed_until,
        can_open=may_open(actor) and ItemState(item.state) in READABLE,
        verdict=_verdict(row) if judged else None,
    )


def _verdict(row: Any) -> VerdictRow:
    return VerdictRow(
        VerdictKind(row.kind),
        RejectReason(row.reason) if row.reason else None,
        row.note,
        row.judge_name or "",
        row.judged_at,
    )


def may_open(actor: Actor) -> bool:
    """True when the actor's role opens files at all; triage agents see names only (ADR 0013)."""
    return any(
        may(actor, permission)
        for permission in (
            Permission.PARTY_EVIDENCE_READ,
            Permission.EVIDENCE_OPEN,
            Permission.AUDIT_READ,
        )
    )


def custody_of(tx: Tx, actor: Actor, case_id: UUID, item_id: UUID) -> tuple[CustodyRow, ...]:
    """Custody of an item, oldest first: all of it for the desk, its own side's steps for a party."""
    item_by_id(tx, actor, case_id, item_id)
    found = tx.execute(
        select(EvidenceEvent, Person.name)
        .outerjoin(Person, Person.id == EvidenceEvent.by_id)
        .where(EvidenceEvent.item_id == item_id, side_scope(actor, EvidenceEvent))
        .order_by(EvidenceEvent.at, EvidenceEvent.id)
    )
    return tuple(
        CustodyRow(CustodyStep(row.EvidenceEvent.step), row.name or "", row.EvidenceEvent.at, row.EvidenceEvent.data)
        for row in found
    )  # fmt: skip


def shares_of(tx: Tx, actor: Actor, case_id: UUID, item_id: UUID) -> tuple[ShareRow, ...]:
    """The record of sharing of an item, oldest first; for its own side and the desk."""
    item_by_id(tx, actor, case_id, item_id)
    found = tx.execute(
        select(EvidenceShare, Person.name)
        .outerjoin(Person, Person.id == EvidenceShare.by_id)
        .where(EvidenceShare.item_id == item_id, side_scope(actor, EvidenceShare))
        .order_by(EvidenceShare.n)
    )
    return tuple(
        ShareRow(row.EvidenceShare.action, row.EvidenceShare.sha256, row.EvidenceShare.reason, row.name or "",
                 row.EvidenceShare.at)
        for row in found
    )  # fmt: skip


def counts_of(tx: Tx, actor: Actor, case_id: UUID) -> EvidenceCounts:
    """Counts of accepted items in scope, in one statement."""
    (row,) = ask(tx, _counts(actor), of_case(case_id))
    return EvidenceCounts(*row)


@shared(64)
def _counts(actor: Actor) -> Any:
    accepted = EvidenceItem.state == ItemState.ACCEPTED.value
    judged = exists().where(EvidenceVerdict.item_id == EvidenceItem.id)

    def of(side: Side) -> Any:
        return and_(accepted, EvidenceItem.side == side.value)

    return select(
        func.count().filter(accepted),
        func.count().filter(of(Side.COMPLAINANT)),
        func.count().filter(of(Side.RESPONDENT)),
        func.count().filter(and_(accepted, EvidenceItem.side != Side.DESK.value, ~judged)),
        func.max(EvidenceItem.uploaded_at).filter(of(Side.COMPLAINANT)),
        func.max(EvidenceItem.uploaded_at).filter(of(Side.RESPONDENT)),
    ).where(EvidenceItem.case_id == CASE, side_scope(actor, EvidenceItem))


@dataclass(frozen=True, slots=True)
class CaseStand:
    """What evidence must know of a case. *is_held*: under legal hold, nothing is withdrawn."""

    state: str
    submitted_at: datetime | None
    is_held: bool = False


def case_stand(tx: Tx, actor: Actor, case_id: UUID) -> CaseStand:
    """State of the case, read under a share lock so that it cannot close while a file is added. Raises NotFound."""
    found = ask(tx, _stand(actor), of_case(case_id))
    if not found:
        raise NotFound(str(case_id))
    row = found[0]
    return CaseStand(row.state, row.submitted_at, row.legal_hold_at is not None)


@shared(64)
def _stand(actor: Actor) -> Any:
    return (
        select(Case.state, Case.submitted_at, Case.legal_hold_at)
        .where(Case.id == CASE, case_scope(actor, Case.id))
        .with_for_update(read=True)
    )
