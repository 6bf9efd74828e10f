"""Evidence under the hammer: a quota reached by several at once, and a file that is read while its sharing ends."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from app.evidence.commands import ShareItem, UnshareItem
from app.evidence.rules.admission import ITEMS_PER_SIDE
from app.evidence.service import open_item, share_item, unshare_item
from app.evidence.service.custody import record_opening
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from tests.factories.accounts import make_cast
from tests.factories.cases import make_case
from tests.factories.evidence import make_item, pdf
from tests.support.hammer import hammer, kind_of, rounds

SYSTEM = Actor.system("test")
LEFT = 2
"""Files that a side may still send when several come at once."""


@rounds()
def test_b040_a_side_filled_by_several_at_once_holds_its_quota_and_no_more(
    app: Any, rounds: int
) -> None:
    cast = make_cast("ada", "bo")
    ada = cast["ada"].actor
    with hammer(app, "upload to the edge of the quota") as blow:
        for _ in range(rounds):
            case = make_case(cast["ada"])
            with transaction(ada) as tx:
                for n in range(ITEMS_PER_SIDE - LEFT):
                    make_item(ada, case.id, body=pdf(f"before {n}"), name=f"before {n}.pdf", tx=tx)
            found = blow.strike(
                *(
                    partial(make_item, ada, case.id, body=pdf(f"file {n}"), name=f"{n}.pdf")
                    for n in range(LEFT + 3)
                )
            )
            refused = [one.code for one in found if kind_of(one) == "Refused"]
            assert refused == ["too_many_files"] * 3
            with transaction(SYSTEM, read_only=True) as tx:
                held = text("select count(*), max(number) from evidence_item where case_id = :id")
                assert tuple(tx.execute(held, {"id": case.id}).one()) == (
                    ITEMS_PER_SIDE,
                    ITEMS_PER_SIDE,
                )


@rounds()
def test_b146_what_is_read_while_sharing_ends_is_written_down_or_refused(
    app: Any, clock: Any, rounds: int
) -> None:
    cast = make_cast("ada", "cy")
    ada, cy = cast["ada"].actor, cast["cy"].actor
    case = make_case(cast["ada"], respondent=cast["cy"])
    item = make_item(ada, case.id, body=pdf("shared"))
    storage = app.extensions["redress"].storage

    def read() -> bytes:
        with transaction(cy) as tx:
            opened = open_item(tx, case.id, item.id, cy)
            record_opening(tx, opened, cy, clock)
        return b"".join(storage.open(opened.object_key, opened.object_version))

    def unshare() -> None:
        with transaction(ada) as tx:
            unshare_item(tx, UnshareItem(case.id, item.id), ada, clock)

    told = 0
    with hammer(app, "unshare while downloading") as blow:
        for _ in range(rounds):
            with transaction(ada) as tx:
                share_item(tx, ShareItem(case.id, item.id, "agreed"), ada, clock)
            *found, _over = blow.strike(read, read, read, unshare)
            read_in_time = [one for one in found if isinstance(one, bytes)]
            assert set(read_in_time) <= {pdf("shared")}
            assert {kind_of(one) for one in found} <= {"done", "NotFound"}
            told += len(read_in_time)
            with pytest.raises(NotFound):
                read()
    with transaction(SYSTEM, read_only=True) as tx:
        openings = text(
            "select count(*) from evidence_event where step = 'opened' and item_id = :id"
        )
        assert tx.execute(openings, {"id": item.id}).scalar_one() == told
