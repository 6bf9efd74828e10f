"""After something happened: which side is told, and what a mail's fate means for its letter.

The desk is told in `tell_desk`.

Reactions; each is safe to repeat, because a notice is unique by kind, subject and address. Mails carry
the reference and what to do, never what a case says.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from app.accounts.events import (
    AccountNoticeRaised,
    DelegateInvited,
    PersonInvited,
    SignInCodeIssued,
)
from app.accounts.queries import person_by_email, person_contact
from app.casefiles.events import CaseFileReady
from app.cases.events import CaseMoved, CaseSubmitted, DeadlineNear, MemberAdded
from app.cases.queries import case_by_id
from app.cases.rules.kinds import CaseEvent, State
from app.conversations.events import ItemsAsked, MessageSent
from app.history.queries import private_of_subject, private_rows
from app.incidents.queries import month_found_for
from app.infra.db.transaction import Tx
from app.infra.jobs import Run, once
from app.kernel.sides import Disclosure, Side
from app.ledger.events import BankChanged
from app.letters.events import LetterIssued
from app.letters.rules.kinds import LetterKind
from app.letters.rules.occasions import occasions
from app.letters.service.results import settle_letter
from app.notifications.commands import QueueMail, Tell
from app.notifications.events import MailFailed, MailSent
from app.notifications.queries import addressees, case_label
from app.notifications.rules import MailKind
from app.notifications.service.mail import queue_mail
from app.notifications.service.notices import tell
from app.policies.rules.clocks import ClockKind
from app.workflows.file_on_behalf import CONSENT

LETTER_MAILS = frozenset({MailKind.LETTER_READY, MailKind.DECISION_READY})
SILENT_MOVES = frozenset(
    {CaseEvent.LAPSE, CaseEvent.OFFER_LAPSE, CaseEvent.CLOSE_EXCHANGE, CaseEvent.UNCONTESTED}
)
"""Moves that the clock makes when nobody answered."""


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


def mail_delegate(run: Run, event: DelegateInvited) -> None:
    """The link with which somebody accepts to act for another; they may have no account yet."""
    values = {"sealed": event.sealed, "name": event.name}
    with run.transaction() as tx:
        known = person_by_email(tx, event.email)
        language = known.locale if known else event.language
        mail = QueueMail(
            MailKind.DELEGATE_INVITE, str(event.invitation_id), event.email, language, values,
            person_id=known.id if known else None,
        )  # fmt: skip
        queue_mail(tx, mail, run.clock)


def mail_case_file(run: Run, event: CaseFileReady) -> None:
    """Whoever asked for everything in one file may fetch it; the link leads to the page, never to the bytes."""
    with run.transaction() as tx:
        email = person_contact(tx, event.person_id).email
    values = {"ref": event.ref, "file": str(event.file_id)}
    _mail_person(run, event.person_id, email, MailKind.CASE_FILE_READY, values)


def mail_account_notice(run: Run, event: AccountNoticeRaised) -> None:
    """Something that the owner of an account should know."""
    values = {"change": event.kind, "hour": run.clock.now().strftime("%Y-%m-%dT%H")}
    _mail_person(run, event.person_id, event.email, MailKind.ACCOUNT_NOTICE, values)


def mail_bank_change(run: Run, event: BankChanged) -> None:
    """The account's address is told, and one that it gave up in the last 30 days: a thief changes both (B103)."""
    with run.transaction() as tx:
        since = run.clock.now() - timedelta(days=30)
        known = {person_contact(tx, event.person_id).email}
        given_up = private_of_subject(
            tx, ("person", event.person_id), "person.email_changed", since
        )
        known |= {str(row["before"]) for row in given_up if row.get("before")}
    for address in sorted(known):
        mail_account_notice(
            run, AccountNoticeRaised(None, event.person_id, address, "bank_changed")
        )


def acknowledge(run: Run, event: CaseSubmitted) -> None:
    """The complainant knows that the case arrived, its reference, and when the desk wrote it down for them or found it."""
    with run.transaction() as tx:
        consent = private_rows(tx, event.case_id, CONSENT) if event.case_id else ()
        found = month_found_for(tx, event.case_id) if event.case_id else ""
    values = {"on_behalf": "yes"} if consent else {"found": found} if found else {}
    _tell(
        run, event.case_id, Side.COMPLAINANT,
        Notice(MailKind.ACKNOWLEDGEMENT, str(event.case_id), values),
    )  # fmt: skip


def mail_message(run: Run, event: MessageSent) -> None:
    """A party has a message: from the desk, or from the other side to both."""
    if event.sender_side is Side.DESK:
        sides: tuple[Side, ...] = (event.side,)
        if event.disclosure is Disclosure.SHARED:
            sides = (Side.COMPLAINANT, Side.RESPONDENT)
    else:
        sides = (event.sender_side.other,) if event.disclosure is Disclosure.SHARED else ()
    for side in sides:
        if side is not Side.DESK:
            _tell(
                run, event.case_id, side, Notice(MailKind.MESSAGE_RECEIVED, str(event.message_id))
            )


