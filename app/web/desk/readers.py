"""Who reads what the desk writes, in the words of the case: the artist, the claimant, the respondent."""

from __future__ import annotations

from dataclasses import dataclass

from app.cases.rules.views import CaseView, PartyRow
from app.conversations.rules.audience import Audience
from app.infra.i18n import gettext as _
from app.kernel.sides import Side


@dataclass(frozen=True, slots=True)
class Reader:
    """One choice of the composer's switch. *sees*: the sentence under the switch."""

    value: str
    text: str
    icon: str
    send: str
    wait: str
    sees: str
    checked: bool = False


def reader_words(view: CaseView, side: Side) -> str:
    """Whom a side is called: artist where the artist stands, else claimant or respondent."""
    if side is view.artist_side:
        return _("artist")
    return _("claimant") if side is Side.COMPLAINANT else _("respondent")


def audience_words(view: CaseView, audience: Audience | None) -> str:
    """Beside a message in the timeline: to whom the desk wrote."""
    if audience is Audience.BOTH:
        return _("to both sides")
    if audience in {Audience.COMPLAINANT, Audience.RESPONDENT}:
        return _("to %(who)s", who=reader_words(view, Side(audience.value)))
    return ""


def reader_of(view: CaseView, side: Side, parties: tuple[PartyRow, ...]) -> Reader:
    """The choice that writes to a side."""
    who = reader_words(view, side)
    names = ", ".join(row.display_name for row in parties if row.side is side)
    sees = (
        _("%(names)s, %(who)s, reads this. The other side does not.", names=names, who=who)
        if names
        else _("The %(who)s reads this. The other side does not.", who=who)
    )
    return Reader(
        side.value, _("To %(who)s", who=who), "reply", _("Send to %(who)s", who=who),
        _("Send to %(who)s and wait", who=who), sees,
    )  # fmt: skip


def reader_of_notes() -> Reader:
    """The choice that keeps words in the house."""
    return Reader(
        "note", _("Internal note"), "lock", _("Save note"), "",
        _("Only colleagues on this case read this. No party ever does."),
    )  # fmt: skip
