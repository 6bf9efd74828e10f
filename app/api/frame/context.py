"""Who asks and with what: the bearer of this request and the ports of this application."""

from __future__ import annotations

from typing import cast

from flask import current_app, g

from app.infra.services import Services
from app.kernel.actor import Actor


def services() -> Services:
    """Settings, clock, storage, mailer and renderer of the running application."""
    return cast("Services", current_app.extensions["redress"])


def bearer() -> Actor:
    """In whose name the token of this request asks: `admit` put it there before the view ran."""
    return cast("Actor", g.actor)
