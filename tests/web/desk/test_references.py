"""S2: numbers of others among the facts, noted and taken off."""

from __future__ import annotations

import re
from typing import Any

from tests.factories.accounts import make_cast
from tests.factories.cases import make_case


def test_a_number_is_noted_seen_among_the_facts_and_taken_off(
    app: Any, client_as: Any, clock: Any
) -> None:
    cast = make_cast("ada", "dee")
    case, client = make_case(cast["ada"]), client_as(cast["dee"])
    page = f"/desk/cases/{case.ref}/references"
    assert f'href="{page}"' in client.get(f"/desk/cases/{case.ref}").text

    given = {"kind": "store_number", "side": "complainant", "value": "ST-9"}
    client.post(page, data=given)
    assert "ST-9" in client.get(f"/desk/cases/{case.ref}").text
    end = re.search(rf'action="({page}/[^"]+/end)"', client.get(page).text)
    assert end is not None
    client.post(end[1])

    assert "ST-9" not in client.get(f"/desk/cases/{case.ref}").text


def test_b013_a_number_without_kind_or_words_is_named_and_kept(
    app: Any, client_as: Any, clock: Any
) -> None:
    cast = make_cast("ada", "dee")
    case, client = make_case(cast["ada"]), client_as(cast["dee"])
    page = f"/desk/cases/{case.ref}/references"

    answer = client.post(page, data={"side": "complainant", "value": "ST-9"})
    empty = client.post(page, data={"kind": "claim_id", "side": "complainant", "value": " \u200b"})

    assert (answer.status_code, empty.status_code) == (422, 422)
    assert "Choose who gave the number." in answer.text
    assert 'value="ST-9"' in answer.text
