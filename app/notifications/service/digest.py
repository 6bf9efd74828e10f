"""One mail a day: what somebody was told since the last one, once their quiet hours are over."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update

from app.accounts.queries import actor_of, person_contact
from app.infra.db.transaction import Tx
from app.infra.jobs import once
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.notifications.commands import QueueMail
from app.notifications.models import Notice
from app.notifications.queries import choices_of, digest_lines
from app.notifications.rules import MailKind, is_time_of_digest
from app.notifications.service.mail import queue_mail
from app.policies.rules.zones import local_day


def people_with_digest(tx: Tx) -> list[UUID]:
    """Whose daily mail has something to say."""
    rows = tx.execute(select(Notice.person_id).where(Notice.by_mail == "digest").distinct())
    return list(rows.scalars())


def queue_digest(tx: Tx, person_id: UUID, clock: Clock) -> UUID | None:
    """Queue the daily mail of a person when its time has come, once a local day. Nothing unread: no mail."""
    person = person_contact(tx, person_id)
    choices = choices_of(tx, person_id, person.email, person.zone)
    now = clock.now()
    day = local_day(now, choices.quiet.zone)
    if not is_time_of_digest(choices.quiet, now) or not once(tx, f"digest:{person_id}:{day}"):
        return None
    try:
        rows = digest_lines(tx, actor_of(tx, person_id))
    except NotFound:  # the account was closed
        rows = ()
    tx.execute(
        update(Notice)
        .where(Notice.person_id == person_id, Notice.by_mail == "digest")
        .values(by_mail="none")
    )
    if not rows:
        return None
    lines = [{"kind": row.kind.value, "values": row.values} for row in rows]
    mail = QueueMail(
        MailKind.DIGEST, f"{person_id}:{day}", person.email, person.locale, {"lines": lines},
        person_id=person_id,
    )  # fmt: skip
    return queue_mail(tx, mail, clock)
