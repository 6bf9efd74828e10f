"""Writing, changing and retiring macros: one's own freely, the team's by leads."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID, uuid4

from sqlalchemy import func, select

from app.accounts.rules import Permission, require
from app.conversations.commands import SaveMacro
from app.conversations.models import Macro
from app.conversations.rules.macros import BODY_MOST, NAME_MOST, check_body
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, NotFound, Stale
from app.kernel.text import clean_text


def save_macro(tx: Tx, command: SaveMacro, actor: Actor, clock: Clock) -> UUID:
    """Write it; gives its id. Raises Forbidden, NotFound, Invalid naming field and variable, Stale with both texts."""
    _require_may(actor, is_team=command.is_team)
    name = clean_text(command.name, field="name", max_length=NAME_MOST, required=True)
    body = clean_text(command.body, field="body", max_length=BODY_MOST, required=True)
    check_body(body, command.audience)
    row = _locked(tx, command.macro_id, actor) if command.macro_id else None
    if row is not None:
        _require_may(actor, is_team=row.owner_id is None)
        if row.version != command.version:
            raise Stale(
                _("Somebody changed this macro."),
                theirs=row.body,
                yours=command.body,
                version=row.version,
            )
    owner = None if command.is_team else actor.person_id
    _require_free_name(tx, name, command, owner)
    if row is None:
        row = Macro(id=uuid4(), created_at=clock.now(), version=0, retired_at=None)
        tx.add(row)
    row.owner_id, row.name, row.language, row.body = owner, name, command.language, body
    row.audience, row.proposes = command.audience.value, asdict(command.proposes)
    row.version, row.updated_at = row.version + 1, clock.now()
    _log(tx, row, "macro.saved", actor, clock)
    return row.id


def retire_macro(tx: Tx, macro_id: UUID, actor: Actor, clock: Clock) -> None:
    """Nobody is offered it any more; what was written with it stays. Raises Forbidden, NotFound."""
    row = _locked(tx, macro_id, actor)
    _require_may(actor, is_team=row.owner_id is None)
    row.retired_at, row.version = clock.now(), row.version + 1
    _log(tx, row, "macro.retired", actor, clock)


def _require_may(actor: Actor, *, is_team: bool) -> None:
    require(actor, Permission.CASE_ASSIGN if is_team else Permission.NOTE_ADD)


def _locked(tx: Tx, macro_id: UUID, actor: Actor) -> Macro:
    row = tx.execute(
        select(Macro).where(Macro.id == macro_id, Macro.retired_at.is_(None)).with_for_update()
    ).scalar_one_or_none()
    if row is None or row.owner_id not in (None, actor.person_id):
        raise NotFound(str(macro_id))
    return row


def _require_free_name(tx: Tx, name: str, command: SaveMacro, owner: UUID | None) -> None:
    taken = tx.execute(
        select(Macro.id).where(
            func.lower(Macro.name) == name.lower(), Macro.language == command.language,
            Macro.owner_id == owner if owner else Macro.owner_id.is_(None),
            Macro.retired_at.is_(None), Macro.id != (command.macro_id or uuid4()),
        )
    ).first()  # fmt: skip
    if taken:
        words = _("There is a macro of this name in this language. Choose another name.")
        raise Invalid("name", "taken", words)


def _log(tx: Tx, row: Macro, verb: str, actor: Actor, clock: Clock) -> None:
    tx.flush()
    record(
        tx, actor, clock, verb=verb, subject=("macro", row.id),
        data={"version": row.version, "is_team": row.owner_id is None, "audience": row.audience, "length": len(row.body)},
        private={"name": row.name},
    )  # fmt: skip
