"""The one client for calls to hosts that others name: what it never does is in `client`."""

from __future__ import annotations

from typing import Any

from app.infra.egress.client import Egress
from app.infra.egress.port import Answer, NoAnswer

__all__ = ["Answer", "Egress", "NoAnswer", "make_egress"]


def make_egress(settings: Any) -> Egress:
    """By the settings: loopback without TLS only where the demo allows it."""
    return Egress(loopback=settings.webhook_loopback)
