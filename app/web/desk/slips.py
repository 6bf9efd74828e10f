"""What a message should not let slip, gathered from the case for one audience."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from uuid import UUID

from app.accounts.rules import Permission, may
from app.cases.rules.views import CaseView
from app.conversations.rules.slips import Slip, slips_in
from app.corrections.queries.corrections import corrections_of
from app.corrections.rules.lifecycle import CorrectionState
from app.evidence.queries import items_of
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.sides import Side
from app.ledger.queries.holds import holds_of
from app.web.shared.context import services

_TOLD = frozenset(
    {CorrectionState.POSTED, CorrectionState.BATCHED, CorrectionState.EXPORTED, CorrectionState.ACKNOWLEDGED}
)  # fmt: skip


def slips_for(tx: Tx, view: CaseView, audience: str, body: str, actor: Actor) -> tuple[Slip, ...]:
    """What *body* names that this audience does not have; nothing for an internal note."""
    if audience == "note" or not body.strip():
        return ()
    sides = (Side.COMPLAINANT, Side.RESPONDENT) if audience == "both" else (Side(audience),)
    found: dict[Slip, None] = {}
    for side in sides:
        labels = _private_labels(tx, view.id, side, actor)
        found |= dict.fromkeys(slips_in(body, labels, _unshared(tx, view, side, actor)))
    return tuple(found)


def _private_labels(tx: Tx, case_id: UUID, side: Side, actor: Actor) -> list[str]:
    if not may(actor, Permission.EVIDENCE_LIST):
        return []
    rows = items_of(tx, actor, case_id)
    return [row.label for row in rows if row.side is not side and not row.is_shared]


def _unshared(tx: Tx, view: CaseView, side: Side, actor: Actor) -> list[Decimal]:
    """Amounts the side was not told: what the other side asks for, holds, corrections on their way."""
    amounts = []
    if side is Side.RESPONDENT and view.disputed_amount is not None:
        amounts.append(view.disputed_amount)
    if may(actor, Permission.HOLD_READ):
        rows = holds_of(tx, actor, view.id)
        amounts += [row.amount.amount for row in rows if row.amount and row.side != side.value]
    if may(actor, Permission.CORRECTION_READ):
        fixes = corrections_of(tx, actor, services().clock, view.id)
        amounts += [row.total.amount for row in fixes if row.state not in _TOLD]
    return amounts


def slip_words(slips: tuple[Slip, ...]) -> list[str]:
    """One sentence a slip."""
    return [
        _("%(label)s is an exhibit that this reader cannot see.", label=slip.words)
        if slip.kind == "exhibit"
        else _("%(amount)s is an amount that this reader was not told.", amount=slip.words)
        for slip in slips
    ]


def slips_key(audience: str, slips: tuple[Slip, ...]) -> str:
    """What a second press confirms: these slips for this audience and no others."""
    words = "|".join((audience, *(f"{slip.kind}:{slip.words}" for slip in slips)))
    return hashlib.sha256(words.encode()).hexdigest()[:16]
