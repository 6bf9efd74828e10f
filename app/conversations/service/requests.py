"""Requests: asked by the desk, answered by a side, judged by the desk, extended once, lapsed by the clock."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from app.accounts.queries import side_scope, writer_side
from app.accounts.rules import Permission, require
from app.conversations.commands import AnswerItem, AskedItem, AskItems, ExtendRequest, JudgeItem
from app.conversations.events import (
    ItemAnswered,
    ItemJudged,
    ItemsAsked,
    RequestExtended,
    RequestLapsed,
)
from app.conversations.models import Message, Request, RequestAnswer, RequestItem
from app.conversations.queries.requests import (
    RequestRow,
    case_state,
    foreign_documents,
    request_by_id,
)
from app.conversations.rules.audience import BODY_LIMIT, Channel
from app.conversations.rules.requests import (
    ANSWER_LIMIT,
    BY_DESK,
    ITEMS_LIMIT,
    WAITING,
    ItemKind,
    ItemState,
    Step,
    answer_problem,
    extension_problem,
    item_problem,
    move,
)
from app.conversations.service.messages import store_message
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, InvalidMany, NotFound, Refused, Stale
from app.kernel.sides import Disclosure, Side
from app.kernel.text import clean_text

_TITLE, _HINT, _REASON = 300, 2000, 4000
_CLOSED = frozenset({"draft", "closed", "deleted"})
_PRIVATE = Disclosure.PRIVATE.value


def ask(tx: Tx, command: AskItems, actor: Actor, clock: Clock) -> RequestRow:
    """Ask one side for things, in one message with one deadline. The same *client_key* asks once.

    Raises InvalidMany (items), Invalid (deadline, reason, side), NotFound, Forbidden, Refused (closed).
    """
    require(actor, Permission.REQUEST_ASK)
    if command.side is Side.DESK:
        raise Invalid("side", "side", _("Choose whom you ask."))
    writer_side(tx, actor, command.case_id, command.side)
    _require_open(tx, actor, command.case_id)
    items = _clean_items(command.items)
    if command.due_at <= clock.now():
        raise Invalid("due_at", "not_later", _("The deadline must be in the future."))
    reason = clean_text(command.reason, field="reason", max_length=_REASON, required=True)
    if (known := _asked_before(tx, command, actor)) is not None:
        return request_by_id(tx, actor, command.case_id, known)
    request = Request(
        id=uuid4(), case_id=command.case_id, side=command.side.value, disclosure=_PRIVATE,
        number=_next_number(tx, command), reason=reason,
        silence=clean_text(command.silence, field="silence", max_length=_REASON),
        first_due_at=command.due_at, due_at=command.due_at, asked_by=actor.person_id,
        asked_at=clock.now(), extended_at=None, extension_reason="", version=1,
    )  # fmt: skip
    tx.add(request)
    tx.flush()
    _log(tx, request, "request.asked", actor, clock, {"items": len(items)})
    for position, item in enumerate(items, start=1):
        _add_item(tx, request, position, item, actor, clock)
    _announce(tx, request, command, actor, clock)
    emit(tx, ItemsAsked(request.case_id, request.id, command.side, request.number, command.due_at))
    return request_by_id(tx, actor, command.case_id, request.id)


def answer_item(tx: Tx, command: AnswerItem, actor: Actor, clock: Clock) -> RequestRow:
    """Answer an item, or say why it cannot be given. Staff may record an answer that came by phone.

    Raises NotFound, Forbidden, Invalid (incomplete, foreign file), Refused (table), Stale (asked anew meanwhile).
    """
    item = _locked_item(tx, actor, command.case_id, command.item_id)
    side = writer_side(tx, actor, command.case_id, Side(item.side))
    require(actor, Permission.REQUEST_ASK if actor.is_staff else Permission.PARTY_REQUEST_ANSWER)
    _require_open(tx, actor, command.case_id)
    if _answered_before(tx, command, actor):
        return request_by_id(tx, actor, command.case_id, item.request_id)
    _require_version(item, command.version)
    step = Step.DECLINE if command.cannot_provide else Step.ANSWER
    state = move(ItemState(item.state), step)
    body = clean_text(
        command.text, field="text", max_length=ANSWER_LIMIT, required=command.cannot_provide
    )
    _require_complete(tx, command, item, body, actor)
    answer = RequestAnswer(
        id=uuid4(), case_id=item.case_id, side=side.value, disclosure=_PRIVATE, item_id=item.id,
        kind=step.value, body=body, evidence_ids=list(command.evidence_ids),
        by_id=actor.person_id, client_key=command.client_key or None, at=clock.now(),
    )  # fmt: skip
    tx.add(answer)
    tx.flush()
    record(
        tx, actor, clock,
        verb="request_answer.given", subject=("request_answer", answer.id), case_id=item.case_id,
        data={"side": item.side, "item": str(item.id), "files": len(command.evidence_ids)},
    )  # fmt: skip
    verb = "declined" if command.cannot_provide else "answered"
    _set_state(tx, item, state, f"request_item.{verb}", actor, clock)
    row = request_by_id(tx, actor, command.case_id, item.request_id)
    emit(tx, ItemAnswered(item.case_id, row.id, item.id, side, state, row.waiting))
    return row


def judge_item(tx: Tx, command: JudgeItem, actor: Actor, clock: Clock) -> RequestRow:
    """Accept an answer, ask again (with words) or waive the item. Raises Refused, Invalid, Stale, NotFound."""
    require(actor, Permission.REQUEST_ASK)
    if command.step not in BY_DESK:
        raise Invalid("step", "step", _("Choose accept, ask again or waive."))
    item = _locked_item(tx, actor, command.case_id, command.item_id)
    _require_open(tx, actor, command.case_id)
    _require_version(item, command.version)
    state = move(ItemState(item.state), command.step)
    item.note = clean_text(
        command.note, field="note", max_length=_HINT, required=command.step is Step.ASK_AGAIN
    )
    _set_state(tx, item, state, f"request_item.{state.value}", actor, clock)
    emit(tx, ItemJudged(item.case_id, item.request_id, item.id, Side(item.side), state))
    return request_by_id(tx, actor, command.case_id, item.request_id)


def extend_request(tx: Tx, command: ExtendRequest, actor: Actor, clock: Clock) -> RequestRow:
    """Give a request more time: a party once and within *latest*, the desk as often as needed. Raises Invalid, Refused."""
    request = _locked_request(tx, actor, command.case_id, command.request_id)
    writer_side(tx, actor, command.case_id, Side(request.side))
    require(actor, Permission.REQUEST_ASK if actor.is_staff else Permission.PARTY_REQUEST_ANSWER)
    _require_open(tx, actor, command.case_id)
    by_party = not (actor.is_staff or actor.is_system)
    problem = extension_problem(
        request.due_at, command.until, clock.now(),
        extended=by_party and request.extended_at is not None,
        latest=command.latest if by_party else command.until,
    )  # fmt: skip
    if problem == "extended_before":
        raise Refused(
            problem,
            _("This deadline was extended once already. Write to us if you need more time."),
        )
    if problem:
        raise Invalid("until", problem, _("Choose a later day, within the time we can give."))
    request.extension_reason = clean_text(
        command.reason, field="reason", max_length=_REASON, required=True
    )
    request.due_at, request.extended_at = command.until, clock.now()
    request.version += 1
    tx.flush()
    _log(tx, request, "request.extended", actor, clock, {"by": "party" if by_party else "desk"})
    emit(tx, RequestExtended(request.case_id, request.id, Side(request.side), request.due_at))
    return request_by_id(tx, actor, command.case_id, request.id)


def lapse_requests(tx: Tx, case_id: UUID, side: Side, actor: Actor, clock: Clock) -> int:
    """Mark what one side did not answer in time; gives the number of items. A late answer is still taken."""
    items = tx.execute(
        select(RequestItem)
        .where(
            RequestItem.case_id == case_id, RequestItem.side == side.value,
            RequestItem.state.in_([state.value for state in WAITING]), side_scope(actor, RequestItem),
        )
        .order_by(RequestItem.id)
        .with_for_update()
    ).scalars().all()  # fmt: skip
    for item in items:
        state = move(ItemState(item.state), Step.LAPSE)
        _set_state(tx, item, state, "request_item.lapsed", actor, clock)
    for request_id in sorted({item.request_id for item in items}):
        count = sum(item.request_id == request_id for item in items)
        emit(tx, RequestLapsed(case_id, request_id, side, count))
    return len(items)


def _clean_items(items: tuple[AskedItem, ...]) -> list[AskedItem]:
    """The items with tidy words; every problem named at once by `items-<n>-title` and the like."""
    if not 0 < len(items) <= ITEMS_LIMIT:
        raise Invalid(
            "items", "items", _("Ask for 1 to %(limit)s things at once.", limit=ITEMS_LIMIT)
        )
    clean, problems = [], []
    for n, item in enumerate(items):
        try:
            tidy = AskedItem(
                item.kind,
                clean_text(
                    item.title, field=f"items-{n}-title", max_length=_TITLE, multiline=False
                ),
                clean_text(item.hint, field=f"items-{n}-hint", max_length=_HINT),
                tuple(option.strip() for option in item.options if option.strip()),
            )
        except Invalid as problem:
            problems.append(problem)
            continue
        if code := item_problem(tidy.kind, tidy.title, tidy.options):
            field = "title" if code == "title_missing" else "options"
            problems.append(Invalid(f"items-{n}-{field}", code, _("Complete this item.")))
        clean.append(tidy)
    if problems:
        raise InvalidMany(problems)
    return clean


def _add_item(
    tx: Tx, request: Request, position: int, item: AskedItem, actor: Actor, clock: Clock
) -> None:
    row = RequestItem(
        id=uuid4(), case_id=request.case_id, side=request.side, disclosure=_PRIVATE,
        request_id=request.id, position=position, kind=item.kind.value, title=item.title,
        hint=item.hint, options=list(item.options), state=ItemState.ASKED.value, note="", version=1,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    _log_item(tx, row, "request_item.asked", actor, clock)


def _announce(tx: Tx, request: Request, command: AskItems, actor: Actor, clock: Clock) -> None:
    """One message carries all items, so that the request stands in the conversation."""
    message = Message(
        id=uuid4(), case_id=request.case_id, side=request.side, disclosure=_PRIVATE,
        sender_id=actor.person_id, sender_side=Side.DESK.value, body=request.reason[:BODY_LIMIT],
        language=command.language, channel=Channel.PORTAL.value,
        client_key=command.client_key or None, request_id=request.id, at=clock.now(),
    )  # fmt: skip
    store_message(tx, message, actor, clock)


def _asked_before(tx: Tx, command: AskItems, actor: Actor) -> UUID | None:
    if not command.client_key:
        return None
    return tx.execute(
        select(Message.request_id).where(
            Message.case_id == command.case_id, Message.sender_id == actor.person_id,
            Message.client_key == command.client_key,
        )
    ).scalar_one_or_none()  # fmt: skip


def _answered_before(tx: Tx, command: AnswerItem, actor: Actor) -> bool:
    if not command.client_key:
        return False
    found = tx.execute(
        select(RequestAnswer.id).where(
            RequestAnswer.item_id == command.item_id, RequestAnswer.by_id == actor.person_id,
            RequestAnswer.client_key == command.client_key,
        )
    )  # fmt: skip
    return found.first() is not None


def _next_number(tx: Tx, command: AskItems) -> int:
    """Numbers are dense within a side, so that none tells of the other side's requests (B144)."""
    last = tx.execute(
        select(func.coalesce(func.max(Request.number), 0)).where(
            Request.case_id == command.case_id, Request.side == command.side.value
        )
    ).scalar_one()
    return int(last) + 1


