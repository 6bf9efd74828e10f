"""Changing a correction that waits: other lines, a new revision, approvals void, limits by their version."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.corrections.queries.corrections import correction_view
from app.corrections.queries.views import CorrectionView
from app.corrections.rules.proposal import Conversion
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.policies.commands import PublishLimits
from app.policies.service import publish_limits
from tests.factories.accounts import make_person
from tests.factories.corrections import CLOCK, Desk, approve, make_correction, make_line
from tests.factories.ledger import euro, make_payee
from tests.web.desk.pages import form_of, send, statements

SYSTEM = Actor.system("test:limits")


def address(key: UUID) -> str:
    return f"/finance/corrections/{key}/revise"


def view(desk: Desk, key: UUID) -> CorrectionView:
    """The correction as an approver sees it."""
    with transaction(desk.gus.actor, read_only=True) as tx:
        return correction_view(tx, desk.gus.actor, CLOCK, key)


def limits(**two_from: int) -> None:
    """Other limits from now on."""
    with transaction(SYSTEM) as tx:
        publish_limits(tx, PublishLimits(two_from, "Quarter's review."), SYSTEM, CLOCK)


def test_the_form_shows_the_lines_that_stand_and_an_empty_one(desk: Desk, client_as: Any) -> None:
    key = make_correction(desk, "412.83", "-10")

    client = client_as(desk.fay)
    client.get("/finance/corrections")
    with statements() as seen:
        page = client.get(address(key))

    fields = form_of(page.text, address(key))
    assert (fields["lines-0-amount"], fields["lines-1-amount"], fields["lines-2-amount"]) == (
        "412.83", "-10.00", "",
    )  # fmt: skip
    assert "lines-0-payee" not in fields
    assert len(seen) <= 12


def test_other_words_and_amounts_are_a_new_revision_by_another_maker(
    desk: Desk, client_as: Any
) -> None:
    key = make_correction(desk, "412.83", "10")
    other = make_payee("Bo Berg")

    answer = send(
        client_as(desk.fay), address(key), address(key), reason="Counted again.",
        **{
            "lines-0-amount": "400", "lines-0-note": "Two lines were double.", "lines-1-drop": "y",
            "lines-2-amount": "-3.50", "lines-2-payee": str(other), "lines-2-reason": "goodwill",
        },
    )  # fmt: skip

    fix = view(desk, key)
    assert answer.status_code == 303
    assert (fix.revision, fix.reason, fix.state) == (2, "Counted again.", "proposed")
    assert [(line.payee.legal_name, str(line.line.amount.amount)) for line in fix.lines] == [
        ("Ada Amberg", "400.00"), ("Bo Berg", "-3.50"),
    ]  # fmt: skip
    assert fix.lines[0].line.period == "2026-03"


def test_what_was_approved_once_starts_again_and_the_changer_never_approves(
    desk: Desk, client_as: Any
) -> None:
    key = make_correction(desk, "1000")
    approve(desk.gus.actor, key)
    assert view(desk, key).state == "approved_once"

    send(client_as(desk.fay), address(key), address(key), **{"lines-0-amount": "999.99"})

    fix = view(desk, key)
    assert (fix.state, fix.approvals, fix.needs_second) == ("proposed", (), False)
    assert desk.fay.id in fix.maker_ids


def test_whoever_changes_it_is_one_of_its_makers_beside_those_before(
    desk: Desk, client_as: Any
) -> None:
    key = make_correction(desk)
    rio = make_person("rio")

    answer = send(client_as(rio), address(key), address(key), reason="Looked at again.")

    fix = view(desk, key)
    assert answer.status_code == 303
    assert (fix.maker_ids, fix.preparer_id) == ({desk.fay.id, rio.id}, rio.id)


def test_b098_a_form_opened_before_another_change_is_told_and_keeps_the_text(
    desk: Desk, client_as: Any
) -> None:
    key = make_correction(desk)
    client = client_as(desk.fay)
    old = form_of(client.get(address(key)).text, address(key)) | {"lines-0-note": "KEPT"}
    send(client, address(key), address(key), reason="First.")

    answer = client.post(address(key), data=old, headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 409
    assert "Somebody changed this correction" in answer.text
    assert "KEPT" in answer.text
    assert view(desk, key).reason == "First."


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"lines-0-amount": "1e3"}, "lines-0-amount", "Type the amount in digits"),
        ({"lines-0-amount": "0"}, "lines-0-amount", "changes nothing"),
        ({"lines-0-amount": "1.005"}, "lines-0-amount", ""),
        ({"lines-0-tax": "500"}, "lines-0-tax", "Tax is a part of the amount"),
        ({"lines-1-amount": "5"}, "lines-1-payee", "Choose who is paid."),
        ({"lines-0-drop": "y"}, "reason", "at least one line"),
        ({"reason": " "}, "reason", "Please fill this in."),
    ],
)
def test_b094_a_line_that_cannot_stand_is_named_at_its_field(
    desk: Desk, client_as: Any, fields: dict[str, str], field: str, words: str
) -> None:
    key = make_correction(desk)

    answer = send(client_as(desk.fay), address(key), address(key), **fields)

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert words in answer.text
    assert view(desk, key).revision == 1


def test_b095_a_rate_that_does_not_give_the_amount_is_refused_and_a_right_one_taken(
    desk: Desk, client_as: Any
) -> None:
    change = Conversion(euro("100"), Decimal(1), date(2026, 11, 1), "ECB")
    key = make_correction(desk, lines=(make_line(desk.payee, "100", conversion=change),))
    client = client_as(desk.fay)

    wrong = send(client, address(key), address(key), **{"lines-0-amount": "90"})
    right = send(
        client, address(key), address(key), **{"lines-0-amount": "90", "lines-0-source": "90"}
    )

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert view(desk, key).lines[0].line.conversion == Conversion(
        euro("90"), Decimal(1), date(2026, 11, 1), "ECB"
    )


def test_only_what_waits_is_changed_and_only_by_who_prepares(desk: Desk, client_as: Any) -> None:
    key = make_correction(desk)
    link = f'href="{address(key)}"'

    shown = client_as(desk.fay).get(f"/finance/corrections/{key}").text
    approver = client_as(desk.gus)
    other = (approver.get(f"/finance/corrections/{key}").text, approver.get(address(key)))
    approve(desk.gus.actor, key)
    late = client_as(desk.fay).get(address(key))

    assert link in shown
    assert link not in other[0]
    assert other[1].status_code == 403
    assert late.status_code == 409


def test_a_correction_is_measured_by_the_limits_of_its_day(desk: Desk, client_as: Any) -> None:
    before = make_correction(desk, "500")
    limits(EUR=500)
    after = make_correction(desk, "500")
    send(client_as(desk.fay), address(before), address(before), reason="Same money, later.")

    old, new = view(desk, before), view(desk, after)

    assert (new.needs_second, new.limits_version) == (True, 2)
    assert (old.revision, old.needs_second, old.limits_version) == (2, True, 2)


def test_new_limits_change_nothing_that_waits(desk: Desk, client_as: Any) -> None:
    key = make_correction(desk, "500")
    limits(EUR=100)

    assert (view(desk, key).needs_second, view(desk, key).limits_version) == (False, 1)
    approve(desk.gus.actor, key)
    assert view(desk, key).state == "batched"


def test_the_limits_and_their_versions_are_read_with_the_policies(
    desk: Desk, client_as: Any
) -> None:
    make_correction(desk)
    limits(EUR=2000, JPY=0)

    client = client_as(desk.fay)
    client.get("/finance/corrections")
    with statements() as seen:
        page = client.get("/admin/policies").text

    assert "below €2,000.00" in page
    assert "from €2,000.00" in page
    assert "never alone" in page
    assert "Quarter" in page
    assert len(seen) <= 12


def test_a_payee_behind_the_fiftieth_is_found_and_stays_chosen(desk: Desk, client_as: Any) -> None:
    key = make_correction(desk, "412.83")
    for number in range(50):
        make_payee(f"Aaron {number:02}")
    zeno = make_payee("Zeno Quill")
    client, at = client_as(desk.fay), address(key)
    assert str(zeno) not in client.get(at).text

    found = send(client, at, at, do="find_payee", payee_name="quil")
    assert f'value="{zeno}"' in found.text
    assert "1 payee is found; the lists above offer it." in found.text
    assert re.search(r'<input[^>]*autofocus[^>]*name="payee_name"', found.text)
    assert view(desk, key).revision == 1

    line = {"lines-1-payee": str(zeno), "lines-1-amount": "5", "lines-1-reason": "goodwill"}
    again = send(client, at, at, do="find_payee", payee_name="nobody", **line)
    assert re.search(rf'<option[^>]*selected[^>]*value="{zeno}"', again.text)
    assert "No payee has a name that begins so." in again.text

    saved = send(client, at, at, **line)
    assert saved.status_code == 303, saved.text
    assert [row.payee.legal_name for row in view(desk, key).lines][1:] == ["Zeno Quill"]
