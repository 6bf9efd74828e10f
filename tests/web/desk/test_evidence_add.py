"""A member of staff adds a file, in one piece or in parts; no party sees it."""

import io
from typing import Any

import pytest

from tests.factories.accounts import make_cast
from tests.factories.cases import make_case
from tests.factories.evidence import pdf


@pytest.fixture
def people(app: Any) -> Any:
    return make_cast("ada", "rio", "dee")


def test_a_file_of_the_desk_is_internal(client_as: Any, people: Any) -> None:
    case = make_case(people["ada"])
    rio, ada = client_as(people["rio"]), client_as(people["ada"])
    address = f"/desk/cases/{case.ref}/evidence/add"

    added = rio.post(address, data={"file": (io.BytesIO(pdf()), "call-notes.pdf")})
    nothing = rio.post(address, data={})

    assert (added.status_code, nothing.status_code) == (303, 422)
    assert "call-notes.pdf" in rio.get(address).text
    assert "call-notes.pdf" not in ada.get(f"/cases/{case.ref}").text
    assert "Add a file" in rio.get(f"/desk/cases/{case.ref}?pane=evidence").text


def test_the_case_id_of_the_uploader_is_the_cases_own(client_as: Any, people: Any) -> None:
    case = make_case(people["ada"])

    page = client_as(people["rio"]).get(f"/desk/cases/{case.ref}/evidence/add").text

    assert f'data-case="{case.id}"' in page
    assert "Up to 5" in page
