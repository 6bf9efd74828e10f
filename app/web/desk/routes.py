"""Adds the pages of this face; its blueprint stands in `face`."""

from __future__ import annotations

from flask import Flask

from app.web.desk.face import bp


def register(app: Flask) -> None:
    """Add the desk's pages."""
    from app.web.desk import (
        actions,
        bulk,
        care,
        cases,
        composer,
        confirmation,
        conversations,
        decisions,
        evidence,
        jobs,
        ledger,
        letters,
        list_extras,
        list_filters,
        macros,
        parties,
        presence,
        references,
        requests,
        search,
        tags,
        views,
        workspace,
    )

    del (
        actions,
        bulk,
        care,
        cases,
        composer,
        confirmation,
        conversations,
        decisions,
        evidence,
        jobs,
        ledger,
        letters,
        list_extras,
        list_filters,
        macros,
        parties,
        presence,
        references,
        requests,
        tags,
        search,
        views,
        workspace,
    )
    app.register_blueprint(bp)
