"""Object storage: one port, S3 behind it, a memory twin held to the same contract, and type sniffing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.infra.storage.port import Storage


def make_storage(settings: Any) -> Storage:
    """The store that *settings* (config.Settings) name."""
    from app.infra.storage.s3 import from_settings

    return from_settings(settings)
