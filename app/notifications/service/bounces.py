"""Mails that a server took and another gave back: written down once, acted on when it is for good (B055, B069)."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.adapters.vault import Vault
from app.infra.db.transaction import Tx
from app.infra.mail.bounce import Bounce, Returned
from app.kernel.clock import Clock
from app.notifications.adapters.signed import is_own_id
from app.notifications.models import MailBounce, OutgoingMail
from app.notifications.rules import BounceKind, MailState, bounce_kind
from app.notifications.service.mail import mail_bounced
from app.notifications.service.suppression import suppress


def record_bounce(
    tx: Tx, report: Bounce, links: Vault, host: str, clock: Clock
) -> BounceKind | None:
    """Count a report about a mail of ours; None when we wrote no such mail to such an address.

    For good: the mail counts as failed, the desk is told, nothing but codes goes to the address any more.
    For now, or about the content of one mail: counted only. Safe to repeat: a report counts once.
    """
    row = _mail_of(tx, report, links, host)
    returned = _of_recipient(report, row) if row else None
    if row is None or returned is None:
        return None
    kind = bounce_kind(returned.action, returned.status)
    added = tx.execute(
        insert(MailBounce)
        .values(
            id=uuid4(), mail_id=row.id, kind=kind, status=returned.status, report_hash=report.digest, at=clock.now()
        )
        .on_conflict_do_nothing(index_elements=["report_hash"])
        .returning(MailBounce.id)
    ).first()  # fmt: skip
    if added is not None and kind is not BounceKind.SOFT:
        mail_bounced(tx, row.id, returned.status, clock)
    if added is not None and kind is BounceKind.HARD:
        suppress(tx, row.address, returned.status, row.id, clock)
    return kind


def _mail_of(tx: Tx, report: Bounce, links: Vault, host: str) -> OutgoingMail | None:
    """The mail whose signed Message-ID stands in the report: nobody else can make one (RELIABILITY A2, 1)."""
    stable = report.message_id.partition("@")[0].partition(".")[0]
    row = tx.scalar(
        select(OutgoingMail)
        .where(OutgoingMail.message_id.startswith(f"{stable}@", autoescape=True))
        .with_for_update()
        .limit(1)
    )
    if row is None or row.state not in (MailState.SENT, MailState.UNKNOWN, MailState.FAILED):
        return None
    ours = is_own_id(links, report.message_id, row.message_id, row.case_id, row.address, host)
    return row if ours else None


def _of_recipient(report: Bounce, row: OutgoingMail) -> Returned | None:
    wanted = row.address.lower()
    return next((one for one in report.returned if one.address == wanted), None)
