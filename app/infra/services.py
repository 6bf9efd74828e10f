"""What an application carries: settings and the ports to the outside, made once by the factory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.kernel.clock import Clock


@dataclass(frozen=True)
class Services:
    """Ports by name. *settings* is config.Settings (a value: infra never imports config)."""

    settings: Any
    clock: Clock
    storage: Any
    mailer: Any
    renderer: Any
    signer: Any
    egress: Any
