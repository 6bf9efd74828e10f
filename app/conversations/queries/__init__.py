"""Reads of conversations by topic: the timeline, requests. The fixed names stand here."""

from __future__ import annotations

from app.conversations.queries.frame import (
    composer_draft,
    frame_of,
    newer_than,
    others_present,
)
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
    "ask_card", "composer_draft", "draft_of", "frame_of", "newer_than", "open_requests", "others_present", "request_by_id", "request_by_number", "request_facts",
    "requests_of", "timeline", "unread_in",
]  # fmt: skip
