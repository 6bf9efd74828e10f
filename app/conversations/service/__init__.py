"""Use-cases of conversations: messages and requests. The fixed names stand here."""

from __future__ import annotations

from app.conversations.service.composer import forget_sent, keep_composer, note_presence
from app.conversations.service.messages import add_note, keep_draft, mark_read, send_message
from app.conversations.service.requests import (
    answer_item,
    ask,
    extend_request,
    judge_item,
    lapse_requests,
)

__all__ = [
    "add_note", "answer_item", "ask", "extend_request", "forget_sent", "judge_item", "keep_composer",
    "keep_draft", "lapse_requests", "mark_read", "note_presence", "send_message",
]  # fmt: skip
