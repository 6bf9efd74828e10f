"""What a webhook may say of an event, and whether its owner may see that now: asked through the rooms' own scopes.

Each question runs in a transaction of the owner, so that row-level security is asked too (B173, B174). It cannot be
put for several owners in one statement (ADR 0061); who cannot be near the subject at all is not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.accounts.queries import actor_of, actors_of, near_case
from app.accounts.rules import Permission, may
from app.cases.events import CaseMoved, CaseSubmitted
from app.cases.queries import case_by_id
from app.cases.rules.kinds import State
from app.conversations.events import ItemAnswered, ItemsAsked, MessageSent
from app.conversations.queries.requests import request_by_id
from app.conversations.queries.sight import sees_message
from app.corrections.events import BatchExported, CorrectionAcknowledged, CorrectionApproved
from app.corrections.queries.batches import batch_view
from app.corrections.queries.corrections import correction_view
from app.decisions.events import DecisionConfirmed
from app.decisions.queries import decision_by_id
from app.evidence.events import EvidenceReceived, EvidenceShared
from app.evidence.queries.items import item_by_id
from app.infra.db.transaction import Tx, database_scope, transaction
from app.infra.jobs import Run
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, NotFound
from app.kernel.events import Event
from app.ledger.events import HoldPlaced, HoldReleased
from app.ledger.queries.holds import holds_of
from app.letters.events import LetterIssued
from app.letters.queries import letters_of
from app.webhooks.rules.kinds import Kind
from app.webhooks.service.endpoints import has_own

P = Permission


@dataclass(frozen=True, slots=True)
class Subject:
    """What a delivery is about. *id*: the row below the case, or the batch; the case itself when None."""

    kind: Kind
    case_id: UUID | None
    id: UUID | None = None


def _in_case(tx: Tx, actor: Actor, subject: Subject, clock: Clock) -> bool:
    """The case is looked at before this is asked."""
    del tx, actor, subject, clock
    return True


def _message(tx: Tx, actor: Actor, subject: Subject, clock: Clock) -> bool:
    del clock
    return sees_message(tx, actor, _case(subject), _id(subject))


def _request(tx: Tx, actor: Actor, subject: Subject, clock: Clock) -> bool:
    del clock
    return bool(request_by_id(tx, actor, _case(subject), _id(subject)))


def _evidence(tx: Tx, actor: Actor, subject: Subject, clock: Clock) -> bool:
    del clock
    return bool(item_by_id(tx, actor, _case(subject), _id(subject)))


def _decision(tx: Tx, actor: Actor, subject: Subject, clock: Clock) -> bool:
    del clock
    return decision_by_id(tx, actor, _id(subject)).case_id == subject.case_id


def _letter(tx: Tx, actor: Actor, subject: Subject, clock: Clock) -> bool:
    del clock
    rows = letters_of(tx, actor, _case(subject))
    return any(row.id == subject.id and row.is_readable for row in rows)


def _hold(tx: Tx, actor: Actor, subject: Subject, clock: Clock) -> bool:
    del clock
    return any(row.id == subject.id for row in holds_of(tx, actor, _case(subject)))


def _correction(tx: Tx, actor: Actor, subject: Subject, clock: Clock) -> bool:
    return bool(correction_view(tx, actor, clock, _id(subject)))


def _batch(tx: Tx, actor: Actor, subject: Subject, clock: Clock) -> bool:
    del clock
    return bool(batch_view(tx, actor, _id(subject)))


Look = Callable[[Tx, Actor, Subject, Clock], bool]


@dataclass(frozen=True, slots=True)
class Told:
    """How one event is told. *field*: of the event, holds the id of *name*; *needs*: any of these, as for pages."""

    kind: Kind
    name: str
    field: str
    needs: tuple[Permission, ...]
    look: Look


_CASE = (P.CASE_READ, P.PARTY_CASE_READ)
_REQUEST = (P.MESSAGE_READ, P.PARTY_REQUEST_ANSWER)
_EVIDENCE = (P.EVIDENCE_LIST, P.PARTY_EVIDENCE_READ)
_HOLD = (P.HOLD_READ, P.PARTY_CASE_READ)
TOLD: dict[type[Event], Told] = {
    CaseSubmitted: Told(Kind.CASE_FILED, "", "", _CASE, _in_case),
    CaseMoved: Told(Kind.CASE_MOVED, "", "", _CASE, _in_case),
    MessageSent: Told(
        Kind.MESSAGE_SENT, "message", "message_id", (P.MESSAGE_READ, P.PARTY_CASE_READ), _message
    ),
    ItemsAsked: Told(Kind.REQUEST_ASKED, "request", "request_id", _REQUEST, _request),
    ItemAnswered: Told(Kind.REQUEST_ANSWERED, "request", "request_id", _REQUEST, _request),
    EvidenceReceived: Told(Kind.EVIDENCE_RECEIVED, "evidence", "item_id", _EVIDENCE, _evidence),
    EvidenceShared: Told(Kind.EVIDENCE_SHARED, "evidence", "item_id", _EVIDENCE, _evidence),
    DecisionConfirmed: Told(
        Kind.DECISION_CONFIRMED, "decision", "decision_id", (P.DECISION_READ,), _decision
    ),
    LetterIssued: Told(
        Kind.LETTER_ISSUED, "letter", "letter_id", (P.LETTER_READ, P.PARTY_LETTER_READ), _letter
    ),
    HoldPlaced: Told(Kind.HOLD_PLACED, "hold", "hold_id", _HOLD, _hold),
    HoldReleased: Told(Kind.HOLD_RELEASED, "hold", "hold_id", _HOLD, _hold),
    CorrectionApproved: Told(
        Kind.CORRECTION_APPROVED, "correction", "correction_id", (P.CORRECTION_READ,), _correction
    ),
    CorrectionAcknowledged: Told(
        Kind.CORRECTION_ACKNOWLEDGED,
        "correction",
        "correction_id",
        (P.CORRECTION_READ,),
        _correction,
    ),
    BatchExported: Told(Kind.BATCH_EXPORTED, "batch", "batch_id", (P.BATCH_READ,), _batch),
}
_BY_KIND = {told.kind: told for told in TOLD.values()}


def subject_of(event: Event) -> Subject | None:
    """What an event of the table is about; None for a proposal of a hold that was dropped, which held nothing."""
    if isinstance(event, HoldReleased) and not event.was_placed:
        return None
    told = TOLD[type(event)]
    key: Any = getattr(event, told.field) if told.field else None
    return Subject(told.kind, event.case_id, key)


def identifiers(tx: Tx, actor: Actor, subject: Subject) -> dict[str, str]:
    """`data` as it travels: the reference of the case and the id below it. *actor*: the system.

    Raises NotFound for a draft, which has no reference.
    """
    data = {}
    if subject.case_id is not None:
        case = case_by_id(tx, actor, subject.case_id)
        if case.ref is None:
            raise NotFound("case")
        data["case"] = str(case.ref)
    told = _BY_KIND[subject.kind]
    return data | ({told.name: str(subject.id)} if told.name else {})


def subject_again(kind: Kind, case_id: UUID | None, data: dict[str, str]) -> Subject:
    """The subject of a stored delivery."""
    name = _BY_KIND[kind].name
    return Subject(kind, case_id, UUID(data[name]) if name else None)


def may_hear(run: Run, person_id: UUID, subject: Subject) -> bool:
    """Whether the person may see the subject at this moment, with the roles that they hold now."""
    try:
        with run.transaction() as tx:
            owner = actor_of(tx, person_id)
    except NotFound:
        return False
    return _has_role(owner, subject) and _sees(run, owner, subject)


def hearers(run: Run, person_ids: Iterable[UUID], subject: Subject) -> frozenset[UUID]:
    """Those of the persons who `may_hear` it. Two statements leave who cannot be among them: without the role, or a
    party on no side of the case. The rest are few, and each is asked in their own name.
    """
    with run.transaction() as tx:
        owners = [owner for owner in actors_of(tx, person_ids) if _has_role(owner, subject)]
        parties = [owner for owner in owners if database_scope(owner) == "party"]
        ids = [owner.person_id for owner in parties if owner.person_id]
        near = near_case(tx, subject.case_id, ids) if ids and subject.case_id else frozenset()
    left = [owner for owner in owners if owner not in parties or owner.person_id in near]
    return frozenset(
        owner.person_id for owner in left if owner.person_id and _sees(run, owner, subject)
    )


def _has_role(owner: Actor, subject: Subject) -> bool:
    return has_own(owner) and any(may(owner, needed) for needed in _BY_KIND[subject.kind].needs)


def _sees(run: Run, owner: Actor, subject: Subject) -> bool:
    told = _BY_KIND[subject.kind]
    try:
        with transaction(owner, read_only=True) as tx:
            if subject.case_id is not None and not _is_filed(tx, owner, subject.case_id):
                return False
            return told.look(tx, owner, subject, run.clock)
    except (NotFound, Forbidden):
        return False


def _is_filed(tx: Tx, owner: Actor, case_id: UUID) -> bool:
    return case_by_id(tx, owner, case_id).state is not State.DRAFT


def _case(subject: Subject) -> UUID:
    assert subject.case_id is not None
    return subject.case_id


def _id(subject: Subject) -> UUID:
    assert subject.id is not None
    return subject.id
