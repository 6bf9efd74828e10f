"""Who hears of an event: asked of many owners at once as of each alone, for everybody and everything of the world."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, text

from app.infra.db.extension import db
from app.infra.db.transaction import transaction
from app.infra.jobs import Run
from app.kernel.actor import Actor
from app.webhooks.rules.kinds import Kind
from app.workflows.webhook_sight import TOLD, Subject, hearers, may_hear
from tests.web.authz.world import World, build_world

SYSTEM = Actor.system("test")
FOUND = {
    "message": "select id from message where case_id = :case",
    "request": "select id from request where case_id = :case",
    "evidence": "select id from evidence_item where case_id = :case",
    "decision": "select id from decision where case_id = :case",
    "letter": "select id from letter where case_id = :case",
    "hold": "select id from hold where case_id = :case",
    "correction": "select id from correction where case_id = :case",
    "batch": "select id from batch",
}
"""Everything that an event of a kind may name."""


def subjects(world: World) -> list[Subject]:
    """Every kind with everything there is of it in each case, drafts too, with what is not there, and across cases."""
    with transaction(SYSTEM) as tx:
        cases = list(tx.scalars(text('select id from "case"')))
        found: dict[str, set[UUID]] = {
            name: {key for case in cases for key in tx.scalars(text(query), {"case": case})}
            for name, query in FOUND.items()
        }
        made = []
        for told in TOLD.values():
            if told.name == "batch":
                made += [Subject(told.kind, None, key) for key in (*found["batch"], uuid4())]
            elif not told.name:
                made += [Subject(told.kind, key) for key in (*cases, uuid4())]
            else:
                own = [
                    (case, key)
                    for case in cases
                    for key in (*tx.scalars(text(FOUND[told.name]), {"case": case}), uuid4())
                ]
                first = world.things["one"].case.id
                crossed = [(first, key) for key in list(found[told.name])[:2]]
                made += [Subject(told.kind, case, key) for case, key in [*own, *crossed]]
    return made


def test_b173_asked_together_everybody_hears_what_they_hear_alone(app: Any, pg: Any) -> None:
    world = build_world(app, pg)
    run = Run("test", app.extensions["redress"])
    everybody = {person.id: key for key, person in world.people.items()}
    heard: dict[Kind, set[str]] = {}

    for subject in subjects(world):
        alone = {who for who in everybody if may_hear(run, who, subject)}

        together = hearers(run, [*everybody, uuid4()], subject)

        assert together == alone, (subject, {everybody[who] for who in together ^ alone})
        heard.setdefault(subject.kind, set()).update(everybody[who] for who in alone)
    for kind in (Kind.CASE_FILED, Kind.MESSAGE_SENT, Kind.EVIDENCE_RECEIVED, Kind.HOLD_PLACED):
        assert {"ada", "bo", "cy", "rio", "rae", "fay"} <= heard[kind], kind
        assert not {"zed", "ned", "adi", "aud"} & heard[kind], kind
    assert (
        heard[Kind.BATCH_EXPORTED] == heard[Kind.CORRECTION_APPROVED] & heard[Kind.BATCH_EXPORTED]
    )


@pytest.mark.parametrize("strangers", [1, 12])
def test_who_cannot_be_near_costs_no_transaction(app: Any, pg: Any, strangers: int) -> None:
    from app.kernel.actor import Role
    from tests.factories.accounts import make_person
    from tests.factories.cases import make_case

    ada = make_person("ada")
    case = make_case(ada)
    far = [make_person(f"far{n}", roles={Role.ARTIST}).id for n in range(strangers)]
    run, begun = Run("test", app.extensions["redress"]), []

    def begins(_connection: Any) -> None:
        begun.append(1)

    event.listen(db.engine, "begin", begins)
    try:
        assert hearers(run, [ada.id, *far], Subject(Kind.CASE_MOVED, case.id)) == {ada.id}
    finally:
        event.remove(db.engine, "begin", begins)

    assert len(begun) == 2
