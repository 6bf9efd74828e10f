"""Who asks and with what: the actor of this request and the ports of this application."""

from __future__ import annotations

from typing import cast

from flask import current_app, g, has_request_context, session

from app.infra.services import Services
from app.kernel.actor import Actor


def services() -> Services:
    """Settings, clock, storage, mailer and renderer of the running application."""
    return cast("Services", current_app.extensions["redress"])


def current_actor() -> Actor:
    """The person signed in, or nobody. Resolved once a request from the stored session."""
    if not has_request_context():
        return Actor.anonymous()
    if "actor" not in g:
        g.actor = getattr(session, "actor", None) or Actor.anonymous()
    return cast("Actor", g.actor)
