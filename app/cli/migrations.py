"""`redress migrate`: bring the database to the newest schema, as its owner."""

from __future__ import annotations

from collections.abc import Mapping

import click

from app.cli.context import Parts, pass_parts
from app.infra.embedded.stack import completed
from app.kernel.errors import Refused

NO_OWNER = """DATABASE_URL is set but DATABASE_OWNER_URL is not. The web role owns nothing, so it cannot
change tables. Run as the owner of the database, for example:

  DATABASE_OWNER_URL=postgresql://redress_owner:…@db.example/redress redress migrate"""


def owner_url(environ: Mapping[str, str]) -> str:
    """The owner's address from DATABASE_OWNER_URL or its file. Raises `Refused` when only the web's is given."""
    from pathlib import Path

    file = environ.get("DATABASE_OWNER_URL_FILE")
    url = Path(file).read_text("utf-8").strip() if file else environ.get("DATABASE_OWNER_URL", "")
    if not url:
        raise Refused("no_owner_address", NO_OWNER)
    return url


@click.command()
@click.option("--to", "revision", default="head", show_default=True, help="Revision to upgrade to.")
@pass_parts
def migrate(parts: Parts, revision: str) -> None:
    """Bring the database to the newest schema.

    Needs DATABASE_OWNER_URL: the role that owns the tables. Safe to run again; web and worker of the
    release before keep working meanwhile. Take a backup first.
    """
    from app.infra.db.migrate import upgrade

    if parts.environ.get("DATABASE_URL"):
        owner_url(parts.environ)
    with completed(parts.environ) as environ:
        upgrade(owner_url(environ), revision)
    click.echo(f"The database stands at {revision}.")
