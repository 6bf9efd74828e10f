"""Adds the pages of this face; its blueprint stands in `face`."""

from __future__ import annotations

from flask import Flask

from app.web.admin.face import bp


def register(app: Flask) -> None:
    """Add the pages."""
    from app.web.admin import auditor, health, history, jobs, people, policies, setup, webhooks

    del auditor, health, history, jobs, people, policies, setup, webhooks
    app.register_blueprint(bp)
