"""The timeline of a case: messages, notes and what happened, in one keyset page, scoped to the reader.

A party reads its own messages and those to both, the moves of the case without reasons, and history
rows that name its side. The desk reads why somebody moved the case, such as the grounds of a second review. Everything comes in two statements at most.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    Uuid,
    and_,
    any_,
    case,
    cast,
    column,
    func,
    literal,
    null,
    or_,
    select,
    table,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.accounts.models import Person, RoleGrant
from app.accounts.queries import case_scope, side_scope, sides_of
from app.conversations.models import DraftText, Message, ReadMark, Request
from app.conversations.rules.audience import Audience, audience_of
from app.conversations.rules.timeline import (
    PAGE,
    PARTY_CASE_EVENTS,
    PARTY_SIDE_VERBS,
    QUIET,
    SAFE_DATA,
    SUBJECTS,
    TOLD_OTHERWISE,
    EntryKind,
    Strand,
    cursor_of,
    parse_cursor,
)
from app.history.models import HistoryEntry
from app.infra.db.binds import CASE, IDS, of_case, unfolded
from app.infra.db.kept import ask, shared
from app.infra.db.transaction import Tx
from app.kernel.actor import STAFF_ROLES, Actor, Role
from app.kernel.errors import NotFound
from app.kernel.sides import Disclosure, Side

CaseId = UUID | BindParameter[UUID]
_rating = table("rating", column("id"), column("case_id"), column("words"))
SAID_ALREADY = ("ask_complainant", "ask_respondent")
"""Moves whose words stand beside them as the message that was sent."""
_move = table(
    "case_transition", column("case_id"), column("version"), column("event"), column("reason")
)
_item = table(
    "evidence_item",
    column("id"),
    column("case_id"),
    column("side"),
    column("disclosure"),
    column("filename"),
)


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line. *by*: name, empty for the system and for people of the other side. *verb*: for events.

    *audience*: for messages. *data*: safe values of an event. *filename*: of the evidence it is about.
    """

    kind: EntryKind
    id: str
    at: datetime
    by: str
    by_side: Side | None
    is_mine: bool
    is_unread: bool
    body: str
    language: str
    channel: str
    audience: Audience | None
    request_number: int | None
    verb: str
    data: dict[str, Any]
    filename: str


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Newest first. *version*: messages in sight, for `SendMessage.version`. *unread*: of others, since the mark.

    *unsent*: words that the reader typed to the desk and did not send.
    """

    entries: tuple[TimelineEntry, ...]
    next_cursor: str | None
    version: int
    unread: int
    unsent: str = ""


def timeline(
    tx: Tx,
    actor: Actor,
    case_id: UUID,
    cursor: str | None = None,
    *,
    limit: int = PAGE,
    strands: frozenset[Strand] | None = None,
) -> TimelinePage:
    """A page of the timeline as *actor* may read it; *strands* narrows it and leaves bookkeeping out.

    Raises NotFound (foreign case), Invalid (cursor).
    """
    sides = readable_sides(tx, actor, case_id)
    if cursor:
        query, rows = _lines(actor, sides, strands, limit + 1)
        later = query.where(tuple_(rows.c.at, rows.c.key) < parse_cursor(cursor))
        found = list(tx.execute(later, of_case(case_id)))
    else:
        found = ask(tx, _first_lines(actor, sides, strands, limit + 1), of_case(case_id))
    entries = tuple(_entry(row, actor, sides) for row in found[:limit])
    more = cursor_of(found[limit - 1].at, found[limit - 1].key) if len(found) > limit else None
    first = found[0] if found else None
    if first is None:
        return TimelinePage(entries, more, 0, 0)
    return TimelinePage(entries, more, first.version, first.unread, first.unsent or "")


@shared(256)
def _first_lines(
    actor: Actor, sides: frozenset[Side], strands: frozenset[Strand] | None, most: int
) -> Select[Any]:
    return _lines(actor, sides, strands, most)[0]


def _lines(
    actor: Actor, sides: frozenset[Side], strands: frozenset[Strand] | None, most: int
) -> tuple[Select[Any], Any]:
    """Lines of the case `CASE` in order, and what they are drawn from; it asks nothing."""
    messages, events = _messages(actor, CASE), _events(actor, CASE, sides)
    if strands is not None:
        messages, events = messages.where(_words_in(strands)), events.where(_acts_in(strands))
    rows = union_all(messages, events).subquery("line")
    query = (
        select(
            rows,
            Person.name,
            Request.number,
            _item.c.filename,
            _said(actor, rows, sides).label("said"),
            _is_staff(rows.c.actor_id).label("by_staff"),
            _seen_at(actor, CASE).label("seen_at"),
            message_count(actor, CASE).label("version"),
            _unread(actor, CASE).label("unread"),
            _draft(actor, CASE, Audience.DESK).scalar_subquery().label("unsent"),
        )
        .outerjoin(Person, Person.id == rows.c.actor_id)
        .outerjoin(Request, and_(Request.id == rows.c.request_id, side_scope(actor, Request)))
        .outerjoin(
            _item,
            and_(
                _item.c.case_id == CASE,
                cast(_item.c.id, String) == rows.c.subject_id,
                side_scope(actor, _item),
            ),
        )
        .order_by(rows.c.at.desc(), rows.c.key.desc())
        .limit(most)
    )
    return query, rows


def _words_in(strands: frozenset[Strand]) -> ColumnElement[bool]:
    """Messages of the strands: notes are those that stay in the house."""
    internal = Message.disclosure == Disclosure.INTERNAL.value
    wanted: list[ColumnElement[bool]] = [literal(value=False)]
    if Strand.MESSAGES in strands:
        wanted.append(~internal)
    if Strand.NOTES in strands:
        wanted.append(internal)
    return or_(*wanted)


def _acts_in(strands: frozenset[Strand]) -> ColumnElement[bool]:
    """History rows of the strands; the state of the case is what no other strand names."""
    kind = HistoryEntry.subject_kind
    wanted: list[ColumnElement[bool]] = [
        kind.in_([name for strand in strands for name in SUBJECTS.get(strand, ())])
    ]
    if Strand.STATE in strands:
        wanted.append(kind.notin_([name for names in SUBJECTS.values() for name in names]))
    return and_(or_(*wanted), HistoryEntry.verb.notin_(QUIET))


def readable_sides(tx: Tx, actor: Actor, case_id: UUID) -> frozenset[Side]:
    """Sides on which *actor* reads; auditor and system read as the desk. Raises NotFound for strangers."""
    if actor.is_system or (actor.has(Role.AUDITOR) and not actor.is_staff):
        return frozenset({Side.DESK})
    sides = sides_of(tx, actor, case_id)
    if not sides:
        raise NotFound("case")
    return sides


def _messages(actor: Actor, case_id: CaseId) -> Any:
    return select(
        literal(EntryKind.MESSAGE.value).label("kind"),
        cast(Message.id, String).label("key"),
        Message.at.label("at"),
        Message.sender_id.label("actor_id"),
        Message.sender_side.label("sender_side"),
        Message.side.label("side"),
        Message.disclosure.label("disclosure"),
        Message.body.label("body"),
        Message.language.label("language"),
        Message.channel.label("channel"),
        Message.request_id.label("request_id"),
        literal("").label("verb"),
        cast(null(), JSONB).label("data"),
        cast(null(), String).label("subject_id"),
    ).where(Message.case_id == case_id, side_scope(actor, Message))


def _events(actor: Actor, case_id: CaseId, sides: frozenset[Side]) -> Any:
    query = select(
        literal(EntryKind.EVENT.value),
        func.lpad(cast(HistoryEntry.id, String), 20, "0"),
        HistoryEntry.at,
        HistoryEntry.actor_id,
        literal(""),
        literal(""),
        literal(""),
        literal(""),
        literal(""),
        literal(""),
        cast(null(), Uuid),
        HistoryEntry.verb,
        HistoryEntry.data,
        case(
            (HistoryEntry.subject_kind.in_(["evidence_item", "rating"]), HistoryEntry.subject_id),
            else_=cast(null(), String),
        ),
    ).where(HistoryEntry.case_id == case_id, case_scope(actor, HistoryEntry.case_id))
    if Side.DESK in sides:
        hidden = TOLD_OTHERWISE if _reads_ratings(actor) else (*TOLD_OTHERWISE, "rating")
        return query.where(HistoryEntry.subject_kind.notin_(hidden))
    return query.where(_for_party(sides))


def _reads_ratings(actor: Actor) -> bool:
    """What a party says about our work is for leads and the auditor, not for those who did it (ADR 0020)."""
    return (
        actor.is_system or actor.has(Role.LEAD) or (actor.has(Role.AUDITOR) and not actor.is_staff)
    )


def _for_party(sides: Iterable[Side]) -> ColumnElement[bool]:
    """Default deny: moves on the list, and rows whose data name the reader's side."""
    own = [side.value for side in sides]
    data = HistoryEntry.data
    moves = [f"case.{event}" for event in sorted(PARTY_CASE_EVENTS)]
    named = or_(
        data["side"].astext.in_(own),
        and_(HistoryEntry.verb == "evidence.shared", data["to_side"].astext.in_([*own, "both"])),
        and_(HistoryEntry.verb == "letter.sent", data["audience"].astext.in_(own)),
    )
    return or_(
        and_(HistoryEntry.subject_kind == "case", HistoryEntry.verb.in_(moves)),
        and_(HistoryEntry.verb.in_(PARTY_SIDE_VERBS), named),
    )


