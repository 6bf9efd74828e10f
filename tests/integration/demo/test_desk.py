"""The whole demo desk, built through the services at the real time: what a visitor finds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.cases.rules.kinds import SubKind
from app.cases.service.sweep import due_to_wake
from app.demo.desk import TALES, build
from app.demo.people import everybody
from app.demo.play import FinanceDay, perform
from app.demo.stage import Stage
from app.demo.tale import Tale
from app.infra.clock import SystemClock
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor, Role
from app.kernel.clock import FixedClock
from app.statements.queries import suggestions_for, unmatched_page
from app.statements.queries.imports import uploads_page

HOUSE = Actor.system("test")


def counted(tx: Session, query: str) -> Counter[Any]:
    """Rows of a `select word, count(*)` as a counter."""
    return Counter({row[0]: row[1] for row in tx.execute(text(query))})


def files_for_finance(tx: Session) -> tuple[list[str], list[str], list[Any]]:
    """Files that wait for their columns; those with lines without a recording, and what these say and may mean."""
    rows, _more = uploads_page(tx, HOUSE)
    names = {
        state: [row.name for row in rows if row.state == state] for state in ("unmapped", "done")
    }
    done = [row.import_id for row in rows if row.import_id is not None]
    groups = [one for made in done for one, _match in unmatched_page(tx, HOUSE, made).rows]
    found = suggestions_for(tx, HOUSE, groups)
    said = [
        (one.said.isrc, one.said.title, one.line_count,
         [(may.recording.isrc, may.why.value) for may in found.get(one.id, ())])
        for one in groups
    ]  # fmt: skip
    return names["unmapped"], names["done"], sorted(said, key=str)


@pytest.mark.slow
def test_forty_artists_and_sixty_cases_at_every_point_of_their_life(app: Flask) -> None:
    assert build(app)
    assert not build(app), "a second time it changes nothing"

    with transaction(HOUSE, read_only=True) as tx:
        sub_kinds = counted(tx, 'select sub_kind, count(*) from "case" group by 1')
        states = counted(tx, 'select state, count(*) from "case" group by 1')
        fixes = counted(tx, "select state, count(*) from correction group by 1")
        out_of_order = tx.execute(
            text("select count(*) from (select at, lag(at) over (order by id) as before "
                 "from history_entry where verb like 'case.%') as one where at < before")
        ).scalar_one()  # fmt: skip
        asked = counted(
            tx, "select kind, count(*) from request_item where title like '%?%' group by 1"
        )
        unseen = due_to_wake(tx, app.extensions["redress"].clock.now(), 100)
        shared = counted(
            tx, "select payee, count(*) from terms_split where ended_in is null group by 1"
        )
        paid = counted(tx, "select payee, count(payee_id) from terms_payee group by 1")
    assert sum(member.role is Role.ARTIST for member in everybody().values()) == 40
    assert sub_kinds.total() == len(TALES) >= 60
    assert set(sub_kinds) == {one.value for one in SubKind}
    assert {"confirmation", "finance_approval", "restoration_window", "evidence_exchange",
            "held_parties_to_settle", "waiting_store", "negotiation"} - set(states) <= {"negotiation"}  # fmt: skip
    assert {"proposed", "approved_once", "exported", "acknowledged", "cancelled"} <= set(fixes)
    assert out_of_order == 0
    assert set(shared) <= set(paid), "whoever has a share is paid"
    assert set(paid.values()) == {1}, "and known to the ledger"
    assert set(asked) == {"question"}, "what is asked in words is answered in words"
    assert unseen == [], "a fresh desk is ready at once"


def test_two_files_of_today_wait_for_finance(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    services = app.extensions["redress"]
    small = replace(services, settings=replace(services.settings, demo_small=True))
    monkeypatch.setitem(app.extensions, "redress", small)

    assert build(app)

    with transaction(HOUSE, read_only=True) as tx:
        unmapped, taken, groups = files_for_finance(tx)
    assert (unmapped, taken) == (["kontor-2026-07.csv"], ["small-stores-2026-07.csv"])
    assert groups == [
        ("", "", 1, []),
        ("", "Oil Lights", 1, [("AZTW12500302", "names")]),
        ("N/A", "Salt Road", 2, [("AZTW12500301", "upc"), ("AZTW12500304", "upc")]),
        ("QZTW92600001", "Harbour Lamps", 1, []),
    ]


def test_a_tale_that_goes_on_in_the_future_is_a_mistake(app: Flask) -> None:
    now = SystemClock().now()
    services = app.extensions["redress"]
    tale = Tale(
        "sabina", SubKind.OTHER, 1, {"subject_title": "Tomorrow"}, steps=(48,), keeps_draft=True
    )
    with transaction(HOUSE) as tx:
        from app.accounts.commands import CreatePerson
        from app.accounts.service.people import create_person
        from app.policies.service import install_defaults

        install_defaults(tx, FixedClock(now))
        command = CreatePerson("sabina@tidewater.example", "Sabina", frozenset({Role.ARTIST}))
        key = create_person(tx, command, HOUSE, FixedClock(now))
    stage = Stage(services, {"sabina": key}, FixedClock(now))

    with pytest.raises(ValueError, match="Tomorrow"):
        perform(stage, [tale], list[FinanceDay](), now)
