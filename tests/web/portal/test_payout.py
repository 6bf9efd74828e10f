"""The working of an amount for the payee it belongs to: plain words, their own lines, nobody else's person or money."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from app.cases.rules.kinds import CaseEvent, SubKind
from app.kernel.sides import Side
from tests.factories.accounts import make_person
from tests.factories.audits import PAID, make_audit
from tests.factories.cases import act, make_case
from tests.factories.incidents import take_in
from tests.web.desk.pages import statements


@pytest.fixture
def people(app: Any, clock: Any) -> dict[str, Any]:
    return {name: make_person(name, clock=clock) for name in ("ada", "bo", "cy", "rio")}


@pytest.fixture
def case(people: Any, clock: Any, tmp_path: Path) -> Any:
    made = make_case(people["ada"], SubKind.MISSING_EARNINGS, respondent=people["cy"], clock=clock)
    make_audit(made.id, clock, tmp_path)
    return made


@pytest.fixture
def decided(case: Any, people: Any, clock: Any) -> Any:
    rio = people["rio"].actor
    act(case.id, CaseEvent.TAKE, rio, clock=clock)
    return act(case.id, CaseEvent.CLOSE_OUT_OF_SCOPE, rio, clock=clock, reason="Agreed by phone")


def test_the_artist_reads_what_was_paid_what_it_should_have_been_and_the_steps(
    decided: Any, people: Any, client_as: Any
) -> None:
    client = client_as(people["ada"])

    html = client.get(f"/cases/{decided.ref}/payout").text

    assert "We paid €346.26. It should have been €731.88." in html
    assert "The difference in your favour is €385.62." in html
    assert "Wrong split, 25%" in html
    opened = client.get(f"/cases/{decided.ref}/payout?open=1").text
    assert "1256.88 EUR × 1 × (1 − 0) × 0.5 × (1 − 0) = 628.44 EUR" in opened
    assert f"/cases/{decided.ref}/payout" in client.get(f"/cases/{decided.ref}").text


def test_b100_nobody_reads_another_payees_money(decided: Any, people: Any, client_as: Any) -> None:
    cys = client_as(people["cy"]).get(f"/cases/{decided.ref}/payout").text
    file = client_as(people["ada"]).get(f"/cases/{decided.ref}/payout/lines.csv?payee=cy")

    assert "It should have been €731.88." in cys
    assert "That is the same." in cys
    assert "€346.26" not in cys
    rows = list(csv.DictReader(io.StringIO(file.get_data().decode("utf-8-sig"))))
    assert {row["payee"] for row in rows} == {"ada"}
    assert len(rows) == 3
    for name in ("bo", "rio"):
        assert client_as(people[name]).get(f"/cases/{decided.ref}/payout").status_code in {
            302,
            303,
            403,
            404,
        }


def test_before_it_is_decided_nothing_is_promised(case: Any, people: Any, client_as: Any) -> None:
    client = client_as(people["ada"])

    html = client.get(f"/cases/{case.ref}/payout").text

    assert "not decided yet" in html
    assert "€" not in html
    assert client.get(f"/cases/{case.ref}/payout/lines.csv").status_code == 404
    assert f"/cases/{case.ref}/payout" not in client.get(f"/cases/{case.ref}").text


def test_b100_a_party_reads_its_own_lines_of_our_statements_alone(
    app: Any, decided: Any, people: Any, clock: Any, client_as: Any
) -> None:
    take_in(app, clock, paid=PAID)
    page = f"/cases/{decided.ref}/payout/statement"
    ada = client_as(people["ada"])
    with statements() as seen:
        own = ada.get(page).text

    assert len(seen) <= 12
    assert "€314.22" in own
    assert "€628.44" not in own
    assert "YouTube" not in own
    august = own.partition("Aug 2026")[0].rpartition("part=")[2][:36]
    assert "€32.04" in ada.get(f"{page}?part={august}").text
    cys = client_as(people["cy"]).get(page).text
    assert "€628.44" in cys
    assert "€314.22" not in cys
    for name in ("bo", "rio"):
        assert client_as(people[name]).get(page).status_code in {302, 303, 403, 404}
    assert ada.get(f"{page}?part=00000000-0000-4000-8000-000000000000").status_code == 404


def test_our_statements_are_not_shown_before_the_decision(
    app: Any, case: Any, people: Any, clock: Any, client_as: Any
) -> None:
    take_in(app, clock, paid=PAID)

    html = client_as(people["ada"]).get(f"/cases/{case.ref}/payout/statement").text

    assert "not decided yet" in html
    assert "€" not in html


@pytest.mark.parametrize("is_duplicate", [True, False])
def test_a_duplicate_does_not_lead_to_a_computation_that_is_not_its_own(
    people: Any, client_as: Any, clock: Any, tmp_path: Path, is_duplicate: bool
) -> None:
    one, other = (
        make_case(people["ada"], SubKind.MISSING_EARNINGS, clock=clock) for _n in range(2)
    )
    make_audit(one.id, clock, tmp_path)
    rio = people["rio"].actor
    act(one.id, CaseEvent.TAKE, rio, clock=clock)
    if is_duplicate:
        act(one.id, CaseEvent.MARK_DUPLICATE, rio, clock=clock, other_case_id=str(other.id))
    else:
        act(one.id, CaseEvent.CLOSE_OUT_OF_SCOPE, rio, clock=clock, reason="Agreed by phone")

    page = client_as(people["ada"]).get(f"/cases/{one.ref}").text

    assert ("How we computed it" in page) is not is_duplicate
    assert (f'href="/cases/{other.ref}"' in page) is is_duplicate


@pytest.mark.parametrize(
    ("sides", "is_there"),
    [
        (None, False),
        ({"ada": Side.COMPLAINANT, "cy": Side.RESPONDENT}, True),
        ({"cy": Side.RESPONDENT}, False),
    ],
)
def test_the_way_to_the_working_is_offered_where_something_was_computed_for_the_reader(
    people: Any,
    client_as: Any,
    clock: Any,
    tmp_path: Path,
    sides: dict[str, Side] | None,
    is_there: bool,
) -> None:
    """Figures of the other side alone lead nowhere either."""
    made = make_case(people["ada"], SubKind.MISSING_EARNINGS, respondent=people["cy"], clock=clock)
    if sides is not None:
        make_audit(made.id, clock, tmp_path, sides)
    rio = people["rio"].actor
    act(made.id, CaseEvent.TAKE, rio, clock=clock)
    act(made.id, CaseEvent.CLOSE_OUT_OF_SCOPE, rio, clock=clock, reason="Agreed by phone")

    client = client_as(people["ada"])
    page = client.get(f"/cases/{made.ref}").text
    with statements() as seen:
        client.get(f"/cases/{made.ref}")

    assert len(seen) <= 12
    assert ("How we computed it" in page) is is_there
    working = client.get(f"/cases/{made.ref}/payout").text
    assert ("Nothing was computed for you" in working) is not is_there


def test_a_duplicate_of_a_case_of_somebody_else_names_no_case(
    people: Any, client_as: Any, clock: Any
) -> None:
    mine, theirs = (
        make_case(people[name], SubKind.MISSING_EARNINGS, clock=clock) for name in ("ada", "bo")
    )
    rio = people["rio"].actor
    act(mine.id, CaseEvent.TAKE, rio, clock=clock)
    act(mine.id, CaseEvent.MARK_DUPLICATE, rio, clock=clock, other_case_id=str(theirs.id))

    page = client_as(people["ada"]).get(f"/cases/{mine.ref}").text

    assert "This is handled in another case about the same thing." in page
    assert str(theirs.ref) not in page
    assert "Open the other case" not in page
