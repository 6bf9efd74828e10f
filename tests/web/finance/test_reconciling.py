"""F5: finance chooses the ledger's file, sees what became of each correction, downloads it, and lets it count."""

from __future__ import annotations

import io
from csv import DictReader
from typing import Any
from uuid import UUID

import pytest

from tests.factories.accounts import make_person
from tests.factories.corrections import Desk
from tests.factories.reconciling import HEAD_IN_WORDS as HEAD
from tests.factories.reconciling import make_left, posted
from tests.web.finance.test_pages import Client, hidden, post_from, words


@pytest.fixture
def batch(app: Any, desk: Desk) -> UUID:
    return make_left(desk, app)


def send(client: Any, batch_id: UUID, content: str, name: str = "gl.csv") -> Any:
    address = f"/finance/batches/{batch_id}/reconciliation"
    token = hidden(client.get(address), "csrf_token")
    data = {"csrf_token": token, "file": (io.BytesIO(content.encode()), name)}
    return client.post(address, data=data, content_type="multipart/form-data")


def ours(client: Any, batch_id: UUID) -> list[str]:
    """Rows of the very file that left: correction and gross."""
    text = client.get(f"/finance/batches/{batch_id}/export/file").text
    rows = [row.split(",") for row in text.splitlines()[1:]]
    return [posted(row[2], row[7]) for row in rows]


def test_a_file_is_compared_filtered_downloaded_and_counts_when_it_is_confirmed(
    desk: Desk, client_as: Client, batch: UUID
) -> None:
    fay = client_as(desk.fay)
    first, _second = ours(fay, batch)

    sent = send(fay, batch, HEAD + first + posted("GL-1", "3.00"))
    page = fay.get(sent.location)
    missing = words(fay.get(f"{sent.location}?state=missing"))
    answered = post_from(
        fay, page, f"{sent.location}/confirm", version=hidden(page, "version"), reference="GL-7"
    )
    after = words(fay.get(sent.location))

    assert sent.status_code == 303
    shown = words(page)
    for said in (
        "All 3",
        "Matched 1",
        "Missing in the ledger 1",
        "Unknown in this batch 1",
        "GL-1",
    ):
        assert said in shown
    assert "1 correction is marked as posted." in shown
    assert "GL-1" not in missing
    assert answered.status_code == 303
    assert "What differs has to be mended in the ledger" in after
    assert "GL-7" in words(fay.get(f"/finance/batches/{batch}/export"))
    lines = fay.get(f"{sent.location}/lines.csv")
    assert lines.headers["Content-Disposition"].startswith("attachment")
    assert len(lines.text.splitlines()) == 4


def test_a_file_of_which_all_is_posted_says_so_and_one_of_which_nothing_is_leads_on(
    desk: Desk, client_as: Client, batch: UUID
) -> None:
    fay = client_as(desk.fay)
    both = ours(fay, batch)
    none, every = (
        send(fay, batch, HEAD + posted("GL-1", "3.00")),
        send(fay, batch, HEAD + "".join(both)),
    )

    led = fay.get(none.location)
    page = fay.get(every.location)
    version = hidden(page, "version")
    post_from(fay, page, f"{every.location}/confirm", version=version, reference="GL-7")
    counted = words(fay.get(every.location))

    assert "Nothing in this file was posted as exported" in words(led)
    assert f'href="/finance/batches/{batch}/export"' in led.text
    assert "all of it was posted as exported" in counted
    assert "waits for your answer" not in counted


def test_the_file_that_left_is_recognised_and_the_same_one_again_changes_nothing(
    desk: Desk, client_as: Client, batch: UUID
) -> None:
    fay = client_as(desk.fay)
    content = fay.get(f"/finance/batches/{batch}/export/file").text

    first, again = send(fay, batch, content), send(fay, batch, content)

    assert first.location == again.location
    page = words(fay.get(again.location))
    assert "This very file was compared before." in page
    assert "Matched 2" in page
    assert "gl.csv" in words(fay.get(f"/finance/batches/{batch}/reconciliation"))


def test_b074_problems_are_listed_by_line_and_nothing_is_compared(
    desk: Desk, client_as: Client, batch: UUID
) -> None:
    fay = client_as(desk.fay)

    refused = send(fay, batch, HEAD + "x,1,EUR\n" + "y,<b>,EUR,2026-11-30\n")

    assert refused.status_code == 422
    assert "line 2" in words(refused)
    assert "line 3" in words(refused)
    assert "<b>" not in refused.text.split("What to mend")[1].split("</table>")[0].replace(
        "<b><bdi", ""
    )
    assert "No file of your ledger" in words(fay.get(f"/finance/batches/{batch}/reconciliation"))


