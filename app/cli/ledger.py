"""`redress ledger`: payees entered by hand and the trial balance; money itself moves only through its pages."""

from __future__ import annotations

import click

from app.accounts.queries import person_by_email
from app.cli.context import Parts, pass_parts
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.ledger.commands import OpenPayee
from app.ledger.queries import trial_balance
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
