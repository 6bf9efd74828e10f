"""Drafts: started, saved with their version, never lost; a stale save answers with both texts."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import select

from app.accounts.queries import principals_of
from app.cases.commands import CaseId, SaveDraft, StartDraft, Subjects
from app.cases.models import Case, CaseFiling, CaseMember
from app.cases.queries import filing_of, relation_to, view_of
from app.cases.rules.actions import find_move
from app.cases.rules.facts import CaseFacts, Given, Relation
from app.cases.rules.filing import clean_answers, parse_day, parse_money, period_problem
from app.cases.rules.kinds import CaseEvent, Kind, State, SubKind, kind_of
from app.cases.rules.views import CaseView
from app.cases.rules.words import MOVERS
from app.cases.service.clocks import (
    Hand,
    extend_clock,
    open_clocks,
    refresh_next_due,
    rule_of,
)
from app.cases.service.moves import Act, lock_case, make_move
from app.catalogue.commands import ChooseSubjects
from app.catalogue.queries import subjects_of
from app.catalogue.rules.subjects import main_answers
from app.catalogue.service import choose_subjects, named_subjects
from app.history.service import record
from app.infra.clock import decisive_now
from app.infra.db.transaction import Tx, house
from app.kernel.actor import Actor
from app.kernel.clock import Clock as Time
from app.kernel.errors import Forbidden, Invalid, InvalidMany, Refused, Stale
from app.kernel.sides import Disclosure, Side
from app.policies.queries import policy_by_id
from app.policies.rules.clocks import ONE_DAY, due_from
from app.policies.rules.zones import is_known_zone
from app.policies.service import current_policy

SUBJECTS = "subjects"
"""How the chosen items are named among the texts of a stale save."""


class _NotYet:
    """A case before its start, for the table's first row."""

    def __init__(self, sub_kind: SubKind) -> None:
        self.kind: Kind = kind_of(sub_kind)
        self.sub_kind = sub_kind
        self.state = State.NONE
        self.return_path: tuple[State, ...] = ()
        self.outcome = None
        self.owner_id: UUID | None = None


def start_draft(tx: Tx, command: StartDraft, actor: Actor, clock: Time) -> CaseId:
    """A new draft with its first member. Raises `Forbidden`, `Refused` (no consent), `Invalid` (zone)."""
    if not is_known_zone(command.zone):
        raise Invalid("zone", "zone", "no such time zone")
    member = _who_stands_there(tx, command, actor)
    side = None if actor.is_staff or actor.is_system else Side.COMPLAINANT
    relation = Relation(actor, side)
    facts = CaseFacts(consent=command.consent or not actor.is_staff)
    given = Given()
    move = find_move(_NotYet(command.sub_kind), CaseEvent.START, relation, facts, given)
    at = decisive_now(tx, clock)
    row = _new_row(tx, command, actor, clock)
    with house(tx):
        tx.add(row)
        make_move(tx, row, Act(move, given, relation, facts, at, clock))
        if member is not None:
            _first_member(tx, row, member, actor, clock)
        filing = CaseFiling(
            id=uuid4(), case_id=row.id, side=Side.COMPLAINANT, disclosure=Disclosure.PRIVATE,
            answers={}, updated_at=at,
        )  # fmt: skip
        tx.add(filing)
    return CaseId(row.id)


def _who_stands_there(tx: Tx, command: StartDraft, actor: Actor) -> UUID | None:
    """Whose case it is: the actor's own, a principal's, or anybody's when the desk files."""
    if actor.is_staff or actor.is_system:
        return command.for_person
    if actor.person_id is None or not actor.roles:
        raise Forbidden(code="anonymous")
    if command.for_person in (None, actor.person_id):
        return actor.person_id
    if command.for_person not in set(
        tx.execute(principals_of(actor.person_id, acting=True)).scalars()
    ):
        raise Forbidden(code="not_delegated")
    return command.for_person


def _new_row(tx: Tx, command: StartDraft, actor: Actor, clock: Time) -> Case:
    now = clock.now()
    return Case(
        id=uuid4(), kind=kind_of(command.sub_kind).value, sub_kind=command.sub_kind.value,
        state=State.NONE.value, version=0, round=1, started_by=actor.person_id,
        policy_id=current_policy(tx, command.sub_kind.value, clock).id,
        return_path=[], subject_title="", subject_artist="",
        summary="", language=command.language, zone=command.zone, country=command.country, channel=command.channel,
        needs_side=MOVERS[State.DRAFT].value, created_at=now, updated_at=now,
    )  # fmt: skip


def _first_member(tx: Tx, row: Case, person: UUID, actor: Actor, clock: Time) -> None:
    side = Side.COMPLAINANT  # who files, or for whom the desk files
    member = CaseMember(
        id=uuid4(), case_id=row.id, side=side.value, disclosure=Disclosure.PRIVATE.value,
        person_id=person, capability="act", added_at=clock.now(), added_by=actor.person_id,
    )  # fmt: skip
    tx.add(member)
    record(
        tx, actor, clock,
        verb="case_member.added", subject=("case_member", member.id), case_id=row.id,
        data={"person_id": str(person), "side": side.value},
    )  # fmt: skip


def lock_draft(tx: Tx, actor: Actor, case_id: UUID, clock: Time) -> tuple[Case, Relation]:
    """A draft the actor may write. Raises `NotFound`, `Forbidden` (may only read)."""
    row = lock_case(tx, actor, case_id)
    relation = relation_to(tx, actor, case_id, clock)
    if not relation.can_act:
        raise Forbidden(code="capability")
    return row, relation