def _said(actor: Actor, line: Any, sides: frozenset[Side]) -> Any:
    """Words behind an event: of a rating for who may read them, why a move was made for the desk."""
    if Side.DESK not in sides:
        return null()
    why = (
        select(_move.c.reason)
        .where(
            _move.c.case_id == CASE,
            _move.c.event.not_in(SAID_ALREADY),
            line.c.verb == literal("case.") + _move.c.event,
            cast(_move.c.version, String) == line.c.data["version"].astext,
        )
        .scalar_subquery()
    )
    if not _reads_ratings(actor):
        return why
    rated = select(_rating.c.words).where(
        _rating.c.case_id == CASE, cast(_rating.c.id, String) == line.c.subject_id
    )
    return func.coalesce(rated.scalar_subquery(), why)


def _is_staff(person_id: Any) -> Any:
    """True when somebody ever held a role of the desk: whose name parties may read; else null.

    Asked for each line: as a condition it would be one list of all staff ever, made anew for each page.
    """
    held = RoleGrant.role.in_([role.value for role in STAFF_ROLES])
    one = select(literal(value=True)).where(RoleGrant.person_id == person_id, held).limit(1)
    return one.scalar_subquery()


def _seen_at(actor: Actor, case_id: CaseId) -> Any:
    return (
        select(ReadMark.seen_at)
        .where(ReadMark.case_id == case_id, ReadMark.person_id == actor.person_id)
        .scalar_subquery()
    )


