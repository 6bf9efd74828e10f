"""`redress worker`: the background process."""

from __future__ import annotations

import click

from app.cli.context import Parts, pass_parts


@click.command()
@click.option(
    "--until-idle", is_flag=True, help="Return when the queue is empty instead of waiting."
)
@pass_parts
def worker(parts: Parts, until_idle: bool) -> None:  # noqa: FBT001 - click hands options over so
    """Work through background jobs: letters, mail, deadlines, exports.

    Start as many as you like. Stops within 15 seconds of SIGTERM; a job cut off by kill -9 is done
    again by another worker after a minute.
    """
    with parts.app(store=True) as app:
        settings = app.extensions["redress"].settings
        parts.work(app, settings.database_url, not until_idle)
