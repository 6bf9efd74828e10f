"""Adds the pages of this face; its blueprint stands in `face`."""

from __future__ import annotations

from flask import Flask

from app.web.account.face import bp


def register(app: Flask) -> None:
    """Add the pages; the demo's list of sign-ins only where the demo runs on loopback."""
    from app.web.account import (
        delegation,
        demo,
        invitation,
        notifications,
        password,
        payout,
        profile,
        reports,
        security,
        shortcuts,
        signin,
        tokens,
    )

    del (
        delegation,
        invitation,
        notifications,
        password,
        payout,
        profile,
        reports,
        security,
        shortcuts,
        signin,
        tokens,
    )
    settings = app.extensions["redress"].settings
    app.register_blueprint(bp)
    if settings.demo and not settings.secure:
        app.register_blueprint(demo.bp)
