"""P1 and help: for everybody, without a session row; references in any spelling; the language of the page."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from tests.factories.accounts import make_person


@pytest.fixture
def nobody(client_as: Any) -> Any:
    return client_as(None)


def test_the_three_starts(nobody: Any) -> None:
    page = nobody.get("/")
    assert page.status_code == 200
    for about in ("taken_down", "payout", "claims"):
        assert f"/cases/new?about={about}" in page.text
    assert "First reply within one working day" in page.text
    assert nobody.get("/help").location == "/en/help"


def test_looking_around_leaves_no_session(nobody: Any) -> None:
    for address in ("/", "/help", "/styleguide", "/find?ref=x", "/nowhere"):
        nobody.get(address)
    with transaction(Actor.system("test"), read_only=True) as tx:
        assert tx.execute(text("select count(*) from session")).scalar() in {0, 1}


@pytest.mark.parametrize("typed", ["RD-7K4M-29QY", "hello", "", "RD-7K4M-29Q", "x" * 300])
def test_a_wrong_reference_says_what_one_looks_like(nobody: Any, typed: str) -> None:
    answer = nobody.get("/find", query_string={"ref": typed})
    assert answer.status_code == 422
    assert 'id="ref-error"' in answer.text
    assert "Error: " in answer.text


def test_a_right_reference_in_any_spelling(nobody: Any, client_as: Any) -> None:
    from app.kernel.refs import make_ref

    ref, ada = str(make_ref("RD", lambda bits: 12345)), client_as(make_person("ada"))
    for typed in (ref, ref.lower(), ref.replace("-", " "), ref[3:]):
        assert nobody.get("/find", query_string={"ref": typed}).location == f"/status?ref={ref}"
        assert ada.get("/find", query_string={"ref": typed}).location == f"/cases/{ref}"


def test_the_language_of_the_page(nobody: Any) -> None:
    answer = nobody.get("/language?to=ar&next=/help")
    assert answer.location == "/help"
    page = nobody.get("/help", follow_redirects=True).text
    assert '<html lang="ar" dir="rtl"' in page
    assert nobody.get("/language?to=xx&next=//evil.example").location == "/"
    assert nobody.get("/help").location == "/ar/help"


def test_the_browser_is_asked_first(nobody: Any) -> None:
    page = nobody.get("/", headers={"Accept-Language": "hy, en;q=0.5"}).text
    assert '<html lang="hy" dir="ltr"' in page


def test_staff_go_to_their_desk(client_as: Any) -> None:
    assert client_as(make_person("rio")).get("/").location == "/desk"
    assert client_as(make_person("adi")).get("/").location.startswith("/admin")


def test_the_style_guide_shows_everything(nobody: Any) -> None:
    page = nobody.get("/styleguide")
    assert page.status_code == 200
    assert "style=" not in page.text
