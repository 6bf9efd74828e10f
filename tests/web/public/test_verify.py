"""The public page on which anybody may check a letter."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.infra.jobs import run_task
from app.infra.sign.certificates import make_self_signed
from app.infra.sign.pades import PadesSigner
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
from tests.factories.letters import QuickRenderer, make_context, with_services

SYSTEM = Actor.system("test")
TxAs = Callable[[Actor], AbstractContextManager[Session]]


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
        for job in ("letters.render", "letters.sign"):
            run_task(services, job, {"letter_id": str(row.id)})
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


def upload(app: Flask, letter: LetterView, body: bytes) -> str:
    """The page after checking a file."""
    client = app.test_client()
    address = f"/verify/{letter.row.verify_code}"
    answer = client.post(
        address,
        data={
            "csrf_token": token_in(client.get(address).text),
            "file": (io.BytesIO(body), "letter.pdf"),
        },
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 200
    return answer.text


def issued(app: Flask, letter: LetterView) -> bytes:
    """The bytes that left."""
    return b"".join(app.extensions["redress"].storage.open(letter.storage_key))


def test_the_letter_itself_is_told_whole_signed_and_ours(app: Flask, letter: LetterView) -> None:
    page = upload(app, letter, issued(app, letter))

    assert "to the last byte" in page
    assert "nothing was changed since it was signed" in page
    assert "Us, with the certificate of this letter" in page


def test_an_altered_byte_is_named(app: Flask, letter: LetterView) -> None:
    pdf = issued(app, letter)
    page = upload(app, letter, pdf[:900] + bytes([pdf[900] ^ 1]) + pdf[901:])

    assert "One byte of your file was changed, at place 901 of the file" in page
    assert "Do not rely on it" in page
    assert "nothing was changed since" not in page


def test_bytes_added_behind_are_counted(app: Flask, letter: LetterView) -> None:
    page = upload(app, letter, issued(app, letter) + b"\n%more")

    assert "6 bytes were added behind" in page
    assert "something was added after it was signed" in page


def test_missing_bytes_are_counted(app: Flask, letter: LetterView) -> None:
    assert "The last 7 bytes of the letter are missing" in upload(
        app, letter, issued(app, letter)[:-7]
    )


def test_a_guess_learns_nothing_about_the_bytes(app: Flask, letter: LetterView) -> None:
    pdf = issued(app, letter)
    for guess in (pdf[:9] + b"?" * (len(pdf) - 9), pdf[:50], b"%PDF-1.7 x"):
        page = upload(app, letter, guess)
        assert "is not the letter that we issued" in page
        assert "at place" not in page


def test_a_letter_signed_by_somebody_else_is_told_apart(
    app: Flask, letter: LetterView, tmp_path: Path
) -> None:
    files = make_self_signed(tmp_path, "Tidewater Music", letter.printed_at)
    printed = b"".join(app.extensions["redress"].storage.open(letter.printed_key))
    forged = PadesSigner(*map(str, files)).sign(printed, letter.printed_at).pdf

    page = upload(app, letter, forged)

    assert "Somebody else" in page
    assert "Do not rely on it" in page


def test_page_says_who_signed_and_both_fingerprints(app: Flask, letter: LetterView) -> None:
    page = app.test_client().get(f"/verify/{letter.row.verify_code}").text

    assert "Signed by Tidewater Music on" in page
    assert letter.row.sha256 in page
    assert letter.row.printed_sha256 in page


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
