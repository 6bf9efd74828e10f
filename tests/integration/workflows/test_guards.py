"""What the moves of a case refuse beside the table: pages of their own, holds that would lose their case."""

from __future__ import annotations

from typing import Any

import pytest

from app.cases.commands import ApplyEvent
from app.cases.rules.kinds import CaseEvent
from app.conversations.commands import SendMessage
from app.conversations.rules.audience import Audience
from app.conversations.service.messages import send_message
from app.infra.db.transaction import transaction
from app.kernel.clock import FixedClock
from app.kernel.errors import Invalid, Refused
from app.kernel.money import Money
from app.kernel.sides import Side
from app.ledger.commands import PlaceHold
from app.ledger.rules.holds import AssetKind, HoldReason, HoldScope
from app.ledger.service.holds import place_hold
from app.workflows.act import act
from tests.factories.accounts import NOON, make_cast
from tests.factories.cases import make_case
from tests.factories.ledger import euro, make_hold, make_payee

CLOCK = FixedClock(NOON)


@pytest.fixture
def cast(app: Any) -> Any:
    return make_cast("ada", "rio")


def refused(cast: Any, case: Any, event: CaseEvent, **data: Any) -> str:
    rio = cast["rio"].actor
    with pytest.raises(Refused) as caught, transaction(rio) as tx:
        act(tx, ApplyEvent(case.id, event, case.version, "because", data), rio, CLOCK)
    return caught.value.code


@pytest.mark.parametrize(
    "event", [CaseEvent.PROPOSE_DECISION, CaseEvent.CONFIRM, CaseEvent.COMPLETE]
)
def test_a_move_with_a_page_of_its_own_is_not_made_by_the_way(cast: Any, event: CaseEvent) -> None:
    assert refused(cast, make_case(cast["ada"]), event) == "own_form"


def test_a_duplicate_does_not_leave_its_holds_behind(cast: Any) -> None:
    case, other = make_case(cast["ada"]), make_case(cast["ada"])
    make_hold(case.id, cast["rio"].actor)

    answer = refused(cast, case, CaseEvent.MARK_DUPLICATE, other_case_id=str(other.id))

    assert answer == "holds_open"


@pytest.mark.parametrize(
    ("payee", "amount", "field"), [(False, euro("5"), "payee"), (True, euro("0"), "amount")]
)
def test_a_held_amount_names_its_payee_and_is_more_than_zero(
    cast: Any, payee: Any, amount: Money, field: str
) -> None:
    case, rio = make_case(cast["ada"]), cast["rio"].actor
    scope = HoldScope(AssetKind.RECORDING, "QZABC2600001")
    command = PlaceHold(
        case.id, Side.COMPLAINANT, HoldReason.SPLIT_DISPUTED, scope, "Disputed.",
        payee_id=make_payee() if payee else None, amount=amount,
    )  # fmt: skip

    with pytest.raises(Invalid) as caught, transaction(rio) as tx:
        place_hold(tx, command, rio, CLOCK)
    assert caught.value.field == field


def test_nobody_writes_to_a_party_of_a_closed_case_and_the_text_stays(cast: Any) -> None:
    case, ada, rio = make_case(cast["ada"]), cast["ada"].actor, cast["rio"].actor
    with transaction(ada) as tx:
        act(tx, ApplyEvent(case.id, CaseEvent.WITHDRAW, case.version), ada, CLOCK)
        send_message(tx, SendMessage(case.id, Audience.DESK, "One more thing"), ada, CLOCK)

    with pytest.raises(Refused, match="still here") as caught, transaction(rio) as tx:
        send_message(tx, SendMessage(case.id, Audience.COMPLAINANT, "Yes?"), rio, CLOCK)
    assert caught.value.code == "case_closed"
