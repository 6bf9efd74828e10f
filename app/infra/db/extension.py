"""The one Flask-SQLAlchemy object: session lifecycle and migrations, nothing else."""

from __future__ import annotations

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

from app.infra.db.base import Base

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "autoflush": True})
migrate = Migrate()


def engine_options(pool_size: int, *, statement_timeout_ms: int = 30_000) -> dict[str, object]:
    """Pool and session settings of web and worker; the zone is pinned so that intervals mean one thing."""
    return {
        "pool_size": pool_size,
        "max_overflow": 4,
        "pool_pre_ping": True,
        "pool_timeout": 10,
        "connect_args": {
            "options": f"-c timezone=UTC -c statement_timeout={statement_timeout_ms} -c lock_timeout=10000",
            "connect_timeout": 5,
            "application_name": "redress",
        },
    }
