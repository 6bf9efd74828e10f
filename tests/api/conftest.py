"""Programs with tokens of the cast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.factories.accounts import TestPerson, bearer_client, make_token


@pytest.fixture
def program(app: Any) -> Callable[..., Any]:
    """`program(person, *scopes)` is a client that asks with a token of that person."""

    def make(person: TestPerson, *scopes: Any) -> Any:
        return bearer_client(app, make_token(person, *scopes).secret)

    return make
