"""One mail: queued once, claimed before it is sent, how it ended written down (I10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from app.accounts.queries import actor_of, sides_of
from app.infra.db.transaction import Tx
from app.infra.jobs import defer
from app.infra.mail.address import normal_address
from app.infra.outbox import emit
from app.kernel.clock import Clock
from app.kernel.errors import NotFound, Unavailable
from app.notifications.commands import QueueMail
from app.notifications.events import MailFailed, MailSent
from app.notifications.models import OutgoingMail
from app.notifications.rules import (
    LIMIT,
    MANNERS,
    SECRET,
    MailKind,
    MailState,
    due_under_limit,
    is_too_late,
    resends_by_itself,
    stable_id,
)
from app.notifications.service.suppression import is_suppressed, suppress

LEASE = timedelta(minutes=2)
"""Longer than all waits of one sending together."""
HOST = "mail.redress.invalid"
SUPPRESSED, NO_LONGER_TOLD, TOO_LATE = "suppressed", "no_longer_told", "too_late"
REFUSED = "refused_"
"""Before the status of a refusal for good (5xx) in a row's error."""

BOUNCED = "bounced_"
"""Before the status of a report that came later."""


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
    case_id: UUID | None = None


def queue_mail(tx: Tx, command: QueueMail, clock: Clock, host: str = HOST) -> UUID | None:
    """Queue one mail with the caller's change. None when the same notice was queued before.

    Raises Invalid for an address that is none (B067). Mails that may wait wait for the end of the quiet
    hours, and more than ten an hour to one address for the next hour. Nothing but codes is queued to an
    address that refused for good: the row says so and the desk is told (B070).
    """
    address = normal_address(command.address)
    now = clock.now()
    stopped = command.kind not in SECRET and is_suppressed(tx, address)
    due = now if stopped else _due(tx, command, address, now)
    added = tx.execute(
        insert(OutgoingMail)
        .values(
            id=uuid4(), case_id=command.case_id, kind=command.kind, subject_id=command.subject_id,
            person_id=command.person_id, address=address, language=command.language,
            values=command.values, secret=command.kind in SECRET,
            message_id=stable_id(command.kind, command.subject_id, address, host),
            state=MailState.DROPPED if stopped else MailState.QUEUED, tries=0, resends=0,
            error=SUPPRESSED if stopped else "", created_at=now, due_at=due,
            ended_at=now if stopped else None,
        )
        .on_conflict_do_nothing(index_elements=["message_id"])
        .returning(OutgoingMail.id)
    ).scalar_one_or_none()  # fmt: skip
    if added is not None and stopped:
        _tell_it_failed(tx, _locked(tx, added))
    elif added is not None:
        args = {"mail_id": str(added)}
        lock, at = f"mail:{added}", due if due > now else None
        defer(tx, "notifications.deliver", args, at=at, lock=lock)
    return added


def _due(tx: Tx, command: QueueMail, address: str, now: datetime) -> datetime:
    """When it may leave: first the limit, then the hours of the one who reads it."""
    due = now
    if MANNERS[command.kind].limited:
        due = due_under_limit(_recent(tx, address), now)
    return command.quiet.after(due) if command.quiet else due


def claim_mail(tx: Tx, mail_id: UUID, clock: Clock) -> Claimed | None:
    """Take a queued mail for sending. Raises Unavailable while another sender has it.

    What became pointless while it waited is dropped with the reason: the recipient lost sight of the case,
    the address refused another mail for good, the deadline of a reminder passed.
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
    elif (why := _why_not(tx, row, clock)) is not None:
        _end(row, MailState.DROPPED, why, clock)
        _tell_it_failed(tx, row)
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
        row.case_id,
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
        if error.startswith(REFUSED):
            suppress(tx, row.address, error.removeprefix(REFUSED), row.id, clock)
        _tell_it_failed(tx, row)


def mail_bounced(tx: Tx, mail_id: UUID, status: str, clock: Clock) -> None:
    """A server took it and another gave it back: it did not arrive. Nothing when that was known before."""
    row = _locked(tx, mail_id)
    if row.state in (MailState.SENT, MailState.UNKNOWN):
        _end(row, MailState.FAILED, f"{BOUNCED}{status}", clock)
        _tell_it_failed(tx, row)


def mail_put_back(tx: Tx, mail_id: UUID, error: str) -> None:
    """Nothing was handed over: a later try is safe."""
    row = _locked(tx, mail_id)
    if row.state == MailState.CLAIMED:
        row.state, row.claimed_at, row.error = MailState.QUEUED, None, error


def _why_not(tx: Tx, row: OutgoingMail, clock: Clock) -> str | None:
    """Why a waiting mail is not sent any more; None when it is."""
    kind = MailKind(row.kind)
    if kind not in SECRET and is_suppressed(tx, row.address):
        return SUPPRESSED
    if not _is_still_told(tx, row):
        return NO_LONGER_TOLD
    return TOO_LATE if is_too_late(kind, row.values, clock.now()) else None


def _is_still_told(tx: Tx, row: OutgoingMail) -> bool:
    """Whether the case still exists for the recipient: asked at the moment of sending (B146)."""
    if row.case_id is None or row.person_id is None:
        return True
    try:
        return bool(sides_of(tx, actor_of(tx, row.person_id), row.case_id))
    except NotFound:
        return False


def _recent(tx: Tx, address: str) -> list[datetime]:
    """Due times of the newest limited mails to *address*. Queuers of one address take turns."""
    tx.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"mail:{address}"}
    )
    limited = [kind for kind, manner in MANNERS.items() if manner.limited]
    rows = tx.scalars(
        select(OutgoingMail.due_at)
        .where(
            OutgoingMail.address == address,
            OutgoingMail.kind.in_(limited),
            OutgoingMail.state != MailState.DROPPED,
        )
        .order_by(OutgoingMail.due_at.desc())
        .limit(LIMIT)
    )
    return list(rows)


def _tell_it_failed(tx: Tx, row: OutgoingMail) -> None:
    tx.flush()
    others = _others_open(tx, row)
    emit(tx, MailFailed(row.case_id, row.kind, row.subject_id, row.error, others, row.id))


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
                OutgoingMail.state.not_in([MailState.FAILED, MailState.DROPPED]),
            )
            .limit(1)
        ).first()
        is not None
    )
