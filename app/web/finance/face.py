"""The blueprint of finance; one file a room, imported when it is registered."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("finance", __name__)
