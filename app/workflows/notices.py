"""After something happened: who is told by mail, and what a mail's fate means for its letter.

Reactions; each is safe to repeat, because a notice is unique by kind, subject and address. Mails carry
the reference and what to do, never what a case says.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from uuid import UUID

from app.accounts.events import AccountNoticeRaised, PersonInvited, SignInCodeIssued
from app.accounts.queries import person_contact
from app.decisions.events import DecisionConfirmed
from app.infra.db.transaction import Tx
from app.infra.jobs import Run, once
from app.kernel.sides import Side
from app.letters.commands import IssueDecisionLetters
from app.letters.events import LetterRendered
from app.letters.rules.context import Sender
from app.letters.rules.kinds import LetterKind
from app.letters.service.decided import issue_decision_letters
from app.letters.service.results import settle_letter
from app.notifications.commands import QueueMail
from app.notifications.events import MailFailed, MailSent
from app.notifications.queries import addressees, case_label
from app.notifications.rules import MailKind
from app.notifications.service import queue_mail
from app.policies.rules.clocks import add_months

LETTER_MAILS = frozenset({MailKind.LETTER_READY, MailKind.DECISION_READY})
APPEAL_MONTHS = 6
"""DECISIONS 23: six calendar months."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a side is told. *subject_id* makes it one notice for good; *values* fill its template."""

    kind: MailKind
    subject_id: str
    values: dict[str, str] = field(default_factory=dict)


def mail_sign_in_code(run: Run, event: SignInCodeIssued) -> None:
    """The code and link, sealed to the moment of sending."""
    _mail_person(run, event.person_id, event.email, MailKind.SIGN_IN_CODE, {"sealed": event.sealed})


def mail_invitation(run: Run, event: PersonInvited) -> None:
    """The link with which a member of staff begins."""
    _mail_person(run, event.person_id, event.email, MailKind.STAFF_INVITE, {"sealed": event.sealed})


def mail_account_notice(run: Run, event: AccountNoticeRaised) -> None:
    """Something that the owner of an account should know."""
    values = {"change": event.kind, "hour": run.clock.now().strftime("%Y-%m-%dT%H")}
    _mail_person(run, event.person_id, event.email, MailKind.ACCOUNT_NOTICE, values)


def issue_letters_of_decision(run: Run, event: DecisionConfirmed) -> None:
    """One letter to each side of a confirmed decision."""
    settings = run.services.settings
    assert event.case_id is not None
    with run.transaction() as tx:
        if not once(tx, f"letters:{event.decision_id}"):
            return
        command = IssueDecisionLetters(
            case_id=event.case_id,
            decision_id=event.decision_id,
            sender=Sender(settings.product_name, (), settings.mail_from),
            base_url=settings.base_url,
            appeal_until=add_months(run.clock.now().date(), APPEAL_MONTHS),
        )
        issue_decision_letters(tx, command, run.actor, run.clock)


def mail_letter(run: Run, event: LetterRendered) -> None:
    """Tell the side that its letter is there; nobody to tell settles the letter as not reached."""
    kind = MailKind.DECISION_READY if event.kind == LetterKind.DECISION else MailKind.LETTER_READY
    assert event.case_id is not None
    with run.transaction() as tx:
        notice = Notice(kind, str(event.letter_id), {"number": event.number})
        if not tell_side(tx, run, event.case_id, event.audience, notice):
            settle_letter(tx, event.letter_id, run.actor, run.clock, reached=False)


def settle_told(run: Run, event: MailSent) -> None:
    """A letter's mail left: the side was told."""
    if event.kind in LETTER_MAILS:
        with run.transaction() as tx:
            settle_letter(tx, UUID(event.subject_id), run.actor, run.clock, reached=True)


def settle_not_told(run: Run, event: MailFailed) -> None:
    """No mail of a letter will arrive: marked, so that the desk sees it and the case can go on."""
    if event.kind in LETTER_MAILS and not event.others_open:
        with run.transaction() as tx:
            settle_letter(tx, UUID(event.subject_id), run.actor, run.clock, reached=False)


def tell_side(tx: Tx, run: Run, case_id: UUID, side: Side, notice: Notice) -> int:
    """Queue one mail to everybody who can be reached on *side*; how many there are."""
    label = case_label(tx, run.actor, case_id)
    if label is None:
        return 0
    people = addressees(tx, run.actor, case_id, side)
    for person in people:
        values = {"ref": label.ref, "zone": person.zone, **notice.values}
        mail = QueueMail(
            notice.kind,
            notice.subject_id,
            person.address,
            person.language,
            values,
            case_id,
            person.person_id,
        )
        queue_mail(tx, mail, run.clock)
    return len(people)


def _mail_person(
    run: Run, person_id: UUID, email: str, kind: MailKind, values: dict[str, str]
) -> None:
    """One mail about an account. What makes it this notice and no other is what it carries."""
    subject = hashlib.sha256("\0".join(values.values()).encode()).hexdigest()[:32]
    with run.transaction() as tx:
        language = person_contact(tx, person_id).locale
        queue_mail(
            tx, QueueMail(kind, subject, email, language, values, person_id=person_id), run.clock
        )
