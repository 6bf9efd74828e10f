"""The public page on which anybody may check a letter."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.infra.jobs import run_task
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.letters.commands import DraftLetter, IssueLetter, VoidLetter
from app.letters.queries import LetterView, letter_view
from app.letters.rules.kinds import LetterKind
from app.letters.service.drafts import draft_letter
from app.letters.service.numbers import issue_letter
from app.letters.service.results import void_letter
from tests.factories.accounts import make_cast
from tests.factories.cases import make_case
from tests.factories.letters import make_context, with_services

SYSTEM = Actor.system("test")
TxAs = Callable[[Actor], AbstractContextManager[Session]]


class QuickRenderer:
    """Prints the context as it is."""

    def pdf(self, document: Any) -> bytes:
        """Bytes with a PDF's first words."""
        return b"%PDF-1.7 " + document.attachment


@pytest.fixture
def letter(app: Flask, tx_as: TxAs, clock: FixedClock) -> LetterView:
    """A letter to Ada whose bytes are stored."""
    cast = make_cast("ada", "rio")
    case = make_case(cast["ada"])
    rio = cast["rio"].actor
    with tx_as(rio) as tx:
        draft = draft_letter(
            tx, DraftLetter(case.id, make_context(LetterKind.WITHDRAWN)), rio, clock
        )
        row = issue_letter(tx, IssueLetter(draft.id, 1, "http://localhost"), rio, clock)
    with with_services(app, renderer=QuickRenderer()) as services:
        run_task(services, "letters.render", {"letter_id": str(row.id)})
    with tx_as(SYSTEM) as tx:
        return letter_view(tx, SYSTEM, row.id)


def token_in(page: str) -> str:
    """The token of the page's form."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_code_shows_number_day_kind_and_hash_and_nothing_personal(
    app: Flask, letter: LetterView
) -> None:
    answer = app.test_client().get(f"/verify/{letter.row.verify_code.lower()}")

    assert answer.status_code == 200
    for word in (letter.row.number, letter.row.sha256, "Case closed: withdrawn"):
        assert word in answer.text
    for secret in ("Ada", "Quliyeva", "RD-7K4M-29QX", "Night Ferry", str(letter.row.case_id)):
        assert secret not in answer.text


@pytest.mark.parametrize("code", ["0" * 26, "short", "x" * 400, "%00", "../../etc"])
def test_wrong_and_unknown_codes_are_the_same(app: Flask, letter: LetterView, code: str) -> None:
    assert app.test_client().get(f"/verify/{code}").status_code == 404


def test_typed_code_leads_to_the_letter(app: Flask, letter: LetterView) -> None:
    code = letter.row.verify_code

    answer = app.test_client().get(
        "/verify", query_string={"code": f"{code[:13].lower()} {code[13:]}"}
    )

    assert (answer.status_code, answer.location) == (303, f"/verify/{code}")


def test_anything_else_typed_is_marked(app: Flask) -> None:
    answer = app.test_client().get("/verify", query_string={"code": "<script>"})

    assert answer.status_code == 422
    assert "&lt;script&gt;" in answer.text
    assert "This is not a code of ours" in answer.text


@pytest.mark.parametrize(
    ("change", "words"),
    [(b"", "to the last byte"), (b"\n", "Do not rely on it")],
)
def test_file_is_compared_by_its_bytes(
    app: Flask, letter: LetterView, change: bytes, words: str
) -> None:
    pdf = b"".join(app.extensions["redress"].storage.open(letter.storage_key))
    client = app.test_client()
    address = f"/verify/{letter.row.verify_code}"
    token = token_in(client.get(address).text)

    answer = client.post(
        address,
        data={"csrf_token": token, "file": (io.BytesIO(pdf + change), "letter.pdf")},
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert answer.status_code == 200
    assert words in answer.text


def test_check_without_a_file_says_so(app: Flask, letter: LetterView) -> None:
    client = app.test_client()
    address = f"/verify/{letter.row.verify_code}"

    answer = client.post(
        address,
        data={"csrf_token": token_in(client.get(address).text)},
        content_type="multipart/form-data",
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert "Choose the file" in answer.text


def test_number_that_was_given_up_is_not_valid(
    app: Flask, tx_as: TxAs, clock: FixedClock, letter: LetterView
) -> None:
    eli = make_cast("eli")["eli"].actor
    with tx_as(eli) as tx:
        void_letter(tx, VoidLetter(letter.row.id, "Wrong words."), eli, clock)

    answer = app.test_client().get(f"/verify/{letter.row.verify_code}")

    assert "A letter with it is not valid" in answer.text
    assert "Wrong words." not in answer.text
