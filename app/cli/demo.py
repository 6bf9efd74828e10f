"""`redress seed demo`: the demo desk, built through services."""

from __future__ import annotations

import click

from app.cli.context import Parts, pass_parts


@click.group()
def seed() -> None:
    """Put data into an empty database."""


@seed.command("demo")
@pass_parts
def demo(parts: Parts) -> None:
    """Build the demo desk: people of every role and a few cases, through the same services as the pages.

    Does nothing when it was built before. Only where REDRESS_DEMO is true.
    """
    with parts.app(store=True) as app:
        parts.seed_demo(app)
    for line in parts.sign_ins():
        click.echo(line)
