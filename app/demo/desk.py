"""Builds the demo desk once, and says who can sign in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from app.accounts.service.demo import DEMO_PASSWORD
from app.catalogue.service import import_catalogue, read_import
from app.demo import stories
from app.demo.people import CAST, SYSTEM, create_cast
from app.demo.stage import Stage
from app.infra.db.transaction import Tx, transaction
from app.kernel.actor import Role
from app.kernel.clock import Clock, FixedClock
from app.ledger.commands import OpenPayee
from app.ledger.service.payees import open_payee
from app.policies.service import install_defaults

AGO = timedelta(days=5)
"""How long before now the oldest story begins."""


def is_empty() -> bool:
    """True when nobody has an account yet."""
    with transaction(SYSTEM, read_only=True) as tx:
        return tx.execute(text("select 1 from person limit 1")).first() is None


def build(app: Flask) -> bool:
    """Build the demo desk in an empty database; False when there was something already."""
    if not is_empty():
        return False
    services = app.extensions["redress"]
    clock = FixedClock(services.clock.now() - AGO)
    with transaction(SYSTEM) as tx:
        install_defaults(tx, clock)
        people = create_cast(app, tx, clock)
        _catalogue(tx, clock)
    stage = Stage(services, people, clock)
    _payees(stage)
    for story in (stories.night_ferry, stories.wrong_split, stories.support_question):
        story(stage)
    stage.later(days=2)
    stories.missing_earnings(stage)
    stories.unsent_draft(stage)
    return True


def _catalogue(tx: Tx, clock: Clock) -> None:
    """Every artist's releases, from a file such as a distributor exports."""
    file = Path(__file__).with_name("catalogue.csv")
    import_catalogue(tx, read_import(file.name, file.read_bytes()), SYSTEM, clock)


def _payees(stage: Stage) -> None:
    """Every artist is paid; the ledger knows them by name and a mask of their bank."""
    with transaction(SYSTEM) as tx:
        for member in CAST:
            if member.role is Role.ARTIST:
                command = OpenPayee(
                    member.name, stage.people[member.key], "DE89 3704 0044 0532 0130 00"
                )
                stage.payees[member.key] = open_payee(tx, command, SYSTEM, stage.clock)


def sign_ins() -> list[str]:
    """What the start prints: who can sign in, and how."""
    staff = [member for member in CAST if member.role is not Role.ARTIST]
    lines = ["Demo sign-ins (codes of the moment: /signin/demo, mails: /demo/mailbox)"]
    lines += [
        f"  {member.email:32} artist, code by mail" for member in CAST if member.role is Role.ARTIST
    ]
    lines += [
        f"  {member.email:32} {member.role.value}, password {DEMO_PASSWORD}" for member in staff
    ]
    return lines