def message_count(actor: Actor, case_id: CaseId) -> Any:
    """Messages of the case in sight of *actor*, as a scalar subquery."""
    return (
        select(func.count())
        .select_from(Message)
        .where(Message.case_id == case_id, side_scope(actor, Message))
        .scalar_subquery()
    )


def _unread(actor: Actor, case_id: CaseId) -> Any:
    seen = _seen_at(actor, case_id)
    return (
        select(func.count())
        .select_from(Message)
        .where(
            Message.case_id == case_id,
            side_scope(actor, Message),
            Message.sender_id.is_distinct_from(actor.person_id),
            or_(seen.is_(None), Message.at > seen),
        )
        .scalar_subquery()
    )


def _entry(row: Any, actor: Actor, sides: frozenset[Side]) -> TimelineEntry:
    desk, mine = Side.DESK in sides, row.actor_id is not None and row.actor_id == actor.person_id
    is_message = row.kind == EntryKind.MESSAGE
    by_side = Side(row.sender_side) if is_message else None
    named = desk or mine or row.by_staff or (by_side in sides)
    kind = EntryKind(row.kind)
    if is_message and row.disclosure == Disclosure.INTERNAL.value:
        kind = EntryKind.NOTE
    data = row.data or {}
    return TimelineEntry(
        kind=kind,
        id=row.key,
        at=row.at,
        by=(row.name or "") if named else "",
        by_side=by_side,
        is_mine=mine,
        is_unread=is_message and not mine and (row.seen_at is None or row.at > row.seen_at),
        body=row.body or row.said or "",
        language=row.language,
        channel=row.channel,
        audience=_audience(row, by_side) if by_side else None,
        request_number=row.number,
        verb=row.verb,
        data=data if desk else {key: data[key] for key in SAFE_DATA if key in data},
        filename=row.filename or "",
    )


def _audience(row: Any, by_side: Side) -> Audience:
    return audience_of(Side(row.side), Disclosure(row.disclosure), by_side)


def unread_in(tx: Tx, actor: Actor, case_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Unread messages of others by case, in one statement; cases without any are absent."""
    return dict(ask(tx, _unread_by_case(actor), {IDS.key: list(case_ids)}))


@shared(256)
def _unread_by_case(actor: Actor) -> Select[UUID, int]:
    seen, mark = (
        ReadMark.seen_at,
        and_(ReadMark.case_id == Message.case_id, ReadMark.person_id == actor.person_id),
    )
    return (
        select(Message.case_id, func.count())
        .outerjoin(ReadMark, mark)
        .where(
            Message.case_id == any_(unfolded(IDS)),
            side_scope(actor, Message),
            Message.sender_id.is_distinct_from(actor.person_id),
            or_(seen.is_(None), Message.at > seen),
        )
        .group_by(Message.case_id)
    )


def draft_of(tx: Tx, actor: Actor, case_id: UUID, box: str) -> str:
    """Words that *actor* typed into a box and did not send, empty without any."""
    return tx.execute(_draft(actor, case_id, box)).scalar_one_or_none() or ""


def _draft(actor: Actor, case_id: CaseId, box: str) -> Select[str]:
    return select(DraftText.body).where(
        DraftText.case_id == case_id, DraftText.person_id == actor.person_id, DraftText.box == box
    )