def test_without_a_reference_it_asks_at_the_field(
    desk: Desk, client_as: Client, batch: UUID
) -> None:
    fay = client_as(desk.fay)
    sent = send(fay, batch, HEAD + "".join(ours(fay, batch)))
    page = fay.get(sent.location)

    refused = post_from(
        fay, page, f"{sent.location}/confirm", version=hidden(page, "version"), reference=""
    )

    assert refused.status_code == 422
    assert 'href="#reference"' in refused.text


def test_b184_others_reach_neither_the_result_nor_its_download(
    desk: Desk, client_as: Client, batch: UUID
) -> None:
    fay, ada = client_as(desk.fay), client_as(make_person("ada"))
    sent = send(fay, batch, HEAD + "".join(ours(fay, batch)))

    for address in (
        sent.location,
        f"{sent.location}/lines.csv",
        f"/finance/batches/{batch}/reconciliation",
    ):
        assert ada.get(address).status_code in {403, 404}


def test_a_line_with_a_name_of_its_own_is_matched_by_hand_taken_back_and_counts_once_confirmed(
    desk: Desk, client_as: Client, batch: UUID
) -> None:
    fay = client_as(desk.fay)
    first, second = ours(fay, batch)
    amount = second.split(",")[1]
    sent = send(fay, batch, HEAD + first + posted("GL-1", amount))
    fix = second.partition(",")[0]
    asked = fay.get(f"{sent.location}?state=missing&match={fix}")
    assert "Line 3: GL-1" in words(asked)
    assert hidden_line(asked) == "3"
    to = f"{sent.location}/matches"

    bare = post_from(fay, asked, to, correction=fix, line="3", reason=" ")
    wrong = post_from(fay, asked, to, correction=fix, line="2", reason="Renumbered")
    done = post_from(fay, asked, to, correction=fix, line="3", reason="=Renumbered")
    page = fay.get(sent.location)

    assert (bare.status_code, wrong.status_code, done.status_code) == (422, 422, 303)
    assert "no unknown line that begins there" in words(wrong)
    assert "Renumbered" in wrong.text, "what was typed stays"
    for said in ("All 2", "Matched 2", "Unknown in this batch 0", "by hand =Renumbered"):
        assert said in words(page)
    rows = list(DictReader(fay.get(f"{sent.location}/lines.csv").text.splitlines()))
    assert {row["matched_by"]: row["reason"] for row in rows} == {
        "correction": "",
        "hand": "'=Renumbered",
    }, "of who matched it, and no formula"

    assert post_from(fay, page, f"{to}/{fix}/undo").status_code == 303
    assert "Missing in the ledger 1" in words(fay.get(sent.location))
    post_from(fay, asked, to, correction=fix, line="3", reason="Renumbered")
    page = fay.get(sent.location)
    version = hidden(page, "version")
    post_from(fay, page, f"{sent.location}/confirm", version=version, reference="GL-7")

    assert "Posted in the ledger" in words(fay.get(f"/finance/corrections/{fix}"))
    post_from(fay, page, f"{to}/{fix}/undo")
    after = words(fay.get(sent.location))
    assert "It counts as posted already." in after
    assert "Matched 2" in after


def test_only_who_answers_for_the_ledger_matches_by_hand(
    desk: Desk, client_as: Client, batch: UUID
) -> None:
    fay, aud = client_as(desk.fay), client_as(make_person("aud"))
    first, second = ours(fay, batch)
    sent = send(fay, batch, HEAD + first + posted("GL-1", "20.00"))
    fields = {"correction": second.partition(",")[0], "line": "3", "reason": "Renumbered"}

    assert "Match by hand" not in words(aud.get(f"{sent.location}?state=missing"))
    assert aud.post(f"{sent.location}/matches", data=fields).status_code in {302, 303, 403, 404}
    assert "Missing in the ledger 1" in words(fay.get(sent.location))


def hidden_line(page: Any) -> str:
    """The number that stands in the field already."""
    tag = next(part for part in page.text.split("<") if 'name="line"' in part)
    return str(tag.split('value="')[1].split('"')[0])
