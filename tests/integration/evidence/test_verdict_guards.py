"""What sharing, withdrawing and judging an exhibit refuse."""

from __future__ import annotations

from typing import Any

import pytest

from app.cases.commands import SetLegalHold
from app.cases.queries import case_by_id
from app.cases.rules.kinds import CaseEvent
from app.cases.service.care import set_legal_hold
from app.evidence.commands import RecordVerdict, ShareItem, UnshareItem, WithdrawItem
from app.evidence.rules.items import RejectReason, VerdictKind
from app.evidence.service.verdicts import (
    record_verdict,
    share_item,
    unshare_item,
    withdraw_item,
)
from app.infra.db.transaction import transaction
from app.kernel.clock import FixedClock
from app.kernel.errors import Invalid, Refused
from tests.factories.accounts import NOON, make_cast
from tests.factories.cases import act, make_case
from tests.factories.evidence import make_item

CLOCK = FixedClock(NOON)


@pytest.fixture
def cast(app: Any) -> Any:
    return make_cast("ada", "cy", "rio", "eli")


@pytest.fixture
def place(cast: Any) -> Any:
    """A case of both sides with one received file of Ada's."""
    case = make_case(cast["ada"], respondent=cast["cy"])
    return case, make_item(cast["ada"].actor, case.id)


def refused(actor: Any, do: Any, command: Any) -> str:
    with pytest.raises(Refused) as caught, transaction(actor) as tx:
        do(tx, command, actor, CLOCK)
    return caught.value.code


def test_only_an_accepted_file_is_shared_and_only_a_shared_one_taken_back(
    cast: Any, place: Any
) -> None:
    case, item = place
    ada = cast["ada"].actor

    assert refused(ada, unshare_item, UnshareItem(case.id, item.id)) == "not_shared"
    with transaction(ada) as tx:
        withdraw_item(tx, WithdrawItem(case.id, item.id), ada, CLOCK)
    assert refused(ada, share_item, ShareItem(case.id, item.id)) == "not_shareable"


def test_a_file_is_shared_once(cast: Any, place: Any) -> None:
    case, item = place
    ada = cast["ada"].actor
    with transaction(ada) as tx:
        share_item(tx, ShareItem(case.id, item.id), ada, CLOCK)

    assert refused(ada, share_item, ShareItem(case.id, item.id)) == "already_shared"


def test_nothing_is_withdrawn_under_a_legal_hold(cast: Any, place: Any) -> None:
    case, item = place
    ada, eli = cast["ada"].actor, cast["eli"].actor
    with transaction(eli) as tx:
        version = case_by_id(tx, eli, case.id).version
        set_legal_hold(tx, SetLegalHold(case.id, version, is_on=True, reason="court"), eli, CLOCK)

    assert refused(ada, withdraw_item, WithdrawItem(case.id, item.id)) == "legal_hold"


def test_a_closed_case_takes_no_share(cast: Any, place: Any) -> None:
    case, item = place
    act(case.id, CaseEvent.WITHDRAW, cast["ada"].actor)

    assert refused(cast["ada"].actor, share_item, ShareItem(case.id, item.id)) == "case_closed"


def test_a_verdict_that_does_not_reject_has_no_reason(cast: Any, place: Any) -> None:
    case, item = place
    rio = cast["rio"].actor
    command = RecordVerdict(case.id, item.id, VerdictKind.NEUTRAL, next(iter(RejectReason)))

    with pytest.raises(Invalid) as caught, transaction(rio) as tx:
        record_verdict(tx, command, rio, CLOCK)
    assert caught.value.field == "reason"
