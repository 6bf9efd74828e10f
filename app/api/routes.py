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
    from app.api import (
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
        messages,
        money,
        reconciling,
        reference,
        requests,
        terms,
        transitions,
        turning_back,
        webhooks,
    )

    del (
        about,
        audits,
        books,
        cases,
        decisions,
        drafts,
        evidence,
        letter_acts,
        letters,
        messages,
        money,
        incidents,
        reconciling,
        reference,
        requests,
        terms,
        transitions,
        turning_back,
        webhooks,
    )
    app.register_blueprint(bp)
    return bp
