"""U1 and U2 for people who work here: password, authenticator, recovery codes, fresh proofs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.accounts.adapters.authenticator import code_at
from app.accounts.adapters.vault import Keys, keys_from
from app.accounts.service import secrets as proofs
from app.accounts.service import signin
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from tests.factories.accounts import TestPerson, make_person, trust
from tests.web.account.pages import scrub, token_of

SYSTEM = Actor.system("test")
PASSWORD = "lantern-harbour-velvet-orbit"


def keys_of(app: Any) -> Keys:
    return keys_from(app.extensions["redress"].settings)


def enrol(app: Any, clock: Any, key: str = "dee") -> tuple[TestPerson, str, list[str]]:
    """A person with password and authenticator: the person, the secret, the recovery codes."""
    person = make_person(key)
    with transaction(SYSTEM) as tx:
        proofs.set_password(tx, person.id, PASSWORD, clock, product="Redress")
        secret = proofs.start_authenticator(tx, person.id, clock, keys_of(app))
        codes = proofs.confirm_authenticator(
            tx, person.id, code_at(secret, clock.now()), clock, keys_of(app)
        )
    clock.advance(timedelta(minutes=2))
    return person, secret, codes or []


def give_password(client: Any, email: str, password: str = PASSWORD) -> Any:
    token = token_of(client.get("/signin/password"))
    return client.post(
        "/signin/password", data={"csrf_token": token, "email": email, "password": password}
    )


def give_code(client: Any, code: str, name: str = "code") -> Any:
    token = token_of(client.get("/signin/second"))
    return client.post("/signin/second", data={"csrf_token": token, name: code})


def test_password_and_code_sign_staff_in(app: Any, clock: Any) -> None:
    person, secret, _codes = enrol(app, clock)
    client = trust(app.test_client())

    first = give_password(client, person.email)
    before = client.get("/me").status_code
    second = give_code(client, code_at(secret, clock.now()))

    assert first.location == "/signin/second"
    assert before == 303
    assert second.location == "/desk"
    assert client.get("/me").status_code == 200


def test_b153_wrong_password_and_unknown_account_get_equal_bytes(app: Any, clock: Any) -> None:
    person, _secret, _codes = enrol(app, clock)
    make_person("ada")

    pages = [
        (answer.status_code, scrub(answer).replace(email, ""))
        for email in (person.email, "ada@example.com", "nobody@example.com")
        for answer in [give_password(trust(app.test_client()), email, "wrong-wrong-wrong-wrong")]
    ]

    assert pages[0] == pages[1] == pages[2]
    assert pages[0][0] == 422


def test_same_code_is_refused_twice(app: Any, clock: Any) -> None:
    person, secret, _codes = enrol(app, clock)
    one, two = trust(app.test_client()), trust(app.test_client())
    give_password(one, person.email)
    give_password(two, person.email)
    code = code_at(secret, clock.now())

    assert give_code(one, code).status_code == 303
    assert give_code(two, code).status_code == 422


def test_same_code_wins_once_in_parallel(app: Any, clock: Any) -> None:
    person, secret, _codes = enrol(app, clock)
    code = code_at(secret, clock.now())

    def attempt(_n: int) -> bool:
        with app.app_context(), transaction(SYSTEM) as tx:
            return signin.check_authenticator(tx, person.id, code, clock, keys_of(app))

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(attempt, range(8)))

    assert won.count(True) == 1


def test_staff_without_second_factor_can_only_enrol(app: Any, clock: Any) -> None:
    person = make_person("dee")
    with transaction(SYSTEM) as tx:
        proofs.set_password(tx, person.id, PASSWORD, clock, product="Redress")
    client = trust(app.test_client())

    answer = give_password(client, person.email)

    assert answer.location == "/me/security/authenticator"
    for path in ("/me", "/me/sessions", "/me/security", "/admin/people"):
        assert client.get(path).location == "/me/security/authenticator"
    assert client.get("/me/security/authenticator").status_code == 200


def test_enrolling_with_the_first_code_opens_a_full_session_and_shows_codes_once(
    app: Any, clock: Any
) -> None:
    person = make_person("dee")
    with transaction(SYSTEM) as tx:
        proofs.set_password(tx, person.id, PASSWORD, clock, product="Redress")
    client = trust(app.test_client())
    give_password(client, person.email)
    page = client.get("/me/security/authenticator")
    with transaction(SYSTEM) as tx:
        secret = proofs.start_authenticator(tx, person.id, clock, keys_of(app))

    data = {"csrf_token": token_of(page), "code": code_at(secret, clock.now())}
    answer = client.post("/me/security/authenticator", data=data)

    assert answer.get_data(as_text=True).count("<li>") >= 10
    assert client.get("/me").status_code == 200
    assert client.get("/me/security/authenticator.svg").status_code == 404


def test_recovery_code_works_once_and_its_owner_is_told(app: Any, clock: Any) -> None:
    person, _secret, codes = enrol(app, clock)
    one, two = trust(app.test_client()), trust(app.test_client())
    give_password(one, person.email)
    give_password(two, person.email)

    first = give_code(one, codes[0].lower(), "recovery")
    second = give_code(two, codes[0], "recovery")

    assert (first.status_code, second.status_code) == (303, 422)
    with transaction(SYSTEM) as tx:
        told = tx.execute(
            text("select payload ->> 'kind' from event where type = 'account_notice_raised'")
        )
        assert "recovery_code_used" in told.scalars().all()


def test_wrong_passwords_are_limited_per_account(app: Any, clock: Any) -> None:
    person, _secret, _codes = enrol(app, clock)

    answers = [give_password(trust(app.test_client()), person.email, "x" * 20) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert 0 < int(answers[5].headers["Retry-After"]) <= 60


def test_new_password_needs_a_fresh_proof_and_ends_other_sessions(
    app: Any, clock: Any, client_as: Any
) -> None:
    person, secret, _codes = enrol(app, clock)
    here, there = client_as(person), client_as(person)
    clock.advance(timedelta(minutes=6))
    assert here.get("/me/security/password").location == "/reauth?next=/me/security/password"
    before = here.get_cookie("redress").value

    proven = here.post(
        "/reauth", data={"code": code_at(secret, clock.now()), "next": "/me/security/password"}
    )
    changed = here.post("/me/security/password", data={"password": "moss-violin-granite-tide"})

    assert proven.location == "/me/security/password"
    assert here.get_cookie("redress").value != before
    assert changed.status_code == 303
    assert there.get("/me").status_code == 303
    assert here.get("/me").status_code == 200


def test_b155_change_of_address_needs_proof_tells_the_old_one_and_ends_links(
    app: Any, clock: Any, client_as: Any, run_jobs: Any
) -> None:
    from tests.web.account.pages import mailed

    ada = make_person("ada")
    here, there = client_as(ada), client_as(ada)
    clock.advance(timedelta(minutes=6))
    stale = here.post("/me/email", data={"email": "new@example.com"})
    here.post("/reauth/mail")
    run_jobs()
    here.post("/reauth", data={"code": mailed(app).code})

    asked = here.post("/me/email", data={"email": "new@example.com"})
    run_jobs()
    done = here.post("/me/email/code", data={"code": mailed(app).code})

    assert stale.location.startswith("/reauth")
    assert asked.location == "/me/email/code"
    assert done.location == "/me"
    assert there.get("/me").status_code == 303
    with transaction(SYSTEM) as tx:
        notice = tx.execute(
            text(
                "select payload from event where type = 'account_notice_raised' order by at desc limit 1"
            )
        ).scalar_one()
        email = tx.execute(
            text("select email from person where id = :id"), {"id": ada.id}
        ).scalar_one()
    assert (notice["kind"], notice["email"], email) == (
        "email_changed",
        "ada@example.com",
        "new@example.com",
    )


def test_authenticator_secret_is_stored_sealed(app: Any, clock: Any) -> None:
    person, secret, _codes = enrol(app, clock)

    with transaction(SYSTEM) as tx:
        stored = tx.execute(
            text("select secret from totp_secret where person_id = :id"), {"id": person.id}
        ).scalar_one()

    assert secret.encode() not in bytes(stored)


def test_administrator_reset_takes_factors_away_and_sets_none(
    app: Any, clock: Any, client_as: Any
) -> None:
    person, _secret, _codes = enrol(app, clock)
    desk, admin = client_as(person), client_as(make_person("adi"))

    answer = admin.post(f"/admin/people/{person.id}/reset")

    assert answer.status_code == 303
    assert desk.get("/me").status_code == 303
    assert give_password(trust(app.test_client()), person.email).status_code == 422
    with transaction(SYSTEM) as tx:
        for table in ("credential", "totp_secret", "recovery_code"):
            assert rows_of(tx, table, person.id) == 0


def rows_of(tx: Any, table: str, person_id: UUID) -> int:
    query = f"select count(*) from {table} where person_id = :id"
    return int(tx.execute(text(query), {"id": person_id}).scalar_one())


@pytest.mark.parametrize("code", ["", "000000", "abcdef", "1" * 20, "٠٠٠٠٠٠"])
def test_wrong_codes_are_wrong(app: Any, clock: Any, code: str) -> None:
    person, _secret, _codes = enrol(app, clock)
    client = trust(app.test_client())
    give_password(client, person.email)

    assert give_code(client, code).status_code == 422
