"""D1: people and roles."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from app.accounts.adapters.vault import keys_from
from app.accounts.service.sealed import open_invitation
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor, Role
from tests.factories.accounts import make_person, trust
from tests.web.account.pages import token_of

PASSWORD = "correct-horse-battery-orbit"


def invited_token(app: Any) -> str:
    """The newest invitation that went out."""
    with transaction(Actor.system("test")) as tx:
        row = tx.execute(
            text("select payload from event where type = 'person_invited' order by at desc limit 1")
        ).one()
    return (
        open_invitation(keys_from(app.extensions["redress"].settings).links, row.payload["sealed"])
        or ""
    )


def invite(client: Any, email: str = "new@example.com", **more: Any) -> Any:
    """Send the invitation form."""
    data = {"name": "Nia New", "email": email, "roles": ["agent"]} | more
    return client.post("/admin/people/new", data=data)


def test_invited_agent_sets_password_and_can_then_only_enrol(app: Any, client_as: Any) -> None:
    admin = client_as(make_person("adi"))
    assert invite(admin).status_code == 303
    guest = trust(app.test_client())
    path = f"/invitation/{invited_token(app)}"
    token = token_of(guest.get(path))

    answer = guest.post(
        path, data={"csrf_token": token, "email": "NEW@example.com", "password": PASSWORD}
    )

    assert answer.location == "/me/security/authenticator"
    assert guest.get("/me/sessions").location == "/me/security/authenticator"
    assert guest.get("/me/security/authenticator.svg").mimetype == "image/svg+xml"


def test_b154_invitation_is_bound_to_its_address_used_once_and_dies_after_72_hours(
    app: Any, client_as: Any, clock: Any
) -> None:
    from datetime import timedelta

    admin = client_as(make_person("adi"))
    invite(admin)
    path = f"/invitation/{invited_token(app)}"

    def accept(email: str) -> int:
        guest = trust(app.test_client())
        page = guest.get(path)
        if page.status_code != 200:
            return page.status_code
        data = {"csrf_token": token_of(page), "email": email, "password": PASSWORD}
        return guest.post(path, data=data).status_code

    assert accept("other@example.com") == 410
    with transaction(Actor.system("test")) as tx:
        kinds = tx.execute(
            text("select payload ->> 'kind' from event where type = 'account_notice_raised'")
        )
        assert "invitation_misused" in kinds.scalars().all()
    assert accept("new@example.com") == 303
    assert accept("new@example.com") == 410
    invite(client_as(make_person("adi2", roles={Role.ADMIN})), email="late@example.com")
    path = f"/invitation/{invited_token(app)}"
    clock.advance(timedelta(hours=72))
    assert accept("late@example.com") == 410


def test_weak_and_short_passwords_are_refused_with_the_reason(app: Any, client_as: Any) -> None:
    invite(client_as(make_person("adi")))
    guest = trust(app.test_client())
    path = f"/invitation/{invited_token(app)}"
    token = token_of(guest.get(path))

    answers = [
        guest.post(path, data={"csrf_token": token, "email": "new@example.com", "password": word})
        for word in ("short", "passwordpassword", "x" * 1025)
    ]

    assert [answer.status_code for answer in answers] == [422] * 3
    assert "At least 15" in answers[0].get_data(as_text=True)


def test_disabled_person_is_out_at_the_next_request(app: Any, client_as: Any) -> None:
    dee = make_person("dee")
    desk, admin = client_as(dee), client_as(make_person("adi"))
    before = desk.get("/me").status_code

    admin.post(f"/admin/people/{dee.id}/disable")

    assert before == 200
    assert desk.get("/me").location.startswith("/signin")


def test_role_change_ends_sessions_and_nobody_changes_their_own(app: Any, client_as: Any) -> None:
    dee, adi = make_person("dee"), make_person("adi")
    desk, admin = client_as(dee), client_as(adi)

    changed = admin.post(f"/admin/people/{dee.id}/roles", data={"roles": ["reviewer"]})
    own = admin.post(f"/admin/people/{adi.id}/roles", data={"roles": ["lead"]})

    assert changed.status_code == 303
    assert desk.get("/me").status_code == 303
    assert own.status_code == 403


def test_b096_roles_that_exclude_each_other_are_refused_by_form_and_database(
    app: Any, client_as: Any
) -> None:
    import pytest
    from sqlalchemy.exc import IntegrityError

    fay = make_person("fay")
    admin = client_as(make_person("adi"))

    answer = admin.post(
        f"/admin/people/{fay.id}/roles", data={"roles": ["finance_preparer", "finance_approver"]}
    )

    assert answer.status_code == 422
    with pytest.raises(IntegrityError, match="exclude"), transaction(Actor.system("test")) as tx:
        tx.execute(
            text(
                "insert into role_grant (id, person_id, role, granted_at) "
                "values (gen_random_uuid(), :person, 'finance_approver', now())"
            ),
            {"person": fay.id},
        )


def test_list_pages_and_filters(app: Any, client_as: Any) -> None:
    admin = client_as(make_person("adi"))
    for number in range(52):
        make_person(f"p{number:02}", name=f"Person {number:02}")

    first = admin.get("/admin/people").get_data(as_text=True)
    found = admin.get("/admin/people?q=Person+51").get_data(as_text=True)

    assert 'rel="next"' in first
    assert "Person 51" in found
    assert "Person 50" not in found
