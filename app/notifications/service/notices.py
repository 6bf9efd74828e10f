"""Telling somebody: a row of their list, and a mail by what the kind allows and they chose."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, true, update
from sqlalchemy.dialects.postgresql import insert

from app.accounts.queries import case_scope
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor, Role
from app.kernel.clock import Clock
from app.notifications.commands import QueueMail, Tell
from app.notifications.models import Notice
from app.notifications.queries import choices_of
from app.notifications.rules import MANNERS, Choices, Quiet
from app.notifications.service.mail import queue_mail


def tell(tx: Tx, command: Tell, clock: Clock) -> None:
    """Tell one recipient once; safe to repeat. For the system's scope."""
    manner = MANNERS[command.kind]
    choices = choices_of(tx, command.person_id, command.address, command.zone)
    by_mail = _by_mail(command, choices)
    if manner.listed and command.person_id is not None:
        _list(tx, command, by_mail, clock)
    if by_mail == "now":
        quiet = choices.quiet if manner.waits else None
        queue_mail(tx, _mail(command, quiet), clock)


def _by_mail(command: Tell, choices: Choices) -> str:
    if not command.mail or not choices.mails(command.kind):
        return "none"
    has_list = command.person_id is not None
    return "digest" if has_list and choices.in_digest(command.kind) else "now"


def _mail(command: Tell, quiet: Quiet | None) -> QueueMail:
    return QueueMail(
        command.kind, command.subject_id, command.address, command.language, command.values,
        command.case_id, command.person_id, quiet,
    )  # fmt: skip


def _list(tx: Tx, command: Tell, by_mail: str, clock: Clock) -> None:
    row = {
        "id": uuid4(), "person_id": command.person_id, "case_id": command.case_id,
        "kind": command.kind, "subject_id": command.subject_id, "values": command.values,
        "by_mail": by_mail, "created_at": clock.now(), "read_at": None,
    }  # fmt: skip
    once = ["person_id", "kind", "subject_id"]
    tx.execute(insert(Notice).values(row).on_conflict_do_nothing(index_elements=once))


def mark_read(tx: Tx, actor: Actor, clock: Clock, ids: Collection[UUID] | None = None) -> int:
    """Mark the named notices of *actor* read, or all of them. Returns how many became read."""
    which = Notice.id.in_(ids) if ids is not None else true()
    return _mark(tx, actor, clock, which)


def mark_case_read(tx: Tx, actor: Actor, case_id: UUID, clock: Clock) -> int:
    """The case was opened: what it told *actor* is read. Returns how many became read."""
    return _mark(tx, actor, clock, Notice.case_id == case_id)


def _mark(tx: Tx, actor: Actor, clock: Clock, which: ColumnElement[bool]) -> int:
    if actor.person_id is None or (actor.has(Role.AUDITOR) and not actor.is_staff):
        return 0  # the auditor's role writes nothing, and is told of no case
    in_sight = Notice.case_id.is_(None) | case_scope(actor, Notice.case_id)
    statement = (
        update(Notice)
        .where(Notice.person_id == actor.person_id, Notice.read_at.is_(None), in_sight, which)
        .values(read_at=clock.now())
        .returning(Notice.id)
    )
    return len(tx.execute(statement).all())
