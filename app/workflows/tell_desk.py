"""After something happened: who of the desk is told. The case's owner, else the leads; alarms reach a lead always.

In their list at once, by mail within their hours (LIFECYCLES, Clocks). Each is safe to repeat.
"""

from __future__ import annotations

from uuid import UUID

from app.cases.events import DeadlineAlarm, DeadlineNear, DeadlinePassed
from app.cases.service.messages import ask_to_look
from app.conversations.events import ItemAnswered, MessageSent
from app.infra.db.transaction import Tx
from app.infra.jobs import Run
from app.kernel.sides import Side
from app.notifications.commands import Tell
from app.notifications.events import MailFailed
from app.notifications.queries import case_label, desk_to_tell
from app.notifications.rules import MailKind
from app.notifications.service.mail import REFUSED, SUPPRESSED
from app.notifications.service.notices import tell
from app.workflows.notices import Notice

NOT_DELIVERED = "mail_not_delivered"


def deadline_near(run: Run, event: DeadlineNear) -> None:
    """One of our own clocks is at half time, or ends tomorrow."""
    if event.side == Side.DESK:
        subject = f"{event.clock_id}:{run.clock.now():%Y-%m-%d}"
        _tell(run, event.case_id, Notice(MailKind.DEADLINE_NEAR, subject, _deadline(event)))


def deadline_passed(run: Run, event: DeadlinePassed) -> None:
    """A deadline was missed: ours, or a party was silent and the case goes on."""
    kind = MailKind.DEADLINE_MISSED if event.side == Side.DESK else MailKind.PARTY_SILENT
    subject = f"{event.clock_id}:{event.due_at:%Y-%m-%dT%H:%M}"
    _tell(run, event.case_id, Notice(kind, subject, _deadline(event)))


def deadline_alarm(run: Run, event: DeadlineAlarm) -> None:
    """A statutory window opens or closes, or something overdue is still open: a lead hears of both."""
    overdue = event.which == "overdue"
    kind = MailKind.DEADLINE_OVERDUE if overdue else MailKind.WINDOW_ALARM
    day = f":{run.clock.now():%Y-%m-%d}" if overdue else ""
    values = {**_deadline(event), "which": event.which}
    notice = Notice(kind, f"{event.clock_id}:{event.which}{day}", values)
    _tell(run, event.case_id, notice, leads_too=True)


def party_wrote(run: Run, event: MessageSent) -> None:
    """A party wrote to us."""
    if event.sender_side is not Side.DESK:
        _tell(run, event.case_id, Notice(MailKind.PARTY_WROTE, str(event.message_id)))


def party_answered(run: Run, event: ItemAnswered) -> None:
    """A party answered everything that was asked in one request."""
    if event.waiting == 0:
        subject = f"{event.request_id}:{event.item_id}"
        _tell(run, event.case_id, Notice(MailKind.PARTY_ANSWERED, subject))


def mail_failed(run: Run, event: MailFailed) -> None:
    """A mail was refused for good, or its address was before: a task of the desk, never silence (B069, B070)."""
    if event.case_id is None or not event.error.startswith((REFUSED, SUPPRESSED)):
        return
    with run.transaction() as tx:
        ask_to_look(tx, event.case_id, NOT_DELIVERED, run.actor, run.clock)
        notice = Notice(MailKind.MAIL_FAILED, str(event.mail_id or event.subject_id))
        _tell_in(tx, run, event.case_id, notice)


def _deadline(event: DeadlineNear | DeadlinePassed | DeadlineAlarm) -> dict[str, str]:
    return {"clock": event.clock_kind, "due_at": event.due_at.isoformat()}


def _tell(run: Run, case_id: UUID | None, notice: Notice, *, leads_too: bool = False) -> None:
    assert case_id is not None
    with run.transaction() as tx:
        _tell_in(tx, run, case_id, notice, leads_too=leads_too)


def _tell_in(tx: Tx, run: Run, case_id: UUID, notice: Notice, *, leads_too: bool = False) -> None:
    label = case_label(tx, run.actor, case_id)
    if label is None:
        return
    for person in desk_to_tell(tx, case_id, leads_too=leads_too):
        values = {"ref": label.ref, "zone": person.zone, **notice.values}
        told = Tell(
            notice.kind, notice.subject_id, person.address, person.language, person.zone, values,
            case_id, person.person_id,
        )  # fmt: skip
        tell(tx, told, run.clock)
