"""Filing a draft: checks, reference, parties, signed statements, possible duplicates, clocks, event."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select

from app.accounts.queries import person_by_email, person_contact, same_human_ids
from app.accounts.rules import normal_email
from app.cases.commands import Signature, SubmitCase
from app.cases.events import CaseSubmitted
from app.cases.models import Case, CaseFiling, CaseMember, CaseParty, CaseStatement, PartyContact
from app.cases.queries import duplicates_of, view_of
from app.cases.rules.actions import find_move
from app.cases.rules.facts import CaseFacts, Given, Relation
from app.cases.rules.filing import missing_fields, unsigned
from app.cases.rules.kinds import DRAFTING, CaseEvent, State, SubKind, artist_side
from app.cases.rules.views import CaseView
from app.cases.service.drafts import filing_row, lock_draft
from app.cases.service.moves import Act, link_cases, make_move, require_version
from app.cases.service.searchable import index_case, index_party
from app.infra.clock import decisive_now
from app.infra.db.binds import REF
from app.infra.db.kept import ask
from app.infra.db.transaction import Tx, house
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock as Time
from app.kernel.errors import Invalid
from app.kernel.refs import PREFIX, make_ref
from app.kernel.sides import Disclosure, Side
from app.kernel.text import clean_text
from app.policies.queries import PolicyView
from app.policies.service import current_policy

_PRIVATE = ("contact_address", "contact_phone", "contact_email", "other_email")
"""Answers that become contact rows and leave the filing."""


@dataclass(frozen=True, slots=True)
class Filing:
    """A draft while it is filed."""

    row: Case
    answers: dict[str, str]
    policy: PolicyView
    signatures: tuple[Signature, ...]
    relation: Relation


def submit(tx: Tx, command: SubmitCase, actor: Actor, clock: Time) -> CaseView:
    """File a draft; sent twice, the second answer is the same case (B007).

    Raises `Stale`, `Refused` (missing answers or statements, equal sides), `Invalid` (a signature).
    """
    row, relation = lock_draft(tx, actor, command.case_id, clock)
    if State(row.state) not in DRAFTING and row.started_by == actor.person_id:
        return view_of(row, relation.side)
    require_version(row, command.version, row.summary, actor)
    policy = current_policy(tx, row.sub_kind, clock)
    stored = filing_row(tx, row.id)
    answers = {str(name): str(value) for name, value in stored.answers.items()}
    filing = Filing(row, answers, policy, _checked(command.signatures), relation)
    facts = filing_facts(tx, filing)
    given = Given()
    move = find_move(view_of(row, None), CaseEvent.SUBMIT, relation, facts, given)
    duplicates = duplicates_of(tx, actor, row)
    at = decisive_now(tx, clock)
    with house(tx):
        ref = _new_ref(tx)
        _store_parties(tx, filing, stored, clock)
        store_statements(tx, filing, "submit", clock)
        link_cases(tx, row.id, [one.id for one in duplicates], "possible_duplicate", actor, at)
        row.ref, row.submitted_at, row.policy_id = ref, at, policy.id
        make_move(tx, row, Act(move, given, relation, facts, at, clock))
        index_case(tx, row, stored)
        emit(tx, CaseSubmitted(row.id, ref, row.kind, row.sub_kind))
    return view_of(row, relation.side)


def _checked(signatures: tuple[Signature, ...]) -> tuple[Signature, ...]:
    return tuple(
        Signature(
            one.code,
            clean_text(
                one.signer_name, field="signer_name", max_length=200, required=True, multiline=False
            ),
            clean_text(one.capacity, field="capacity", max_length=100, multiline=False),
        )
        for one in signatures
    )


def filing_facts(tx: Tx, filing: Filing) -> CaseFacts:
    """What the guard of `submit` asks."""
    signed = {one.code for one in filing.signatures}
    return CaseFacts(
        missing_fields=missing_fields(filing.policy.fields, filing.answers),
        unsigned=unsigned(filing.policy.statements_for("submit"), signed),
        sides_differ=_sides_differ(tx, filing),
        consent=True,
    )


def _sides_differ(tx: Tx, filing: Filing) -> bool:
    """False when the other side named is the complainant: own address, or an account of the same human."""
    email = filing.answers.get("other_email")
    if not email:
        return True
    members = tx.execute(
        select(CaseMember.person_id).where(
            CaseMember.case_id == filing.row.id, CaseMember.revoked_at.is_(None)
        )
    ).scalars()
    other = person_by_email(tx, email)
    for person in members.all():
        if normal_email(person_contact(tx, person).email) == normal_email(email):
            return False
        if other is not None and other.id in same_human_ids(tx, person):
            return False
    return True


_TAKEN = select(Case.id).where(Case.ref == REF)


def _new_ref(tx: Tx) -> str:
    """A reference nobody has; the unique key catches what happens in the same instant."""
    while True:
        ref = str(make_ref(PREFIX, secrets.randbits))
        if not ask(tx, _TAKEN, {REF.key: ref}):
            return ref


def _store_parties(tx: Tx, filing: Filing, stored: CaseFiling, clock: Time) -> None:
    """The complainant as displayed, and the other side when it was named."""
    row, answers = filing.row, filing.answers
    member = tx.execute(
        select(CaseMember)
        .where(CaseMember.case_id == row.id)
        .order_by(CaseMember.added_at)
        .limit(1)
    ).scalar_one_or_none()
    side = Side(member.side) if member else Side.COMPLAINANT
    person = person_contact(tx, member.person_id) if member else None
    name = answers.get("subject_artist") if side is artist_side(SubKind(row.sub_kind)) else None
    name = name or (person.name if person else "")
    add_party_rows(
        tx, row, side, name or "unknown", clock,
        person_id=person.id if person else None,
        email=answers.get("contact_email") or (person.email if person else None),
        phone=answers.get("contact_phone"), address=answers.get("contact_address"),
        zone=person.zone if person else row.zone,
    )  # fmt: skip
    if answers.get("other_name"):
        add_party_rows(
            tx, row, side.other, answers["other_name"], clock, email=answers.get("other_email")
        )
    kept = {name: text for name, text in answers.items() if name not in _PRIVATE}
    stored.answers = kept


def add_party_rows(  # noqa: PLR0913 - one keyword a column
    tx: Tx,
    row: Case,
    side: Side,
    name: str,
    clock: Time,
    *,
    kind: str = "artist",
    person_id: UUID | None = None,
    email: str | None = None,
    phone: str | None = None,
    address: str | None = None,
    country: str | None = None,
    zone: str | None = None,
    language: str | None = None,
    disclosure: Disclosure = Disclosure.SHARED,
) -> UUID:
    """A party and its private contact row. Returns the party's id."""
    party = CaseParty(
        id=uuid4(), case_id=row.id, side=side.value, disclosure=disclosure.value,
        display_name=name, party_kind=kind, person_id=person_id, country=country or row.country,
        zone=zone or row.zone, language=language or row.language, created_at=clock.now(),
    )  # fmt: skip
    tx.add(party)
    tx.flush()
    contact = PartyContact(
        id=uuid4(), case_id=row.id, side=side.value, disclosure=Disclosure.PRIVATE.value,
        party_id=party.id, email=email, phone=phone, address=address, created_at=clock.now(),
    )  # fmt: skip
    tx.add(contact)
    tx.flush()
    index_party(tx, party, contact)
    return party.id


def store_statements(tx: Tx, filing: Filing, step: str, clock: Time) -> None:
    """Each statement of *step* exactly as shown, with who signed it and when."""
    by_code = {one.code: one for one in filing.signatures}
    for statement in filing.policy.statements_for(step):
        signature = by_code.get(statement.code)
        if signature is None:
            raise Invalid("signatures", "unsigned", statement.code)
        tx.add(
            CaseStatement(
                id=uuid4(), case_id=filing.row.id, side=statement.side,
                disclosure=Disclosure.PRIVATE.value, code=statement.code, body=statement.text,
                language="en", text_version=statement.version,
                signer_id=filing.relation.actor.person_id, signer_name=signature.signer_name,
                signer_capacity=signature.capacity, signed_at=clock.now(),
            )
        )  # fmt: skip
