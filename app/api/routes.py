"""Adds the resources of the API; its blueprint stands in `face`."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, request

from app.api.face import bp
from app.api.frame import problems, versions
from app.api.frame.spec import read_body
from app.edge.access import API

bp.before_request(problems.bind_request)
bp.before_request(read_body)
bp.after_request(versions.mark)
bp.teardown_request(problems.unbind_request)


def register(app: Flask) -> Blueprint:
    """Add the resources and return what needs no form token."""
    from app.api import (
        about,
        books,
        cases,
        drafts,
        evidence,
        letters,
        messages,
        money,
        reference,
        requests,
        transitions,
        webhooks,
    )

    del (
        about,
        books,
        cases,
        drafts,
        evidence,
        letters,
        messages,
        money,
        reference,
        requests,
        transitions,
        webhooks,
    )
    app.register_blueprint(bp)
    app.after_request(_say_id)
    return bp


def _say_id(response: Response) -> Response:
    """Also where no resource was found."""
    if request.path.startswith(API):
        response.headers["X-Request-Id"] = problems.request_id()
    return response
