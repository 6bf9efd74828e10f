"""Bringing a database to the newest schema, and telling whether it is there."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).resolve().parents[3] / "migrations"


def _config(owner_url: str = "") -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = owner_url
    return config


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Upgrade as the owner role. *owner_url*: DATABASE_OWNER_URL."""
    command.upgrade(_config(owner_url), revision)


def head() -> str:
    """The newest revision on disk."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def current(connection: Connection) -> str:
    """The revision that a database stands at, empty for none."""
    return MigrationContext.configure(connection).get_current_revision() or ""
