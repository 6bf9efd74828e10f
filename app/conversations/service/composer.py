"""The desk's composer: unsent words that belong to their writer, and the sign that somebody is here.

Neither changes the case: they leave no history, and nobody sends another's words.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_
from sqlalchemy.dialects.postgresql import insert

from app.conversations.commands import KeepComposer
from app.conversations.models import CasePresence, DraftText
from app.conversations.queries.frame import composer_draft
from app.conversations.queries.requests import case_state
from app.conversations.queries.timeline import readable_sides
from app.conversations.rules.audience import BODY_LIMIT, COMPOSER
from app.conversations.rules.presence import Doing
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Invalid, Stale
from app.kernel.text import clean_text


def keep_composer(tx: Tx, command: KeepComposer, actor: Actor, clock: Clock) -> datetime | None:
    """Keep the words under their audience; gives when, None for an empty box.

    Raises Invalid, Forbidden (not of the desk), NotFound, and Stale with both texts when another window
    of the same person saved other words since *seen* (B009): neither is overwritten.
    """
    _require_desk(tx, command.case_id, actor)
    if command.audience.value not in COMPOSER:
        raise Invalid("audience", "audience", _("Choose who this is for."))
    body = clean_text(command.body, field="body", max_length=BODY_LIMIT)
    case_state(tx, actor, command.case_id)
    known = composer_draft(tx, actor, command.case_id)
    if known is not None and known.body != body and known.kept_at != command.seen:
        raise Stale(_("You wrote something else in another window."), theirs=known.body, yours=body)
    _forget(tx, command.case_id, actor)
    if not body:
        return None
    at = clock.now()
    tx.add(
        DraftText(
            case_id=command.case_id, person_id=actor.person_id, box=command.audience.value, body=body,
            updated_at=at,
        )
    )  # fmt: skip
    tx.flush()
    return at


def _forget(tx: Tx, case_id: UUID, actor: Actor) -> None:
    tx.execute(
        delete(DraftText).where(
            DraftText.case_id == case_id,
            DraftText.person_id == actor.person_id,
            DraftText.box.in_(COMPOSER),
        )
    )


def forget_sent(tx: Tx, command: KeepComposer, actor: Actor) -> None:
    """Forget what was just sent; other words of the same person, from another window, stay."""
    tx.execute(
        delete(DraftText).where(
            DraftText.case_id == command.case_id,
            DraftText.person_id == actor.person_id,
            DraftText.box.in_(COMPOSER),
            or_(DraftText.body == command.body.strip(), DraftText.updated_at == command.seen),
        )
    )


def note_presence(tx: Tx, case_id: UUID, doing: Doing, actor: Actor, clock: Clock) -> None:
    """The page of *actor* gave a sign of life. Raises Forbidden, NotFound."""
    _require_desk(tx, case_id, actor)
    values = {"doing": doing.value, "seen_at": clock.now()}
    row = insert(CasePresence).values(case_id=case_id, person_id=actor.person_id, **values)
    tx.execute(row.on_conflict_do_update(index_elements=["case_id", "person_id"], set_=values))


def _require_desk(tx: Tx, case_id: UUID, actor: Actor) -> None:
    readable_sides(tx, actor, case_id)
    if not actor.is_staff:
        raise Forbidden(code="permission")
