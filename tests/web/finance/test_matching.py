"""Lines without a recording in the browser's words: suggested, said by a person, taken back, read by readers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.factories.accounts import make_person
from tests.factories.catalogue import NIGHT, NIGHT_TWO, make_catalogue
from tests.integration.statements.test_matching import HEAD, KNOWN, LOST, NONE
from tests.web.finance.test_pages import statements, words
from tests.web.finance.test_statements import send

Client = Callable[[Any], Any]


@pytest.fixture
def fay(client_as: Client) -> Any:
    make_person("ada")
    make_catalogue(NIGHT, NIGHT_TWO)
    return client_as(make_person("fay"))


@pytest.fixture
def taken(fay: Any, run_jobs: Any) -> Callable[..., str]:
    """Take in these rows; the address of the import."""

    def taking(*rows: str) -> str:
        place = send(fay, "\n".join((HEAD, *rows, "")))
        run_jobs()
        return re.search(
            r'href="(/finance/statements/[0-9a-f-]{36})"', fay.get(place).get_data(as_text=True)
        )[1]  # type: ignore[index]

    return taking


def press(client: Any, page: str, action: str) -> Any:
    """Send the first form of *page* whose address ends with *action*."""
    forms = re.findall(r'<form method="post" action="([^"]+)">(.*?)</form>', page, re.DOTALL)
    address, inside = next(form for form in forms if re.search(action, form[0]))
    data = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', inside))
    return client.post(address, data=data | {"idempotency_key": uuid4().hex})


def test_a_suggestion_is_confirmed_holds_later_and_is_taken_back(fay: Any, taken: Any) -> None:
    place = taken(KNOWN, LOST, NONE)
    first = fay.get(place)
    with statements() as seen:
        page = fay.get(f"{place}/matching")
    assert len(seen) <= 12
    assert "2 recordings are named that the catalogue does not have." in words(first)
    assert (
        "Salt Road · Səbinə · AZTW12500301 Same release, with the zeros of its UPC put back This is it"
        in words(page)
    )
    assert "They name no recording." in words(page)

    answer = press(fay, page.get_data(as_text=True), "matching/[0-9a-f-]{36}$")
    assert answer.status_code == 303
    assert "Salt Road · AZTW12500301" not in words(fay.get(f"{place}/matching"))
    later = taken(LOST.replace("0.25", "0.35"))
    with statements() as seen:
        page = words(fay.get(f"{later}/matching?show=matched"))
    assert len(seen) <= 12
    assert (
        "Salt Road · AZTW12500301 Same release, with the zeros of its UPC put back, Fay Fox" in page
    )

    row = re.search(
        r"/matching/[0-9a-f-]{36}", fay.get(f"{later}/matching?show=matched").get_data(as_text=True)
    )[0]  # type: ignore[index]
    with statements() as seen:
        page = fay.get(f"{later}{row}")
    assert len(seen) <= 12
    assert "AZTW12500301 Same release, with the zeros of its UPC put back Said by Fay Fox" in words(
        page
    )
    assert "It holds for every statement." in words(page)
    press(fay, page.get_data(as_text=True), "take-back$")
    assert "Who said what Recording Why Said by Taken back by Salt Road" in words(
        fay.get(f"{later}{row}")
    )
    assert "This is it" in words(fay.get(f"{later}/matching"))


def test_what_nobody_suggests_is_searched_in_the_catalogue(fay: Any, taken: Any) -> None:
    place = taken(LOST.replace("Salt Road", "Unheard").replace("36000291452", ""))
    page = fay.get(f"{place}/matching").get_data(as_text=True)
    row = re.search(r"/matching/[0-9a-f-]{36}", page)[0]  # type: ignore[index]

    with statements() as seen:
        found = fay.get(f"{place}{row}?q=salt")
    nothing = words(fay.get(f"{place}{row}?q=zzz"))
    press(fay, found.get_data(as_text=True), "matching/[0-9a-f-]{36}$")

    assert len(seen) <= 12
    assert "This is it" not in page
    assert "Nothing in the catalogue has these words." in nothing
    matched = words(fay.get(f"{place}{row}"))
    assert "It means Quiet Tide (Live)" in matched
    assert "Chosen by hand Said by Fay Fox" in matched


def test_more_keys_than_a_page_holds_are_paged(fay: Any, taken: Any) -> None:
    place = taken(*(LOST.replace("Salt Road", f"Song {number:02d}").replace("2,", f"{number},", 1) for number in range(25)))  # fmt: skip
    page = fay.get(f"{place}/matching").get_data(as_text=True)
    after = re.search(r"after=([0-9a-f-]{36})", page)[1]  # type: ignore[index]
    second = fay.get(f"{place}/matching?after={after}").get_data(as_text=True)

    shown = [set(re.findall(r"Song \d\d", one)) for one in (page, second)]
    assert [len(one) for one in shown] == [20, 5]
    assert len(shown[0] | shown[1]) == 25
    assert fay.get(f"{place}/matching?after=x").status_code == 404


def test_a_stale_press_changes_nothing_and_says_so(fay: Any, taken: Any) -> None:
    place = taken(LOST)
    page = fay.get(f"{place}/matching").get_data(as_text=True)
    press(fay, page, "matching/[0-9a-f-]{36}$")
    row = re.search(r"/matching/[0-9a-f-]{36}", page)[0]  # type: ignore[index]
    matched = fay.get(f"{place}{row}").get_data(as_text=True)
    press(fay, matched, "take-back$")

    press(fay, matched, "take-back$")

    assert "This changed meanwhile. Look at it again." in words(fay.get(f"{place}{row}"))


def test_readers_read_and_say_nothing(client_as: Client, fay: Any, taken: Any) -> None:
    place = taken(LOST)
    row = re.search(
        r"/matching/[0-9a-f-]{36}", fay.get(f"{place}/matching").get_data(as_text=True)
    )[0]  # type: ignore[index]

    for name in ("gus", "aud"):
        client = client_as(make_person(name))
        assert "Salt Road" in words(client.get(f"{place}/matching"))
        assert "This is it" not in words(client.get(f"{place}{row}"))
        assert client.post(f"{place}{row}", data={"recording": uuid4().hex}).status_code == 403
    assert client_as(make_person("dee")).get(f"{place}/matching").status_code == 403


def test_notes_are_said_by_their_code(fay: Any, taken: Any) -> None:
    place = taken(LOST.replace(",FR,", ",Atlantis,"))

    assert "No known territory: kept as ZZ. Atlantis 1" in words(fay.get(place))


def test_a_file_that_was_taken_in_shows_its_lines_in_the_list(fay: Any, taken: Any) -> None:
    taken(KNOWN, LOST, NONE)

    assert "Taken in 3" in words(fay.get("/finance/statements"))
