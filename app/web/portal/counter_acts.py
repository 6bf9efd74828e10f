"""The ways to a counter-notice from the page of its case."""

from __future__ import annotations

from app.cases.rules.kinds import CaseEvent, State, SubKind
from app.cases.rules.views import CaseView, MoveRow
from app.infra.i18n import gettext as _
from app.kernel.sides import Side
from app.web.portal.whose_move import Act


def counter_acts(case: CaseView, moves: tuple[MoveRow, ...]) -> list[Act]:
    """Writing one while it is possible; reading what was sent: the claimant after it was accepted."""
    address = f"/cases/{case.ref}/counter-notice"
    if case.sub_kind is not SubKind.DMCA_NOTICE:
        return []
    if case.state is State.RESTRICTED and case.side is Side.RESPONDENT:
        return [Act(_("Send a counter-notice"), address, "secondary", "file-pen-line")]
    needed = CaseEvent.COUNTER if case.side is Side.RESPONDENT else CaseEvent.ACCEPT_COUNTER
    if any(move.event == needed for move in moves):
        return [Act(_("Read the counter-notice"), address, "secondary", "file-text")]
    return []