def mail_request(run: Run, event: ItemsAsked) -> None:
    """A party is asked for something by a day."""
    values = {"request": str(event.number), "due_at": event.due_at.isoformat()}
    _tell(
        run,
        event.case_id,
        event.side,
        Notice(MailKind.REQUEST_ASKED, str(event.request_id), values),
    )


def remind(run: Run, event: DeadlineNear) -> None:
    """A party's deadline is half over or ends tomorrow."""
    if event.clock_kind != ClockKind.PARTY:
        return
    subject = f"{event.clock_id}:{run.clock.now():%Y-%m-%d}"
    values = {"request": "", "due_at": event.due_at.isoformat()}
    _tell(run, event.case_id, Side(event.side), Notice(MailKind.REQUEST_REMINDER, subject, values))


def tell_of_silence(run: Run, event: CaseMoved) -> None:
    """A side did not answer in time: it is told what its silence did, and what it can still do."""
    if event.event not in SILENT_MOVES or event.by != "system":
        return
    assert event.case_id is not None
    with run.transaction() as tx:
        case = case_by_id(tx, run.actor, event.case_id)
        closed = event.to_state == State.CLOSED
        values = {"effect": "closed" if closed else _effect(event, case.silence)}
        for side in _silent_sides(event):
            notice = Notice(MailKind.PARTY_LAPSED, str(event.transition_id), values)
            tell_side(tx, run, event.case_id, side, notice, mail=not closed)


def _effect(event: CaseMoved, rule: str | None) -> str:
    """What silence did, as the words of the notice know it."""
    if event.event == CaseEvent.OFFER_LAPSE:
        return "offer_over"
    if event.event == CaseEvent.CLOSE_EXCHANGE:
        return "exchange_over"
    if event.event == CaseEvent.UNCONTESTED:
        return "uncontested"
    return rule if rule in {"complainant_prevails", "respondent_prevails"} else "decide_on_file"


def _silent_sides(event: CaseMoved) -> tuple[Side, ...]:
    """Who had the time that ended: by the state that was left."""
    if event.from_state == State.WAITING_COMPLAINANT:
        return (Side.COMPLAINANT,)
    if event.from_state in {State.WAITING_RESPONDENT, State.RESTRICTED}:
        return (Side.RESPONDENT,)
    return (Side.COMPLAINANT, Side.RESPONDENT)


def mail_joined(run: Run, event: MemberAdded) -> None:
    """Somebody may act on a side from now on."""
    assert event.case_id is not None
    with run.transaction() as tx:
        label = case_label(tx, run.actor, event.case_id)
        if label is not None:
            person = person_contact(tx, event.person_id)
            told = Tell(
                MailKind.PARTY_INVITE,
                f"{event.case_id}:{event.person_id}",
                person.email,
                person.locale,
                person.zone,
                {"ref": label.ref},
                event.case_id,
                event.person_id,
            )
            tell(tx, told, run.clock)


def tell_closed(run: Run, event: CaseMoved) -> None:
    """A case ended: the sides that take part and get no letter about it are told (LIFECYCLES "effect")."""
    if event.to_state != State.CLOSED:
        return
    assert event.case_id is not None
    rows = occasions(event.event, to=event.to_state, outcome=event.outcome or "")
    written_to = {side for row in rows for side in row.sides}
    with run.transaction() as tx:
        if not once(tx, f"closed:{event.transition_id}"):
            return
        for side in sides_taking_part(tx, run, event.case_id):
            if side not in written_to:
                notice = Notice(MailKind.CASE_CLOSED, str(event.transition_id))
                tell_side(tx, run, event.case_id, side, notice)


def mail_letter(run: Run, event: LetterIssued) -> None:
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


def _tell(run: Run, case_id: UUID | None, side: Side, notice: Notice) -> None:
    assert case_id is not None
    with run.transaction() as tx:
        tell_side(tx, run, case_id, side, notice)


def sides_taking_part(tx: Tx, run: Run, case_id: UUID) -> tuple[Side, ...]:
    """The complainant, and the respondent when somebody of that side has an account in the case.

    Nobody learns of a case from the mail that it is over.
    """
    others = addressees(tx, run.actor, case_id, Side.RESPONDENT)
    joined = any(person.person_id is not None for person in others)
    return (Side.COMPLAINANT, Side.RESPONDENT) if joined else (Side.COMPLAINANT,)


def tell_side(
    tx: Tx, run: Run, case_id: UUID, side: Side, notice: Notice, *, mail: bool = True
) -> int:
    """Tell everybody who can be reached on *side*, delegates too; how many there are.

    *mail* False: only their list says it, a letter of the same moment says the rest.
    """
    label = case_label(tx, run.actor, case_id)
    if label is None:
        return 0
    # Each address is locked while its mails of the hour are counted: all in one order, so that two letters never wait for each other.
    people = sorted(addressees(tx, run.actor, case_id, side), key=lambda one: one.address)
    for person in people:
        values = {"ref": label.ref, "zone": person.zone, **notice.values}
        told = Tell(
            notice.kind,
            notice.subject_id,
            person.address,
            person.language,
            person.zone,
            values,
            case_id,
            person.person_id,
            mail,
        )
        tell(tx, told, run.clock)
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
