"""Bringing a party in: by address, with or without an account, never on both sides."""

from __future__ import annotations

from typing import Any

from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from tests.factories.accounts import make_cast, make_person
from tests.factories.cases import make_case

SYSTEM = Actor.system("test")


def test_somebody_with_an_account_is_a_party_at_once(
    app: Any, client_as: Any, run_jobs: Any
) -> None:
    cast = make_cast("ada", "cy", "dee")
    case = make_case(cast["ada"])

    answer = client_as(cast["dee"]).post(
        f"/desk/cases/{case.ref}/parties/new",
        data={"side": "respondent", "name": "Cy Castell", "email": cast["cy"].email},
    )
    run_jobs()

    assert answer.status_code == 303
    assert client_as(cast["cy"]).get(f"/cases/{case.ref}").status_code == 200


def test_somebody_without_an_account_gets_one(app: Any, client_as: Any) -> None:
    cast = make_cast("ada", "dee")
    case = make_case(cast["ada"])

    answer = client_as(cast["dee"]).post(
        f"/desk/cases/{case.ref}/parties/new",
        data={"side": "respondent", "name": "New Label", "email": "new@label.example"},
    )

    assert answer.status_code == 303
    with transaction(SYSTEM, read_only=True) as tx:
        from app.accounts.queries import person_by_email

        assert person_by_email(tx, "new@label.example") is not None


def test_b148_nobody_stands_on_both_sides(app: Any, client_as: Any) -> None:
    cast = make_cast("ada", "dee")
    case = make_case(cast["ada"])

    answer = client_as(cast["dee"]).post(
        f"/desk/cases/{case.ref}/parties/new",
        data={"side": "respondent", "name": "Ada Amberg", "email": cast["ada"].email},
    )

    assert answer.status_code == 422
    assert "other side" in answer.text


def test_an_artist_brings_nobody_in_at_the_desk(app: Any, client_as: Any) -> None:
    ada, cy = make_person("ada"), make_person("cy")
    case = make_case(ada)

    answer = client_as(cy).post(f"/desk/cases/{case.ref}/parties/new", data={"side": "respondent"})

    assert answer.status_code in (403, 404)
