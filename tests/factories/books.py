"""Account codes and months for tests, made through the services."""

from __future__ import annotations

from datetime import date

from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import Clock, FixedClock
from app.ledger.commands import ClosePeriod, PublishCodes, ReopenPeriod
from app.ledger.queries.books import CodesView
from app.ledger.rules.codes import AccountCodes
from app.ledger.rules.posting import AccountKind
from app.ledger.service.books import close_period, publish_codes, reopen_period
from tests.factories.ledger import NOON

SYSTEM = Actor.system("test:books")
FULL = {kind: {"": f"{number}00"} for number, kind in enumerate(AccountKind, start=10)}
"""Every account of the house has a code: 1000, 1100, …"""
BEGINNING = date(2026, 1, 1)


def make_codes(
    codes: dict[AccountKind, dict[str, str]] | None = None,
    *,
    since: date = BEGINNING,
    zone: str = "UTC",
    actor: Actor = SYSTEM,
    clock: Clock | None = None,
) -> CodesView:
    """The next version of the codes, committed at once."""
    command = PublishCodes(AccountCodes(codes or FULL, zone), since, "As finance says")
    with transaction(actor) as tx:
        return publish_codes(tx, command, actor, clock or FixedClock(NOON))


def close(actor: Actor, month: date, clock: Clock | None = None) -> None:
    """A month is closed."""
    with transaction(actor) as tx:
        close_period(tx, ClosePeriod(month), actor, clock or FixedClock(NOON))


def reopen(actor: Actor, month: date, reason: str = "A late invoice") -> None:
    """A month is opened again."""
    with transaction(actor) as tx:
        reopen_period(tx, ReopenPeriod(month, reason), actor, FixedClock(NOON))
