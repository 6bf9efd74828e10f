"""The blueprint of administration; one file a topic."""

from __future__ import annotations

from flask import Blueprint, Flask

bp = Blueprint("admin", __name__)


def register(app: Flask) -> None:
    """Add the pages."""
    from app.web.admin import auditor, history, people

    del auditor, history, people
    app.register_blueprint(bp)
