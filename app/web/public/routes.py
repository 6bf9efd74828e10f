"""Adds the pages of this face; its blueprint stands in `face`."""

from __future__ import annotations

from flask import Flask

from app.web.public.face import bp


def register(app: Flask) -> None:
    """Add the pages of this face; the demo's mailbox only where the demo runs on loopback."""
    from app.web.public import health, help_pages, landing, mail_choices, mailbox, status, verify

    del help_pages, landing, mail_choices, status
    for part in (bp, health.bp, verify.bp):
        app.register_blueprint(part)
    settings = app.extensions["redress"].settings
    if settings.demo and settings.mailbox and not settings.secure:
        app.register_blueprint(mailbox.bp)
