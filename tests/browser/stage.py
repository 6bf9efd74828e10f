"""`python -m tests.browser.stage crowd 52`: what a journey needs before it begins, in the running product.

crowd N: so many questions of one artist, because pages turn only with more cases than the small demo has.
quiet: the crowd is answered and closed, so that lists and pictures of other tests stay as they were.
recompute: cases that the house opened for a shared fault are taken and their audits started by the lead.
notice ARTIST: a claimant's notice about an artist's recording that was accepted; prints its reference.
All of it goes through the services, beside the product as the commands of its console are.
"""

from __future__ import annotations

import os
import sys

from sqlalchemy import text

from app.accounts.queries import actor_of, person_by_email
from app.accounts.service.demo import DEMO_HOST
from app.cases.commands import ApplyEvent
from app.cases.queries import case_by_id
from app.cases.rules.facts import CaseFacts
from app.cases.rules.kinds import CaseEvent, SubKind
from app.factory import create_rooms
from app.infra.db.transaction import transaction
from app.infra.embedded.stack import completed
from app.kernel.actor import Actor, Role
from app.kernel.clock import Clock
from app.workflows.act import act as moves
from config import Settings
from tests.factories.accounts import TestPerson
from tests.factories.cases import act, make_case

CROWD, TITLE, CLAIMANT, AGENT, REVIEWER, LEAD = (
    "haru",
    "Fifty Lanterns",
    "caspian",
    "dee",
    "leyla",
    "eli",
)
SYSTEM = Actor.system("stage")
MINE = text("select id, state from \"case\" where subject_title like :title and state <> 'closed'")

HOUSE = text("select id from \"case\" where channel = 'house' and state = 'submitted'")


def crowd(clock: Clock, count: str) -> None:
    """Questions of one artist, numbered."""
    artist = _person(CROWD, Role.ARTIST)
    for number in range(1, int(count) + 1):
        with transaction(artist.actor) as tx:
            make_case(
                artist, SubKind.DELIVERY_METADATA, tx=tx, clock=clock, subject_title=f"{TITLE} {number:02}"
            )  # fmt: skip


def quiet(clock: Clock) -> None:
    """All of them are taken, answered and closed."""
    agent = _person(AGENT, Role.AGENT).actor
    with transaction(SYSTEM, read_only=True) as tx:
        rows = tx.execute(MINE, {"title": f"{TITLE}%"}).all()
    for case_id, state in rows:
        if state == "submitted":
            act(case_id, CaseEvent.TAKE, agent, clock=clock)
        if state in {"submitted", "triage"}:
            act(case_id, CaseEvent.RESOLVE, agent, clock=clock, reason="The lanterns are lit.")
        act(case_id, CaseEvent.CLOSE, agent, clock=clock, facts=CaseFacts(both_consent=True))


def notice(clock: Clock, artist: str) -> None:
    """The material is down and the artist may object."""
    filed = make_case(
        _person(CLAIMANT, Role.ARTIST), SubKind.DMCA_NOTICE, respondent=_person(artist, Role.ARTIST), clock=clock,
        subject_title="Harbour Lights", subject_artist="Rauf Hasanov",
    )  # fmt: skip
    reviewer = _person(REVIEWER, Role.REVIEWER).actor
    sys.stdout.write(act(filed.id, CaseEvent.ACCEPT_NOTICE, reviewer, clock=clock).ref)


def recompute(clock: Clock) -> None:
    """The worker carries them out a moment later."""
    found = _person(LEAD, Role.LEAD)
    with transaction(SYSTEM, read_only=True) as tx:
        lead = actor_of(tx, found.id)
        rows = tx.execute(HOUSE).scalars().all()
    for case_id in rows:
        for step in (CaseEvent.TAKE, CaseEvent.START_AUDIT):
            with transaction(lead) as tx:
                version = case_by_id(tx, lead, case_id).version
                moves(tx, ApplyEvent(case_id, step, version), lead, clock)


def _person(key: str, role: Role) -> TestPerson:
    with transaction(SYSTEM, read_only=True) as tx:
        found = person_by_email(tx, f"{key}@{DEMO_HOST}")
    assert found is not None, key
    return TestPerson(key, found.id, found.email, found.name, frozenset({role}))


def main(name: str, *words: str) -> None:
    """The application as the console builds it, on the servers that run."""
    with completed(os.environ) as environ:
        app = create_rooms(Settings.from_env(environ))
        with app.app_context():
            {"crowd": crowd, "quiet": quiet, "notice": notice, "recompute": recompute}[name](
                app.extensions["redress"].clock, *words
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
