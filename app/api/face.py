"""The blueprint of the API; one file a resource."""

from __future__ import annotations

from flask import Blueprint

from app.edge.access import API

bp = Blueprint("api", __name__, url_prefix=f"{API}v1")
