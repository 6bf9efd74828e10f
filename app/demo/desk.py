"""Builds the demo desk once, small for tests or whole for visitors, and says who can sign in."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from app.accounts.service.demo import DEMO_PASSWORD
from app.cases.service.sweep import due_to_wake
from app.catalogue.service import import_catalogue, read_import
from app.demo.books import open_books
from app.demo.hooks import hang_up_a_webhook
from app.demo.payees import open_payees
from app.demo.people import CAST, SYSTEM, artists, create_cast, everybody
from app.demo.play import FinanceDay, perform
from app.demo.stage import Stage
from app.demo.statements import leave_for_finance, report_and_pay
from app.demo.tales.first import FIRST
from app.demo.tales.payouts import PAYOUTS
from app.demo.tales.rights import RIGHTS
from app.demo.tales.support import DRAFTS, SUPPORT
from app.demo.tales.takedowns import TAKEDOWNS
from app.demo.terms import agree_terms
from app.infra.db.transaction import Tx, transaction
from app.infra.jobs import Run
from app.kernel.actor import Role
from app.kernel.clock import Clock, FixedClock
from app.policies.service import install_defaults
from app.workflows.sweep_clocks import sweep_clocks

AGO = timedelta(days=30)
"""How long before now the desk opens."""
TALES = (*FIRST, *PAYOUTS, *TAKEDOWNS, *RIGHTS, *SUPPORT, *DRAFTS)
FINANCE_DAYS = (
    FinanceDay(17, "EUR", "LEDGER-2026-1107"),
    FinanceDay(10, "EUR", "", acknowledged=False),
)
STORES = "Spotify|Apple Music|YouTube Music|Deezer"


def is_empty() -> bool:
    """True when nobody has an account yet."""
    with transaction(SYSTEM, read_only=True) as tx:
        return tx.execute(text("select 1 from person limit 1")).first() is None


def build(app: Flask) -> bool:
    """Build the demo desk in an empty database; False when there was something already.

    With the setting `demo_small` only the first cast and its five cases, for tests and the bench.
    """
    if not is_empty():
        return False
    services = app.extensions["redress"]
    small = services.settings.demo_small
    cast = CAST if small else tuple(everybody().values())
    now = services.clock.now()
    clock = FixedClock(now - AGO)
    with transaction(SYSTEM) as tx:
        install_defaults(tx, clock)
        people = create_cast(app, tx, clock, cast)
        _catalogue(tx, clock, whole=not small)
    stage = Stage(services, people, clock)
    open_payees(stage, cast)
    open_books(stage)
    agree_terms(stage, cast)
    report_and_pay(stage)
    perform(stage, FIRST if small else TALES, () if small else FINANCE_DAYS, now)
    _catch_up(Run("clocks.sweep", services))
    hang_up_a_webhook(Stage(services, people, FixedClock(now - timedelta(hours=3))))
    leave_for_finance(Stage(services, people, FixedClock(now - timedelta(hours=2))))
    return True


def _catch_up(run: Run) -> None:
    """A desk that opened thirty days ago has looked at its deadlines: each ring moves the clock to its next."""
    while True:
        with run.transaction() as tx:
            waiting = due_to_wake(tx, run.clock.now(), 1)
        if not waiting:
            return
        sweep_clocks(run)


def _catalogue(tx: Tx, clock: Clock, *, whole: bool) -> None:
    """Every artist's releases, from a file such as a distributor exports."""
    file = Path(__file__).with_name("catalogue.csv")
    content = file.read_bytes()
    if whole:
        content += _rows_of_the_others()
    import_catalogue(tx, read_import(file.name, content), SYSTEM, clock)


def _rows_of_the_others() -> bytes:
    """One release for each of the other artists, in the columns of the file."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    for number, one in enumerate(artists()):
        artist = (
            f"TW-{1101 + number}",
            one["name"],
            one["other_names"],
            everybody()[one["key"]].email,
        )
        release = (
            _upc(86001700200 + number),
            one["release"],
            one["kind"],
            one["released_on"],
            "Tidewater",
            STORES,
        )
        rows.writerow(
            (*artist, *release, 1, one["recording"], "", one["isrc"], one["seconds"], "", "")
        )
    return out.getvalue().encode()


def _upc(number: int) -> str:
    """Twelve digits: eleven of ours and the check digit of GS1."""
    digits = f"{number:011d}"
    odd, even = sum(map(int, digits[::2])), sum(map(int, digits[1::2]))
    return f"{digits}{-(3 * odd + even) % 10}"


def sign_ins() -> list[str]:
    """What the start prints: who of the first cast can sign in, and how."""
    staff = [member for member in CAST if member.role is not Role.ARTIST]
    lines = ["Demo sign-ins (codes of the moment: /signin/demo, mails: /demo/mailbox)"]
    lines += [
        f"  {member.email:32} artist, code by mail" for member in CAST if member.role is Role.ARTIST
    ]
    lines += [
        f"  {member.email:32} {' and '.join(sorted(member.roles))}, password {DEMO_PASSWORD}"
        for member in staff
    ]
    return lines
