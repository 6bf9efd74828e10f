"""Requests: kinds of items, their life as a table, and what an answer must hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from app.kernel.errors import NOT_FROM_HERE, Refused

ITEMS_LIMIT = 20
ANSWER_LIMIT = 20_000


class ItemKind(StrEnum):
    """What is asked for."""

    DOCUMENT = "document"
    QUESTION = "question"
    CHOICE = "choice"
    CONFIRMATION = "confirmation"
    SIGNATURE = "signature"


class ItemState(StrEnum):
    """Where an item stands (LIFECYCLES, smaller lifecycles)."""

    ASKED = "asked"
    ANSWERED = "answered"
    CANNOT_PROVIDE = "cannot_provide"
    LAPSED = "lapsed"
    ACCEPTED = "accepted"
    ASKED_AGAIN = "asked_again"
    WAIVED = "waived"


class Step(StrEnum):
    """What moves an item."""

    ANSWER = "answer"
    DECLINE = "decline"
    LAPSE = "lapse"
    ACCEPT = "accept"
    ASK_AGAIN = "ask_again"
    WAIVE = "waive"


class Move(NamedTuple):
    """One row of the table."""

    source: ItemState
    step: Step
    target: ItemState


_WAITING = (ItemState.ASKED, ItemState.ASKED_AGAIN)
_GIVEN = (ItemState.ANSWERED, ItemState.CANNOT_PROVIDE)

MOVES: tuple[Move, ...] = (
    *(Move(state, Step.ANSWER, ItemState.ANSWERED) for state in (*_WAITING, ItemState.LAPSED)),
    *(
        Move(state, Step.DECLINE, ItemState.CANNOT_PROVIDE)
        for state in (*_WAITING, ItemState.LAPSED)
    ),
    *(Move(state, Step.LAPSE, ItemState.LAPSED) for state in _WAITING),
    *(Move(state, Step.ACCEPT, ItemState.ACCEPTED) for state in _GIVEN),
    *(Move(state, Step.ASK_AGAIN, ItemState.ASKED_AGAIN) for state in (*_GIVEN, ItemState.LAPSED)),
    *(
        Move(state, Step.WAIVE, ItemState.WAIVED)
        for state in (*_WAITING, ItemState.CANNOT_PROVIDE, ItemState.LAPSED)
    ),
)
"""A late answer is taken: lapse closes nothing by itself, the case's own table decides what silence does."""

WAITING = frozenset(_WAITING)
"""States in which the party must still move."""
BY_PARTY = frozenset({Step.ANSWER, Step.DECLINE})
BY_DESK = frozenset({Step.ACCEPT, Step.ASK_AGAIN, Step.WAIVE})


def move(state: ItemState, step: Step) -> ItemState:
    """The state after *step*. Raises `Refused` with the steps that are possible."""
    for row in MOVES:
        if (row.source, row.step) == (state, step):
            return row.target
    raise Refused(
        "request_step",
        NOT_FROM_HERE,
        [step.value for step in steps_from(state)],
    )


def steps_from(state: ItemState) -> tuple[Step, ...]:
    """Everything that can happen next; empty at the end."""
    return tuple(row.step for row in MOVES if row.source is state)


def answer_problem(kind: ItemKind, options: Sequence[str], text: str, files: int) -> str:
    """Code of what an answer lacks, empty when it is complete. *files*: how many documents came with it."""
    if kind is ItemKind.DOCUMENT:
        return "" if files else "document_missing"
    if kind is ItemKind.CHOICE:
        return "" if text in options else "choice_unknown"
    if kind is ItemKind.CONFIRMATION:
        return "" if text == "yes" else "confirmation_missing"
    return "" if text.strip() else "text_missing"


def item_problem(kind: ItemKind, title: str, options: Sequence[str]) -> str:
    """Code of what an item lacks before it is asked, empty when it is complete."""
    if not title.strip():
        return "title_missing"
    if kind is ItemKind.CHOICE and len({option.strip() for option in options} - {""}) < 2:
        return "options_missing"
    return "options_not_allowed" if kind is not ItemKind.CHOICE and options else ""


def extension_problem(
    due_at: datetime, until: datetime, now: datetime, *, extended: bool, latest: datetime
) -> str:
    """Code of why a party cannot have more time, empty when it can: once, later than before, not past *latest*."""
    if extended:
        return "extended_before"
    if until <= due_at or until <= now:
        return "not_later"
    return "too_late" if until > latest else ""
