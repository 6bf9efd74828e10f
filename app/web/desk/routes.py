"""Adds the pages of this face; its blueprint stands in `face`."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

from app.web.desk.face import bp

PAGES = (
    "actions",
    "board",
    "bulk",
    "care",
    "cases",
    "composer",
    "confirmation",
    "conversations",
    "counter_notice",
    "decisions",
    "evidence",
    "evidence_add",
    "jobs",
    "ledger",
    "letter_acts",
    "letters",
    "list_extras",
    "list_filters",
    "macros",
    "mails",
    "new_case",
    "parties",
    "payout",
    "presence",
    "references",
    "requests",
    "search",
    "tags",
    "views",
    "workspace",
)


def register(app: Flask) -> None:
    """Add the desk's pages."""
    for page in PAGES:
        import_module(f"app.web.desk.{page}")
    app.register_blueprint(bp)
