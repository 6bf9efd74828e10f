"""Adds the pages of this face; its blueprint stands in `face`."""

from __future__ import annotations

from flask import Flask

from app.web.portal.face import bp


def register(app: Flask) -> None:
    """Add the pages of this face."""
    from app.web.portal import (
        acts,
        cases,
        counter_notice,
        decisions,
        evidence,
        filing,
        filing_check,
        filing_conflict,
        filing_evidence,
        filing_help,
        filing_questions,
        filing_release,
        invitations,
        moves,
        my_cases,
        news,
        payout,
        rate,
        requests,
        statement_lines,
        words,
    )

    del (
        acts,
        cases,
        counter_notice,
        decisions,
        evidence,
        filing,
        filing_check,
        filing_evidence,
        filing_help,
        filing_conflict,
        filing_release,
        filing_questions,
        invitations,
        moves,
        my_cases,
        news,
        payout,
        rate,
        requests,
        statement_lines,
        words,
    )
    app.register_blueprint(bp)
