"""Reads of requests: lists, one by number, the ask card, and facts for the guards of the lifecycle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, column, func, select, table
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.accounts.queries import case_scope, side_scope
from app.cases.models import Case
from app.conversations.models import Request, RequestAnswer, RequestItem
from app.conversations.rules.requests import WAITING, ItemKind, ItemState
from app.infra.db.binds import CASE, of_case
from app.infra.db.kept import ask, shared
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.sides import Side

_evidence = table(
    "evidence_item",
    column("id"),
    column("case_id"),
    column("side"),
    column("disclosure"),
    column("state"),
)
_waiting_states = [state.value for state in WAITING]


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """The newest answer to an item. *declined*: the text says why it cannot be given."""

    declined: bool
    text: str
    evidence_ids: tuple[UUID, ...]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RequestItemRow:
    """One thing asked for. *note*: the desk's last word on it."""

    id: UUID
    position: int
    kind: ItemKind
    title: str
    hint: str
    options: tuple[str, ...]
    state: ItemState
    note: str
    version: int
    answer: AnswerRow | None

    @property
    def is_waiting(self) -> bool:
        """The party must still move."""
        return self.state in WAITING


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request with its items in order. *silence*: what happens without an answer, in words."""

    id: UUID
    case_id: UUID
    side: Side
    number: int
    reason: str
    silence: str
    due_at: datetime
    first_due_at: datetime
    extended_at: datetime | None
    asked_by: str
    asked_at: datetime
    version: int
    items: tuple[RequestItemRow, ...]

    @property
    def waiting(self) -> int:
        """Items for which the party must still move."""
        return sum(item.is_waiting for item in self.items)

    @property
    def received(self) -> int:
        """Items answered, accepted or settled otherwise: "2 of 3 received"."""
        return len(self.items) - self.waiting

    @property
    def is_open(self) -> bool:
        """Something is still asked for."""
        return self.waiting > 0

    @property
    def can_extend(self) -> bool:
        """A party may ask for more time once."""
        return self.is_open and self.extended_at is None


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """For guards: *open_requests* with waiting items, *answered_items* not judged yet, per side of the asker."""

    open_requests: int = 0
    answered_items: int = 0
    open_complainant: int = 0
    open_respondent: int = 0


_Answerer = aliased(Person, name="answerer")


def _requests(actor: Actor) -> Select[Any]:
    """Requests in sight of the case `CASE`."""
    answer = (
        select(RequestAnswer)
        .where(RequestAnswer.item_id == RequestItem.id)
        .order_by(RequestAnswer.at.desc(), RequestAnswer.id.desc())
        .limit(1)
        .lateral("answer")
    )
    return (
        select(Request, RequestItem, Person.name, answer, _Answerer.name.label("answered_by"))
        .join(RequestItem, RequestItem.request_id == Request.id)
        .outerjoin(Person, Person.id == Request.asked_by)
        .outerjoin(answer, answer.c.item_id == RequestItem.id)
        .outerjoin(_Answerer, _Answerer.id == answer.c.by_id)
        .where(side_scope(actor, Request), Request.case_id == CASE)
        .order_by(
            Request.asked_at.desc(), Request.number.desc(), Request.side, RequestItem.position
        )
    )


_all_requests = shared(256)(_requests)


def requests_of(
    tx: Tx, actor: Actor, case_id: UUID, *, only: UUID | None = None
) -> tuple[RequestRow, ...]:
    """Requests of the case in sight, newest first, with items and newest answers: one statement."""
    if only is None:
        return _grouped(ask(tx, _all_requests(actor), of_case(case_id)))
    return _grouped(tx.execute(_requests(actor).where(Request.id == only), of_case(case_id)))


def _grouped(rows: Iterable[Any]) -> tuple[RequestRow, ...]:
    heads: dict[UUID, tuple[Request, str]] = {}
    items: dict[UUID, list[RequestItemRow]] = {}
    for row in rows:
        heads[row.Request.id] = (row.Request, row.name or "")
        items.setdefault(row.Request.id, []).append(_item_row(row))
    return tuple(
        RequestRow(
            r.id, r.case_id, Side(r.side), r.number, r.reason, r.silence, r.due_at, r.first_due_at,
            r.extended_at, name, r.asked_at, r.version, tuple(items[key]),
        )
        for key, (r, name) in heads.items()
    )  # fmt: skip


def _item_row(row: Any) -> RequestItemRow:
    item: RequestItem = row.RequestItem
    answer = None
    if row.item_id is not None:
        answer = AnswerRow(
            row.kind == "decline", row.body, tuple(row.evidence_ids), row.answered_by or "", row.at
        )
    return RequestItemRow(
        item.id, item.position, ItemKind(item.kind), item.title, item.hint, tuple(item.options),
        ItemState(item.state), item.note, item.version, answer,
    )  # fmt: skip


def open_requests(tx: Tx, actor: Actor, case_id: UUID) -> tuple[RequestRow, ...]:
    """Requests in sight with something still asked for, soonest due first."""
    found = [request for request in requests_of(tx, actor, case_id) if request.is_open]
    return tuple(sorted(found, key=lambda request: (request.due_at, request.number)))


def ask_card(tx: Tx, actor: Actor, case_id: UUID) -> RequestRow | None:
    """The one nearest open request of the reader's side, or nothing: the card on top of a party's page."""
    return next(iter(open_requests(tx, actor, case_id)), None)


def request_by_number(
    tx: Tx, actor: Actor, case_id: UUID, number: int, side: Side | None = None
) -> RequestRow:
    """A request by its number within its side; the desk names the side. Raises NotFound."""
    query = select(Request.id).where(
        Request.case_id == case_id, Request.number == number, side_scope(actor, Request)
    )
    if side is not None:
        query = query.where(Request.side == side.value)
    found = tx.execute(query.limit(2)).scalars().all()
    if len(found) != 1:
        raise NotFound(str(number))
    return request_by_id(tx, actor, case_id, found[0])


def request_by_id(tx: Tx, actor: Actor, case_id: UUID, request_id: UUID) -> RequestRow:
    """A request of that case. Raises NotFound when it is not in sight."""
    found = requests_of(tx, actor, case_id, only=request_id)
    if not found:
        raise NotFound(str(request_id))
    return found[0]


def request_facts(tx: Tx, actor: Actor, case_id: UUID) -> RequestFacts:
    """Counts for the lifecycle's guards, in one statement."""
    (row,) = ask(tx, _counts(actor), of_case(case_id))
    return RequestFacts(*row)


