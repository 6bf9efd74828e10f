"""D9: jobs by state and kind, started again and parked by an administrator, each act with its history."""

from __future__ import annotations

import json
import re
from typing import Any

import psycopg
import pytest

from app.history.queries import HistoryFilter, history_page
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from tests.factories.accounts import TestPerson, make_cast
from tests.web.finance.test_pages import statements, words

MAIL = "0b0f5a0e-6f0a-4f0e-9d5e-0c8a7e1f2b3c"


@pytest.fixture
def cast(app: Any) -> dict[str, TestPerson]:
    return make_cast("adi", "eli", "gus")


def put(pg: Any, status: str, task: str = "notifications.deliver", **columns: Any) -> int:
    """A job as the queue keeps it."""
    args = columns.pop("args", {"mail_id": MAIL})
    with psycopg.connect(pg["superuser"]) as admin:
        row = admin.execute(
            "insert into procrastinate_jobs (queue_name, task_name, status, attempts, args, scheduled_at, queueing_lock) "
            "values ('soon', %s, %s::procrastinate_job_status, %s, %s, %s, %s) returning id",
            (
                task, status, columns.get("attempts", 0), json.dumps(args), columns.get("at"),
                columns.get("lock"),
            ),
        ).fetchone()  # fmt: skip
    assert row is not None
    return int(row[0])


def status_of(pg: Any, job_id: int) -> tuple[str, int]:
    with psycopg.connect(pg["superuser"]) as admin:
        row = admin.execute(
            "select status::text, attempts from procrastinate_jobs where id = %s", (job_id,)
        ).fetchone()
    assert row is not None
    return row[0], row[1]


def verbs() -> list[str]:
    with transaction(Actor.system("test"), read_only=True) as tx:
        return [row.verb for row in history_page(tx, HistoryFilter()) if row.verb.startswith("job")]


def test_each_state_has_its_jobs_with_age_attempts_and_last_error(
    cast: Any, client_as: Any, pg: Any
) -> None:
    put(pg, "failed", attempts=8)
    put(pg, "todo", attempts=3, at="2099-01-01T09:00:00Z")
    put(pg, "doing", task="letters.render", args={"letter_id": "7"})
    put(
        pg,
        "todo",
        task="outbox.react",
        args={"reaction": "tell.desk", "_request": "00ff00ff00ff00ff"},
    )
    with psycopg.connect(pg["superuser"]) as admin:
        admin.execute(
            "insert into job_failure (task, job_key, error, raised_at_line) values ('notifications.deliver', %s, 'Unavailable', 'smtp.py:88')",
            (f"mail_id={MAIL}",),
        )
    client = client_as(cast["adi"])

    with statements() as seen:
        parked = words(client.get("/admin/jobs"))
    failing = words(client.get("/admin/jobs?state=failing"))
    running = words(client.get("/admin/jobs?state=running"))
    waiting = words(client.get("/admin/jobs?state=waiting"))

    assert len(seen) <= 12
    assert "Parked 1 Tried again 1 Running 1 Waiting 1" in parked
    assert f"mail_id {MAIL}" in parked
    assert "Unavailable smtp.py:88 8" in parked
    assert "not before 1 Jan 2099" in failing
    assert "letters.render" in running
    assert "Start again" not in running
    assert "reaction tell.desk · request 00ff00ff00ff00ff" in waiting


def test_what_a_job_is_about_is_shown_only_as_identifiers(
    cast: Any, client_as: Any, pg: Any
) -> None:
    put(pg, "failed", args={"mail_id": MAIL, "sealed": "Ada Amberg <ada@example.com>"})

    page = client_as(cast["adi"]).get("/admin/jobs").get_data(as_text=True)

    assert MAIL in page
    assert "Ada" not in page


def test_one_is_started_again_and_one_is_parked(cast: Any, client_as: Any, pg: Any) -> None:
    gave_up, waits = put(pg, "failed", attempts=8), put(pg, "todo")
    later = put(pg, "todo", attempts=2, at="2099-01-01T09:00:00Z")
    client = client_as(cast["adi"])

    codes = [
        client.post(f"/admin/jobs/{job}/{act}", data={"state": "waiting"}).status_code
        for job, act in ((gave_up, "retry"), (waits, "park"), (later, "retry"), (waits, "park"))
    ]

    assert codes == [303, 303, 303, 404]
    assert status_of(pg, gave_up) == ("todo", 0)
    assert status_of(pg, waits) == ("failed", 0)
    with psycopg.connect(pg["superuser"]) as admin:
        row = admin.execute("select scheduled_at from procrastinate_jobs where id = %s", (later,))
        assert row.fetchone() == (None,)
    assert sorted(verbs()) == ["job.parked", "job.retried", "job.retried"]


def test_a_kind_is_started_again_whole(cast: Any, client_as: Any, pg: Any) -> None:
    mine = [put(pg, "failed", attempts=8) for _ in range(3)]
    other = put(pg, "failed", task="letters.render", attempts=8)
    client = client_as(cast["adi"])
    page = words(client.get("/admin/jobs?kind=notifications.deliver"))

    answer = client.post("/admin/jobs/retry", data={"kind": "notifications.deliver"})
    again = client.post("/admin/jobs/retry", data={"kind": "notifications.deliver"})

    assert "Start all 3 parked ones again" in page
    assert (answer.status_code, again.status_code) == (303, 404)
    assert {status_of(pg, job) for job in mine} == {("todo", 0)}
    assert status_of(pg, other) == ("failed", 8)
    assert verbs() == ["job.kind_retried"]


def test_a_job_whose_work_waits_already_is_not_put_beside_it(
    cast: Any, client_as: Any, pg: Any
) -> None:
    put(pg, "todo", lock="sweep")
    double = put(pg, "failed", lock="sweep", attempts=8)

    answer = client_as(cast["adi"]).post(f"/admin/jobs/{double}/retry")

    assert answer.status_code == 404
    assert status_of(pg, double) == ("failed", 8)


def test_the_list_goes_on_after_fifty(cast: Any, client_as: Any, pg: Any) -> None:
    ids = [put(pg, "failed", attempts=8) for _ in range(53)]
    client = client_as(cast["adi"])

    first = client.get("/admin/jobs").get_data(as_text=True)
    href = re.search(r'href="([^"]*before=\d+)"[^>]*rel="next"', first)
    assert href is not None
    second = client.get(href.group(1).replace("&amp;", "&")).get_data(as_text=True)

    shown = [int(found) for found in re.findall(r"/admin/jobs/(\d+)/retry", first + second)]
    assert shown == sorted(ids, reverse=True)
    assert 'rel="next"' not in second


def test_only_an_administrator_looks_after_all_jobs(cast: Any, client_as: Any, pg: Any) -> None:
    job = put(pg, "todo")

    for key in ("eli", "gus"):
        client = client_as(cast[key])
        assert client.get("/admin/jobs").status_code == 403
        assert client.post(f"/admin/jobs/{job}/park").status_code == 403
    assert status_of(pg, job) == ("todo", 0)


@pytest.mark.parametrize(
    "asked", ["state=lost", "before=x", "before=-1", "state=parked&before=1e9"]
)
def test_an_address_that_was_made_up_is_no_page(cast: Any, client_as: Any, asked: str) -> None:
    assert client_as(cast["adi"]).get(f"/admin/jobs?{asked}").status_code == 404
