"""Use-cases of notices: queue once, claim before sending, write down how it ended (I10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.infra.db.transaction import Tx
from app.infra.jobs import defer
from app.infra.mail.address import normal_address
from app.infra.outbox import emit
from app.kernel.clock import Clock
from app.kernel.errors import Unavailable
from app.notifications.commands import QueueMail
from app.notifications.events import MailFailed, MailSent
from app.notifications.models import OutgoingMail
from app.notifications.rules import (
    LIMIT,
    SECRET,
    MailKind,
    MailState,
    due_under_limit,
    resends_by_itself,
    stable_id,
)

LEASE = timedelta(minutes=2)
"""Longer than all waits of one sending together."""
HOST = "mail.redress.invalid"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that this sender alone may send now. *tries*: 1 for the first time."""

    id: UUID
    kind: MailKind
    address: str
    language: str
    values: dict[str, Any]
    message_id: str
    created_at: datetime


def queue_mail(tx: Tx, command: QueueMail, clock: Clock, host: str = HOST) -> UUID | None:
    """Queue one mail with the caller's change. None when the same notice was queued before.

    Raises Invalid for an address that is none (B067). More than ten an hour to one address wait.
    """
    address = normal_address(command.address)
    now = clock.now()
    due = due_under_limit(_recent(tx, address), now)
    added = tx.execute(
        insert(OutgoingMail)
        .values(
            id=uuid4(),
            case_id=command.case_id,
            kind=command.kind,
            subject_id=command.subject_id,
            person_id=command.person_id,
            address=address,
            language=command.language,
            values=command.values,
            secret=command.kind in SECRET,
            message_id=stable_id(command.kind, command.subject_id, address, host),
            state=MailState.QUEUED,
            tries=0,
            resends=0,
            error="",
            created_at=now,
            due_at=due,
        )
        .on_conflict_do_nothing(index_elements=["message_id"])
        .returning(OutgoingMail.id)
    ).scalar_one_or_none()
    if added is not None:
        defer(
            tx,
            "notifications.deliver",
            {"mail_id": str(added)},
            at=due if due > now else None,
            lock=f"mail:{added}",
        )
    return added


def claim_mail(tx: Tx, mail_id: UUID, clock: Clock) -> Claimed | None:
    """Take a queued mail for sending. Raises Unavailable while another sender has it.

    A mail whose sender had it for longer than the lease lost that sender: it may have left. Then one
    resend under the same Message-ID, or unknown for a person to check.
    """
    row = _locked(tx, mail_id)
    if row.state == MailState.CLAIMED:
        if row.claimed_at is not None and clock.now() - row.claimed_at < LEASE:
            raise Unavailable("mail", "another sender has it")
        if row.resends > 0 or not resends_by_itself(MailKind(row.kind)):
            _end(row, MailState.UNKNOWN, "sender_lost", clock)
            return None
        row.resends += 1
    elif row.state != MailState.QUEUED:
        return None
    row.state, row.claimed_at = MailState.CLAIMED, clock.now()
    row.tries += 1
    return Claimed(
        row.id,
        MailKind(row.kind),
        row.address,
        row.language,
        row.values,
        row.message_id,
        row.created_at,
    )


def mail_sent(tx: Tx, mail_id: UUID, clock: Clock) -> None:
    """A server took the mail; also when somebody gave up on this slow sender meanwhile."""
    row = _locked(tx, mail_id)
    if row.state in (MailState.CLAIMED, MailState.UNKNOWN):
        _end(row, MailState.SENT, "", clock)
        emit(tx, MailSent(row.case_id, row.kind, row.subject_id))


def mail_unknown(tx: Tx, mail_id: UUID, clock: Clock) -> None:
    """The line was cut: shown to the desk (B068)."""
    row = _locked(tx, mail_id)
    if row.state == MailState.CLAIMED:
        _end(row, MailState.UNKNOWN, "cut_after_content", clock)


def mail_failed(tx: Tx, mail_id: UUID, error: str, clock: Clock) -> None:
    """It will never arrive: refused for good, or nothing to send any more."""
    row = _locked(tx, mail_id)
    if row.state == MailState.CLAIMED:
        _end(row, MailState.FAILED, error, clock)
        tx.flush()
        emit(tx, MailFailed(row.case_id, row.kind, row.subject_id, error, _others_open(tx, row)))


def mail_put_back(tx: Tx, mail_id: UUID, error: str) -> None:
    """Nothing was handed over: a later try is safe."""
    row = _locked(tx, mail_id)
    if row.state == MailState.CLAIMED:
        row.state, row.claimed_at, row.error = MailState.QUEUED, None, error


def _recent(tx: Tx, address: str) -> list[datetime]:
    rows = tx.scalars(
        select(OutgoingMail.due_at)
        .where(OutgoingMail.address == address)
        .order_by(OutgoingMail.due_at.desc())
        .limit(LIMIT)
    )
    return list(rows)


def _locked(tx: Tx, mail_id: UUID) -> OutgoingMail:
    return tx.scalars(
        select(OutgoingMail)
        .where(OutgoingMail.id == mail_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _end(row: OutgoingMail, state: MailState, error: str, clock: Clock) -> None:
    row.state, row.error, row.ended_at = state, error, clock.now()
    if row.secret:
        row.values = {}


def _others_open(tx: Tx, row: OutgoingMail) -> bool:
    """Another mail of the same notice was sent, waits, or may have arrived."""
    return (
        tx.scalars(
            select(OutgoingMail.id)
            .where(
                OutgoingMail.kind == row.kind,
                OutgoingMail.subject_id == row.subject_id,
                OutgoingMail.id != row.id,
                OutgoingMail.state != MailState.FAILED,
            )
            .limit(1)
        ).first()
        is not None
    )
