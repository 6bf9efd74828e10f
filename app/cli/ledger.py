"""`redress ledger`: payees entered by hand, the trial balance, account codes, months, files beside batches; money moves only through pages."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from app.accounts.queries import person_by_email
from app.cli.context import Parts, pass_parts
from app.corrections.commands import ReconcileBatch
from app.corrections.queries.batches import batch_numbered
from app.corrections.queries.reconciling import (
    ReconciliationLine,
    ReconciliationView,
    all_lines,
    reconciliation_view,
)
from app.corrections.rules.ledger_file import MOST_BYTES
from app.corrections.rules.reconciling import MatchState
from app.corrections.service.reconciling import reconcile_batch
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, InvalidMany, NotFound
from app.kernel.money import Money
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


@ledger.command("reconcile")
@click.argument("batch", type=int)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@pass_parts
def reconcile(parts: Parts, batch: int, file: Path, *, as_json: bool) -> None:
    """Compare FILE, as the ledger wrote it, with what left in batch number BATCH, and say what became of each correction.

    Nothing counts before a person confirms the result on its page. The same file again says the same. Exit codes:
    0 all is matched, 1 there are exceptions or unknown lines, 2 the file has problems (each with its line).
    """
    if file.stat().st_size > MOST_BYTES:
        raise Invalid("file", "too_large", "The file is larger than 16 MB. Split it by day.")
    actor = Actor.system("cli:ledger")
    with parts.app() as app:
        clock = app.extensions["redress"].clock
        try:
            with transaction(actor) as tx:
                command = ReconcileBatch(batch_numbered(tx, batch), file.name, file.read_bytes())
                made = reconcile_batch(tx, command, actor, clock)
        except InvalidMany as problems:
            for one in problems.errors:
                click.echo(f"{file.name} {one.field}: {one.message}", err=True)
            sys.exit(2)
        with transaction(actor, read_only=True) as tx:
            view = reconciliation_view(tx, actor, made.id)
            rows = tuple(all_lines(tx, actor, made.id))
    click.echo(_as_json(view, rows) if as_json else _as_table(view, rows))
    if view.exceptions or view.counts[MatchState.UNKNOWN]:
        sys.exit(1)


def _as_table(view: ReconciliationView, rows: tuple[ReconciliationLine, ...]) -> str:
    lines = [
        f"{row.state:<8} {row.case_ref or row.reference:<24} {_figure(row.expected):>16} {_figure(row.posted):>16} "
        f"{row.posted_on or '-'!s:<10} {' '.join(map(str, row.lines)) or '-'}"
        for row in rows
    ]
    head = f"{'state':<8} {'case or reference':<24} {'exported':>16} {'posted':>16} {'posted on':<10} lines"
    counts = ", ".join(f"{count} {state}" for state, count in view.counts.items() if count)
    return "\n".join([head, *lines, f"Batch {view.batch_number}: {counts}."])


def _as_json(view: ReconciliationView, rows: tuple[ReconciliationLine, ...]) -> str:
    said = {
        "id": str(view.file.id), "batch": view.batch_number, "sha256": view.file.sha256,
        "counts": {state.value: count for state, count in view.counts.items()},
        "rows": [
            {
                "state": row.state, "matched_by": row.by, "case_ref": row.case_ref, "reference": row.reference,
                "correction_id": str(row.correction_id) if row.correction_id else None,
                "exported": _plain(row.expected), "posted": _plain(row.posted),
                "currency": (row.expected or row.posted or Money.zero(view.currency)).currency,
                "posted_on": row.posted_on.isoformat() if row.posted_on else None, "lines": list(row.lines),
            }
            for row in rows
        ],
    }  # fmt: skip
    return json.dumps(said, indent=2, ensure_ascii=False)


def _plain(money: Money | None) -> str | None:
    return None if money is None else f"{money.amount:f}"


def _figure(money: Money | None) -> str:
    return "-" if money is None else f"{money.amount:,f} {money.currency}"


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
