"""The payout audit by program: asked for, read, its lines page by page; parties and other cases have none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cases.rules.kinds import SubKind
from tests.factories.audits import make_audit
from tests.web.desk.pages import World, make_world, statements

API = "/api/v1/payout-audits"
Program = Callable[..., Any]


@pytest.fixture
def world(app: Any, clock: Any) -> World:
    return make_world(clock, SubKind.MISSING_EARNINGS, to="triage")


def test_a_run_is_asked_for_once_and_waits_for_the_job(world: World, program: Program) -> None:
    rio = program(world.rio)

    asked = rio.post(API, json={"case": world.case.ref})
    again = rio.post(API, json={"case": world.case.ref})
    odd = rio.post(API, json={"case": "RD-0000-0000"})

    assert (asked.status_code, asked.json["state"], asked.json["totals"]) == (201, "waiting", [])
    assert again.json["id"] == asked.json["id"]
    assert odd.status_code in {404, 422}


def test_what_it_found_is_read_by_who_may_and_by_nobody_else(
    world: World, program: Program, clock: Any, tmp_path: Path
) -> None:
    run = f"{API}/{make_audit(world.case.id, clock, tmp_path)}"
    rio, ada = program(world.rio), program(world.ada)

    shown = rio.get(run).json
    with statements() as sent:
        lines = rio.get(f"{run}/lines?payee=ada&currency=EUR")
    first = rio.get(f"{run}/lines").json
    nobody = rio.get(f"{run}/lines?payee=nobody")

    owed = {one["statement_month"]: one["owed"]["amount"] for one in shown["totals"] if one["payee"] == "ada"}  # fmt: skip
    assert (shown["state"], owed) == ("done", {"2026-08": "0.00", "2026-09": "385.62"})
    assert [(one["store"], one["difference"], one["reason"]) for one in lines.json["items"]] == [
        ("Spotify", "314.220000000000", "split_version"),
        ("YouTube", "71.400000000000", "territory_left_out"),
        ("Deezer", "0.000000000000", ""),
    ]
    assert len(sent) <= 12
    assert first["items"] == lines.json["items"]
    assert nobody.status_code == 404
    assert {ada.get(run).status_code, ada.get(f"{run}/lines").status_code} <= {403, 404}


def test_lines_come_page_by_page(
    world: World, program: Program, clock: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr("app.api.audits.PAGE", 2)
    run = f"{API}/{make_audit(world.case.id, clock, tmp_path)}/lines?payee=ada"
    rio = program(world.rio)

    first = rio.get(run).json
    second = rio.get(f"{run}&cursor={first['next_cursor']}").json
    moved = rio.get(f"{run.replace('ada', 'cy')}&cursor={first['next_cursor']}")

    assert [one["number"] for one in (*first["items"], *second["items"])] == [1, 2, 3]
    assert second["next_cursor"] is None
    assert moved.status_code == 400
