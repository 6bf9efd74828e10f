"""`redress policies`: the limits of approval as they are, and the next version of them."""

from __future__ import annotations

import click

from app.cli.context import Parts, pass_parts
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.policies.commands import PublishLimits
from app.policies.service import current_approval_policy, publish_limits


@click.group()
def policies() -> None:
    """Policies of this installation."""


@policies.command(
    "limits",
    help="From which amount on two different people approve a correction.\n\n"
    "Without a change: show them. CHANGES are CURRENCY=AMOUNT in whole units, for example EUR=2000; 0 means "
    "always two, and CURRENCY= takes the limit away, which means the same. A change makes a new version; what "
    "waits for approval keeps the version that it was measured by.",
)
@click.argument("changes", nargs=-1)
@click.option("--reason", default="", help="Why they change; needed with a change.")
@pass_parts
def limits(parts: Parts, changes: tuple[str, ...], reason: str) -> None:
    """See the command's help."""
    wanted = dict(_change(one) for one in changes)
    with parts.app() as app:
        actor, clock = Actor.system("cli:policies"), app.extensions["redress"].clock
        with transaction(actor) as tx:
            now = current_approval_policy(tx, clock)
            if wanted:
                merged = {**now.limits.two_from, **wanted}
                kept = {code: limit for code, limit in merged.items() if limit is not None}
                now = publish_limits(tx, PublishLimits(kept, reason), actor, clock)
    click.echo(f"Version {now.version}, in force from {now.effective_from:%Y-%m-%d %H:%M} UTC.")
    for code, limit in sorted(now.limits.two_from.items()):
        click.echo(f"{code} {limit:>14,}")


def _change(text: str) -> tuple[str, int | None]:
    """`EUR=2000`. Raises Invalid naming what was typed."""
    code, mark, amount = text.partition("=")
    if not mark or not (amount == "" or (amount.isascii() and amount.isdigit())):
        raise Invalid("changes", "shape", f"{text}: write CURRENCY=AMOUNT in whole units")
    return code.strip().upper(), int(amount) if amount else None
