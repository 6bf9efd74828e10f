"""Saved views and queues: kept, renamed, shared, retired. A queue is a view that administrators give everybody."""

from __future__ import annotations

import secrets
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, select

from app.accounts.rules import Permission, require
from app.history.service import record
from app.infra.db.transaction import Tx, house
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, NotFound, Refused, Stale
from app.kernel.text import clean_text
from app.kernel.words import words as _
from app.queues.commands import ChangeView, SaveView
from app.queues.models import SavedView
from app.queues.queries.kept import view_row
from app.queues.rules.filters import canonical, filter_args, parse_filter
from app.queues.rules.order import parse_sort
from app.queues.rules.views import ICONS, MOST_NAME, MOST_OWN, Reach, ViewRow, slug_of


def save_view(tx: Tx, command: SaveView, actor: Actor, clock: Clock) -> ViewRow:
    """Keep a filter under a name. Raises `Invalid` naming the field, `Refused` (too many), `Forbidden`."""
    _require(actor, command.reach)
    name = clean_text(
        command.name, field="name", max_length=MOST_NAME, required=True, multiline=False
    )
    assert actor.person_id is not None
    with house(tx):
        _require_room(tx, actor, command.reach)
        _require_free_name(tx, actor, command.reach, name)
        now = clock.now()
        row = SavedView(
            id=uuid4(), slug=slug_of(name, secrets.token_hex(2)), name=name, query=_checked(command.query),
            reach=command.reach.value, icon=_icon(command.icon), owner_id=actor.person_id,
            position=_next_position(tx, actor, command.reach), version=1, created_at=now, updated_at=now,
        )  # fmt: skip
        tx.add(row)
        tx.flush()
        _note(tx, row, "view.saved", actor, clock)
        return view_row(row)


def change_view(tx: Tx, command: ChangeView, actor: Actor, clock: Clock) -> ViewRow:
    """Rename, re-aim or share. Raises `NotFound`, `Stale`, `Invalid`, `Forbidden`."""
    with house(tx):
        row = _own(tx, command.view_id, actor)
        _require_same(row, command.version)
        if command.name is not None:
            name = clean_text(
                command.name, field="name", max_length=MOST_NAME, required=True, multiline=False
            )
            if name != row.name:
                _require_free_name(tx, actor, Reach(row.reach), name)
            row.name = name
        if command.query is not None:
            row.query = _checked(command.query)
        if command.icon is not None:
            row.icon = _icon(command.icon)
        if command.reach is not None and command.reach is not Reach(row.reach):
            _require(actor, command.reach)
            row.reach = command.reach.value
        row.version += 1
        row.updated_at = clock.now()
        _note(tx, row, "view.changed", actor, clock)
        return view_row(row)


def retire_view(tx: Tx, view_id: UUID, version: int, actor: Actor, clock: Clock) -> ViewRow:
    """Take a view or queue out of the navigation; its address then lists nothing of its own."""
    return _set_retired(tx, view_id, version, actor, clock, retired=True)


def bring_back(tx: Tx, view_id: UUID, version: int, actor: Actor, clock: Clock) -> ViewRow:
    """Put a retired queue back."""
    return _set_retired(tx, view_id, version, actor, clock, retired=False)


def _set_retired(
    tx: Tx, view_id: UUID, version: int, actor: Actor, clock: Clock, *, retired: bool
) -> ViewRow:
    with house(tx):
        row = _own(tx, view_id, actor)
        _require_same(row, version)
        row.retired_at = clock.now() if retired else None
        row.version += 1
        row.updated_at = clock.now()
        _note(tx, row, "view.retired" if retired else "view.returned", actor, clock)
        return view_row(row)


def _require(actor: Actor, reach: Reach) -> None:
    """Anybody of the desk keeps their own, a lead shares with the team, an administrator makes queues."""
    needed = {
        Reach.OWN: Permission.CASE_LIST,
        Reach.TEAM: Permission.CASE_ASSIGN,
        Reach.QUEUE: Permission.POLICY_MANAGE,
    }
    require(actor, needed[reach])


def _own(tx: Tx, view_id: UUID, actor: Actor) -> SavedView:
    """A view that *actor* may change: one's own, the team's for a lead, queues for administrators."""
    row = tx.execute(
        select(SavedView).where(SavedView.id == view_id).with_for_update()
    ).scalar_one_or_none()
    if row is None or (row.reach == Reach.OWN and row.owner_id != actor.person_id):
        raise NotFound("view")
    if row.reach != Reach.OWN:
        _require(actor, Reach(row.reach))
    return row


def _require_same(row: SavedView, version: int) -> None:
    if row.version != version:
        raise Stale(
            _("Somebody changed this view meanwhile."), theirs=row.name, version=row.version
        )


def _mine(actor: Actor, reach: Reach) -> tuple[ColumnElement[bool], ...]:
    """The views among which a name must be free: one's own, or those shared alike."""
    shared = SavedView.reach == reach.value, SavedView.retired_at.is_(None)
    return (*shared, SavedView.owner_id == actor.person_id) if reach is Reach.OWN else shared


def _require_room(tx: Tx, actor: Actor, reach: Reach) -> None:
    count = tx.execute(select(func.count()).where(*_mine(actor, reach))).scalar_one()
    if count >= MOST_OWN:
        raise Refused(
            "too_many_views", _("You have %(most)d views. Delete one first.", most=MOST_OWN)
        )


def _require_free_name(tx: Tx, actor: Actor, reach: Reach, name: str) -> None:
    same = select(SavedView.id).where(
        *_mine(actor, reach),
        func.lower(SavedView.name) == name.lower(),
    )
    if tx.execute(same).first() is not None:
        raise Invalid("name", "taken", _("There is a view with this name already."))


def _next_position(tx: Tx, actor: Actor, reach: Reach) -> int:
    last = tx.execute(select(func.max(SavedView.position)).where(*_mine(actor, reach)))
    return (last.scalar_one() or 0) + 1


def _checked(query: str) -> str:
    """The canonical form; what it says must still be understood. Raises `Invalid`."""
    args = filter_args(query)
    parse_filter(args)
    sort = next((part[5:] for part in query.split("&") if part.startswith("sort=")), "")
    parse_sort(sort)
    return "&".join(part for part in (canonical(args), f"sort={sort}" if sort else "") if part)


def _icon(name: str) -> str:
    if name not in ICONS:
        raise Invalid("icon", "unknown", _("Choose one of: %(names)s.", names=", ".join(ICONS)))
    return name


def _note(tx: Tx, row: SavedView, verb: str, actor: Actor, clock: Clock) -> None:
    tx.flush()
    record(
        tx, actor, clock, verb=verb, subject=("saved_view", row.id),
        data={"reach": row.reach, "query": row.query, "version": row.version}, private={"name": row.name},
    )  # fmt: skip
