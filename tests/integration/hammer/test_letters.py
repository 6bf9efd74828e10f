"""Fifty people issue letters at once, and some of them fail half-way (B139, I6)."""

from __future__ import annotations

import random
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from app.infra.checks import run_checks
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.letters.checks import CHECKS
from app.letters.commands import DraftLetter, IssueLetter
from app.letters.rules.kinds import LetterKind
from app.letters.service.drafts import draft_letter
from app.letters.service.numbers import issue_letter
from tests.factories.accounts import TestPerson, make_cast
from tests.factories.cases import make_case
from tests.factories.letters import make_context
from tests.support.hammer import hammer, rounds

SYSTEM = Actor.system("test")
PEOPLE, LETTERS, ROLLBACKS = 50, 2, 0.3


class Crash(Exception):
    """Somebody pulled the plug."""


def crash_sometimes(chance: random.Random) -> None:
    """Three times in ten."""
    if chance.random() < ROLLBACKS:
        raise Crash


def issue_some(cases: list[UUID], person: TestPerson, clock: FixedClock, seed: str) -> int:
    """Issue letters, a third of which is rolled back; how many stayed."""
    chance, stayed = random.Random(seed), 0
    for _ in range(LETTERS):
        try:
            with transaction(person.actor) as tx:
                case_id = chance.choice(cases)
                context = make_context(LetterKind.WITHDRAWN)
                draft = draft_letter(tx, DraftLetter(case_id, context), person.actor, clock)
                issue_letter(tx, IssueLetter(draft.id, 1, "https://d.example"), person.actor, clock)
                crash_sometimes(chance)
            stayed += 1
        except Crash:
            continue
    return stayed


@rounds(1, 20)
@pytest.mark.slow
def test_b139_numbers_of_fifty_issuers_have_no_gap(
    app: Flask, clock: FixedClock, rounds: int
) -> None:
    cast = make_cast("ada", "rio")
    cases = [make_case(cast["ada"], subject_title=f"Song {n}").id for n in range(10)]
    stayed = 0
    with hammer(app, "fifty issuers of letters") as blow:
        for number in range(rounds):
            found = blow.strike(
                *(
                    partial(issue_some, cases, cast["rio"], clock, f"{number} {seed}")
                    for seed in range(PEOPLE)
                )
            )
            assert 0 < sum(found) < PEOPLE * LETTERS
            stayed += sum(found)
            assert numbers() == (list(range(1, stayed + 1)), stayed)


def numbers() -> tuple[list[int], int]:
    """The numbers given, and the last that the series knows; the checks of letters hold."""
    with transaction(SYSTEM) as tx:
        assert run_checks(tx, CHECKS) == []
        given = tx.execute(text("select counter from letter order by counter")).scalars().all()
        last = tx.execute(text("select last_counter from letter_series")).scalar_one()
    return list(given), last
