"""The blueprint of the staff desk; one file a room, imported when it is registered."""

from __future__ import annotations

from flask import Blueprint, Flask

bp = Blueprint("desk", __name__)


def register(app: Flask) -> None:
    """Add the desk's pages."""
    from app.web.desk import (
        actions,
        cases,
        confirmation,
        conversations,
        decisions,
        evidence,
        jobs,
        ledger,
        letters,
        parties,
        requests,
        workspace,
    )

    del (
        actions,
        cases,
        confirmation,
        conversations,
        decisions,
        evidence,
        jobs,
        ledger,
        letters,
        parties,
        requests,
        workspace,
    )
    app.register_blueprint(bp)
