"""D8: the record, its filters and Verify."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.factories.accounts import make_person
from tests.factories.cases import make_case


def test_filters_by_person_case_and_action(app: Any, client_as: Any) -> None:
    ada, cy = make_person("ada"), make_person("cy")
    case = make_case(ada)
    make_case(cy)
    admin = client_as(make_person("adi"))

    by_case = admin.get(f"/admin/history?case={case.ref}&verb=case.").get_data(as_text=True)
    by_person = admin.get("/admin/history?person=cy@example.com").get_data(as_text=True)
    nobody = admin.get("/admin/history?person=none@example.com").get_data(as_text=True)

    assert "Ada Amberg" in by_case
    assert "Cy Castell" not in by_case
    assert "Cy Castell" in by_person
    assert "Nothing matches" in nobody


def test_b150_administrator_reads_no_case_details(app: Any, client_as: Any) -> None:
    case = make_case(make_person("ada"), subject_title="Canary of a title")
    admin, auditor = client_as(make_person("adi")), client_as(make_person("aud"))
    path = f"/admin/history?case={case.ref}"

    for client in (admin, auditor):
        assert "Canary of a title" not in client.get(path).get_data(as_text=True)
    assert "to: submitted" not in admin.get(path).get_data(as_text=True)


def test_verify_says_whole_and_names_the_first_broken_entry(
    app: Any, client_as: Any, pg: Any
) -> None:
    case = make_case(make_person("ada"))
    auditor = client_as(make_person("aud"))

    whole = auditor.post("/admin/history/verify").get_data(as_text=True)
    entry = tamper(pg, case.id, "case.tampered")
    broken = auditor.post("/admin/history/verify", data={"case": str(case.ref)}).get_data(
        as_text=True
    )
    tamper(pg, case.id, entry[1])

    assert "The record is whole." in whole
    assert "The record is broken." in broken
    assert f"entry {entry[0]}" in broken


def tamper(pg: Any, case_id: Any, verb: str) -> tuple[int, str]:
    """Change the verb of the second entry of a case past every guard; (its place, the verb before)."""
    with psycopg.connect(pg["superuser"]) as admin:
        admin.execute("set session_replication_role = replica")
        row = admin.execute(
            "select id, n, verb from history_entry where case_id = %s order by n offset 1 limit 1",
            [case_id],
        ).fetchone()
        assert row is not None
        admin.execute("update history_entry set verb = %s where id = %s", [verb, row[0]])
    return row[1], row[2]


def test_other_roles_do_not_read_the_record(app: Any, client_as: Any) -> None:
    for key in ("ada", "dee", "eli", "gus"):
        assert client_as(make_person(key)).get("/admin/history").status_code == 403


def test_broken_filters_are_harmless(app: Any, client_as: Any) -> None:
    admin = client_as(make_person("adi"))

    for query in ("before=x", "before=99999999999999999999", "since=2026-99-99", "until=9999-12-31", "case=%00",
                  "person=%00%ff", "verb=%25_"):  # fmt: skip
        assert admin.get(f"/admin/history?{query}").status_code == 200
