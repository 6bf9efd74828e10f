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
        incident_corrections,
        incidents,
        ledger,
        mapping,
        matching,
        own_formats,
        pairing,
        periods,
        reconciling,
        revise,
        statement_lines,
        statements,
        terms,
        terms_changing,
    )

    del (
        batches,
        cancelling,
        codes,
        corrections,
        incident_corrections,
        incidents,
        exports,
        ledger,
        mapping,
        matching,
        own_formats,
        pairing,
        periods,
        reconciling,
        revise,
        statement_lines,
        statements,
        terms,
        terms_changing,
    )
    app.register_blueprint(bp)
