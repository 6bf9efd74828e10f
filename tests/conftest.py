"""Fixtures of every tree. Unit and architecture tests never start a server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from app.kernel.clock import FixedClock
from tests.support import servers

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session

    from app.kernel.actor import Actor
    from tests.factories.corrections import Desk

# A busy machine makes slow examples; a slow draw is no finding.
# The same examples for everybody, unless a seed is set (`make soak` sets one, and prints it).
settings.register_profile(
    "house",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="REDRESS_TEST_SEED" not in os.environ,
)
settings.load_profile("house")

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SERVERLESS = ("tests/unit", "tests/architecture", "tests/letters", "tests/browser")
_servers = pytest.StashKey[servers.Servers]()


def _needs_servers(config: pytest.Config) -> bool:
    if config.option.collectonly or servers.ENV in os.environ:
        return False
    args = [str(arg).split("::")[0] for arg in config.args]
    root = str(config.rootpath)
    return not all(arg.removeprefix(root).lstrip("/").startswith(SERVERLESS) for arg in args)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Which worker gets which test."""
    from tests.support.sharing_out import InGroups

    return InGroups(config, log)


def pytest_configure(config: pytest.Config) -> None:
    """The controlling process starts the servers; xdist workers inherit the addresses."""
    if not hasattr(config, "workerinput") and _needs_servers(config):
        config.stash[_servers] = servers.Servers()
        config.stash[_servers].start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started."""
    if _servers in config.stash:
        config.stash[_servers].stop()
        os.environ.pop(servers.ENV, None)


@pytest.fixture(scope="session")
def pg(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Addresses of this worker's database (`app`, `owner`, `auditor`, `superuser`) and of the store (`s3`)."""
    return servers.clone(getattr(request.config, "workerinput", {}).get("workerid", "main"))


@pytest.fixture
def clock() -> FixedClock:
    """Friday 2026-11-20, 09:00 UTC, until moved."""
    return FixedClock(NOON)


@pytest.fixture(scope="session")
def _product(pg: dict[str, Any]) -> Iterator[Flask]:
    from tests.support.application import test_application

    with test_application(pg) as app:
        yield app


@pytest.fixture(scope="session")
def _rooms(pg: dict[str, Any]) -> Iterator[Flask]:
    from tests.support.application import rooms_application

    with rooms_application(pg) as app:
        yield app


@pytest.fixture(scope="session")
def empty(pg: dict[str, Any]) -> Iterator[Callable[[], None]]:
    """Deletes all that a test wrote into this worker's database."""
    with servers.emptying(pg["superuser"]) as emptied:
        yield emptied


@pytest.fixture
def app(
    request: pytest.FixtureRequest, clock: FixedClock, empty: Callable[[], None]
) -> Iterator[Flask]:
    """The product (in tests/integration: the rooms without faces) on this worker's database with a fixed clock.

    After each test all invariants are checked and the database is emptied.
    """
    from tests.support.application import assert_invariants, use_clock

    below_faces = "integration" in request.node.path.parts
    app: Flask = request.getfixturevalue("_rooms" if below_faces else "_product")
    use_clock(app, clock)
    with app.app_context():
        try:
            yield app
            assert_invariants(app)
        finally:
            empty()


@pytest.fixture
def tx_as(app: Flask) -> Callable[[Actor], AbstractContextManager[Session]]:
    """`with tx_as(actor) as tx:` is a real transaction with a real commit."""
    from app.infra.db.transaction import transaction

    return transaction


@pytest.fixture
def client_as(app: Flask) -> Callable[[Any], Any]:
    """`client_as(person)` gives a signed-in test client; `client_as(None)` an anonymous one."""
    from tests.support.application import signed_in_client

    return lambda person=None: signed_in_client(app, person)


@pytest.fixture
def desk(app: Flask, pg: dict[str, Any]) -> Desk:
    """The people and the payee of a finance desk, see `tests/factories/corrections.py`."""
    from tests.factories.corrections import make_desk

    return make_desk(pg)


@pytest.fixture
def run_jobs(app: Flask) -> Callable[[], int]:
    """Runs every due job in this process until none is left; returns how many ran."""
    from tests.support.application import drain_jobs

    return lambda: drain_jobs(app)
