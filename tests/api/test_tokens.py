"""B159, B160: who may ask with which token, and what is kept of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import g
from sqlalchemy import text

from app.accounts.commands import ChangeRoles, CreateToken
from app.accounts.rules import TOKENS_MOST, Permission, Scope
from app.accounts.service.people import change_roles, disable_person
from app.accounts.service.tokens import create_token, revoke_token, tokens_of
from app.api.frame.access import admit
from app.edge.access import Access, Policy
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor, Role
from app.kernel.clock import FixedClock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from tests.factories.accounts import NOON, bearer_client, make_person, make_token, sign_in
from tests.factories.cases import make_case
from tests.web.desk.pages import statements

SYSTEM = Actor.system("test")
CASES = "/api/v1/cases"


def test_a_token_opens_what_its_person_may_see(app: Any) -> None:
    client = bearer_client(app, make_token(make_person("ada")).secret)

    answer = client.get(CASES)

    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    "header",
    [
        "", "Bearer", "Bearer ", "Basic YWRhOng=", "Bearer rdt_short", "rdt_" + "x" * 43, "Bearer rdt_" + "x" * 43,
        "Bearer rdt_" + "x" * 43 + ",Bearer rdt_" + "y" * 43,
    ],
)  # fmt: skip
def test_b159_a_missing_wrong_or_double_token_is_401(app: Any, header: str) -> None:
    client = app.test_client()

    answer = client.get(CASES, headers={"Authorization": header} if header else {})

    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json["code"] == "unauthorized"


def test_b159_an_expired_or_revoked_token_is_401(app: Any, clock: Any) -> None:
    ada = make_person("ada")
    short, long = make_token(ada, days=1), make_token(ada, days=9)
    clients = [bearer_client(app, one.secret) for one in (short, long)]

    before = [client.get(CASES).status_code for client in clients]
    clock.advance(timedelta(days=2))
    expired = [client.get(CASES).status_code for client in clients]
    with transaction(ada.actor) as tx:
        revoke_token(tx, long.id, ada.actor, clock)
    revoked = [client.get(CASES).status_code for client in clients]

    assert (before, expired, revoked) == ([200, 200], [401, 200], [401, 401])


def test_b159_a_token_in_the_address_is_none(app: Any) -> None:
    token = make_token(make_person("ada")).secret

    answer = app.test_client().get(f"{CASES}?access_token={token}&token={token}")

    assert answer.status_code == 401


def test_a_cookie_is_never_looked_at(app: Any) -> None:
    client = app.test_client()
    sign_in(client, make_person("ada"))

    with statements() as seen:
        answer = client.get(CASES)

    assert answer.status_code == 401
    assert not any("from session as" in str(one) for one in seen)
    assert client.get("/cases").status_code == 200


def test_b160_less_scope_is_403_and_says_which(app: Any) -> None:
    client = bearer_client(app, make_token(make_person("ada"), Scope.LETTERS_READ).secret)

    answer = client.get(CASES)

    assert (answer.status_code, answer.json["code"]) == (403, "scope")
    assert "cases:read" in answer.json["detail"]


def test_b160_a_token_of_a_disabled_person_is_401(app: Any, clock: Any) -> None:
    ada = make_person("ada")
    client = bearer_client(app, make_token(ada).secret)
    with transaction(SYSTEM) as tx:
        disable_person(tx, ada.id, SYSTEM, clock)

    assert client.get(CASES).status_code == 401


@pytest.mark.parametrize("key", ["adi", "aud"])
def test_b160_scopes_give_nothing_that_the_role_has_not(app: Any, key: str) -> None:
    client = bearer_client(app, make_token(make_person(key)).secret)

    answer = client.get(CASES)

    assert (answer.status_code, answer.json["code"]) == (403, "permission")


def test_too_many_calls_of_one_token_are_429_with_a_time(app: Any) -> None:
    client = bearer_client(app, make_token(make_person("ada"), Scope.LETTERS_READ).secret)

    statuses = [client.get(CASES).status_code for _ in range(601)]
    last = client.get(CASES)

    assert set(statuses[:600]) == {403}
    assert (statuses[600], last.status_code) == (429, 429)
    assert int(last.headers["Retry-After"]) >= 1


def test_only_a_hash_and_the_first_characters_are_kept(app: Any) -> None:
    secret = make_token(make_person("ada")).secret

    with transaction(SYSTEM) as tx:
        row = tx.execute(text("select row_to_json(t)::text from api_token t")).scalar_one()
        entry = tx.execute(
            text("select data::text from history_entry where verb = 'token.created'")
        ).scalar_one()

    assert secret[:12] in row
    assert secret not in row + entry
    assert secret[12:] not in row + entry


def test_the_last_use_is_known_to_the_minute(app: Any, clock: Any) -> None:
    ada = make_person("ada")
    client = bearer_client(app, make_token(ada).secret)

    def used() -> Any:
        with transaction(ada.actor) as tx:
            return tokens_of(tx, ada.id, clock)[0].last_used_at

    never, _ = used(), client.get(CASES)
    first, _, _ = used(), clock.advance(timedelta(seconds=30)), client.get(CASES)
    same, _, _ = used(), clock.advance(timedelta(seconds=30)), client.get(CASES)

    assert never is None
    assert first == same
    assert used() == first + timedelta(seconds=60)


def test_the_second_wall_shows_nobody_the_tokens_of_another(app: Any, clock: Any) -> None:
    ada, cy = make_person("ada"), make_person("cy")
    token = make_token(ada)

    with transaction(cy.actor) as tx:
        seen = tx.execute(text("select count(*) from api_token")).scalar_one()
        with pytest.raises(NotFound):
            revoke_token(tx, token.id, cy.actor, clock)

    assert seen == 0


def test_nobody_makes_a_token_of_somebody_else(app: Any, clock: Any) -> None:
    ada, cy = make_person("ada"), make_person("cy")
    command = CreateToken(ada.id, "mine", frozenset({Scope.CASES_READ}), 30)

    with pytest.raises(Forbidden), transaction(cy.actor) as tx:
        create_token(tx, command, cy.actor, clock)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": " "}, "name"), ({"name": "x" * 81}, "name"), ({"scopes": frozenset()}, "scopes"),
     ({"days": 0}, "days"), ({"days": 366}, "days")],
)  # fmt: skip
def test_what_a_token_cannot_be_is_named(app: Any, clock: Any, changes: Any, field: str) -> None:
    ada = make_person("ada")
    values = {"name": "a", "scopes": frozenset({Scope.CASES_READ}), "days": 30} | changes

    with pytest.raises(Invalid) as refused, transaction(ada.actor) as tx:
        create_token(tx, CreateToken(ada.id, **values), ada.actor, clock)

    assert refused.value.field == field


def test_one_person_has_so_many_tokens_and_no_more(app: Any) -> None:
    ada = make_person("ada")
    for _ in range(TOKENS_MOST):
        make_token(ada)

    with pytest.raises(Refused):
        make_token(ada)


def test_a_role_that_ends_ends_for_its_tokens_at_once(app: Any, clock: Any) -> None:
    rio = make_person("rio")
    client = bearer_client(app, make_token(rio).secret)
    before = client.get("/api/v1/policies").status_code

    with transaction(SYSTEM) as tx:
        change_roles(tx, ChangeRoles(rio.id, frozenset({Role.AGENT})), SYSTEM, clock)

    assert (before, client.get("/api/v1/policies").status_code) == (200, 403)
    assert client.get(CASES).status_code == 200


def test_b149_an_auditor_writes_nothing_by_token(app: Any) -> None:
    case = make_case(make_person("ada"))
    client = bearer_client(app, make_token(make_person("aud")).secret)
    path = f"/api/v1/cases/{case.ref}/messages"

    answer = client.post(path, json={"to": "note", "body": "x"})

    assert (answer.status_code, answer.json["code"]) == (403, "permission")


@pytest.mark.parametrize("method", ["TRACE", "PUT", "BREW"])
def test_b164_an_unknown_method_is_405_whatever_a_header_says(app: Any, method: str) -> None:
    client = bearer_client(app, make_token(make_person("ada")).secret)

    answer = client.open(CASES, method=method, headers={"X-HTTP-Method-Override": "GET"})
    override = client.get(CASES, headers={"X-HTTP-Method-Override": "DELETE"})

    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
    assert override.status_code == 200


def test_what_was_done_with_a_token_names_it_in_history(app: Any) -> None:
    ada = make_person("ada")
    token = make_token(ada)

    bearer_client(app, token.secret).post("/api/v1/drafts", json={"sub_kind": "other"})
    with transaction(SYSTEM) as tx:
        query = text(
            "select distinct data ->> 'token_id' from history_entry where case_id is not null"
        )
        named = set(tx.execute(query).scalars())

    assert named == {str(token.id)}


def test_a_token_that_approves_money_is_made_after_a_code_by_its_owner_only(app: Any) -> None:
    gus = make_person("gus")
    command = CreateToken(gus.id, "pay", frozenset({Scope.MONEY_APPROVE}), 30)
    stale = replace(gus.actor, proven_at=NOON - timedelta(minutes=5))
    for actor in (SYSTEM, stale, replace(gus.actor, proven_at=None)):
        with pytest.raises(Invalid) as no, transaction(SYSTEM) as tx:
            create_token(tx, command, actor, FixedClock(NOON))
        assert (no.value.field, no.value.code) == ("scopes", "not_fresh")

    proven = replace(gus.actor, proven_at=NOON - timedelta(minutes=2))
    with transaction(SYSTEM) as tx:
        create_token(tx, command, proven, FixedClock(NOON))
        (row,) = tokens_of(tx, gus.id, FixedClock(NOON))

    assert row.expires_at == NOON + timedelta(minutes=3), "the code's five minutes, not the token's"


def test_the_proof_of_a_token_counts_for_approving_alone(app: Any, clock: Any) -> None:
    gus = make_person("gus")
    token = make_token(gus, Scope.MONEY_APPROVE, Scope.MONEY_READ, clock=clock).secret
    seen = {}
    for name, scope in (("read", Scope.MONEY_READ), ("approve", Scope.MONEY_APPROVE)):
        with app.test_request_context(headers={"Authorization": f"Bearer {token}"}):
            admit(Policy(Access.PERMISSION, Permission.CORRECTION_APPROVE, scope=scope))
            seen[name] = g.actor.proven_at

    assert seen == {"read": None, "approve": clock.now()}
    clock.advance(timedelta(minutes=5))
    assert bearer_client(app, token).get("/api/v1/corrections").status_code == 401
