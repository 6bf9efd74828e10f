"""Reads of conversations by topic: the timeline, requests. The fixed names stand here."""

from __future__ import annotations

from app.conversations.queries.requests import (
    ask_card,
    open_requests,
    request_by_id,
    request_by_number,
    request_facts,
    requests_of,
)
from app.conversations.queries.timeline import draft_of, timeline, unread_in

__all__ = [
    "ask_card", "draft_of", "open_requests", "request_by_id", "request_by_number", "request_facts",
    "requests_of", "timeline", "unread_in",
]  # fmt: skip
