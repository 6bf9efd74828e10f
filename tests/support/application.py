"""The application under test: real database, real store, a fixed clock, jobs run on demand."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from app.infra.checks import run_checks
from app.infra.db.transaction import transaction
from app.infra.egress import Egress
from app.infra.jobs import TASKS, run_task
from app.kernel.actor import Actor

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from app.infra.services import Services
    from app.kernel.clock import FixedClock

ROOT = Path(__file__).parents[2]


@cache
def signing() -> dict[str, str]:
    """A key and certificate of this run."""
    from app.infra.sign.certificates import make_self_signed

    folder = Path(tempfile.mkdtemp(prefix="redress-signing-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    key, certificate = make_self_signed(
        folder, "Tidewater Music", datetime(2026, 11, 20, tzinfo=UTC)
    )
    return {
        "REDRESS_SIGNING_KEY_FILE": str(key),
        "REDRESS_SIGNING_CERTIFICATE_FILE": str(certificate),
    }


def environment(pg: dict[str, Any]) -> dict[str, str]:
    """What `Settings.from_env` reads, for a test application."""
    s3 = pg["s3"]
    keys = ("SECRET", "SESSION", "LINK", "FIELD")
    return {
        "DATABASE_URL": pg["app"],
        "DATABASE_OWNER_URL": pg["owner"],
        "DATABASE_AUDITOR_URL": pg["auditor"],
        "S3_ENDPOINT_URL": s3["url"],
        "S3_BUCKET": s3["bucket"],
        "S3_PREFIX": pg["prefix"],
        "S3_ACCESS_KEY_ID": s3["access_key"],
        "S3_SECRET_ACCESS_KEY": s3["secret_key"],
        "S3_PURGE_ACCESS_KEY_ID": s3["purge_access_key"],
        "S3_PURGE_SECRET_ACCESS_KEY": s3["purge_secret_key"],
        "REDRESS_DATA": str(ROOT / ".pytest_cache" / "data"),
        "REDRESS_DEMO": "true",
        "REDRESS_MAILBOX": "true",
        "REDRESS_REQUIRE_DURABLE": "false",
        "REDRESS_BASE_URL": "http://localhost",
        **signing(),
    } | {f"REDRESS_{name}_KEY": f"0123456789abcdef0123456789abcdef-{name.lower()}" for name in keys}


@contextmanager
def test_application(pg: dict[str, Any]) -> Iterator[Flask]:
    """One application per worker process."""
    from app.factory import create_app
    from config import Settings

    app = create_app(Settings.from_env(environment(pg)))
    app.extensions["redress"] = kept_inside(app.extensions["redress"])
    app.test_client_class = fresh_client()
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    yield app
    from app.infra.db.extension import db

    with app.app_context():
        db.engine.dispose()


@contextmanager
def rooms_application(pg: dict[str, Any]) -> Iterator[Flask]:
    """Rooms, reactions and ports without any page: what integration tests need."""
    from flask import Flask

    from app.factory import build_services, load_reactions, open_database
    from app.infra.db.extension import db
    from config import Settings

    settings = Settings.from_env(environment(pg))
    app = Flask("rooms")
    open_database(app, settings)
    app.extensions["redress"] = kept_inside(build_services(settings))
    load_reactions()
    yield app
    with app.app_context():
        db.engine.dispose()


def kept_inside(services: Services) -> Services:
    """No name of the outside world is known: a look-up takes as long as the machine's network wants."""
    return replace(services, egress=Egress(resolve=lambda _host, _port: []))


def fresh_client() -> type[FlaskClient]:
    """A client whose every request has an application context of its own, as behind a real server.

    Otherwise `g` of the fixture's context would carry the actor and form token of one request into the next.
    """
    from flask.testing import FlaskClient

    class FreshClient(FlaskClient):
        def open(self, *args: Any, **values: Any) -> Any:
            with self.application.app_context():
                return super().open(*args, **values)

    return FreshClient


def use_clock(app: Flask, clock: FixedClock) -> None:
    """Put the test's clock into the running application."""
    app.extensions["redress"] = replace(app.extensions["redress"], clock=clock)


def assert_invariants(app: Flask) -> None:
    """Every invariant holds and history verifies, after each integration test."""
    from app.history.service import verify
    from app.workflows.check_invariants import all_checks

    del app
    with transaction(Actor.system("test:invariants"), read_only=True) as tx:
        broken = run_checks(tx, all_checks())
        assert not broken, broken
        assert (found := verify(tx)) is None, found


def drain_jobs(app: Flask, *, limit: int = 500) -> int:
    """Run due jobs one after the other as the worker would, newest schema of the queue and all."""
    ran = 0
    while ran < limit:
        with transaction(Actor.system("test:jobs")) as tx:
            row = tx.execute(
                text(
                    "update procrastinate_jobs set status = 'doing' where id = (select id from procrastinate_jobs "
                    "where status = 'todo' and (scheduled_at is null or scheduled_at <= now()) order by id limit 1) "
                    "returning id, task_name, args"
                )
            ).first()
        if row is None:
            return ran
        run_task(app.extensions["redress"], row.task_name, row.args)
        with transaction(Actor.system("test:jobs")) as tx:
            tx.execute(
                text("update procrastinate_jobs set status = 'succeeded' where id = :id"),
                {"id": row.id},
            )
        ran += 1
    raise AssertionError(f"more than {limit} jobs: {sorted(TASKS)}")


def signed_in_client(app: Flask, person: Any) -> FlaskClient:
    """A test client with a real session row of *person* (factories of accounts make it)."""
    client = app.test_client()
    if person is not None:
        from tests.factories.accounts import sign_in

        sign_in(client, person)
    return client
