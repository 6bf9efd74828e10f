"""A receiver on loopback, the cast, and a case with two sides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.infra.clock import SystemClock
from app.kernel.clock import FixedClock
from tests.factories.accounts import make_cast
from tests.factories.cases import make_case
from tests.factories.webhooks import calling_loopback
from tests.support.receiver import Receiver, receiving


@pytest.fixture
def clock() -> FixedClock:
    """Now, until moved: others' verifiers look at the clock on the wall."""
    return FixedClock(SystemClock().now())


@pytest.fixture
def receiver(app: Any) -> Iterator[Receiver]:
    with receiving() as found, calling_loopback(app):
        yield found


@pytest.fixture
def people(app: Any) -> Any:
    return make_cast("ada", "bo", "cy", "dee", "rio", "fay", "gus", "adi", "aud")


@pytest.fixture
def case(people: Any, clock: FixedClock) -> Any:
    return make_case(people["ada"], respondent=people["cy"], clock=clock)
