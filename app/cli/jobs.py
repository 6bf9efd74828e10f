"""`redress jobs`: background work that gave up and waits for a person."""

from __future__ import annotations

import click

from app.cli.context import Parts, pass_parts
from app.infra.db.transaction import transaction
from app.infra.parked import parked_jobs
from app.kernel.actor import Actor
from app.workflows.look_after_jobs import park, start_again, start_kind_again

ACTOR = Actor.system("cli:jobs")


@click.group()
def jobs() -> None:
    """Background work."""


@jobs.command("parked")
@click.option("--limit", default=50, show_default=True)
@pass_parts
def parked(parts: Parts, limit: int) -> None:
    """List jobs that failed eight times or can never succeed, newest first. Reads only."""
    with parts.app(), transaction(ACTOR, read_only=True) as tx:
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
    with parts.app() as app, transaction(ACTOR) as tx:
        name = start_again(tx, job_id, ACTOR, app.extensions["redress"].clock)
    click.echo(f"{name} ({job_id}) is queued again.")


@jobs.command("retry-kind")
@click.argument("task")
@pass_parts
def retry_all(parts: Parts, task: str) -> None:
    """Put all parked jobs of one kind back into their queue, for example notifications.deliver."""
    with parts.app() as app, transaction(ACTOR) as tx:
        count = start_kind_again(tx, task, ACTOR, app.extensions["redress"].clock)
    click.echo(f"{count} queued again.")


@jobs.command("park")
@click.argument("job_id", type=int)
@pass_parts
def park_one(parts: Parts, job_id: int) -> None:
    """Take a waiting job out of its queue until somebody puts it back."""
    with parts.app() as app, transaction(ACTOR) as tx:
        name = park(tx, job_id, ACTOR, app.extensions["redress"].clock)
    click.echo(f"{name} ({job_id}) is parked.")
