"""Keys of creating forms (I16, B138)."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import text

from app.infra.db.transaction import transaction
from app.kernel.actor import Actor, Role
from tests.factories.accounts import make_person, sign_in
from tests.support.hammer import hammer, rounds

SYSTEM = Actor.system("test")
FORM = {"name": "Nia New", "email": "nia@example.com", "roles": ["agent"], "idempotency_key": "k-1"}


def invited() -> int:
    with transaction(SYSTEM) as tx:
        return int(tx.execute(text("select count(*) from invitation")).scalar_one())


def test_same_key_and_body_gets_the_same_answer_and_one_effect(client_as: Any) -> None:
    client = client_as(make_person("adi"))

    first, second = (client.post("/admin/people/new", data=FORM) for _ in range(2))

    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert first.status_code == 303
    assert invited() == 1


def test_same_key_with_another_body_is_422(client_as: Any) -> None:
    client = client_as(make_person("adi"))
    client.post("/admin/people/new", data=FORM)

    answer = client.post("/admin/people/new", data=FORM | {"email": "other@example.com"})

    assert answer.status_code == 422
    assert invited() == 1


def test_refused_form_burns_no_key(client_as: Any) -> None:
    client = client_as(make_person("adi"))

    bad = client.post("/admin/people/new", data=FORM | {"email": "not an address"})
    good = client.post("/admin/people/new", data=FORM)

    assert (bad.status_code, good.status_code) == (422, 303)


def test_key_belongs_to_its_client(client_as: Any) -> None:
    one, two = client_as(make_person("adi")), client_as(make_person("ava", roles={Role.ADMIN}))
    one.post("/admin/people/new", data=FORM)

    answer = two.post("/admin/people/new", data=FORM | {"email": "other@example.com"})

    assert answer.status_code == 303
    assert invited() == 2


def test_too_long_a_key_is_400(client_as: Any) -> None:
    answer = client_as(make_person("adi")).post(
        "/admin/people/new", data=FORM | {"idempotency_key": "k" * 256}
    )

    assert answer.status_code == 400


@rounds(1)
def test_b138_the_same_key_many_times_at_once_has_one_effect(app: Any, rounds: int) -> None:
    adi = make_person("adi")
    clients = [app.test_client() for _ in range(100 if rounds > 1 else 20)]
    for client in clients:
        sign_in(client, adi)

    with hammer(app, f"{len(clients)} with the same key") as blow:
        for number in range(1, rounds + 1):
            form = FORM | {"email": f"nia{number}@example.com", "idempotency_key": f"k-{number}"}
            answers = blow.strike(
                *(partial(client.post, "/admin/people/new", data=form) for client in clients),
                width=10,
            )
            assert invited() == number
            assert {answer.status_code for answer in answers} <= {303, 409}
            assert len({one.location for one in answers if one.status_code == 303}) == 1
