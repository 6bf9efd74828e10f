"""Limits that count pages and API together, per person or address (RELIABILITY G)."""

from __future__ import annotations

from datetime import timedelta

from app.accounts.service.limits import Rate

_HOUR = timedelta(hours=1)
UPLOADS = Rate("upload.person", 60, _HOUR)
EXPORTS = Rate("export.person", 6, _HOUR)
LINK_ADDRESS = Rate("link.address", 20, timedelta(minutes=1))
"""Codes and links that one address tries."""
