"""Adds the pages of this face; its blueprint stands in `face`."""

from __future__ import annotations

from flask import Flask

from app.web.finance.face import bp


def register(app: Flask) -> None:
    """Add the pages of finance."""
    from app.web.finance import (
        batches,
        cancelling,
        codes,
        corrections,
        exports,
        ledger,
        mapping,
        matching,
        own_formats,
        periods,
        revise,
        statements,
    )

    del (
        batches,
        cancelling,
        codes,
        corrections,
        exports,
        ledger,
        mapping,
        matching,
        own_formats,
        periods,
        revise,
        statements,
    )
    app.register_blueprint(bp)
