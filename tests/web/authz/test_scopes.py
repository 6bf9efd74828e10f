"""B160: every route for programs asks for its scope, and a token with all others is refused before anything is read."""

from __future__ import annotations

from typing import Any

from app.accounts.rules import Scope
from app.edge.access import API, declared_policies
from tests.factories.accounts import bearer_client, make_token
from tests.web.authz.calls import example_call
from tests.web.authz.table import stored
from tests.web.authz.targets import targets_of
from tests.web.authz.watch import Watch
from tests.web.authz.world import build_world


def test_b160_every_route_for_programs_needs_its_scope(app: Any, pg: Any) -> None:
    world = build_world(app, pg)
    missing = {
        scope.value: bearer_client(
            app, make_token(world.people["rio"], *set(Scope) - {scope}).secret
        )
        for scope in Scope
    }
    for client in missing.values():
        client.get("/api/v1/cases")
    asked, problems = 0, []

    with Watch(pg["superuser"]) as watch:
        for entry in stored():
            if not entry.scope:
                continue
            target = next(iter(targets_of(entry.rule, world)))
            answer = missing[entry.scope].open(
                target.path, method=entry.method, **example_call(entry)
            )
            asked += 1
            if (answer.status_code, answer.json["code"]) != (403, "scope") or watch.changed():
                problems.append(f"{entry.key}: {answer.status_code}")

    assert not problems, "\n".join(problems)
    assert asked > 1


def test_only_the_document_is_open_and_all_else_needs_a_scope(app: Any) -> None:
    policies = dict(declared_policies(app))
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(API)]

    unscoped = {rule.rule for rule in rules if policies[rule.endpoint].scope is None}

    assert unscoped == {"/api/v1/openapi.json"}
