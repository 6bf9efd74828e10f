"""The desk files for somebody who called or wrote: their consent on record first, then the same rules as filing.

Formal notices are signed by the person alone: nobody of the desk declares anything under penalty of perjury.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.accounts.commands import CreatePerson
from app.accounts.queries import person_by_email, same_human_ids
from app.accounts.rules import Permission, require
from app.accounts.service.people import create_person, valid_email
from app.cases.commands import Signature, StartDraft, SubmitCase
from app.cases.queries import case_by_id
from app.cases.rules.kinds import SubKind
from app.cases.rules.views import CaseView
from app.cases.service.drafts import start_draft
from app.cases.service.submit import submit
from app.conversations.commands import AddNote
from app.conversations.service.messages import add_note
from app.history.queries import private_rows
from app.history.service import record
from app.infra.db.transaction import Tx, house
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor, Role
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, NotFound
from app.kernel.text import clean_text
from app.policies.queries import policy_by_id
from app.policies.rules.defaults import default_policies
from app.queues.rules.filters import Channel

CONSENT = "case.consent_recorded"
"""Verb of the entry whose private part says who asked us to file, when and how."""
HOUSE = Actor.system("on_behalf")
BY_DESK = (Channel.PHONE, Channel.EMAIL, Channel.STORE)
OLDEST = timedelta(days=30)
TRUTH = "truth"


@dataclass(frozen=True, slots=True)
class OnBehalf:
    """For whom and what about. *said_by*, *said_at*, *how*: who consented, when, in which words or message."""

    sub_kind: SubKind
    channel: str
    name: str
    email: str
    said_by: str
    said_at: datetime
    how: str
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class FileOnBehalf:
    """File it. *version*: what was read. *agreed*: the statement of truth was read to them and they said yes."""

    case_id: UUID
    version: int
    agreed: bool


def files_by_desk() -> tuple[SubKind, ...]:
    """Sub-kinds of which nothing but the truth is signed."""
    plain = (
        sub
        for sub, policy in default_policies().items()
        if {one.code for one in policy.statements if one.step == "submit"} <= {TRUTH}
    )
    return tuple(SubKind(sub) for sub in plain)


def start_on_behalf(tx: Tx, command: OnBehalf, actor: Actor, clock: Clock) -> UUID:
    """A draft of their own, with their consent on record. Raises `Invalid` naming the field, `Forbidden`."""
    require(actor, Permission.CASE_FILE_ON_BEHALF)
    if command.channel not in BY_DESK:
        raise Invalid("channel", "choice", _("Choose how they reached us."))
    if command.sub_kind not in files_by_desk():
        raise Invalid("sub_kind", "signed_alone", _("A formal notice is signed by the person alone. Send them the address of this desk."))  # fmt: skip
    name, said_by = (
        clean_text(text, field=field, max_length=200, required=True, multiline=False)
        for field, text in (("name", command.name), ("said_by", command.said_by))
    )
    how = clean_text(command.how, field="how", max_length=2_000, required=True, multiline=True)
    if not clock.now() - OLDEST <= command.said_at <= clock.now() + timedelta(minutes=1):
        raise Invalid("said_at", "range", _("Enter a time within the last 30 days."))
    person_id = _person(tx, name, command.email, actor, clock)
    start = StartDraft(
        command.sub_kind, zone=command.zone, for_person=person_id, consent=True, channel=command.channel
    )  # fmt: skip
    case_id = start_draft(tx, start, actor, clock)
    said = {"said_by": said_by, "said_at": command.said_at.isoformat(), "how": how}
    record(tx, actor, clock, verb=CONSENT, subject=("case", case_id), case_id=case_id,
           data={"channel": command.channel}, private=said)  # fmt: skip
    return UUID(str(case_id))


def consent_of(tx: Tx, actor: Actor, case_id: UUID) -> dict[str, str]:
    """Who said it, when and how; empty for a case that nobody of the desk filed. Raises `NotFound`."""
    case_by_id(tx, actor, case_id)
    rows = private_rows(tx, case_id, CONSENT)
    return {name: str(text) for name, text in rows[0].private.items()} if rows else {}


def file_on_behalf(tx: Tx, command: FileOnBehalf, actor: Actor, clock: Clock) -> CaseView:
    """File under the rules of filing; a note for the desk says on whose word. Sent twice it is one case (B007).

    Raises `Invalid` (not agreed), `Refused` (missing answers), `Stale`, `NotFound` (not filed by the desk).
    """
    require(actor, Permission.CASE_FILE_ON_BEHALF)
    said = consent_of(tx, actor, command.case_id)
    if not said:
        raise NotFound("case")
    before = case_by_id(tx, actor, command.case_id)
    if before.ref is not None:
        return before
    asked = policy_by_id(tx, before.policy_id).statements_for("submit")
    if asked and not command.agreed:
        raise Invalid("agreed", "required", _("Read the statement to them. Tick the box when they said yes."))  # fmt: skip
    by = _("told to %(name)s", name=actor.name)
    signed = tuple(Signature(one.code, said["said_by"], by) for one in asked)
    case = submit(tx, SubmitCase(command.case_id, command.version, signed), actor, clock)
    words = _(
        "Filed for them by the desk. Consent: %(who)s, %(when)s. %(how)s",
        who=said["said_by"], when=f"{datetime.fromisoformat(said['said_at']):%Y-%m-%d %H:%M} UTC", how=said["how"],
    )  # fmt: skip
    add_note(tx, AddNote(case.id, words), actor, clock)
    return case


def _person(tx: Tx, name: str, address: str, actor: Actor, clock: Clock) -> UUID:
    """Their account, made when they have none. Nobody of the desk files for themselves."""
    email = valid_email(address)
    known = person_by_email(tx, email)
    if known is None:
        with house(tx):
            return create_person(tx, CreatePerson(email, name, frozenset({Role.ARTIST})), HOUSE, clock)  # fmt: skip
    if actor.person_id in same_human_ids(tx, known.id):
        raise Invalid("email", "own", _("This is your own address. Somebody else files your case."))
    return known.id
