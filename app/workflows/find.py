"""Searching as somebody: what their role may find, within the cases and sides that exist for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_

from app.accounts.queries import side_scope
from app.accounts.rules import Permission, may
from app.catalogue.queries import About, cases_about, catalogue_scope
from app.infra.db.transaction import Brief, Tx
from app.kernel.actor import Actor
from app.search.commands import Subject
from app.search.queries import PAGE, FoundPage, Seen, Wanted
from app.search.queries import find as find_entries
from app.search.rules import Question

NEEDS = {
    Subject.CASE: Permission.CASE_READ,
    Subject.FILING: Permission.CASE_READ,
    Subject.PARTY: Permission.CASE_READ,
    Subject.CONTACT: Permission.CASE_READ,
    Subject.MESSAGE: Permission.MESSAGE_READ,
    Subject.NOTE: Permission.MESSAGE_READ,
    Subject.EVIDENCE: Permission.EVIDENCE_LIST,
    Subject.LETTER: Permission.LETTER_READ,
    Subject.RELEASE: Permission.CASE_READ,
    Subject.RECORDING: Permission.CASE_READ,
}
"""The permission without which a kind of thing is not found at all."""


@dataclass(frozen=True, slots=True)
class Look:
    """What to look for. *kinds*, *states*: empty means all."""

    asked: Question
    kinds: frozenset[Subject] = frozenset()
    states: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of what was found. *similar*: nothing fits exactly, these names are like it.

    *about*: the cases about a release or recording of the page, by its id.
    """

    page: FoundPage
    similar: bool = False
    about: Mapping[UUID, About] = field(default_factory=dict)


def find(
    tx: Tx | Brief, look: Look, actor: Actor, cursor: str | None = None, *, size: int = PAGE
) -> Answer:
    """What *actor* may find; names like it when nothing fits. Raises `Invalid` for a broken cursor."""
    kinds = findable(actor) & (look.kinds or frozenset(Subject))
    if not kinds:
        return Answer(FoundPage((), 0, more=False, next=None))
    narrowed = look.kinds or look.states or look.since or look.until
    seen = Seen(actor, within, widely=may(actor, Permission.CASE_TRIAGE) and not narrowed)
    wanted = Wanted(look.asked, kinds, look.states, look.since, look.until)
    page = find_entries(tx, wanted, seen, cursor, size)
    if page.total or not look.asked.name:
        return _answer(tx, page, actor)
    fuzzy = Wanted(look.asked, kinds, look.states, look.since, look.until, fuzzy=True)
    page = find_entries(tx, fuzzy, seen, cursor, size)
    return _answer(tx, page, actor, similar=bool(page.total))


def within(actor: Actor, entry: Any) -> ColumnElement[bool]:
    """The first wall: things of a case as their side says, things of the catalogue as the catalogue says."""
    return or_(
        and_(entry.case_id.is_not(None), side_scope(actor, entry)),
        and_(entry.case_id.is_(None), catalogue_scope(actor, entry.subject_id)),
    )


def _answer(tx: Tx | Brief, page: FoundPage, actor: Actor, *, similar: bool = False) -> Answer:
    found = {
        kind: [row.id for row in page.rows if row.subject is kind]
        for kind in (Subject.RELEASE, Subject.RECORDING)
    }
    about = cases_about(tx, actor, found[Subject.RELEASE], found[Subject.RECORDING])
    return Answer(page, similar, about)


def findable(actor: Actor) -> frozenset[Subject]:
    """The kinds of things that the role may find."""
    return frozenset(subject for subject, needed in NEEDS.items() if may(actor, needed))
