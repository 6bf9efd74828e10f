"""Who sees which exhibit: sharing is history, its end is at once, verdicts are the desk's, nothing is deleted."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, select, text

from app.evidence.commands import RecordVerdict, ShareItem, UnshareItem, WithdrawItem
from app.evidence.models import EvidenceItem
from app.evidence.queries import (
    counts_of,
    custody_of,
    item_by_id,
    item_by_label,
    items_of,
    shares_of,
)
from app.evidence.rules.items import CustodyStep, ItemState, RejectReason, VerdictKind
from app.evidence.service import (
    open_item,
    record_verdict,
    share_item,
    unshare_item,
    withdraw_item,
)
from app.evidence.service.custody import record_opening
from app.infra.checks import run_checks
from app.infra.db.extension import db
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.sides import Side
from tests.factories.accounts import make_cast
from tests.factories.cases import make_case
from tests.factories.evidence import make_item

SYSTEM = Actor.system("test")


@pytest.fixture
def people(app: Any) -> Any:
    return make_cast("ada", "cy", "dee", "rio", "fay", "aud", "adi")


@pytest.fixture
def case(people: Any) -> Any:
    return make_case(people["ada"], respondent=people["cy"])


@pytest.fixture
def item(people: Any, case: Any) -> Any:
    make_item(people["ada"].actor, case.id, name="first.pdf")
    return make_item(people["ada"].actor, case.id, name="secret of ada.pdf")


def share(case: Any, item: Any, actor: Actor, clock: Any) -> Any:
    with transaction(actor) as tx:
        return share_item(tx, ShareItem(case.id, item.id, "agreed"), actor, clock)


def test_i12_the_other_side_sees_nothing_until_it_is_shared(
    people: Any, case: Any, item: Any, tx_as: Any
) -> None:
    cy = people["cy"].actor

    with tx_as(cy) as tx:
        assert items_of(tx, cy, case.id) == ()
        assert counts_of(tx, cy, case.id).items == 0
        with pytest.raises(NotFound):
            item_by_id(tx, cy, case.id, item.id)
        with pytest.raises(NotFound):
            item_by_label(tx, cy, case.id, "E2")
        with pytest.raises(NotFound):
            open_item(tx, case.id, item.id, cy)


def test_i13_sharing_shows_one_exhibit_under_a_neutral_label(
    people: Any, case: Any, item: Any, tx_as: Any, clock: Any
) -> None:
    ada, cy, rio = (people[key].actor for key in ("ada", "cy", "rio"))

    share(case, item, ada, clock)

    with tx_as(cy) as tx:
        (row,) = items_of(tx, cy, case.id)
        opened = open_item(tx, case.id, item.id, cy)
        record_opening(tx, opened, cy, clock)
    with tx_as(rio) as tx:
        desk = item_by_label(tx, rio, case.id, "S1")
    with tx_as(ada) as tx:
        custody = [step.step for step in custody_of(tx, ada, case.id, item.id)]
    assert (row.label, row.number, row.uploaded_by, row.verdict) == ("S1", 1, "", None)
    assert (desk.label, desk.shared_label) == ("E2", "S1")
    assert CustodyStep.OPENED not in custody


def test_b146_the_end_of_sharing_is_at_once_and_stays_written(
    people: Any, case: Any, item: Any, tx_as: Any, clock: Any
) -> None:
    ada, cy = people["ada"].actor, people["cy"].actor
    share(case, item, ada, clock)

    with tx_as(ada) as tx:
        unshare_item(tx, UnshareItem(case.id, item.id), ada, clock)

    with tx_as(cy) as tx:
        assert items_of(tx, cy, case.id) == ()
        with pytest.raises(NotFound):
            item_by_label(tx, cy, case.id, "S1")
    with tx_as(ada) as tx:
        assert [row.action for row in shares_of(tx, ada, case.id, item.id)] == [
            "shared",
            "unshared",
        ]
    share(case, item, ada, clock)
    with tx_as(cy) as tx:
        assert [row.label for row in items_of(tx, cy, case.id)] == ["S1"]


@contextmanager
def just_before(app: Any, beginning: str, act: Callable[[], Any]) -> Iterator[None]:
    """Somebody else does *act*, once, before the first statement that begins so."""
    waiting = [act]

    def elsewhere(act: Callable[[], Any]) -> None:
        with app.app_context():
            act()

    def look(*args: Any) -> None:
        if waiting and args[2].startswith(beginning):
            with ThreadPoolExecutor(1) as other:
                other.submit(elsewhere, waiting.pop()).result(60)

    event.listen(db.engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", look)
    assert not waiting, "no statement began so"


def test_b146_sharing_that_ends_between_the_look_and_the_opening_refuses_it(
    app: Any, people: Any, case: Any, item: Any, clock: Any
) -> None:
    ada, cy = people["ada"].actor, people["cy"].actor
    share(case, item, ada, clock)

    def end() -> None:
        with transaction(ada) as tx:
            unshare_item(tx, UnshareItem(case.id, item.id), ada, clock)

    opening = "SELECT evidence_item.object_key, evidence_item.object_version"
    with just_before(app, opening, end), pytest.raises(NotFound), transaction(cy) as tx:
        open_item(tx, case.id, item.id, cy)


@pytest.mark.parametrize("who", ["cy", "fay", "aud", "adi", "dee"])
def test_only_its_side_and_reviewers_share(
    people: Any, case: Any, item: Any, clock: Any, who: str
) -> None:
    with pytest.raises((NotFound, Forbidden)):
        share(case, item, people[who].actor, clock)


def test_a_party_cannot_unshare_what_it_only_reads(
    people: Any, case: Any, item: Any, clock: Any, tx_as: Any
) -> None:
    ada, cy = people["ada"].actor, people["cy"].actor
    share(case, item, ada, clock)

    for act in (unshare_item, withdraw_item):
        command = (UnshareItem if act is unshare_item else WithdrawItem)(case.id, item.id)
        with pytest.raises(NotFound), tx_as(cy) as tx:
            act(tx, command, cy, clock)


def test_withdrawn_evidence_stays_marked_and_readable(
    people: Any, case: Any, item: Any, clock: Any, tx_as: Any
) -> None:
    ada, rio = people["ada"].actor, people["rio"].actor

    with tx_as(ada) as tx:
        row = withdraw_item(tx, WithdrawItem(case.id, item.id), ada, clock)

    with tx_as(rio) as tx:
        assert open_item(tx, case.id, item.id, rio).label == "E2"
    assert (row.state, row.was_withdrawn) == (ItemState.WITHDRAWN, True)
    with pytest.raises(Refused), tx_as(ada) as tx:
        withdraw_item(tx, WithdrawItem(case.id, item.id), ada, clock)


def test_verdicts_are_the_desks_alone_and_the_newest_counts(
    people: Any, case: Any, item: Any, clock: Any, tx_as: Any
) -> None:
    ada, rio = people["ada"].actor, people["rio"].actor

    for kind in (VerdictKind.NEUTRAL, VerdictKind.SUPPORTS_ARTIST):
        clock.advance(timedelta(minutes=1))
        with tx_as(rio) as tx:
            record_verdict(
                tx, RecordVerdict(case.id, item.id, kind, note="looks right"), rio, clock
            )

    with tx_as(rio) as tx:
        judged = item_by_id(tx, rio, case.id, item.id).verdict
        unjudged = counts_of(tx, rio, case.id).unjudged
    with tx_as(ada) as tx:
        mine = item_by_id(tx, ada, case.id, item.id)
    assert (judged.kind, judged.by, unjudged) == (VerdictKind.SUPPORTS_ARTIST, "Rio Reyes", 1)
    assert mine.verdict is None


def test_a_rejection_needs_a_reason(
    people: Any, case: Any, item: Any, clock: Any, tx_as: Any
) -> None:
    rio = people["rio"].actor

    with pytest.raises(Invalid) as caught, tx_as(rio) as tx:
        record_verdict(tx, RecordVerdict(case.id, item.id, VerdictKind.REJECT), rio, clock)
    with tx_as(rio) as tx:
        command = RecordVerdict(case.id, item.id, VerdictKind.REJECT, RejectReason.ALTERED)
        row = record_verdict(tx, command, rio, clock)

    assert caught.value.field == "reason"
    assert row.verdict.reason is RejectReason.ALTERED


@pytest.mark.parametrize(
    ("who", "may"), [("dee", False), ("rio", True), ("fay", True), ("aud", True), ("ada", True)]
)
def test_who_opens_files(
    people: Any, case: Any, item: Any, tx_as: Any, who: str, may: bool
) -> None:
    actor = people[who].actor

    with tx_as(actor) as tx:
        row = item_by_id(tx, actor, case.id, item.id)
    assert row.can_open is may
    if not may:
        with pytest.raises(Forbidden), tx_as(actor) as tx:
            open_item(tx, case.id, item.id, actor)


def test_an_item_of_another_case_is_not_found_there(
    people: Any, case: Any, item: Any, tx_as: Any
) -> None:
    ada = people["ada"].actor
    other = make_case(people["ada"])

    with tx_as(ada) as tx:
        for case_id, item_id in ((other.id, item.id), (case.id, uuid4())):
            with pytest.raises(NotFound):
                item_by_id(tx, ada, case_id, item_id)


@pytest.mark.parametrize(
    "statement",
    [
        "delete from evidence_item",
        "truncate evidence_item cascade",
        "update evidence_item set sha256 = repeat('0', 64)",
        "update evidence_item set filename = 'other.pdf'",
        "update evidence_item set side = 'respondent'",
        "update evidence_item set object_version = 'x'",
        "delete from evidence_event",
        "update evidence_event set step = 'opened'",
        "update evidence_share set reason = 'x'",
        "delete from evidence_verdict",
    ],
)
def test_b042_the_role_of_the_application_changes_nothing_that_was_received(
    people: Any, case: Any, item: Any, clock: Any, tx_as: Any, statement: str
) -> None:
    share(case, item, people["ada"].actor, clock)
    with tx_as(people["rio"].actor) as tx:
        command = RecordVerdict(case.id, item.id, VerdictKind.NEUTRAL)
        record_verdict(tx, command, people["rio"].actor, clock)

    with pytest.raises(Exception, match=r"denied|never|append-only"), tx_as(SYSTEM) as tx:
        tx.execute(text(statement))


def test_the_database_alone_hides_the_other_side(
    people: Any, case: Any, item: Any, tx_as: Any
) -> None:
    """The second wall: raw SQL as the other party, without our conditions."""
    tables = ("evidence_item", "evidence_event", "evidence_share", "evidence_verdict")
    counts = {}

    for who in ("cy", "ada", "rio", "adi"):
        with tx_as(people[who].actor) as tx:
            counts[who] = [
                tx.execute(text(f"select count(*) from {name}")).scalar_one() for name in tables
            ]

    assert counts["cy"] == counts["adi"] == [0, 0, 0, 0]
    assert counts["ada"][:2] == counts["rio"][:2] == [2, 6]


def test_the_database_refuses_a_row_on_the_other_side(
    people: Any, case: Any, item: Any, tx_as: Any
) -> None:
    cy = people["cy"].actor

    with pytest.raises(Exception, match="row-level security"), tx_as(cy) as tx:
        tx.execute(
            text(
                "insert into evidence_event (id, case_id, side, disclosure, item_id, step, at, data) "
                "values (gen_random_uuid(), :case, 'complainant', 'private', :item, 'opened', now(), '{}')"
            ),
            {"case": case.id, "item": item.id},
        )


def test_i13_a_share_without_its_record_is_found(
    people: Any, case: Any, item: Any, tx_as: Any, pg: Any
) -> None:
    import psycopg

    from app.evidence.checks import CHECKS

    with psycopg.connect(pg["superuser"]) as owner:
        owner.execute("set session_replication_role = replica")
        owner.execute(
            "update evidence_item set disclosure = 'shared', shared_number = 1 where id = %s",
            (item.id,),
        )
    with tx_as(SYSTEM) as tx:
        broken = {violation.check.id for violation in run_checks(tx, CHECKS)}
    with psycopg.connect(pg["superuser"]) as owner:
        owner.execute("set session_replication_role = replica")
        owner.execute(
            "update evidence_item set disclosure = 'private', shared_number = null where id = %s",
            (item.id,),
        )

    assert broken == {"I13"}


def test_desk_exhibits_are_internal_until_shared_with_both(
    people: Any, case: Any, clock: Any, tx_as: Any
) -> None:
    rio = people["rio"].actor
    item = make_item(rio, case.id, name="store answer.pdf")
    with tx_as(people["ada"].actor) as tx:
        before = items_of(tx, people["ada"].actor, case.id)

    share(case, item, rio, clock)

    for who in ("ada", "cy"):
        with tx_as(people[who].actor) as tx:
            assert [row.label for row in items_of(tx, people[who].actor, case.id)] == ["S1"]
    with tx_as(SYSTEM) as tx:
        assert (
            tx.execute(select(EvidenceItem.side).where(EvidenceItem.id == item.id)).scalar_one()
            == Side.DESK
        )
    assert before == ()
