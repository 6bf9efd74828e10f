"""One commit per use-case, at the edge. Nothing else in the product commits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, SessionTransaction

from app.infra.db.extension import db
from app.kernel.actor import Actor, Role
from app.kernel.errors import Unavailable
from app.kernel.words import words as _

Tx = Session
_RETRYABLE = {"40P01", "40001"}
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
    connection.execute(
        text(
            "select set_config('app.scope', :scope, true), set_config('app.person_id', :person, true)"
        ),
        {"scope": database_scope(actor), "person": str(actor.person_id or "")},
    )
    if database_scope(actor) == "auditor" or session.info.get("read_only"):
        connection.execute(text("set transaction read only"))


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
    transaction goes, so the scope is put back only on success. May be nested.
    """
    tx.flush()
    before = tx.info.get("scope") or database_scope(tx.info.get("actor") or Actor.anonymous())
    _enter(tx, "system")
    yield
    tx.flush()
    _enter(tx, before)


def _enter(tx: Tx, scope: str) -> None:
    """Rows are read and written in this scope from now on, until the transaction ends."""
    tx.info["scope"] = scope
    tx.execute(text("select set_config('app.scope', :scope, true)"), {"scope": scope})


def is_deadlock(error: BaseException) -> bool:
    """True for a deadlock or serialisation failure, which a second try cures."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _RETRYABLE
