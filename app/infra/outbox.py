"""Events leave a room upward through here: a row of what happened and one job per reaction, same transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy import text

from app.infra.db.kept import ask
from app.infra.db.transaction import Tx
from app.infra.jobs import Run, defer_each, job, once
from app.kernel.events import Event

ReactionHandler = Callable[[Run, Any], None]


@dataclass(frozen=True)
class Reaction:
    """A named answer to an event; *handler(run, event)* is safe to repeat."""

    name: str
    handler: ReactionHandler


_EVENT = text("insert into event (id, type, case_id, payload) values (:id, :type, :case, cast(:payload as jsonb))")  # fmt: skip
_reactions: dict[type[Event], tuple[Reaction, ...]] = {}
_types: dict[str, type[Event]] = {}
_adapters: dict[type[Event], TypeAdapter[Any]] = {}


def register(table: Mapping[type[Event], tuple[Reaction, ...]]) -> None:
    """Take over the reactions table (the factory calls it once per process)."""
    _reactions.clear()
    _types.clear()
    for event_type, reactions in table.items():
        _reactions[event_type] = reactions
        _types[event_type.type_name()] = event_type


def emit(tx: Tx, event: Event) -> UUID:
    """Write the event row and defer one job per reaction in the caller's transaction. Returns the event id."""
    if type(event) not in _reactions:
        raise RuntimeError(f"{type(event).__name__} is not in the reactions table")
    event_id = uuid4()
    payload = _adapter(type(event)).dump_json(event).decode()
    said = {"id": event_id, "type": event.type_name(), "case": event.case_id, "payload": payload}
    ask(tx, _EVENT, said)
    # No lock per case: a failing reaction waiting for its next try would hold up all later ones.
    named = [{"event_id": str(event_id), "reaction": one.name} for one in _reactions[type(event)]]
    defer_each(tx, "outbox.react", named)
    return event_id


def decode(event_type: str, payload: dict[str, Any]) -> Event:
    """The event as it was; unknown fields of a newer release are dropped."""
    cls = _types[event_type]
    known = {field.name for field in fields(cls)}
    wanted = {key: value for key, value in payload.items() if key in known}
    return _adapter(cls).validate_python(wanted, strict=False)


def _adapter(cls: type[Event]) -> TypeAdapter[Any]:
    """Making one costs more than the event: there are few kinds."""
    if cls not in _adapters:
        _adapters[cls] = TypeAdapter(cls)
    return _adapters[cls]


@job("outbox.react")
def react(run: Run, event_id: str, reaction: str) -> None:
    """Hand one event to one reaction. Safe to repeat: reactions key their effects by `once`."""
    with run.transaction() as tx:
        row = tx.execute(
            text("select type, payload, at from event where id = :id"), {"id": UUID(event_id)}
        ).one()
    event = decode(row.type, row.payload)
    for candidate in _reactions[type(event)]:
        if candidate.name == reaction:
            candidate.handler(replace(run, happened=(UUID(event_id), row.at)), event)
            return
    raise RuntimeError(f"no reaction {reaction} for {row.type}")


__all__ = ["Reaction", "decode", "emit", "once", "register"]
