"""Runs migrations as the owner role, with short lock waits so that a live service never hangs on one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from alembic import context
from sqlalchemy import create_engine, pool, text

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.infra.db.base import Base
from app.infra.db.tables import load_all_models

load_all_models()
target_metadata = Base.metadata


def include_name(name: str | None, type_: str, _parents: object) -> bool:
    """Tables of the queue library are not ours to compare."""
    return not (type_ == "table" and name is not None and name.startswith("procrastinate_"))


def owner_url() -> str:
    """The owner's address: given by the caller, else from the environment."""
    url = context.config.attributes.get("url") or os.environ.get("DATABASE_OWNER_URL", "")
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def run_online() -> None:
    """Connect and upgrade; each migration commits by itself."""
    engine = create_engine(owner_url(), poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text("set lock_timeout = '4s'"))
        connection.execute(text("set statement_timeout = '60s'"))
        connection.execute(text("set app.scope = 'owner'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=target_metadata,
            include_name=include_name,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run_online()
