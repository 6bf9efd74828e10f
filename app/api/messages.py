"""Words of a case: read as far as the token's owner may, and written."""

from __future__ import annotations

from flask import request

from app.accounts.rules import Permission, Scope
from app.api.face import bp
from app.api.frame.access import needs
from app.api.frame.context import bearer, services
from app.api.frame.once import once_per_key
from app.api.frame.paging import cursor_in, cursor_to, placed
from app.api.frame.spec import WRITES, answers
from app.api.shapes import conversations as shapes
from app.cases.queries import case_by_ref
from app.conversations.commands import SendMessage
from app.conversations.queries.timeline import timeline
from app.conversations.rules.timeline import EntryKind, Strand
from app.conversations.service.messages import send_message
from app.edge.once import HEADER
from app.infra.db.transaction import transaction

TAG = "messages"
_WORDS = frozenset({Strand.MESSAGES, Strand.NOTES})
_KEY_KEPT = 80


@bp.get("/cases/<ref>/messages")
@needs(Scope.CASES_READ, Permission.MESSAGE_READ, other=Permission.PARTY_CASE_READ, on="case")
@answers(shapes.Messages, tag=TAG)
def messages_list(ref: str, query: shapes.MessagesQuery) -> shapes.Messages:
    """List the messages of a case, the newest first."""
    actor, place = bearer(), cursor_in(query)
    with transaction(actor, read_only=True) as tx, placed():
        page = timeline(tx, actor, case_by_ref(tx, actor, ref).id, place, strands=_WORDS)
    said = [row for row in page.entries if row.kind is not EntryKind.EVENT]
    items = [shapes.Message.of(row) for row in said]
    return shapes.Messages(items=items, next_cursor=cursor_to(query, page.next_cursor))


@bp.post("/cases/<ref>/messages")
@needs(Scope.CASES_WRITE, Permission.MESSAGE_SEND, other=Permission.PARTY_MESSAGE_SEND, on="case")
@once_per_key
@answers(shapes.Sent, status=201, tag=TAG, also=WRITES)
def message_send(ref: str, json: shapes.SendMessage) -> tuple[shapes.Sent, int]:
    """Send a message, or leave a note for the people who work here."""
    actor, key = bearer(), request.headers.get(HEADER, "")[:_KEY_KEPT]
    with transaction(actor) as tx:
        case_id = case_by_ref(tx, actor, ref).id
        command = SendMessage(case_id, json.to, json.body, json.language, client_key=key)
        made = send_message(tx, command, actor, services().clock)
    return shapes.Sent(id=made), 201
