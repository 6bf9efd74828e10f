"""`redress search`: the index that the desk searches."""

from __future__ import annotations

from uuid import UUID

import click

from app.cli.context import Parts, pass_parts
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.search.commands import Subject
from app.workflows.reindex import SOURCES, rebuild_batch


@click.group()
def search() -> None:
    """The index that the desk searches."""


@search.command("rebuild")
@pass_parts
def rebuild(parts: Parts) -> None:
    """Build the index again from what it is about, in small batches while everybody works. Safe to repeat.

    Needed after an upgrade that says so; `redress check invariants --only S1` tells whether a case is missing.
    """
    with parts.app():
        for subject in SOURCES:
            written, forgotten = _rebuild(subject)
            click.echo(f"{subject.value:>10}  {written} written, {forgotten} forgotten")


def _rebuild(subject: Subject) -> tuple[int, int]:
    written = forgotten = 0
    after: UUID | None = None
    while True:
        with transaction(Actor.system("cli:search")) as tx:
            done = rebuild_batch(tx, subject, after)
        written, forgotten, after = written + done.written, forgotten + done.forgotten, done.last
        if after is None:
            return written, forgotten
