"""Messages and notes: written once, never changed. Words unsent and marks of reading are the person's own."""

from __future__ import annotations

import hashlib
from uuid import UUID, uuid4

from sqlalchemy import delete, literal, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.queries import side_scope, visible_case_ids, writer_side
from app.accounts.rules import Permission, require
from app.cases.service.messages import note_message
from app.conversations.commands import AddNote, KeepDraft, SendMessage
from app.conversations.events import MessageSent, NoteAdded
from app.conversations.models import DraftText, Message, ReadMark
from app.conversations.queries.requests import case_state
from app.conversations.queries.timeline import message_count, readable_sides
from app.conversations.rules.audience import BODY_LIMIT, Audience, placement
from app.conversations.service.searchable import index_message
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, NotFound, Refused, Stale
from app.kernel.sides import Disclosure, Side
from app.kernel.text import clean_text

_UNSENT = frozenset({"draft", "deleted"})
_BOX_LIMIT = 60


def send_message(tx: Tx, command: SendMessage, actor: Actor, clock: Clock) -> UUID:
    """Send words to an audience; gives the message's id. The same *client_key* sends once.

    Raises Invalid (empty, too long, audience), NotFound, Forbidden, Refused (closed, not filed yet), and
    Stale when somebody wrote after the page was made: theirs is what they wrote, yours what was typed.
    """
    sender = Side.DESK if actor.is_system else writer_side(tx, actor, command.case_id)
    place = placement(command.audience, sender)
    if place is None:
        raise Invalid("audience", "audience", _("Choose who this is for."))
    require(actor, _permission(command.audience))
    body = clean_text(command.body, field="body", max_length=BODY_LIMIT, required=True)
    _require_writable(tx, actor, command.case_id, command.audience)
    if (known := _same_key(tx, command, actor)) is not None:
        return known
    require_fresh(tx, command, actor)
    side, disclosure = place
    message = Message(
        id=uuid4(), case_id=command.case_id, side=side.value, disclosure=disclosure.value,
        sender_id=actor.person_id, sender_side=sender.value, body=body, language=command.language,
        channel=command.channel.value, client_key=command.client_key or None, request_id=None,
        at=clock.now(),
    )  # fmt: skip
    store_message(tx, message, actor, clock)
    if disclosure is not Disclosure.INTERNAL:
        note_message(tx, command.case_id, sender, actor, clock)
    return message.id


def add_note(tx: Tx, command: AddNote, actor: Actor, clock: Clock) -> UUID:
    """Leave a note that no party ever sees. Raises as `send_message`."""
    return send_message(
        tx,
        SendMessage(command.case_id, Audience.NOTE, command.body, client_key=command.client_key),
        actor,
        clock,
    )


def store_message(tx: Tx, message: Message, actor: Actor, clock: Clock) -> None:
    """Write a message with its history row, let it be found, and tell the other rooms."""
    tx.add(message)
    tx.flush()
    index_message(tx, message)
    side, disclosure = Side(message.side), Disclosure(message.disclosure)
    sender = Side(message.sender_side)
    digest = hashlib.sha256(message.body.encode()).hexdigest()
    record(
        tx, actor, clock,
        verb="message.noted" if disclosure is Disclosure.INTERNAL else "message.sent",
        subject=("message", message.id), case_id=message.case_id,
        data={"side": side.value, "disclosure": disclosure.value, "sender_side": sender.value,
              "channel": message.channel, "length": len(message.body)},
        private={"sha256": digest},
    )  # fmt: skip
    if disclosure is Disclosure.INTERNAL:
        emit(tx, NoteAdded(message.case_id, message.id))
        return
    emit(
        tx,
        MessageSent(
            message.case_id, message.id, sender, side, disclosure, by_person=actor.is_person
        ),
    )


def keep_draft(tx: Tx, command: KeepDraft, actor: Actor, clock: Clock) -> None:
    """Keep words that were typed and not sent; empty words forget the box. Raises NotFound, Invalid."""
    readable_sides(tx, actor, command.case_id)
    if not 0 < len(command.box) <= _BOX_LIMIT:
        raise Invalid("box", "box", _("Choose who this is for."))
    body = clean_text(command.body, field="body", max_length=BODY_LIMIT)
    forget_draft(tx, command.case_id, command.box, actor)
    if body:
        tx.add(
            DraftText(
                case_id=command.case_id, person_id=actor.person_id, box=command.box, body=body,
                updated_at=clock.now(),
            )
        )  # fmt: skip
        tx.flush()


def forget_draft(tx: Tx, case_id: UUID, box: str, actor: Actor) -> None:
    """Forget the unsent words of a box, after they were sent."""
    tx.execute(
        delete(DraftText).where(
            DraftText.case_id == case_id,
            DraftText.person_id == actor.person_id,
            DraftText.box == box,
        )
    )


def mark_read(tx: Tx, case_id: UUID, actor: Actor, clock: Clock) -> None:
    """Everything up to now was on the screen of *actor*. Raises NotFound."""
    visible = visible_case_ids(actor).subquery()
    statement = insert(ReadMark).from_select(
        ["case_id", "person_id", "seen_at"],
        select(visible.c.id, literal(actor.person_id), literal(clock.now())).where(
            visible.c.id == case_id
        ),
    )
    marked = tx.execute(
        statement.on_conflict_do_update(
            index_elements=["case_id", "person_id"], set_={"seen_at": statement.excluded.seen_at}
        ).returning(ReadMark.case_id)
    )
    if marked.first() is None:
        raise NotFound("case")


def _permission(audience: Audience) -> Permission:
    if audience is Audience.NOTE:
        return Permission.NOTE_ADD
    return Permission.PARTY_MESSAGE_SEND if audience is Audience.DESK else Permission.MESSAGE_SEND


def _require_writable(tx: Tx, actor: Actor, case_id: UUID, audience: Audience) -> None:
    state = case_state(tx, actor, case_id)
    if state in _UNSENT:
        raise Refused("not_filed", _("Send the case first. Then you can write to us here."))
    if state == "closed" and audience not in (Audience.NOTE, Audience.DESK):
        raise Refused("case_closed", _("This case is closed. Your text is still here."))


def _same_key(tx: Tx, command: SendMessage, actor: Actor) -> UUID | None:
    if not command.client_key:
        return None
    return tx.execute(
        select(Message.id).where(
            Message.case_id == command.case_id,
            Message.sender_id == actor.person_id,
            Message.client_key == command.client_key,
        )
    ).scalar_one_or_none()


def require_fresh(tx: Tx, command: SendMessage, actor: Actor) -> None:
    """Somebody replied while this was typed: show it before sending (UX S2)."""
    if command.version is None:
        return
    now = tx.execute(select(message_count(actor, command.case_id))).scalar_one()
    if now == command.version:
        return
    newer = tx.execute(
        select(Message.body)
        .where(Message.case_id == command.case_id, side_scope(actor, Message))
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(max(now - command.version, 1))
    ).scalars()
    raise Stale(
        _("Somebody wrote while you were typing. Read it, then send."),
        theirs="\n\n".join(reversed(list(newer))), yours=command.body, version=now,
    )  # fmt: skip
