"""Cases made through the services: a draft, a filed case, or one brought to a state along the table."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.cases.commands import (
    AddMember,
    AddParty,
    ApplyEvent,
    SaveDraft,
    Signature,
    StartDraft,
    SubmitCase,
)
from app.cases.queries import case_by_id
from app.cases.rules.facts import CaseFacts
from app.cases.rules.kinds import CaseEvent, SubKind
from app.cases.rules.views import CaseView
from app.cases.service.drafts import save_draft, start_draft
from app.cases.service.moves import apply_event
from app.cases.service.people import add_member, add_party
from app.cases.service.submit import submit
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import Clock, FixedClock
from app.kernel.sides import Side
from app.policies.rules.defaults import default_policies
from app.policies.rules.forms import Field, FieldType
from tests.factories.accounts import NOON, TestPerson

SYSTEM = Actor.system("test:cases")
_SAMPLES = {
    FieldType.ISRC: "USRC17607839",
    FieldType.UPC: "036000291452",
    FieldType.DATE: "2026-07-01",
    FieldType.MONEY: "120.50 EUR",
    FieldType.EMAIL: "other@example.org",
    FieldType.LINKS: "https://store.example/track/1",
}


def sample_answer(field: Field) -> str:
    """A valid answer to one field."""
    if field.name == "period_end":
        return "2026-09-30"
    if field.choices:
        return field.choices[0][0]
    return _SAMPLES.get(field.type, f"Sample {field.name}")


def sample_answers(sub_kind: SubKind, **changes: str) -> dict[str, str]:
    """Valid answers to every required field of a sub-kind, and *changes*."""
    fields = default_policies()[sub_kind.value].fields
    return {f.name: sample_answer(f) for f in fields if f.required} | changes


def make_draft(
    artist: TestPerson,
    sub_kind: SubKind = SubKind.MISSING_EARNINGS,
    *,
    tx: Session | None = None,
    clock: Clock | None = None,
    **answers: str,
) -> UUID:
    """A complete draft of *artist*; committed at once without *tx*."""
    time = clock or FixedClock(NOON)
    with nullcontext(tx) if tx is not None else transaction(artist.actor) as own:
        assert own is not None
        case_id = start_draft(own, StartDraft(sub_kind, zone="Europe/Lisbon"), artist.actor, time)
        draft = case_by_id(own, artist.actor, case_id)
        command = SaveDraft(case_id, draft.version, sample_answers(sub_kind, **answers))
        save_draft(own, command, artist.actor, time)
    return case_id


def sign_all(sub_kind: SubKind, name: str) -> tuple[Signature, ...]:
    """Signatures under every statement of filing."""
    statements = default_policies()[sub_kind.value].statements
    return tuple(Signature(s.code, name, "owner") for s in statements if s.step == "submit")


def make_case(
    artist: TestPerson,
    sub_kind: SubKind = SubKind.MISSING_EARNINGS,
    *,
    respondent: TestPerson | None = None,
    tx: Session | None = None,
    clock: Clock | None = None,
    **answers: str,
) -> CaseView:
    """A filed case of *artist*; *respondent* becomes party and member of the other side."""
    time = clock or FixedClock(NOON)
    with nullcontext(tx) if tx is not None else transaction(artist.actor) as own:
        assert own is not None
        case_id = make_draft(artist, sub_kind, tx=own, clock=time, **answers)
        draft = case_by_id(own, artist.actor, case_id)
        command = SubmitCase(case_id, draft.version, sign_all(sub_kind, artist.name))
        view = submit(own, command, artist.actor, time)
    if respondent is None:
        return view
    with nullcontext(tx) if tx is not None else transaction(SYSTEM) as own:
        assert own is not None
        _respond(own, view.id, respondent, time)
        return case_by_id(own, SYSTEM, view.id)


def _respond(tx: Session, case_id: UUID, person: TestPerson, clock: Clock) -> None:
    party = AddParty(
        case_id, Side.RESPONDENT, person.name, person_id=person.id, email=person.email,
        zone="Asia/Baku",
    )  # fmt: skip
    add_party(tx, party, SYSTEM, clock)
    add_member(tx, AddMember(case_id, person.id, Side.RESPONDENT), SYSTEM, clock)


def act(
    case_id: UUID,
    event: CaseEvent,
    actor: Actor,
    *,
    tx: Session | None = None,
    clock: Clock | None = None,
    facts: CaseFacts | None = None,
    reason: str = "because",
    **data: Any,
) -> CaseView:
    """One move with the newest version and, unless given, facts that let it through."""
    time = clock or FixedClock(NOON)
    with nullcontext(tx) if tx is not None else transaction(actor) as own:
        assert own is not None
        version = case_by_id(own, actor, case_id).version
        command = ApplyEvent(case_id, event, version, reason, dict(data))
        return apply_event(own, command, actor, time, facts or CaseFacts())
