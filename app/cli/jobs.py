"""`redress jobs`: background work that gave up and waits for a person."""

from __future__ import annotations

import click

from app.cli.context import Parts, pass_parts
from app.infra.db.transaction import transaction
from app.infra.parked import parked_jobs, retry_parked
from app.kernel.actor import Actor
from app.kernel.errors import NotFound


@click.group()
def jobs() -> None:
    """Background work."""


@jobs.command("parked")
@click.option("--limit", default=50, show_default=True)
@pass_parts
def parked(parts: Parts, limit: int) -> None:
    """List jobs that failed eight times or can never succeed, newest first. Reads only."""
    with parts.app(), transaction(Actor.system("cli:jobs"), read_only=True) as tx:
        found = parked_jobs(tx, limit=limit)
    for one in found:
        when = f"{one.parked_at:%Y-%m-%d %H:%M}Z" if one.parked_at else ""
        click.echo(f"{one.id:>8}  {when}  {one.task}  {one.error} {one.line}  {one.args}")
    click.echo(f"{len(found)} parked.")


@jobs.command("retry")
@click.argument("job_id", type=int)
@pass_parts
def retry(parts: Parts, job_id: int) -> None:
    """Put a parked job back into its queue, after its cause is mended. Effects already done are not repeated."""
    with parts.app(), transaction(Actor.system("cli:jobs")) as tx:
        name = retry_parked(tx, job_id)
        if name is None:
            raise NotFound(f"No parked job {job_id}.")
    click.echo(f"{name} ({job_id}) is queued again.")
