"""A mail that failed, sent again by a person: under the same Message-ID, so that nobody reads it twice as two."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.accounts.queries import case_scope
from app.accounts.rules import Permission, require
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.jobs import defer
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound, Refused
from app.kernel.words import words as _
from app.notifications.models import OutgoingMail
from app.notifications.rules import MailState
from app.notifications.service.suppression import is_suppressed

_AGAIN = frozenset({MailState.FAILED, MailState.UNKNOWN})


def send_again(tx: Tx, mail_id: UUID, actor: Actor, clock: Clock) -> None:
    """Queue it anew. Raises `NotFound` for a mail of a case that does not exist for *actor*, `Forbidden`.

    `Refused`: it did not fail, its code is gone, it was sent a second time already, or its address is mailed no more.
    """
    require(actor, Permission.JOB_RETRY)
    row = tx.execute(
        select(OutgoingMail)
        .where(OutgoingMail.id == mail_id, case_scope(actor, OutgoingMail.case_id))
        .with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise NotFound("mail")
    _require_possible(tx, row)
    if row.state == MailState.UNKNOWN:
        row.resends += 1
    before, row.state = row.state, MailState.QUEUED.value
    row.error, row.claimed_at, row.ended_at, row.due_at = "", None, None, clock.now()
    tx.flush()
    defer(tx, "notifications.deliver", {"mail_id": str(row.id)}, lock=f"mail:{row.id}")
    record(
        tx, actor, clock, verb="mail.sent_again", subject=("outgoing_mail", row.id), case_id=row.case_id,
        data={"kind": row.kind, "was": before},
    )  # fmt: skip


def _require_possible(tx: Tx, row: OutgoingMail) -> None:
    if row.state not in _AGAIN:
        raise Refused("not_failed", _("This mail did not fail, or it is on its way again."))
    if row.secret:
        raise Refused("secret", _("A code is not sent twice. Let them ask for a new one."))
    if row.resends:
        raise Refused("twice", _("This mail was sent a second time already."))
    if is_suppressed(tx, row.address):
        raise Refused("suppressed", _("This address is mailed no more. Allow it again first."))
