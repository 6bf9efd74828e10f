"""Reads of macros: the team's and one's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from app.accounts.rules import Permission, require
from app.conversations.models import Macro
from app.conversations.rules.macros import MacroAudience, Proposes
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class MacroView:
    """A macro as its list and page show it."""

    id: UUID
    is_own: bool
    name: str
    language: str
    audience: MacroAudience
    body: str
    proposes: Proposes
    version: int
    updated_at: datetime


def macros_of(tx: Tx, actor: Actor) -> tuple[MacroView, ...]:
    """Everything *actor* may insert, by name. Raises Forbidden."""
    require(actor, Permission.NOTE_ADD)
    rows = tx.execute(
        _scoped(actor).order_by(func.lower(Macro.name), Macro.id).limit(500)
    ).scalars()
    return tuple(_view(row) for row in rows)


def macro_by_id(tx: Tx, actor: Actor, macro_id: UUID) -> MacroView:
    """One macro. Raises NotFound for retired ones and those of others, Forbidden."""
    require(actor, Permission.NOTE_ADD)
    row = tx.execute(_scoped(actor).where(Macro.id == macro_id)).scalar_one_or_none()
    if row is None:
        raise NotFound(str(macro_id))
    return _view(row)


def _scoped(actor: Actor) -> Any:
    return select(Macro).where(
        Macro.retired_at.is_(None),
        or_(Macro.owner_id.is_(None), Macro.owner_id == actor.person_id),
    )


def _view(row: Macro) -> MacroView:
    given = row.proposes
    proposes = Proposes(
        tuple(given.get("items", ())), given.get("move", ""), given.get("tag", ""), given.get("owner", "")
    )  # fmt: skip
    return MacroView(
        row.id, row.owner_id is not None, row.name, row.language, MacroAudience(row.audience), row.body,
        proposes, row.version, row.updated_at,
    )  # fmt: skip
