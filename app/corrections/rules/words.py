"""Why a line is corrected, as people say it: the words of the audit for its causes, and what a decision adds."""

from __future__ import annotations

from collections.abc import Mapping

from app.corrections.rules.proposal import CorrectionReason
from app.kernel.words import words as _
from app.recompute.rules.runs import LEFT_OUT
from app.recompute.rules.words import CAUSE_WORDS

_OF_ONE_LINE = {name: words for name, words in CAUSE_WORDS.items() if name != LEFT_OUT}
REASON_WORDS: Mapping[CorrectionReason, str] = {
    **{CorrectionReason(name): words for name, words in _OF_ONE_LINE.items()},
    CorrectionReason.HOLD_RELEASED: _("Held and released late"),
    CorrectionReason.SETTLEMENT: _("Settlement"),
    CorrectionReason.GOODWILL: _("Goodwill"),
}
"""In the order in which forms offer them."""
