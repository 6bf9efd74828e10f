"""The `redress` command with everything it can do."""

from __future__ import annotations

import click

from app.cli.accounts import users
from app.cli.checks import check
from app.cli.context import Console
from app.cli.demo import seed
from app.cli.health import health
from app.cli.history import history
from app.cli.jobs import jobs
from app.cli.ledger import ledger
from app.cli.migrations import migrate
from app.cli.up import up
from app.cli.worker import worker


@click.group(cls=Console, context_settings={"help_option_names": ["-h", "--help"]})
def redress() -> None:
    """Redress: the dispute desk of a music distributor or label.

    Settings come from the environment (docs/operators.md lists them). Without DATABASE_URL and
    S3_ENDPOINT_URL the commands use embedded servers on the folder REDRESS_DATA (./var).

    Exit codes: 0 done, 1 a bug, 2 wrong input or settings, 3 refused, 4 not found, 5 forbidden,
    6 changed meanwhile, 7 a service is away, 8 a check found something.
    """


for command in (up, migrate, seed, check, history, worker, users, jobs, ledger, health):
    redress.add_command(command)
