"""Mappings of columns: kept in versions that nobody edits, used for files with the same columns, withdrawn."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import func, select, text

from app.accounts.rules import Permission, may
from app.history.service import record
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, NotFound, Refused
from app.kernel.words import words as _
from app.statements.commands import SaveMapping
from app.statements.formats import PROFILES
from app.statements.models import StatementProfile
from app.statements.rules.mapping import fingerprint, name_of, profile_of
from app.statements.service.uploads import read_again

KNOWN = tuple({profile.name for profile in PROFILES})
_ONE_AFTER_THE_OTHER = text("select pg_advisory_xact_lock(hashtext('statement_profile'))")


def save_mapping(tx: Tx, command: SaveMapping, actor: Actor, clock: Clock) -> str:
    """Keep the mapping as the next version of its name, and read the file that waits for it; the format's id.

    Raises `Forbidden`, `Invalid` (its name), `NotFound`, `Refused` when the file waits no more.
    """
    if not may(actor, Permission.STATEMENT_IMPORT) or actor.person_id is None:
        raise Forbidden(Permission.STATEMENT_IMPORT.value, code="permission")
    one, name = command.mapped, name_of(command.name, KNOWN)
    tx.execute(_ONE_AFTER_THE_OTHER)
    number, version = tx.execute(
        select(
            func.coalesce(func.max(StatementProfile.number), 0) + 1,
            func.coalesce(
                func.max(StatementProfile.version).filter(StatementProfile.name == name), 0
            ) + 1,
        )
    ).one()  # fmt: skip
    made = StatementProfile(
        id=uuid4(), number=number, name=name, version=version, fingerprint=fingerprint(one.header),
        header=list(one.header), fields=dict(one.fields), personal=list(one.personal), numbers=one.numbers.value,
        days=one.days.value, currency=one.currency, by_id=actor.person_id, at=clock.now(),
    )  # fmt: skip
    tx.add(made)
    format_id = profile_of(one, name, version).id
    record(
        tx, actor, clock, verb="statement.mapping_saved", subject=("statement_profile", made.id),
        data={"format": format_id, "fields": dict(one.fields)},
    )  # fmt: skip
    read_again(tx, command.upload_id, {**command.asked, "format": format_id}, actor, clock)
    return format_id


def withdraw_mapping(tx: Tx, profile_id: UUID, actor: Actor, clock: Clock) -> None:
    """Files with its columns are read by it no more; what was taken in stays. Raises `Forbidden`, `NotFound`, `Refused`."""
    if not may(actor, Permission.STATEMENT_IMPORT):
        raise Forbidden(Permission.STATEMENT_IMPORT.value, code="permission")
    row = tx.execute(
        select(StatementProfile).where(StatementProfile.id == profile_id).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise NotFound("statement_profile")
    if row.withdrawn_at is not None:
        raise Refused("withdrawn", _("This was withdrawn already. Nothing was changed."))
    row.withdrawn_at, row.withdrawn_by_id = clock.now(), actor.person_id
    record(
        tx, actor, clock, verb="statement.mapping_withdrawn", subject=("statement_profile", row.id),
        data={"name": row.name, "version": row.version},
    )  # fmt: skip
