"""The frame of a case for the desk: what stands around the timeline, in one statement; who else is here; what is newer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, false, func, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import PaneLayout, Person
from app.accounts.queries import case_scope, side_scope
from app.accounts.rules import PANES
from app.cases.models import Case, CaseParty, CaseTransition
from app.cases.rules.kinds import CaseEvent, State
from app.conversations.models import CasePresence, DraftText, Macro, Message, ReadMark
from app.conversations.queries.timeline import CaseId, message_count
from app.conversations.rules.audience import COMPOSER, Audience, audience_of
from app.conversations.rules.presence import PRESENT_FOR, Doing
from app.infra.db.binds import CASE, of_case
from app.infra.db.kept import ask, shared
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.sides import Disclosure, Side
from app.references.queries import references_as_json, spoken
from app.references.rules import ReferenceKind


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """Words typed and not sent. *box*: the audience they were typed for."""

    box: str
    body: str
    kept_at: datetime


@dataclass(frozen=True, slots=True)
class MacroChoice:
    """A macro in the composer's list."""

    id: UUID
    name: str
    language: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """*version*: messages in sight, for `SendMessage.version`; *unread*: of others; *panes*: CSS pixels.

    *histories*: by person of a party: other cases, claims of theirs upheld, and not upheld.
    *references*: numbers that others gave the case. *is_own_proposal*: the decision that came up for confirmation
    last was proposed by the reader, by any of their accounts.
    """

    version: int
    notes: int
    unread: int
    owner: str
    draft: KeptDraft | None
    panes: tuple[int, int]
    macros: tuple[MacroChoice, ...]
    histories: dict[UUID, tuple[int, int, int]]
    references: tuple[tuple[ReferenceKind, str], ...]
    is_own_proposal: bool


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody else who has the case open."""

    name: str
    doing: Doing


@dataclass(frozen=True, slots=True)
class Newer:
    """A message that came after the page was made."""

    by: str
    audience: Audience
    body: str
    language: str
    at: datetime


@shared(256)
def _frame(actor: Actor) -> Select[Any]:
    """The statement of the frame of the case `CASE`, kept as built."""
    seen = (
        select(ReadMark.seen_at)
        .where(ReadMark.case_id == CASE, ReadMark.person_id == actor.person_id)
        .scalar_subquery()
    )
    mine = Message.sender_id.is_distinct_from(actor.person_id)
    return select(
        message_count(actor, CASE),
        _count(actor, CASE, Message.disclosure == Disclosure.INTERNAL.value),
        _count(actor, CASE, mine, or_(seen.is_(None), Message.at > seen)),
        select(Person.name)
        .join(Case, Case.owner_id == Person.id)
        .where(Case.id == CASE)
        .scalar_subquery(),
        _draft(actor, CASE),
        select(func.json_build_array(PaneLayout.facts, PaneLayout.evidence))
        .where(PaneLayout.person_id == actor.person_id)
        .scalar_subquery(),
        _macros(actor),
        _histories(actor, CASE),
        references_as_json(actor, CASE),
        _own_proposal(actor),
    )


def frame_of(tx: Tx, actor: Actor, case_id: UUID) -> Frame:
    """Counts, the owner's name, the reader's own unsent words, pane widths, numbers of others: one statement."""
    (row,) = ask(tx, _frame(actor), of_case(case_id))
    panes = tuple(row[5]) if row[5] else (PANES["facts"][2], PANES["evidence"][2])
    macros = tuple(MacroChoice(UUID(one[0]), *one[1:]) for one in row[6] or ())
    return Frame(
        row[0],
        row[1],
        row[2],
        row[3] or "",
        _kept(row[4]),
        panes,
        macros,
        _counted(row[7]),
        spoken(row[8]),
        bool(row[9]),
    )


def _histories(actor: Actor, case_id: CaseId) -> Any:
    """Other cases of the people of this one, as JSON: person, cases, claims upheld, claims not upheld."""
    here, other, case = aliased(CaseParty), aliased(CaseParty), aliased(Case)
    one, claims = case.id.distinct(), other.side == Side.COMPLAINANT.value
    counted = (
        select(
            other.person_id,
            func.count(one).label("cases"),
            func.count(one).filter(claims, case.outcome.in_(["upheld", "partly_upheld"])).label("good"),
            func.count(one).filter(claims, case.outcome == "not_upheld").label("bad"),
        )
        .join(case, case.id == other.case_id)
        .where(
            other.person_id.in_(select(here.person_id).where(here.case_id == case_id)),
            case.id != case_id, case.ref.is_not(None), case_scope(actor, case.id),
        )
        .group_by(other.person_id)
        .subquery()
    )  # fmt: skip
    row = func.json_build_array(*counted.c)
    return select(func.json_agg(row)).scalar_subquery()


def _counted(found: list[Any] | None) -> dict[UUID, tuple[int, int, int]]:
    return {UUID(one[0]): (one[1], one[2], one[3]) for one in found or ()}


def _macros(actor: Actor) -> Any:
    """The first hundred macros in reach by name, as JSON: id, name, language, own."""
    mine = Macro.owner_id == actor.person_id
    first = (
        select(Macro.id, Macro.name, Macro.language, func.coalesce(mine, false()).label("own"))
        .where(Macro.retired_at.is_(None), or_(Macro.owner_id.is_(None), mine))
        .order_by(func.lower(Macro.name), Macro.id)
        .limit(100)
        .subquery()
    )
    one = func.json_build_array(first.c.id, first.c.name, first.c.language, first.c.own)
    return select(func.json_agg(one)).scalar_subquery()


def _count(actor: Actor, case_id: CaseId, *conditions: Any) -> Any:
    return (
        select(func.count())
        .select_from(Message)
        .where(Message.case_id == case_id, side_scope(actor, Message), *conditions)
        .scalar_subquery()
    )


def _own_proposal(actor: Actor) -> Any:
    """A settlement comes up for confirmation too, proposed by a party."""
    to, move = State.CONFIRMATION.value, CaseTransition
    newest = (
        select(move.event, move.actor_id)
        .where(move.case_id == CASE, move.to_state == to, move.from_state != to)
        .order_by(move.version.desc())
        .limit(1)
        .subquery()
    )
    proposed = newest.c.event == CaseEvent.PROPOSE_DECISION.value
    mine = func.same_human(newest.c.actor_id, actor.person_id)
    return select(and_(proposed, mine)).scalar_subquery()


def _draft(actor: Actor, case_id: CaseId) -> Any:
    """The newest unsent words of the composer, as JSON: box, body, kept at."""
    return (
        select(func.json_build_array(DraftText.box, DraftText.body, DraftText.updated_at))
        .where(
            DraftText.case_id == case_id,
            DraftText.person_id == actor.person_id,
            DraftText.box.in_(COMPOSER),
        )
        .order_by(DraftText.updated_at.desc())
        .limit(1)
        .scalar_subquery()
    )


def _kept(found: list[str] | None) -> KeptDraft | None:
    return KeptDraft(found[0], found[1], datetime.fromisoformat(found[2])) if found else None


def composer_draft(tx: Tx, actor: Actor, case_id: UUID) -> KeptDraft | None:
    """The unsent words of the composer; there is one box, whose audience may change."""
    return _kept(tx.execute(select(_draft(actor, case_id))).scalar_one())


def others_present(tx: Tx, actor: Actor, case_id: UUID, clock: Clock) -> tuple[Present, ...]:
    """Colleagues with a sign of life in the last 90 seconds, writers first."""
    rows = tx.execute(
        select(Person.name, CasePresence.doing)
        .join(Person, Person.id == CasePresence.person_id)
        .where(
            CasePresence.case_id == case_id,
            CasePresence.person_id != actor.person_id,
            CasePresence.seen_at > clock.now() - PRESENT_FOR,
        )
        .order_by(CasePresence.doing.desc(), Person.name)
    )
    return tuple(Present(name, Doing(doing)) for name, doing in rows)


def newer_than(tx: Tx, actor: Actor, case_id: UUID, version: int) -> tuple[int, tuple[Newer, ...]]:
    """(messages in sight now, what came since *version* of others, oldest first, at most ten)."""
    now = tx.execute(select(message_count(actor, case_id))).scalar_one()
    if now <= version:
        return now, ()
    rows = tx.execute(
        select(Message, Person.name)
        .outerjoin(Person, Person.id == Message.sender_id)
        .where(Message.case_id == case_id, side_scope(actor, Message))
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(min(now - version, 10))
    ).all()
    found = [_newer(row, name) for row, name in rows if row.sender_id != actor.person_id]
    return now, tuple(reversed(found))


def _newer(row: Message, name: str | None) -> Newer:
    audience = audience_of(Side(row.side), Disclosure(row.disclosure), Side(row.sender_side))
    return Newer(name or "", audience, row.body, row.language, row.at)
