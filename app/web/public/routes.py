"""The public face: its blueprints."""

from __future__ import annotations

import importlib
import importlib.util

from flask import Blueprint, Flask

bp = Blueprint("public", __name__)


def register(app: Flask) -> None:
    """Add the pages of this face; the check of letters brings its own blueprint."""
    from app.web.public import health, help_pages, landing

    del help_pages, landing
    app.register_blueprint(bp)
    app.register_blueprint(health.bp)
    if importlib.util.find_spec("app.web.public.verify"):
        verify = importlib.import_module("app.web.public.verify")
        if hasattr(verify, "bp") and verify.bp is not bp:
            app.register_blueprint(verify.bp)
