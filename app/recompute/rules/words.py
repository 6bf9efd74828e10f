"""What an audit finds, as people say it: one table for pages, letters, mail and the API (DECISIONS 24).

English that every reader's face translates; a room above adds its own words to these, never others for the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.kernel.words import words as _
from app.recompute.rules.findings import Cause, Suspense
from app.recompute.rules.runs import LEFT_OUT

CAUSE_WORDS: Mapping[str, str] = {
    Cause.SPLIT_VERSION: _("Wrong split"),
    Cause.NO_SPLIT_APPLIED: _("No split applied"),
    LEFT_OUT: _("Territory left out"),
    Cause.NOT_ON_STATEMENT: _("Not on the statement"),
    Cause.WRONG_FEE: _("Wrong fee"),
    Cause.WRONG_FX: _("Wrong exchange rate"),
    Cause.WRONG_WITHHOLDING: _("Wrong withholding"),
    Cause.WRONG_CURRENCY: _("Wrong currency"),
    Cause.NOT_ENTITLED: _("Not entitled"),
    Cause.PAID_TWICE: _("Paid more than once"),
    Cause.NOT_IN_SALES: _("No store report says it"),
    Cause.IN_SUSPENSE: _("Cannot be attributed"),
    Cause.IN_CONFLICT: _("Shares add up to more than all"),
    Cause.UNEXPLAINED: _("Unexplained"),
}
"""Why one line differs, the frequent causes first."""
FAULT_WORDS: Mapping[str, str] = {
    **CAUSE_WORDS,
    Cause.SPLIT_VERSION: _("Split version not applied"),
    Cause.NOT_ENTITLED: _("Paid to somebody not entitled"),
    Cause.NOT_IN_SALES: _("Paid without a store report"),
    Cause.IN_SUSPENSE: _("Paid though it cannot be attributed"),
    Cause.IN_CONFLICT: _("Paid though shares are above the whole"),
}
"""The same before “for 214 artists on the March 2026 statement”, where that reads otherwise."""
SUSPENSE_WORDS: Mapping[str, str] = {
    Suspense.OVER_ALLOCATED: _("shares add up to more than all"),
    Suspense.UNDER_ALLOCATED: _("shares add up to less than all"),
    Suspense.BAD_ISRC: _("the recording code is none"),
    Suspense.NO_SPLIT: _("no split covers it"),
    Suspense.NO_DEAL: _("no fee covers it"),
    Suspense.NO_PAYEE: _("the payee has no currency"),
    Suspense.NO_FX: _("the exchange rate is missing"),
}
"""Why money waits."""


def said(table: Mapping[str, str]) -> str:
    """Every name of *table* with its words, for whoever reads the names alone: `wrong_fee`: Wrong fee; …"""
    return "; ".join(f"`{name}`: {words}" for name, words in table.items())