@shared(64)
def _counts(actor: Actor) -> Any:
    waiting = RequestItem.state.in_(_waiting_states)
    answered = RequestItem.state.in_([ItemState.ANSWERED.value, ItemState.CANNOT_PROVIDE.value])

    def open_of(side: Side) -> Any:
        return func.count(RequestItem.request_id.distinct()).filter(
            and_(waiting, RequestItem.side == side.value)
        )

    return select(
        func.count(RequestItem.request_id.distinct()).filter(waiting),
        func.count().filter(answered),
        open_of(Side.COMPLAINANT),
        open_of(Side.RESPONDENT),
    ).where(RequestItem.case_id == CASE, side_scope(actor, RequestItem))


def foreign_documents(
    tx: Tx, actor: Actor, case_id: UUID, side: Side, wanted: Iterable[UUID]
) -> frozenset[UUID]:
    """Ids among *wanted* that are no accepted file of that side of that case (B143)."""
    asked = frozenset(wanted)
    if not asked:
        return frozenset()
    known = tx.execute(
        select(_evidence.c.id).where(
            _evidence.c.id.in_(asked), _evidence.c.case_id == case_id, _evidence.c.side == side.value,
            _evidence.c.state == "accepted", side_scope(actor, _evidence),
        )
    ).scalars()  # fmt: skip
    return asked - frozenset(known)


def case_state(tx: Tx, actor: Actor, case_id: UUID) -> str:
    """State of the case, locked until the commit: it cannot close meanwhile, and writers of its conversation
    take turns, so that counts and numbers hold.

    The case is what every writer locks first. Exclusive from the start: a shared lock that grows later would
    deadlock with a move of the case. Its key is left free, so rows that name the case need not wait. Raises NotFound.
    """
    found = ask(tx, _locked_state(actor), of_case(case_id))
    if not found:
        raise NotFound("case")
    return str(found[0])


@shared(64)
def _locked_state(actor: Actor) -> Any:
    of_this = (Case.id == CASE, case_scope(actor, Case.id))
    return select(Case.state).where(*of_this).with_for_update(key_share=True)
