"""Noting a number and taking it off. Of two cases with one number the first holds it, the other is linked (B110).

Nobody outside the house learns that another case carries the number: a side's answer is the same either way.
"""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.queries import side_scope
from app.accounts.rules import Permission, require
from app.cases.queries import case_by_id
from app.cases.service.moves import link_cases
from app.history.service import record
from app.infra.db.transaction import Tx, house
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.kernel.sides import Disclosure
from app.kernel.text import clean_text
from app.references.commands import AddReference, EndReference
from app.references.models import CaseReference, ReferenceHolder
from app.references.rules import LONGEST, normal_reference


def add_reference(tx: Tx, command: AddReference, actor: Actor, clock: Clock) -> None:
    """Note a number. Safe to repeat. Raises `Forbidden`, `NotFound`, `Invalid`."""
    if not actor.is_system:
        require(actor, Permission.CASE_TRIAGE)
    case = case_by_id(tx, actor, command.case_id)
    value = clean_text(
        command.value, field="value", max_length=LONGEST, required=True, multiline=False
    )
    normal = normal_reference(value)
    with house(tx):
        added = _add_row(tx, command, value, normal, actor, clock)
        if added is None:
            return
        other = _hold(tx, command, normal, clock)
        if other is not None:
            link_cases(tx, case.id, [other], "possible_duplicate", actor, clock.now())
        record(
            tx, actor, clock, verb="case_reference.added", subject=("case_reference", added),
            case_id=case.id,
            data={"kind": command.kind.value, "side": command.side.value, "linked": other is not None},
        )  # fmt: skip


def _add_row(
    tx: Tx, command: AddReference, value: str, normal: str, actor: Actor, clock: Clock
) -> UUID | None:
    known = select(CaseReference.id).where(
        CaseReference.case_id == command.case_id, CaseReference.side == command.side.value,
        CaseReference.kind == command.kind.value, CaseReference.normal == normal,
        CaseReference.ended_at.is_(None),
    )  # fmt: skip
    if tx.execute(known).first() is not None:
        return None
    row = CaseReference(
        id=uuid4(), case_id=command.case_id, side=command.side, disclosure=Disclosure.PRIVATE,
        kind=command.kind.value, value=value, normal=normal, by_id=actor.person_id,
        created_at=clock.now(), ended_at=None,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    return row.id


def _hold(tx: Tx, command: AddReference, normal: str, clock: Clock) -> UUID | None:
    """Hold the number for this case; the case that holds it already, if that is another.

    The row of the number makes racers queue: the second waits for the first one's commit, then reads it.
    """
    wanted = insert(ReferenceHolder).values(
        kind=command.kind.value, normal=normal, case_id=command.case_id, since=clock.now()
    )
    took = tx.execute(
        wanted.on_conflict_do_update(
            index_elements=["kind", "normal"],
            set_={"case_id": wanted.excluded.case_id, "since": wanted.excluded.since},
            where=ReferenceHolder.case_id.is_(None),
        ).returning(ReferenceHolder.case_id)
    ).first()
    if took is not None:
        return None
    holder = tx.execute(
        select(ReferenceHolder.case_id).where(
            ReferenceHolder.kind == command.kind.value, ReferenceHolder.normal == normal
        )
    ).scalar_one()
    return holder if holder != command.case_id else None


def end_reference(tx: Tx, command: EndReference, actor: Actor, clock: Clock) -> None:
    """Take a number off a case; the next case that names it holds it then. Safe to repeat.

    Raises `Forbidden`, `NotFound`.
    """
    require(actor, Permission.CASE_TRIAGE)
    row = tx.execute(
        select(CaseReference)
        .where(
            CaseReference.id == command.reference_id,
            CaseReference.case_id == command.case_id,
            side_scope(actor, CaseReference),
        )
        .with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise NotFound("reference")
    if row.ended_at is not None:
        return
    with house(tx):
        row.ended_at = clock.now()
        tx.flush()
        _pass_on(tx, row, clock)
        record(
            tx, actor, clock, verb="case_reference.ended", subject=("case_reference", row.id),
            case_id=row.case_id, data={"kind": row.kind, "side": str(row.side)},
        )  # fmt: skip


def _pass_on(tx: Tx, row: CaseReference, clock: Clock) -> None:
    """The oldest case that still names the number holds it; nobody when none does."""
    holder = tx.execute(
        select(ReferenceHolder)
        .where(ReferenceHolder.kind == row.kind, ReferenceHolder.normal == row.normal)
        .with_for_update()
    ).scalar_one()
    holder.case_id = tx.execute(
        select(CaseReference.case_id)
        .where(
            CaseReference.kind == row.kind, CaseReference.normal == row.normal,
            CaseReference.ended_at.is_(None),
        )
        .order_by(CaseReference.created_at, CaseReference.id)
        .limit(1)
    ).scalar_one_or_none()  # fmt: skip
    holder.since = clock.now()
    tx.flush()
