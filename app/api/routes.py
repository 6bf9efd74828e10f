"""Adds the resources of the API; its blueprint stands in `face`."""

from __future__ import annotations

from flask import Blueprint, Flask

from app.api.face import bp
from app.api.frame import versions
from app.api.frame.spec import read_body

bp.before_request(read_body)
bp.after_request(versions.mark)


def register(app: Flask) -> Blueprint:
    """Add the resources and return what needs no form token."""
    from app.api import (  # noqa: F401 - each adds its resources to the blueprint
        about,
        audits,
        books,
        cases,
        decisions,
        drafts,
        evidence,
        incidents,
        letter_acts,
        letters,
        matching,
        messages,
        money,
        reconciling,
        reference,
        requests,
        statements,
        terms,
        transitions,
        turning_back,
        webhooks,
    )

    app.register_blueprint(bp)
    return bp
