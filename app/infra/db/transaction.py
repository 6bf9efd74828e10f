"""One commit per use-case, at the edge. Nothing else in the product commits."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, SessionTransaction

from app.infra.db.driver import end, tell
from app.infra.db.extension import db
from app.kernel.actor import Actor, Role
from app.kernel.errors import Unavailable
from app.kernel.words import words as _

Tx = Session
Answer = TypeVar("Answer")
_RETRYABLE = {"40P01", "40001", "55P03"}
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
    told = _settings(actor)
    tell(connection, told | {"transaction_read_only": "on"} if only_reads else told)
    session.info["scope"] = scope


def _settings(actor: Actor) -> dict[str, str]:
    """What the walls read."""
    return {"app.scope": database_scope(actor), "app.person_id": str(actor.person_id or "")}


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
        with _said_plainly():
            yield session
            session.flush()
            session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.update(actor=None, read_only=False, in_transaction=False, seen={}, scope=None)


class Brief:
    """A transaction that asks a statement or two, and knows no objects."""

    def __init__(self, connection: Connection) -> None:
        self.info: dict[str, Any] = {"read_only": True}
        self._connection = connection

    def connection(self) -> Connection:
        """Where it asks."""
        return self._connection

    def execute(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Any:
        """The library's way, for what is asked seldom."""
        return self._connection.execute(statement, values)

    def flush(self) -> None:
        """Nothing waits to be written here."""


@contextmanager
def brief(actor: Actor, *, lasts: bool = True) -> Iterator[Brief]:
    """All or nothing for *actor* in a transaction of its own, beside any other: for what knows no objects.

    Costs a third of `transaction`. *lasts*: False for what may be lost when the machine fails, such as a counted
    use: nobody waits for the disk then. Raises as `transaction` does.
    """
    told = _settings(actor) if lasts else {**_settings(actor), "synchronous_commit": "off"}
    with _said_plainly(), db.engine.connect() as connection:
        tell(connection, told)
        try:
            yield Brief(connection)
        except BaseException:
            end(connection, keep=False)
            raise
        end(connection, keep=True)


@contextmanager
def _said_plainly() -> Iterator[None]:
    """A server that is away, two who wait for each other, and who waited too long for another are `Unavailable`."""
    try:
        yield
    except OperationalError as error:
        if is_contention(error):
            raise Unavailable("database", _AGAIN) from error
        if error.connection_invalidated or getattr(error.orig, "sqlstate", None) is None:
            raise Unavailable("database") from error
        raise


@contextmanager
def house(tx: Tx) -> Iterator[None]:
    """The house's own bookkeeping inside a person's transaction, after the person was allowed to act.

    A party's answer moves the case and its internal clocks, which row-level security keeps from
    the party. Within this block rows are written and read as the system; on an error the whole
    transaction (or its savepoint) goes, and the scope with it. May be nested: inner blocks cost nothing.
    """
    connection = tx.connection()
    before = tx.info["scope"]
    if before == "system":
        yield
        return
    tx.flush()
    tell(connection, {"app.scope": "system"})
    tx.info["scope"] = "system"
    try:
        yield
        tx.flush()
    finally:
        tx.info["scope"] = before
    tell(connection, {"app.scope": before})


def once(tx: Tx, key: Hashable, ask: Callable[[], Answer]) -> Answer:
    """What *ask* finds, asked once per *key* in a transaction that only reads: rooms of a page ask the same."""
    if not tx.info.get("read_only"):
        return ask()
    seen: dict[Hashable, Answer] = tx.info.setdefault("seen", {})
    if key not in seen:
        seen[key] = ask()
    return seen[key]


def is_contention(error: BaseException) -> bool:
    """True for a deadlock, a serialisation failure or a lock not had in time, which a second try cures."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _RETRYABLE
