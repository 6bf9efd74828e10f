"""A2: what stands still and what goes on while we look at a case. Only what the rules of the kind hold to."""

from __future__ import annotations

from app.cases.rules.kinds import Kind
from app.infra.i18n import gettext as _

RELEASES = frozenset({Kind.TAKEDOWN, Kind.RIGHTS_CLAIM})
"""Kinds in which sending the release once more does harm."""


def meanwhile_words(kind: Kind) -> list[str]:
    """Sentences for the page; none where nothing stands still."""
    if kind is Kind.SUPPORT:
        return []
    words = {
        Kind.TAKEDOWN: _("The release stays as it is until it is decided. Your other releases are not touched."),
        Kind.PAYOUT: _("Your other payments go on as usual. If money is held while we look, you read here why and how much."),
        Kind.RIGHTS_CLAIM: _("Money is held only with a notice that says why and how much. Everything else is paid as usual."),
    }  # fmt: skip
    return [
        words[kind],
        _("While we wait for an answer from somebody, the date of the decision moves."),
    ]
