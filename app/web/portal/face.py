"""The blueprint of the artist's pages; one file a topic."""

from __future__ import annotations

import structlog
from flask import Blueprint, abort, request

bp = Blueprint("portal", __name__)
log = structlog.get_logger()


@bp.before_request
def _one_value_each() -> None:
    """Forms with files are read part by part later, in their own views."""
    if request.method == "POST" and request.mimetype != "multipart/form-data":
        one_value_a_field()


def one_value_a_field() -> None:
    """A field sent twice is no form of ours (B012). Files may be several."""
    if any(len(values) > 1 for _name, values in request.form.lists()):
        abort(400)
