"""Shares of the payout audit as their reader writes numbers."""

from __future__ import annotations

import pytest

from app.web.shared.audit_words import percent


@pytest.mark.parametrize(
    ("fraction", "locale", "words"),
    [
        ("0.5", "en", "50%"),
        ("0.3333", "en", "33.33%"),
        ("0.3333", "de", "33,33\u00a0%"),
        ("0.5", "tr", "%50"),
        ("0", "en", "0%"),
        ("", "en", ""),
        ("half", "en", "half"),
    ],
)
def test_a_share_is_a_percentage_in_the_readers_hand(
    fraction: str, locale: str, words: str
) -> None:
    assert percent(fraction, locale) == words
