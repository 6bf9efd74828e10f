"""RELIABILITY G, metrics: read from the running application as Prometheus reads them; no label names anybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from botocore.exceptions import EndpointConnectionError
from prometheus_client.parser import text_string_to_metric_families

from app.infra.db.transaction import transaction
from app.infra.jobs import Run, job, run_task
from app.infra.metrics import exposition, note_mark
from app.infra.render.limited import LimitedRenderer
from app.infra.render.port import PdfDocument, RenderFailed, RenderLimits
from app.infra.storage.s3_faults import faults
from app.kernel.actor import Actor
from app.kernel.errors import NotFound, Unavailable
from tests.factories.accounts import make_cast
from tests.factories.cases import make_case
from tests.web.account.pages import token_of

SYSTEM = Actor.system("test")


@job("test.fails")
def _fails(run: Run) -> None:
    raise NotFound


Labels = frozenset[tuple[str, str]]


def read(app: Any, **environ: Any) -> dict[tuple[str, Labels], float]:
    """Every sample by name and labels, parsed by the library that scrapers use."""
    answer = app.test_client().get("/metrics", **environ)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.get_data(as_text=True))
        for sample in family.samples
    }


def value(found: dict[tuple[str, Labels], float], name: str, **labels: str) -> float:
    return found.get((name, frozenset(labels.items())), 0)


def test_only_this_machine_is_told(app: Any) -> None:
    client = app.test_client()

    for headers, address in (({}, "198.51.100.7"), ({"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1")):
        answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
        assert answer.status_code == 404


def test_requests_are_counted_by_route_method_and_status(app: Any) -> None:
    before = read(app)
    for path in ("/signin", "/signin", "/cases/RD-7K4M-29QX", "/nowhere/ada@example.com"):
        app.test_client().get(path)

    now = read(app)

    def more(name: str, **labels: str) -> float:
        return value(now, name, **labels) - value(before, name, **labels)

    assert more("redress_requests_total", method="GET", route="/signin", status="200") == 2
    assert more("redress_requests_total", method="GET", route="", status="404") == 1
    assert more("redress_request_seconds_count", route="/cases/<ref>") == 1
    assert not [labels for _name, labels in now if "ada" in str(labels) or "7K4M" in str(labels)]


def test_jobs_and_outbox_have_depth_and_oldest_age_by_kind(app: Any, pg: Any) -> None:
    with psycopg.connect(pg["superuser"]) as admin:
        admin.execute(
            "insert into procrastinate_jobs (queue_name, task_name, status, scheduled_at) values "
            "('soon', 'outbox.react', 'todo', now() - interval '90 s'), ('soon', 'letters.render', 'failed', null), "
            "('later', 'outbox.react', 'todo', now() + interval '1 h')"
        )
        admin.execute("update procrastinate_events set at = now() - interval '2 min'")

    found = read(app)

    assert value(found, "redress_jobs", kind="outbox.react", state="waiting") == 2
    assert value(found, "redress_jobs", kind="letters.render", state="parked") == 1
    assert 90 <= value(found, "redress_job_oldest_seconds", kind="outbox.react") < 120
    assert 90 <= value(found, "redress_outbox_oldest_seconds") < 120
    assert value(found, "redress_database_up") == 1


def test_deadlines_are_due_and_overdue(app: Any, clock: Any) -> None:
    cast = make_cast("ada")
    make_case(cast["ada"])
    early = read(app)
    clock.advance(timedelta(days=60))

    late = read(app)

    assert value(early, "redress_deadlines", state="overdue") == 0
    assert value(late, "redress_deadlines", state="overdue") >= 1


def test_quarantine_invariants_and_ages(app: Any, pg: Any, clock: Any) -> None:
    with psycopg.connect(pg["superuser"]) as admin:
        admin.execute(
            "insert into invariant_run (at, by, took_ms, checked, broken) values (%s, 'x', 1, 3, '{I1: a}')",
            (clock.now() - timedelta(hours=2),),
        )
    with transaction(SYSTEM) as tx:
        note_mark(tx, "backup", clock.now() - timedelta(hours=7))
        note_mark(tx, "backup", clock.now() - timedelta(hours=9))
    run_task(app.extensions["redress"], "history.verify", {})
    clock.advance(timedelta(minutes=5))

    found = read(app)

    assert value(found, "redress_invariants_broken") == 1
    assert value(found, "redress_invariants_age_seconds") == 7500
    assert value(found, "redress_age_seconds", what="backup") == 7 * 3600 + 300
    assert value(found, "redress_age_seconds", what="history_verified") == 300
    assert ("redress_quarantine_files", frozenset()) in found
    assert ("redress_quarantine_bytes", frozenset()) in found
    with pytest.raises(ValueError, match="lunch"), transaction(SYSTEM) as tx:
        note_mark(tx, "lunch", clock.now())


def test_refusals_and_failed_sign_ins_are_counted_without_names(app: Any, client_as: Any) -> None:
    cast, before = make_cast("gus"), read(app)
    client_as(cast["gus"]).get("/admin/people")
    client = app.test_client()
    token = token_of(client.get("/signin/password"))
    client.post(
        "/signin/password",
        data={"csrf_token": token, "email": cast["gus"].email, "password": "wrong wrong wrong"},
    )

    now = read(app)

    for name, labels in (
        ("redress_denials_total", {"role": "finance_approver"}),
        ("redress_sign_ins_failed_total", {"way": "password"}),
    ):
        assert value(now, name, **labels) - value(before, name, **labels) == 1


def test_renders_that_fail_the_store_and_jobs_are_counted(app: Any) -> None:
    before = read(app)
    renderer = LimitedRenderer(RenderLimits(input_bytes=1))
    with pytest.raises(RenderFailed):
        renderer.pdf(
            PdfDocument(
                "<p>too long</p>", "Letter", "en", datetime(2026, 11, 20, tzinfo=UTC), b"{}"
            )
        )
    with pytest.raises(Unavailable), faults("key"):
        raise EndpointConnectionError(endpoint_url="http://store")
    with pytest.raises(NotFound):
        run_task(app.extensions["redress"], "test.fails", {})

    now = read(app)

    def more(name: str, **labels: str) -> float:
        return value(now, name, **labels) - value(before, name, **labels)

    assert more("redress_renders_failed_total", fault="size_limit") == 1
    assert more("redress_object_store_errors_total") == 1
    assert more("redress_jobs_ended_total", kind="test.fails", how="failed") == 1


def test_a_database_that_is_away_is_a_number_too(app: Any) -> None:
    said = exposition(None, app.extensions["redress"].clock.now()).decode()

    assert "redress_database_up 0.0" in said
    assert "redress_requests_total" in said
