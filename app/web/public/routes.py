"""The public face: its blueprints."""

from __future__ import annotations

from flask import Flask

from app.web.public import health


def register(app: Flask) -> None:
    """Add the pages of this face."""
    app.register_blueprint(health.bp)
