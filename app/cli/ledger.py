"""`redress ledger`: payees entered by hand, the trial balance, account codes and months; money moves only through pages."""

from __future__ import annotations

from datetime import datetime

import click

from app.accounts.queries import person_by_email
from app.cli.context import Parts, pass_parts
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.ledger.commands import OpenPayee, PublishCodes
from app.ledger.queries.balances import trial_balance
from app.ledger.queries.books import CodesView, codes_on, months_until, newest_codes, posting_day
from app.ledger.rules.codes import AccountCodes
from app.ledger.rules.periods import month_text
from app.ledger.rules.posting import AccountKind
from app.ledger.service.books import publish_codes
from app.ledger.service.payees import open_payee


@click.group()
def ledger() -> None:
    """Payees and balances."""


@ledger.command("payee")
@click.argument("legal_name")
@click.option("--email", help="Link them to the account with this address.")
@click.option("--bank", default="", help="Bank details; only the last four characters are kept.")
@pass_parts
def payee(parts: Parts, legal_name: str, email: str | None, bank: str) -> None:
    """Enter somebody who is paid. Prints the id that corrections name."""
    with parts.app() as app:
        services, actor = app.extensions["redress"], Actor.system("cli:ledger")
        with transaction(actor) as tx:
            person = person_by_email(tx, email) if email else None
            if email and person is None:
                raise NotFound("no account has that address")
            command = OpenPayee(legal_name, person.id if person else None, bank)
            made = open_payee(tx, command, actor, services.clock)
    click.echo(f"Payee {made}.")


@ledger.command("balances")
@pass_parts
def balances(parts: Parts) -> None:
    """The trial balance: each kind of account per currency, debit positive. Reads only."""
    actor = Actor.system("cli:ledger")
    with parts.app(), transaction(actor, read_only=True) as tx:
        rows = trial_balance(tx, actor)
    for kind, total in rows:
        click.echo(f"{kind.value:<22} {total.amount:>20,f} {total.currency}")
    if not rows:
        click.echo("Nothing is posted yet.")


@ledger.command("codes")
@click.argument("changes", nargs=-1)
@click.option(
    "--from",
    "since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First posting date they count for; today.",
)
@click.option("--zone", help="Time zone in which days of the books are counted.")
@click.option("--reason", default="", help="Why they change; needed with a change.")
@pass_parts
def codes(
    parts: Parts, changes: tuple[str, ...], since: datetime | None, zone: str | None, reason: str
) -> None:
    """What accounts are called in the ledger of finance. Without a change: show what counts today.

    CHANGES are ACCOUNT=CODE or ACCOUNT:CURRENCY=CODE, for example payable=2100 payable:EUR=2101; an empty code
    takes one away. A change makes the next version; locked batches keep theirs.
    """
    actor = Actor.system("cli:ledger")
    with parts.app() as app:
        clock = app.extensions["redress"].clock
        with transaction(actor) as tx:
            today, newest = posting_day(tx, clock), newest_codes(tx)
            if changes or zone:
                wanted = _changed(newest.codes if newest else AccountCodes({}), changes, zone)
                command = PublishCodes(wanted, since.date() if since else today, reason)
                shown: CodesView | None = publish_codes(tx, command, actor, clock)
            else:
                shown = codes_on(tx, today)
    if shown is None:
        click.echo("There are no account codes yet: no batch is locked before there are.")
        return
    click.echo(
        f"Version {shown.version}, for posting dates from {shown.effective_from} in {shown.codes.zone}."
    )
    for kind in AccountKind:
        for currency, code in sorted(shown.codes.codes.get(kind, {}).items()) or [("", "-")]:
            click.echo(f"{kind.value:<22} {currency or 'all':<4} {code}")


@ledger.command("months")
@click.option("--count", default=12, show_default=True, type=click.IntRange(1, 240))
@pass_parts
def months(parts: Parts, count: int) -> None:
    """Months of the books, the newest first. Reads only: a person closes and opens them, on the page."""
    actor = Actor.system("cli:ledger")
    with parts.app() as app, transaction(actor, read_only=True) as tx:
        rows = months_until(tx, actor, posting_day(tx, app.extensions["redress"].clock), count)
    for row in rows:
        click.echo(f"{month_text(row.month)}  {'open' if row.is_open else 'closed'}")


def _changed(now: AccountCodes, changes: tuple[str, ...], zone: str | None) -> AccountCodes:
    """The codes with *changes*. Raises Invalid naming what was typed."""
    made = {kind: dict(mine) for kind, mine in now.codes.items()}
    for change in changes:
        name, mark, code = change.partition("=")
        kind, _, currency = name.strip().partition(":")
        if not mark or kind not in set(AccountKind):
            known = ", ".join(AccountKind)
            raise Invalid("changes", "shape", f"{change}: write ACCOUNT=CODE; accounts are {known}")
        mine = made.setdefault(AccountKind(kind), {})
        mine.pop(currency.upper(), None)
        if code.strip():
            mine[currency.upper()] = code.strip()
    return AccountCodes(made, zone or now.zone)
