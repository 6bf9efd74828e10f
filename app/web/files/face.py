"""The blueprint of what goes in and out as bytes."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("files", __name__)
