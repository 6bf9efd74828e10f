"""The blueprint of the staff desk; one file a room, imported when it is registered."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("desk", __name__)
