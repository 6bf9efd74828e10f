"""The document of this API."""

from __future__ import annotations

from flask import Response, jsonify

from app.api.face import bp
from app.api.frame.access import open_to_all
from app.api.frame.document import document


@bp.get("/openapi.json")
@open_to_all()
def openapi() -> Response:
    """The OpenAPI document."""
    return jsonify(document())
