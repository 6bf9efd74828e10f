"""What happens after what: one row per event type. An event nobody answers stands here with ()."""

from __future__ import annotations

from app.infra.outbox import Reaction
from app.kernel.events import Event

REACTIONS: dict[type[Event], tuple[Reaction, ...]] = {}