def _locked_item(tx: Tx, actor: Actor, case_id: UUID, item_id: UUID) -> RequestItem:
    item = tx.execute(
        select(RequestItem)
        .where(
            RequestItem.id == item_id,
            RequestItem.case_id == case_id,
            side_scope(actor, RequestItem),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if item is None:
        raise NotFound(str(item_id))
    return item


def _locked_request(tx: Tx, actor: Actor, case_id: UUID, request_id: UUID) -> Request:
    request = tx.execute(
        select(Request)
        .where(Request.id == request_id, Request.case_id == case_id, side_scope(actor, Request))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if request is None:
        raise NotFound(str(request_id))
    return request


def _require_open(tx: Tx, actor: Actor, case_id: UUID) -> None:
    if case_state(tx, actor, case_id) in _CLOSED:
        raise Refused("case_closed", _("This case is closed. Your text is still here."))


def _require_version(item: RequestItem, version: int | None) -> None:
    if version is not None and version != item.version:
        raise Stale(
            _("This was changed while you were typing."), theirs=item.note, version=item.version
        )


def _require_complete(
    tx: Tx, command: AnswerItem, item: RequestItem, body: str, actor: Actor
) -> None:
    foreign = foreign_documents(tx, actor, command.case_id, Side(item.side), command.evidence_ids)
    if foreign:
        raise NotFound("evidence")
    if command.cannot_provide:
        return
    problem = answer_problem(ItemKind(item.kind), item.options, body, len(command.evidence_ids))
    if problem:
        words = {
            "document_missing": _("Choose a document."),
            "choice_unknown": _("Choose one of the answers."),
            "confirmation_missing": _("Tick the box to confirm."),
            "text_missing": _("Write your answer."),
        }
        field = "files" if problem == "document_missing" else "text"
        raise Invalid(field, problem, words[problem])


def _set_state(
    tx: Tx, item: RequestItem, state: ItemState, verb: str, actor: Actor, clock: Clock
) -> None:
    item.state = state.value
    item.version += 1
    tx.flush()
    _log_item(tx, item, verb, actor, clock)


def _log_item(tx: Tx, item: RequestItem, verb: str, actor: Actor, clock: Clock) -> None:
    number = tx.execute(select(Request.number).where(Request.id == item.request_id)).scalar_one()
    record(
        tx, actor, clock,
        verb=verb, subject=("request_item", item.id), case_id=item.case_id,
        data={"side": item.side, "number": number, "position": item.position, "kind": item.kind,
              "state": item.state},
    )  # fmt: skip


def _log(
    tx: Tx, request: Request, verb: str, actor: Actor, clock: Clock, more: dict[str, Any]
) -> None:
    record(
        tx, actor, clock,
        verb=verb, subject=("request", request.id), case_id=request.case_id,
        data={"side": request.side, "number": request.number, "due_at": request.due_at.isoformat(),
              "version": request.version} | more,
    )  # fmt: skip
