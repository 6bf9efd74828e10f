"""Fifty people issue letters at once, and some of them fail half-way (B139, I6)."""

from __future__ import annotations

import random
import threading
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from app.infra.checks import run_checks
from app.infra.db.extension import db
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

SYSTEM = Actor.system("test")
PEOPLE, LETTERS, ROLLBACKS = 50, 2, 0.3


class Crash(Exception):
    """Somebody pulled the plug."""


def crash_sometimes(chance: random.Random) -> None:
    """Three times in ten."""
    if chance.random() < ROLLBACKS:
        raise Crash


def issue_some(
    app: Flask, cases: list[UUID], person: TestPerson, clock: FixedClock, seed: int
) -> int:
    """Issue letters, a third of which is rolled back; how many stayed."""
    chance, stayed = random.Random(seed), 0
    with app.app_context():
        for _ in range(LETTERS):
            try:
                with transaction(person.actor) as tx:
                    case_id = chance.choice(cases)
                    context = make_context(LetterKind.WITHDRAWN)
                    draft = draft_letter(tx, DraftLetter(case_id, context), person.actor, clock)
                    issue_letter(
                        tx, IssueLetter(draft.id, 1, "https://d.example"), person.actor, clock
                    )
                    crash_sometimes(chance)
                stayed += 1
            except Crash:
                continue
        db.session.remove()
    return stayed


@pytest.mark.slow
def test_b139_numbers_of_fifty_issuers_have_no_gap(app: Flask, clock: FixedClock) -> None:
    cast = make_cast("ada", "rio")
    cases = [make_case(cast["ada"], subject_title=f"Song {n}").id for n in range(10)]
    stayed: list[int] = []

    def work(seed: int) -> None:
        stayed.append(issue_some(app, cases, cast["rio"], clock, seed))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with transaction(SYSTEM) as tx:
        numbers = tx.execute(text("select counter from letter order by counter")).scalars().all()
        last = tx.execute(text("select last_counter from letter_series")).scalar_one()
        broken = run_checks(tx, CHECKS)
    assert numbers == list(range(1, sum(stayed) + 1))
    assert last == sum(stayed)
    assert 0 < sum(stayed) < PEOPLE * LETTERS
    assert broken == []
