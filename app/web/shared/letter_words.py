"""Kinds of letters as people read them on the page of the check and in the policies."""

from __future__ import annotations

from typing import Any

from app.infra.i18n import lazy_gettext as __
from app.letters.rules.kinds import LetterKind

LETTER_NAMES: dict[LetterKind, Any] = {
    LetterKind.DECISION: __("Decision"),
    LetterKind.OUT_OF_SCOPE: __("Case closed: not for this desk"),
    LetterKind.WITHDRAWN: __("Case closed: withdrawn"),
    LetterKind.NO_RESPONSE: __("Case closed: no answer"),
    LetterKind.STATEMENT_OF_REASONS: __("Statement of reasons"),
    LetterKind.NOTICE_REJECTED: __("Notice not accepted"),
    LetterKind.COUNTER_RECEIVED: __("Counter-notice received"),
    LetterKind.COUNTER_REJECTED: __("Counter-notice not complete"),
    LetterKind.HOLD_NOTICE: __("Notice of held money"),
    LetterKind.LEFT_TO_PARTIES: __("Left to both sides"),
    LetterKind.COUNTER_RECEIPT: __("Receipt of a counter-notice"),
    LetterKind.COUNTER_FORWARDED: __("Counter-notice sent on"),
    LetterKind.RESTORATION: __("Material goes back to the stores"),
    LetterKind.KEPT_DOWN: __("Material stays out of the stores"),
    LetterKind.EXCHANGE: __("Call for evidence"),
    LetterKind.HOLD_ENDED: __("Held money is free again"),
    LetterKind.WINDOW_STOPPED: __("Waiting period stopped by a court action"),
}
