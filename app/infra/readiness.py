"""Is this process fit to serve? The questions of /readyz, each answered in words when the answer is no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.infra.db import migrate
from app.infra.db.extension import db
from app.infra.db.transaction import Tx, transaction
from app.infra.health import QUEUED_AT, WAITS_SINCE
from app.infra.services import Services
from app.kernel.actor import Actor
from app.kernel.errors import RedressError

CLOCK_SKEW_SECONDS = 5.0
SENTINEL = "health/sentinel"


class UnsafeRole(RuntimeError):
    """The web's database role could look past the walls; the process refuses to start."""


class _Undo(Exception):
    """Leaves a transaction without keeping anything."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One question; *problem* is empty when all is well. *is_note*: told, but no reason to take us out."""

    name: str
    problem: str
    is_note: bool = False


_ROLE = text("""
    select r.rolsuper, r.rolbypassrls,
           exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
                   where n.nspname = 'public' and c.relowner = r.oid) as owns
    from pg_roles r where r.rolname = current_user""")
_SETTINGS = text("""
    select name from pg_settings
    where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off'""")
_OLDEST = text(f"""
    select coalesce(extract(epoch from now() - min({WAITS_SINCE})), 0)
    from procrastinate_jobs j {QUEUED_AT} where j.status = 'todo' and {WAITS_SINCE} <= now()""")  # noqa: S608 - our own words only

DEADLINE_LATENESS_SECONDS = 900
"""The dead man's question (I9): a deadline that nobody looked at for a quarter of an hour."""
_UNSEEN = text("""
    select count(*) as many, coalesce(extract(epoch from :now - min(next_wake_at)), 0) as oldest
    from clock where next_wake_at < :now - make_interval(secs => :most)""")


def role_problem(tx: Tx) -> str:
    """Superuser, BYPASSRLS or owner: row-level security would not hold."""
    row = tx.execute(_ROLE).one()
    found = [
        word
        for word, bad in (
            ("is a superuser", row.rolsuper),
            ("has BYPASSRLS", row.rolbypassrls),
            ("owns tables", row.owns),
        )
        if bad
    ]
    return f"the role of DATABASE_URL {' and '.join(found)}" if found else ""


def refuse_unsafe_role() -> None:
    """At start-up; raises `UnsafeRole`. A database that is away is left to /readyz. Needs an app context."""
    try:
        with transaction(Actor.system("start"), read_only=True) as tx:
            problem = role_problem(tx)
    except (RedressError, SQLAlchemyError):
        return
    finally:
        db.engine.dispose()  # the web server forks after this: no connection may be inherited
    if problem:
        raise UnsafeRole(f"{problem}; give it the web role, which is neither (docs/operators.md).")


def answers(services: Services) -> list[Answer]:
    """Every question of RELIABILITY G, in order; later ones are asked even when earlier ones fail."""
    database = _asked("database", _writes)
    found = [database]
    if not database.problem:
        found += [
            _asked("migrations", _not_at_head),
            _asked("role", lambda: _in_transaction(role_problem)),
            _asked("durable", lambda: _in_transaction(_not_durable(services))),
            _asked("queue", lambda: _in_transaction(_queue_too_old(services))),
            _asked("deadlines", lambda: _in_transaction(_deadlines_unseen(services))),
            _asked("clock", lambda: _in_transaction(_skewed(services.clock.now()))),
        ]
    return [
        *found,
        _asked("store", lambda: _no_store(services)),
        Answer("signer", services.signer.problem(services.clock.now()), is_note=True),
    ]


def _asked(name: str, question: Callable[[], str]) -> Answer:
    try:
        return Answer(name, question())
    except (RedressError, SQLAlchemyError, OSError) as problem:
        return Answer(name, type(problem).__name__)


def _in_transaction(question: Callable[[Tx], str]) -> str:
    with transaction(Actor.system("health"), read_only=True) as tx:
        return question(tx)


def _writes() -> str:
    """A row really written, and rolled back."""
    try:
        with transaction(Actor.system("health")) as tx:
            tx.execute(
                text("insert into effect (key) values ('health.probe') on conflict do nothing")
            )
            raise _Undo  # noqa: TRY301 - rolling back is the point
    except _Undo:
        return ""


@cache
def _head() -> str:
    return migrate.head()


def _not_at_head() -> str:
    with db.engine.connect() as connection:
        current = migrate.current(connection)
    return "" if current == _head() else f"stands at {current or 'nothing'}, not {_head()}"


def _not_durable(services: Services) -> Callable[[Tx], str]:
    def question(tx: Tx) -> str:
        if not services.settings.require_durable:
            return ""
        off = tx.execute(_SETTINGS).scalars().all()
        return f"off: {', '.join(sorted(off))}" if off else ""

    return question


def _queue_too_old(services: Services) -> Callable[[Tx], str]:
    def question(tx: Tx) -> str:
        age = float(tx.execute(_OLDEST).scalar_one())
        limit = services.settings.queue_age_limit
        return f"the oldest job waits {age:.0f} s" if age > limit else ""

    return question


def _deadlines_unseen(services: Services) -> Callable[[Tx], str]:
    """Asked apart from the queue: a sweeper that runs and does nothing is found as well."""

    def question(tx: Tx) -> str:
        now = services.clock.now()
        row = tx.execute(_UNSEEN, {"now": now, "most": DEADLINE_LATENESS_SECONDS}).one()
        return f"{row.many} wait for the sweeper, the oldest {row.oldest:.0f} s" if row.many else ""

    return question


def _skewed(ours: datetime) -> Callable[[Tx], str]:
    def question(tx: Tx) -> str:
        theirs = tx.execute(text("select clock_timestamp()")).scalar_one()
        skew = abs((theirs - ours).total_seconds())
        return f"{skew:.1f} s apart from the database" if skew > CLOCK_SKEW_SECONDS else ""

    return question


def _no_store(services: Services) -> str:
    services.storage.head(SENTINEL)
    return ""
