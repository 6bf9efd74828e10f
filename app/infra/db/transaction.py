"""One commit per use-case, at the edge. Nothing else in the product commits."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, SessionTransaction

from app.infra.db.extension import db
from app.kernel.actor import Actor, Role
from app.kernel.errors import Unavailable
from app.kernel.words import words as _

Tx = Session
Answer = TypeVar("Answer")
_RETRYABLE = {"40P01", "40001"}
_TELL = text(
    "select set_config('app.scope', :scope, true), set_config('app.person_id', :person, true)"
)
_TELL_AND_ONLY_READ = text(
    "select set_config('app.scope', :scope, true), set_config('app.person_id', :person, true), "
    "set_config('transaction_read_only', 'on', true)"
)
_SCOPE = text("select set_config('app.scope', :scope, true)")
_AGAIN = _("Somebody changed this at the same moment. Nothing was done: please press it again.")


def database_scope(actor: Actor) -> str:
    """The word that row-level security reads: system, staff, auditor, admin, party or none."""
    if actor.is_system:
        return "system"
    if not actor.is_person:
        return "none"
    if actor.is_staff:
        return "staff"
    if actor.has(Role.AUDITOR):
        return "auditor"
    return "admin" if actor.has(Role.ADMIN) else "party"


@event.listens_for(Session, "after_begin")
def _raise_the_wall(session: Session, _: SessionTransaction, connection: Connection) -> None:
    """Tell the database who asks, for this transaction only: a pooled connection forgets it."""
    actor: Actor = session.info.get("actor") or Actor.anonymous()
    scope = database_scope(actor)
    only_reads = scope == "auditor" or session.info.get("read_only")
    tell = _TELL_AND_ONLY_READ if only_reads else _TELL
    connection.execute(tell, {"scope": scope, "person": str(actor.person_id or "")})
    session.info["scope"] = scope


@contextmanager
def transaction(actor: Actor, *, read_only: bool = False) -> Iterator[Tx]:
    """All or nothing for *actor*. Needs an application context; never nested.

    Raises `Unavailable("database")` when the server is away, so that every face answers 503.
    """
    session = db.session()
    if session.info.get("in_transaction"):
        raise RuntimeError("transaction() is never nested: pass tx down instead")
    session.rollback()
    session.info.update(actor=actor, read_only=read_only, in_transaction=True, seen={}, scope=None)
    try:
        yield session
        session.flush()
        session.commit()
    except OperationalError as error:
        session.rollback()
        if is_deadlock(error):
            raise Unavailable("database", _AGAIN) from error
        if error.connection_invalidated or getattr(error.orig, "sqlstate", None) is None:
            raise Unavailable("database") from error
        raise
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.update(actor=None, read_only=False, in_transaction=False, seen={}, scope=None)


@contextmanager
def house(tx: Tx) -> Iterator[None]:
    """The house's own bookkeeping inside a person's transaction, after the person was allowed to act.

    A party's answer moves the case and its internal clocks, which row-level security keeps from
    the party. Within this block rows are written and read as the system; on an error the whole
    transaction (or its savepoint) goes, and the scope with it. May be nested: inner blocks cost nothing.
    """
    tx.connection()
    before = tx.info["scope"]
    if before == "system":
        yield
        return
    tx.flush()
    tx.execute(_SCOPE, {"scope": "system"})
    tx.info["scope"] = "system"
    try:
        yield
        tx.flush()
    finally:
        tx.info["scope"] = before
    tx.execute(_SCOPE, {"scope": before})


def once(tx: Tx, key: Hashable, ask: Callable[[], Answer]) -> Answer:
    """What *ask* finds, asked once per *key* in a transaction that only reads: rooms of a page ask the same."""
    if not tx.info.get("read_only"):
        return ask()
    seen: dict[Hashable, Answer] = tx.info.setdefault("seen", {})
    if key not in seen:
        seen[key] = ask()
    return seen[key]


def is_deadlock(error: BaseException) -> bool:
    """True for a deadlock or serialisation failure, which a second try cures."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _RETRYABLE
