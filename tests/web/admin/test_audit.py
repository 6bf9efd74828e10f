"""The auditor's read view, and the administrator's closed door."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, text

from app.cases.rules.kinds import CaseEvent, SubKind
from app.infra.db.extension import db
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from tests.factories.accounts import make_person
from tests.factories.cases import act, make_case

PARTS = ("facts", "messages", "evidence", "outcome", "money", "history")


@pytest.mark.parametrize("part", PARTS)
def test_auditor_reads_a_case_and_the_look_is_recorded(app: Any, client_as: Any, part: str) -> None:
    case = make_case(make_person("ada"), respondent=make_person("cy"))
    aud = make_person("aud")
    seen: list[str] = []
    client = client_as(aud)

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    page = client.get(f"/audit/cases/{case.ref}?part={part}")
    event.remove(db.engine, "before_cursor_execute", note)

    assert page.status_code == 200
    assert str(case.ref) in page.get_data(as_text=True)
    counted = [s for s in seen if "set_config" not in s and not s.startswith("set transaction")]
    assert len(counted) <= 12, counted
    with transaction(Actor.system("test")) as tx:
        rows = tx.execute(
            text("select actor_id, data from history_entry where verb = 'case.audited'")
        ).all()
    assert [(row.actor_id, row.data) for row in rows] == [(aud.id, {"part": part})]


def test_auditor_lists_open_and_closed_cases(app: Any, client_as: Any) -> None:
    case = make_case(make_person("ada"), subject_title="Night Ferry")

    page = client_as(make_person("aud")).get("/audit/cases?q=night").get_data(as_text=True)

    assert f"/audit/cases/{case.ref}" in page


def test_auditor_reads_for_whom_a_notice_waits(app: Any, client_as: Any) -> None:
    case = make_case(make_person("ada"), SubKind.DMCA_NOTICE)
    rio = make_person("rio").actor
    act(case.id, CaseEvent.ASK_COMPLAINANT, rio, items="The address")
    auditor = client_as(make_person("aud"))

    listed = auditor.get("/audit/cases").get_data(as_text=True)
    shown = auditor.get(f"/audit/cases/{case.ref}?part=facts").get_data(as_text=True)

    assert listed.count("Waiting on claimant") == 1
    assert shown.count("Waiting on claimant") == 2  # beside the title, and in the move


def test_b149_auditor_writes_nothing_anywhere(app: Any, client_as: Any) -> None:
    case = make_case(make_person("ada"))
    auditor = client_as(make_person("aud"))

    for path in (
        f"/desk/cases/{case.ref}/messages",
        f"/desk/cases/{case.ref}/assign",
        "/admin/people/new",
    ):
        assert auditor.post(path, data={"body": "x"}).status_code == 403


def test_b150_administrator_opens_no_case(app: Any, client_as: Any) -> None:
    case = make_case(make_person("ada"))
    admin = client_as(make_person("adi"))

    for path in (
        f"/desk/cases/{case.ref}",
        f"/cases/{case.ref}",
        f"/audit/cases/{case.ref}",
        "/desk",
    ):
        assert admin.get(path).status_code == 403


def test_links_of_another_face_lead_to_the_own_one(app: Any, client_as: Any) -> None:
    ada = make_person("ada")
    case = make_case(ada)

    assert client_as(ada).get(f"/desk/cases/{case.ref}").location == f"/cases/{case.ref}"
    assert (
        client_as(make_person("dee")).get(f"/cases/{case.ref}").location
        == f"/desk/cases/{case.ref}"
    )
    assert (
        client_as(make_person("aud")).get(f"/desk/cases/{case.ref}").location
        == f"/audit/cases/{case.ref}"
    )
    assert (
        client_as(make_person("cy"))
        .get(f"/desk/cases/{case.ref}", follow_redirects=True)
        .status_code
        == 404
    )
