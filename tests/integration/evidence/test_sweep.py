"""Sweeping both ways, sealing, re-hashing: what does not match is found and said."""

import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.evidence.checks import CHECKS
from app.evidence.models import EvidenceEvent, EvidenceItem, EvidenceOrphan
from app.evidence.service import sweep, verify_item
from app.evidence.service.custody import raise_orphan
from app.infra.checks import run_checks
from app.infra.jobs import run_task
from app.kernel.actor import Actor
from tests.factories.accounts import make_cast
from tests.factories.cases import make_case
from tests.factories.evidence import make_item, pdf

SYSTEM = Actor.system("test")


@pytest.fixture
def people(app: Any) -> Any:
    return make_cast("ada", "rio")


@pytest.fixture
def case(people: Any) -> Any:
    return make_case(people["ada"])


@pytest.fixture
def storage(app: Any) -> Any:
    return app.extensions["redress"].storage


def later(clock: Any) -> None:
    """The store's own clock is the real one; look back from well after it."""
    clock.advance(timedelta(days=365))


def findings(tx_as: Any) -> list[tuple[str, str]]:
    with tx_as(SYSTEM) as tx:
        rows = tx.execute(select(EvidenceOrphan).order_by(EvidenceOrphan.found_at)).scalars()
        return [(row.kind, row.resolution) for row in rows]


def test_b039_an_object_without_a_row_is_found_and_removed_after_a_day(
    app: Any, people: Any, case: Any, storage: Any, tx_as: Any, clock: Any
) -> None:
    ada = people["ada"].actor
    make_item(ada, case.id, name="kept.pdf")
    with pytest.raises(RuntimeError), tx_as(ada) as tx:
        make_item(ada, case.id, body=pdf("lost"), tx=tx)
        raise RuntimeError("power cut")
    run_task(app.extensions["redress"], "evidence.sweep_orphans", {})
    young = len(list(storage.list(f"case/{case.id}/")))

    later(clock)
    run_task(app.extensions["redress"], "evidence.sweep_orphans", {})

    assert young == 2
    assert [item.size for item in storage.list(f"case/{case.id}/")] == [len(pdf("kept.pdf"))]
    assert ("object_without_row", "removed") in findings(tx_as)


def test_b037_quarantine_left_behind_is_cleared_after_a_day(
    app: Any, storage: Any, clock: Any
) -> None:
    left = storage.put_quarantine(io.BytesIO(b"cut"), 10)
    run_task(app.extensions["redress"], "evidence.sweep_orphans", {})
    young = storage.head(left.key)

    later(clock)
    run_task(app.extensions["redress"], "evidence.sweep_orphans", {})

    assert young is not None
    assert storage.head(left.key) is None


def test_i8_a_row_without_its_object_is_found_and_breaks_the_invariant(
    app: Any, people: Any, case: Any, storage: Any, tx_as: Any, pg: Any
) -> None:
    import psycopg

    item = make_item(people["ada"].actor, case.id)
    with tx_as(SYSTEM) as tx:
        stored = tx.get(EvidenceItem, item.id)
    assert storage.purge(stored.object_key, stored.object_version)

    run_task(app.extensions["redress"], "evidence.sweep_orphans", {})

    with tx_as(SYSTEM) as tx:
        broken = {violation.check.id for violation in run_checks(tx, CHECKS)}
    with psycopg.connect(pg["superuser"]) as owner:
        owner.execute("update evidence_orphan set resolved_at = now(), resolution = 'test'")
    assert broken == {"I8"}


def test_a_finding_closes_itself_when_the_object_is_back(
    app: Any, people: Any, case: Any, tx_as: Any, clock: Any
) -> None:
    item = make_item(people["ada"].actor, case.id)
    with tx_as(SYSTEM) as tx:
        key = tx.get(EvidenceItem, item.id).object_key
        raise_orphan(tx, "row_without_object", key, item.id, clock)

    run_task(app.extensions["redress"], "evidence.sweep_orphans", {})

    assert findings(tx_as) == [("row_without_object", "the object is back")]


def test_sealed_objects_are_not_purged(
    app: Any, people: Any, case: Any, storage: Any, tx_as: Any, run_jobs: Any
) -> None:
    item = make_item(people["ada"].actor, case.id)
    run_jobs()

    with tx_as(SYSTEM) as tx:
        stored = tx.get(EvidenceItem, item.id)

    assert stored.sealed_at is not None
    assert storage.purge(stored.object_key, stored.object_version) is False


def test_the_sweeper_seals_what_its_job_missed(
    app: Any, people: Any, case: Any, tx_as: Any
) -> None:
    item = make_item(people["ada"].actor, case.id)

    run_task(app.extensions["redress"], "evidence.sweep_orphans", {})

    with tx_as(SYSTEM) as tx:
        assert tx.get(EvidenceItem, item.id).sealed_until is not None


def test_i7_other_bytes_are_found_by_the_seal_check(
    app: Any, people: Any, case: Any, storage: Any, tx_as: Any, clock: Any, pg: Any
) -> None:
    import psycopg

    rio, item = people["rio"].actor, make_item(people["ada"].actor, case.id)
    with tx_as(rio) as tx:
        fine = verify_item(tx, case.id, item.id, storage, rio, clock)
    other = storage.accept(
        storage.put_quarantine(io.BytesIO(b"other"), 10).key, f"case/{case.id}/x"
    )
    with psycopg.connect(pg["superuser"]) as owner:
        owner.execute("set session_replication_role = replica")
        owner.execute("alter table evidence_item drop constraint ck_evidence_item_key_of_its_side")
        owner.execute(
            "update evidence_item set object_key = %s, object_version = %s",
            (other.key, other.version),
        )

    run_task(app.extensions["redress"], "evidence.rehash_sample", {})

    with tx_as(SYSTEM) as tx:
        broken = {violation.check.id for violation in run_checks(tx, CHECKS)}
        steps = (
            tx.execute(select(EvidenceEvent.step).where(EvidenceEvent.item_id == item.id))
            .scalars()
            .all()
        )
    with psycopg.connect(pg["superuser"]) as owner:
        owner.execute("set session_replication_role = replica")
        owner.execute(
            "update evidence_item set object_key = 'case/' || case_id || '/' || side || '/' || sha256"
        )
        owner.execute(
            "alter table evidence_item add constraint ck_evidence_item_key_of_its_side "
            "check (object_key = 'case/' || case_id::text || '/' || side || '/' || sha256)"
        )
        owner.execute("update evidence_orphan set resolved_at = now(), resolution = 'test'")
    assert (fine, broken) == (True, {"I7"})
    assert {"verified", "mismatch"} <= set(steps)


def test_pages_walk_objects_and_rows_together(
    app: Any, people: Any, case: Any, storage: Any, tx_as: Any, clock: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(sweep, "PAGE", 2)
    for n in range(5):
        make_item(people["ada"].actor, case.id, name=f"{n}.pdf")

    found = [
        page for page in sweep.pages(storage) if any(str(case.id) in key for key in page.objects)
    ]

    assert sum(len([key for key in page.objects if str(case.id) in key]) for page in found) == 5
    with tx_as(SYSTEM) as tx:
        assert all(sweep.sweep_page(tx, page, clock.now(), clock).missing == 0 for page in found)
