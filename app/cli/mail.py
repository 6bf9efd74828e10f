"""`redress mail`: what came back. Mail servers hand reports over here; nothing is ever answered."""

from __future__ import annotations

import sys
from typing import BinaryIO

import click

from app.accounts.adapters.vault import keys_from
from app.cli.context import Parts, pass_parts
from app.infra.db.transaction import transaction
from app.infra.mail.bounce import LARGEST, read_bounce
from app.kernel.actor import Actor
from app.notifications.service.bounces import record_bounce


@click.group()
def mail() -> None:
    """Mail that came back."""


@mail.command("bounce")
@click.argument("files", nargs=-1, type=click.File("rb"))
@pass_parts
def bounce(parts: Parts, files: tuple[BinaryIO, ...]) -> None:
    """Record delivery reports (RFC 3464): one message a file, or one from the standard input.

    A report counts when it names a Message-ID that this installation signed, and its recipient. Failures for good stop
    mail to the address and are told to the desk; others are counted. What is no such report is left aside: the
    exit code is 0 then too, so that a mail server's alias can pipe into this without making bounces of bounces.
    """
    with parts.app() as app:
        services = app.extensions["redress"]
        links, host = (
            keys_from(services.settings).links,
            services.settings.mail_from.rpartition("@")[2],
        )
        for file in files or (sys.stdin.buffer,):
            report = read_bounce(file.read(LARGEST + 1))
            kind = None
            if report is not None:
                with transaction(Actor.system("cli:mail")) as tx:
                    kind = record_bounce(tx, report, links, host, services.clock)
            click.echo(f"Recorded: {kind}." if kind else "No delivery report about a mail of ours.")
