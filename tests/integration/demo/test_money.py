"""The small demo's money: who may prepare corrections together, and a bank file from what waits there for approval."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from flask import Flask
from sqlalchemy import text
from stdnum import iban

from app.accounts.queries import actor_of, person_by_email
from app.corrections.commands import ApproveCorrection, ExportBatch, LockBatch
from app.corrections.queries.batches import batch_page
from app.corrections.queries.corrections import (
    CorrectionFilter,
    correction_page,
    correction_view,
)
from app.corrections.service.batches import export_batch, lock_batch, read_export
from app.demo.desk import build
from app.demo.payees import made_up_iban
from app.exports.formats.pain001 import NAMESPACE
from app.infra.db.transaction import transaction
from app.infra.embedded.stack import PAYER, demo_settings
from app.infra.services import Services
from app.kernel.actor import Actor, Role
from app.workflows.approve_money import approve
from app.workflows.correct_together import may_prepare, who_may_prepare
from app.workflows.rails import rails_from

HOUSE = Actor.system("test")


@pytest.fixture
def services(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Services:
    """The small demo is built, with the payer that a demo has by itself."""
    found: Services = app.extensions["redress"]
    payer = demo_settings({"REDRESS_DEMO": "true"}, tmp_path)
    settings = replace(
        found.settings, demo_small=True,
        payer_name=payer["REDRESS_PAYER_NAME"], payer_iban=payer["REDRESS_PAYER_IBAN"],
    )  # fmt: skip
    small = replace(found, settings=settings)
    monkeypatch.setitem(app.extensions, "redress", small)
    assert build(app)
    return small


def member(key: str, services: Services) -> Actor:
    with transaction(HOUSE, read_only=True) as tx:
        found = person_by_email(tx, f"{key}@tidewater.example")
        assert found is not None
        return replace(actor_of(tx, found.id), proven_at=services.clock.now())


def test_the_small_demo_has_who_prepares_together_and_pays_by_a_bank_file(
    services: Services,
) -> None:
    knows_who_prepares_together(services)
    pays_what_waits_for_approval(services)


def knows_who_prepares_together(services: Services) -> None:
    """Eli alone, who was given both roles by the administrator."""
    eli, adi = member("eli", services), member("adi", services)
    with transaction(HOUSE, read_only=True) as tx:
        assert who_may_prepare(tx) == ("Eli Ek",)
        found = tx.execute(
            text("select actor_id, data -> 'after' from history_entry where verb = 'person.roles_changed'")
        ).all()  # fmt: skip
    assert eli.roles == {Role.LEAD, Role.REVIEWER}
    assert may_prepare(eli)
    assert not any(may_prepare(member(key, services)) for key in ("leyla", "nino", "fay", "gus"))
    assert found == [(adi.person_id, ["lead", "reviewer"])]


def pays_what_waits_for_approval(services: Services) -> None:
    """Approved, locked and exported by three people; nothing is asked of the operator or the payee first."""
    gus, gil, fay = (member(key, services) for key in ("gus", "gil", "fay"))
    clock, storage, rails = services.clock, services.storage, rails_from(services.settings)
    with transaction(gus) as tx:
        (row,) = correction_page(tx, gus, clock, CorrectionFilter()).rows
        seen = correction_view(tx, gus, clock, row.id)
        assert seen.notes == ()
        approve(tx, ApproveCorrection(row.id, seen.seen_hash), gus, clock)
        (batch,) = batch_page(tx, gus).rows
    with transaction(gil) as tx:
        lock_batch(tx, LockBatch(batch.id), gil, clock)
    with transaction(fay) as tx:
        export_batch(tx, ExportBatch(batch.id, "pain001"), storage, fay, clock, rails)
        _file, content = read_export(tx, batch.id, storage, fay, clock, rails)

    ibans = [one.text for one in fromstring(content).iter(f"{{{NAMESPACE}}}IBAN")]
    assert ibans[0] == PAYER["REDRESS_PAYER_IBAN"]
    assert len(ibans) == 2
    assert b"<Nm>Made Wirawan</Nm>" in content
    assert b'<InstdAmt Ccy="EUR">412.83</InstdAmt>' in content


def test_accounts_of_the_demo_are_right_and_nobodys() -> None:
    for number in (PAYER["REDRESS_PAYER_IBAN"], *(made_up_iban(one) for one in range(1, 41))):
        assert iban.is_valid(number)
        assert number[4:12] == "00000000", "no bank has this code"


def test_a_payer_of_the_environment_stays_and_outside_the_demo_there_is_none(
    tmp_path: Path,
) -> None:
    demo: dict[str, Any] = {"REDRESS_DEMO": "true"}
    assert demo_settings(demo, tmp_path).items() >= PAYER.items()
    for name in ("REDRESS_PAYER_NAME", "REDRESS_PAYER_IBAN", "REDRESS_ACH_ROUTING"):
        assert not PAYER.keys() & demo_settings(demo | {name: "ours"}, tmp_path).keys()
    assert not PAYER.keys() & demo_settings({"DATABASE_URL": "postgresql://x"}, tmp_path).keys()
