"""The blueprint of finance; one file a room, imported when it is registered."""

from __future__ import annotations

from flask import Blueprint, Flask

bp = Blueprint("finance", __name__)


def register(app: Flask) -> None:
    """Add the pages of finance."""
    from app.web.finance import batches, corrections, exports, ledger

    del batches, corrections, exports, ledger
    app.register_blueprint(bp)
