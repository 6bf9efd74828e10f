"""How a case ended, in one sentence for the side that reads it; never that somebody lost."""

from __future__ import annotations

from app.cases.rules.views import CaseView
from app.infra.i18n import gettext as _
from app.kernel.sides import Side


def result_words(case: CaseView) -> str:
    """The result in one sentence."""
    own = case.side is not Side.RESPONDENT
    words = {
        "upheld": _("We upheld your case.")
        if own
        else _("We upheld the claim. Here is why, and what you can do."),
        "partly_upheld": _("We upheld a part of the claim. The reasons say which."),
        "not_upheld": _("We did not uphold the claim. Here is why, and what you can do.")
        if own
        else _("We did not uphold the claim."),
        "settled": _("You and the other side agreed. This is what was agreed."),
        "answered": _("We answered your question."),
        "restored": _("The release goes back live."),
        "kept_down": _("The release stays down."),
        "no_response": _(
            "We did not get an answer in time, so we closed the case. It can be opened again."
        ),
        "withdrawn": _("The case was taken back."),
        "duplicate": _("This is handled in another case about the same thing."),
        "out_of_scope": _("This is not something we can decide."),
    }
    return words.get(str(case.outcome), _("We have decided."))
