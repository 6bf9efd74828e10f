"""The `redress` command; each subcommand is loaded when it is called, so that a start is quick."""

from __future__ import annotations

import importlib

import click

from app.cli.context import Console

COMMANDS = {
    "catalogue": "app.cli.catalogue:catalogue",
    "check": "app.cli.checks:check",
    "health": "app.cli.health:health",
    "history": "app.cli.history:history",
    "jobs": "app.cli.jobs:jobs",
    "ledger": "app.cli.ledger:ledger",
    "mail": "app.cli.mail:mail",
    "mark": "app.cli.health:mark",
    "migrate": "app.cli.migrations:migrate",
    "payouts": "app.cli.payouts:payouts",
    "policies": "app.cli.policies:policies",
    "search": "app.cli.search:search",
    "seed": "app.cli.demo:seed",
    "statements": "app.cli.statements:statements",
    "terms": "app.cli.terms:terms",
    "tokens": "app.cli.tokens:tokens",
    "up": "app.cli.up:up",
    "users": "app.cli.accounts:users",
    "webhooks": "app.cli.webhooks:webhooks",
    "worker": "app.cli.worker:worker",
}


class Lazy(Console):
    """Knows its commands by the names of their modules."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In order of name."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load it now."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
def redress() -> None:
    """Redress: the dispute desk of a music distributor or label.

    Settings come from the environment (docs/operators.md lists them). Without DATABASE_URL and
    S3_ENDPOINT_URL the commands use embedded servers on the folder REDRESS_DATA (./var).

    Exit codes: 0 done, 1 a bug, 2 wrong input or settings, 3 refused, 4 not found, 5 forbidden,
    6 changed meanwhile, 7 a service is away, 8 a check found something.
    """
