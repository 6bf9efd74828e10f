"""Proof by others' software: schemathesis sends what the document allows, and what it forbids, as people of every kind.

No server error, nothing undocumented, no answer that is not as the document says. Half of the calls name things that
exist and carry the ETag that stands there now, so that they get past the door. More examples: `REDRESS_API_EXAMPLES=500`.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi import checks as openapi_checks

from app.accounts.rules import Scope
from tests.factories.accounts import make_token
from tests.web.authz.world import World, build_world

EXAMPLES = int(os.environ.get("REDRESS_API_EXAMPLES", "12"))
ACTORS = ("ada", "cy", "rio", "fay", "gus", "adi")
CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
]
_STEP = re.compile(
    "/(transitions|submit|propose|decide|confirm|return|lock|acknowledge|proof|send|void)$"
)
"""What a step's address has behind that of the thing that was read."""
REFUSED = {400, 404, 415, 422, 428, 412, 403, 401, 413, 429, 409}


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_no_server_error_and_nothing_undocumented(app: Any, pg: Any, clock: Any, mode: str) -> None:
    world = build_world(app, pg)
    config = SchemathesisConfig.from_dict({"generation": {"mode": mode}})
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config)
    calls = Caller(world, clock)

    for found in schema.get_all_operations():
        operation = found.ok()
        calls.minute_passes()
        if operation.path.endswith("/approve"):
            calls.proves_anew()
        _run(calls, operation)

    assert calls.asked > EXAMPLES * 10
    assert {200, 422} <= calls.statuses.keys()


def _run(calls: Caller, operation: Any) -> None:
    strategy = st.tuples(operation.as_strategy(), st.sampled_from(ACTORS), st.booleans())

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def ask(drawn: Any) -> None:
        calls.ask(*drawn)

    ask()


class Caller:
    """Asks as one of the world and checks the answer."""

    def __init__(self, world: World, clock: Any) -> None:
        self.world, self.clock = world, clock
        self.tokens = {key: make_token(world.people[key]).secret for key in ACTORS}
        self.statuses: Counter[int] = Counter()

    @property
    def asked(self) -> int:
        """How many calls."""
        return self.statuses.total()

    def minute_passes(self) -> None:
        """Each operation is a minute, so that no limit stands in the way."""
        self.clock.advance(timedelta(minutes=1))

    def proves_anew(self) -> None:
        """What moves money is asked with tokens that were made a moment ago, after a code."""
        people = self.world.people
        self.tokens |= {
            key: make_token(people[key], *Scope, clock=self.clock).secret for key in ("gus", "fay")
        }

    def ask(self, case: Any, actor: str, is_real: bool) -> None:
        """Send one call and hold its answer against the document."""
        if is_real:
            self._make_real(case, actor)
        case.headers["Authorization"] = f"Bearer {self.tokens[actor]}"
        answer = case.call()
        self.statuses[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    def _make_real(self, case: Any, actor: str) -> None:
        """Names of things that exist in place of made-up ones; the mark of what stands there now."""
        things = self.world.things["one"]
        known = things.ids | {
            "ref": things.case.ref,
            "draft_id": self.world.loose["draft_id"]["ada"],
        }
        for name in case.path_parameters or {}:
            if name in known:
                case.path_parameters[name] = str(known[name])
        if "If-Match" in (case.headers or {}):
            path = _STEP.sub("", case.formatted_path)
            seen = self.world.programs[actor].get(path)
            case.headers["If-Match"] = seen.headers.get("ETag", '"x"')
