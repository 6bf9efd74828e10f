"""The id of a request: in its answer, in the jobs that it caused, in their lines of the log and in those of mails that failed."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.infra import log
from app.infra.db.transaction import transaction
from app.infra.jobs import Run, defer, job, run_task
from app.infra.mail.port import MailRefused
from app.infra.mail.recording import RecordingMailer
from app.kernel.actor import Actor
from app.kernel.errors import Unavailable
from tests.factories.accounts import make_person
from tests.factories.letters import with_services
from tests.web.account.pages import token_of

SYSTEM = Actor.system("test")


@pytest.fixture(autouse=True)
def _everything_is_told() -> None:
    """A product of another test in this process may have been told to say less."""
    log.configure("info")


def lines_of(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line[:1] == "{"]


def ask_for_a_code(client_as: Any) -> str:
    """Somebody asks for a sign-in code; the id that the answer names."""
    client = client_as(None)
    token = token_of(client.get("/signin"))
    answer = client.post(
        "/signin",
        data={"csrf_token": token, "email": "ada@example.com"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)[:400]
    return str(answer.headers["X-Request-Id"])


def waiting() -> list[dict[str, Any]]:
    with transaction(SYSTEM, read_only=True) as tx:
        rows = tx.execute(text("select args from procrastinate_jobs where status = 'todo'"))
        return [row.args for row in rows]


def test_every_answer_names_its_request_and_none_takes_a_name_from_outside(app: Any) -> None:
    client = app.test_client()

    found = [
        client.get(path, headers={"X-Request-Id": "mine"}).headers["X-Request-Id"]
        for path in ("/", "/", "/nowhere", "/api/v1/cases", "/livez")
    ]

    assert len(set(found)) == len(found)
    assert all(len(one) == 16 and int(one, 16) >= 0 for one in found)


def test_a_mail_that_failed_is_told_under_the_request_that_asked_for_it(
    app: Any, client_as: Any, run_jobs: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    make_person("ada")
    mailer = RecordingMailer()
    mailer.fail_with = [MailRefused("550")]
    request_id = ask_for_a_code(client_as)
    assert {args.get("_request") for args in waiting()} == {request_id}

    with with_services(app, mailer=mailer):
        run_jobs()

    lines = lines_of(capsys)
    (refused,) = [line for line in lines if line["event"] == "mail_refused"]
    assert (refused["request_id"], refused["error"]) == (request_id, "refused_550")
    assert refused["job"] == "notifications.deliver"
    asked = [line for line in lines if line["event"] == "request" and line["method"] == "POST"]
    assert [(one["route"], one["request_id"]) for one in asked] == [("/signin", request_id)]
    done = [line for line in lines if line["event"] == "job_done"]
    assert {line.get("request_id") for line in done} == {request_id}
    assert "ada@" not in json.dumps(lines)


def test_a_server_that_is_away_is_told_with_each_try(
    app: Any, client_as: Any, run_jobs: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    make_person("ada")
    mailer = RecordingMailer()
    mailer.fail_with = [Unavailable("mail")]
    request_id = ask_for_a_code(client_as)

    with with_services(app, mailer=mailer), pytest.raises(Unavailable):
        run_jobs()

    told = {line["event"]: line for line in lines_of(capsys) if line.get("job")}
    assert told["mail_not_sent"]["request_id"] == request_id
    assert told["job_failed"]["request_id"] == request_id
    assert told["job_failed"]["error"] == "Unavailable"


def test_a_job_hands_the_id_on_to_the_jobs_that_it_causes(app: Any) -> None:
    seen: dict[str, Any] = {}

    @job(f"test.first.{uuid4().hex}")
    def first(run: Run, **args: Any) -> None:
        seen.update(args)
        with run.transaction() as tx:
            defer(tx, "test.second", {"n": 1})

    name = next(one for one in reversed(_names()) if one.startswith("test.first."))
    run_task(app.extensions["redress"], name, {"case": "7", "_request": "00ff"})

    assert seen == {"case": "7"}
    assert {"n": 1, "_request": "00ff"} in waiting()


def test_work_of_the_house_itself_carries_none(app: Any) -> None:
    with transaction(SYSTEM) as tx:
        defer(tx, "test.second", {"n": 2})

    assert {"n": 2} in waiting()


def _names() -> list[str]:
    from app.infra.jobs import TASKS

    return list(TASKS)
