"""Letters of a case as rows of a list."""

from __future__ import annotations

from typing import Any

from app.infra.i18n import gettext as _
from app.letters.queries import LetterRow


def letter_words(letter: LetterRow) -> str:
    """Title of a letter in a list."""
    words = {
        "decision": _("Resolution letter"), "out_of_scope": _("Letter: not ours to decide"), "withdrawn": _("Letter: case taken back"),
        "no_response": _("Letter: no answer"), "statement_of_reasons": _("Statement of reasons"), "notice_rejected": _("Letter: notice not accepted"),
        "counter_received": _("Letter: counter-notice received"), "counter_rejected": _("Letter: counter-notice not accepted"),
        "hold_notice": _("Letter: money is held"), "left_to_parties": _("Letter: left to both sides"),
        "counter_receipt": _("Letter: we have your counter-notice"), "counter_forwarded": _("Letter: counter-notice sent on"),
        "restoration": _("Letter: the material goes back"), "kept_down": _("Letter: the material stays down"),
        "exchange": _("Letter: send us your evidence"), "hold_ended": _("Letter: money is held no longer"),
        "window_stopped": _("Letter: the waiting period stopped"),
    }  # fmt: skip
    return words.get(str(letter.kind), _("Letter"))


def shown_letters(letters: tuple[LetterRow, ...], ref: str) -> list[dict[str, Any]]:
    """Letters that were stored, as rows of a list."""
    return [
        {
            "title": letter_words(letter), "state": _("PDF, number %(number)s", number=letter.number), "tone": "",
            "size": letter.size, "href": f"/cases/{ref}/letters/{letter.id}",
        }
        for letter in letters
        if letter.is_readable
    ]  # fmt: skip
