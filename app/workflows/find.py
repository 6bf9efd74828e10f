"""Searching as somebody: what their role may find, within the cases and sides that exist for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from app.accounts.queries import side_scope
from app.accounts.rules import Permission, may
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.search.commands import Subject
from app.search.queries import PAGE, FoundPage, Wanted
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
    """A page of what was found. *similar*: nothing fits exactly, these names are like it."""

    page: FoundPage
    similar: bool = False


def find(
    tx: Tx, look: Look, actor: Actor, cursor: str | None = None, *, size: int = PAGE
) -> Answer:
    """What *actor* may find; names like it when nothing fits. Raises `Invalid` for a broken cursor."""
    kinds = findable(actor) & (look.kinds or frozenset(Subject))
    if not kinds:
        return Answer(FoundPage((), 0, more=False, next=None))
    within = partial(side_scope, actor)
    wanted = Wanted(look.asked, kinds, look.states, look.since, look.until)
    page = find_entries(tx, wanted, within, cursor, size)
    if page.total or not look.asked.name:
        return Answer(page)
    fuzzy = Wanted(look.asked, kinds, look.states, look.since, look.until, fuzzy=True)
    page = find_entries(tx, fuzzy, within, cursor, size)
    return Answer(page, similar=bool(page.total))


def findable(actor: Actor) -> frozenset[Subject]:
    """The kinds of things that the role may find."""
    return frozenset(subject for subject, needed in NEEDS.items() if may(actor, needed))
