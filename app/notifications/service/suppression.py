"""Addresses that are mailed no more: after a refusal for good, until the desk lifts it (B070)."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, select

from app.accounts.rules import Permission, require
from app.history.service import record
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.notifications.models import SuppressedAddress


def suppress(tx: Tx, address: str, status: str, mail_id: UUID, clock: Clock) -> None:
    """Mail *address* no more: a server said that it never will arrive. Safe to repeat."""
    row = _locked(tx, SuppressedAddress.address == address)
    if row is not None and row.lifted_at is None:
        return
    if row is None:
        row = SuppressedAddress(id=uuid4(), address=address)
        tx.add(row)
    row.reason, row.status, row.mail_id = "bounced", status, mail_id
    row.since, row.lifted_at = clock.now(), None
    tx.flush()
    record(
        tx, Actor.system("mail"), clock, verb="suppressed_address.added",
        subject=("suppressed_address", row.id), data={"status": status}, private={"address": address},
    )  # fmt: skip


def is_suppressed(tx: Tx, address: str) -> bool:
    """True when nothing but codes may go to *address*."""
    found = select(SuppressedAddress.id).where(
        SuppressedAddress.address == address, SuppressedAddress.lifted_at.is_(None)
    )
    return tx.execute(found).first() is not None


def lift_suppression(tx: Tx, suppressed_id: UUID, actor: Actor, clock: Clock) -> None:
    """The address works again. Raises `NotFound`, `Forbidden`. Safe to repeat."""
    require(actor, Permission.JOB_RETRY)
    row = _locked(tx, SuppressedAddress.id == suppressed_id)
    if row is None:
        raise NotFound("address")
    if row.lifted_at is not None:
        return
    row.lifted_at = clock.now()
    tx.flush()
    record(
        tx, actor, clock, verb="suppressed_address.lifted",
        subject=("suppressed_address", row.id),
    )  # fmt: skip


def _locked(tx: Tx, which: ColumnElement[bool]) -> SuppressedAddress | None:
    query = select(SuppressedAddress).where(which).with_for_update()
    return tx.execute(query).scalar_one_or_none()