def save_draft(tx: Tx, command: SaveDraft, actor: Actor, clock: Time) -> CaseView:
    """Keep answers of a draft. Raises `Stale` with both texts, `InvalidMany`, `Refused` when filed."""
    row, relation = lock_draft(tx, actor, command.case_id, clock)
    if row.state != State.DRAFT:
        raise Refused("not_a_draft", "the case was sent already")
    stored = filing_row(tx, row.id)
    _require_same(tx, row, stored, command, actor)
    if command.sub_kind is not None and command.sub_kind.value != row.sub_kind:
        _choose(tx, row, command.sub_kind, clock)
    fields = policy_by_id(tx, row.policy_id).fields
    answers = {**stored.answers, **clean_answers(fields, _named(tx, row, command, actor, clock))}
    if problem := period_problem(answers):
        raise InvalidMany([problem])
    with house(tx):
        stored.answers, stored.updated_at = answers, clock.now()
        stored.saved_by = command.window
        fill_columns(row, answers)
        row.version += 1
        row.updated_at = clock.now()
        record(
            tx, actor, clock,
            verb="case.draft_saved", subject=("case", row.id), case_id=row.id,
            data={"version": row.version, "fields": sorted(command.answers)},
        )  # fmt: skip
        restart_draft_clock(tx, row, actor, clock)
    return view_of(row, relation.side)


def filing_row(tx: Tx, case_id: UUID) -> CaseFiling:
    """The answers of who opened the case, to be written."""
    return tx.execute(
        select(CaseFiling).where(
            CaseFiling.case_id == case_id, CaseFiling.side == Side.COMPLAINANT.value
        )
    ).scalar_one()


def _chosen(row: Case, subjects: Subjects) -> ChooseSubjects:
    return ChooseSubjects(row.id, Side.COMPLAINANT, subjects.picks, subjects.other)


def _named(tx: Tx, row: Case, command: SaveDraft, actor: Actor, clock: Time) -> dict[str, str]:
    """The answers, with the main subject's where subjects are chosen."""
    if command.subjects is None:
        return command.answers
    known = {field.name for field in policy_by_id(tx, row.policy_id).fields}
    subjects = choose_subjects(tx, _chosen(row, command.subjects), actor, clock)
    main = main_answers(subjects)
    return {**command.answers, **{name: text for name, text in main.items() if name in known}}


def _require_same(tx: Tx, row: Case, filing: CaseFiling, command: SaveDraft, actor: Actor) -> None:
    """Raises `Stale` with the texts that differ, theirs and yours, field by field."""
    if command.version == row.version or (command.forgives and command.forgives == filing.saved_by):
        return
    stored: dict[str, str] = filing.answers
    differing = {
        name: (stored.get(name, ""), text)
        for name, text in command.answers.items()
        if stored.get(name, "") != text
    }
    if command.subjects is not None and command.subjects.picks:
        theirs = {one.key: one.shown for one in subjects_of(tx, actor, row.id)}
        named = named_subjects(tx, _chosen(row, command.subjects), actor)
        if theirs.keys() != named.keys():
            yours = ", ".join(one.shown for one in named.values())
            differing[SUBJECTS] = (", ".join(theirs.values()), yours)
    raise Stale(
        "the draft was changed in another window",
        theirs="\n".join(f"{name}: {theirs}" for name, (theirs, _) in differing.items()),
        yours="\n".join(f"{name}: {yours}" for name, (_, yours) in differing.items()),
        version=row.version,
        fields=differing,
    )


def _choose(tx: Tx, row: Case, sub_kind: SubKind, clock: Time) -> None:
    row.kind, row.sub_kind = kind_of(sub_kind).value, sub_kind.value
    row.policy_id = current_policy(tx, sub_kind.value, clock).id


def fill_columns(row: Case, answers: dict[str, str]) -> None:
    """Answers that are columns of the case; empty answers clear them."""
    row.subject_title = answers.get("subject_title", "")
    row.subject_artist = answers.get("subject_artist", "")
    row.summary = answers.get("summary", "")
    row.isrc = answers.get("isrc") or None
    row.upc = answers.get("upc") or None
    row.store = answers.get("store") or None
    start, last = answers.get("period_start"), answers.get("period_end")
    row.period_start = parse_day(start, "period_start") if start else None
    row.period_end = parse_day(last, "period_end") + ONE_DAY if last else None
    money = answers.get("disputed_amount")
    amount = parse_money(money, "disputed_amount") if money else None
    row.disputed_amount = amount.amount if amount else None
    row.disputed_currency = amount.currency if amount else None


def restart_draft_clock(tx: Tx, row: Case, actor: Actor, clock: Time) -> None:
    """30 days count from the last change: the first save of a day moves the end."""
    hand = Hand(actor, decisive_now(tx, clock), policy_by_id(tx, row.policy_id), clock)
    clocks = open_clocks(tx, row)
    for found in clocks:
        until = due_from(hand.at, rule_of(tx, found)).due_at
        if until > found.due_at:
            extend_clock(tx, found, until, hand, "changed")
    refresh_next_due(row, clocks)


def draft_answers(tx: Tx, actor: Actor, case_id: UUID) -> dict[str, str]:
    """What was answered so far, for the form."""
    return filing_of(tx, actor, case_id, Side.COMPLAINANT)
