"""A request with a key makes one thing, however often it is sent (I16, B138); pages and API differ in how they answer again.

The key is claimed inside the view's own transaction just before its commit: effect and key live or
die together. A second request with the same key gets the first one's answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from flask import g, has_request_context, make_response
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.service import keys
from app.accounts.service.keys import Claim, StoredAnswer
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Refused

HEADER = "Idempotency-Key"
KEY_MOST = 255
"""Characters of a key."""
_SYSTEM = Actor.system("web:keys")
_WAITS = (0.05, 0.1, 0.2, 0.4, 0.8)
_BODY_KEPT = 200_000


@dataclass(frozen=True, slots=True)
class Once:
    """One request with a key. *again*: how its face repeats a stored answer; raises when the content differs."""

    claim: Claim
    clock: Clock
    again: Callable[[Claim, StoredAnswer], Response]

    def run(self, view: Callable[[], Any]) -> Response:
        """The stored answer, or the view's. Raises `Refused("in_progress")` while the first one still works."""
        if (known := self._look_up()) is not None:
            return self._repeat(known)
        return self._first(view)

    def _first(self, view: Callable[[], Any]) -> Response:
        """Run the view. When it fails because another request was quicker, that one's answer counts."""
        g.idempotency, g.idempotency_claimed = self, False
        try:
            response = cast("Response", make_response(view()))
        except Exception:
            if g.idempotency_claimed or self._look_up() is None:
                raise
            return self._wait()
        finally:
            g.idempotency = None
        if (
            response.status_code >= 400
            and not g.idempotency_claimed
            and self._look_up() is not None
        ):
            return self._wait()
        self._keep(response)
        return response

    def _keep(self, response: Response) -> None:
        if response.status_code >= 400 or not g.idempotency_claimed:
            return
        leads_on = 300 <= response.status_code < 400
        body = None if leads_on or response.is_streamed else response.get_data(as_text=True)
        with transaction(_SYSTEM) as tx:
            kept = body[:_BODY_KEPT] if body is not None else None
            keys.store_answer(tx, self.claim, response.status_code, response.location, kept)

    def _look_up(self) -> StoredAnswer | None:
        with transaction(_SYSTEM, read_only=True) as tx:
            return keys.stored_answer(tx, self.claim, self.clock)

    def _wait(self) -> Response:
        """The first request committed a moment ago; its answer follows."""
        known = None
        for pause in _WAITS:
            known = self._look_up()
            if known is not None and known.status is not None:
                break
            time.sleep(pause)
        if known is None:
            raise Refused("in_progress", _("This was sent already and is being worked on."))
        return self._repeat(known)

    def _repeat(self, known: StoredAnswer) -> Response:
        if known.digest == self.claim.digest and known.status is None:
            raise Refused("in_progress", _("This was sent already and is being worked on."))
        return self.again(self.claim, known)


@event.listens_for(Session, "before_commit")
def _claim_with_effect(session: Session) -> None:
    """Store the claimed key in the transaction of the view, if that transaction changed anything."""
    if not has_request_context():
        return
    once: Once | None = g.get("idempotency")
    actor = session.info.get("actor")
    if once is None or actor is None or actor.is_system or session.info.get("read_only"):
        return
    if keys.claim_key(session, once.claim, once.clock):
        g.idempotency, g.idempotency_claimed = None, True
