"""Server-side sessions behind Flask's `session`: the cookie holds a random reference, nothing else.

Loaded on first use with one statement, stored only when something changed; nobody gets a row before
a form or a sign-in needs one (ASVS 7.2, RELIABILITY G).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

from flask import Flask, current_app, g, request
from flask import session as flask_session
from flask.sessions import SessionInterface, SessionMixin
from flask.wrappers import Request, Response
from flask_login import LoginManager, UserMixin, login_user, logout_user

from app.accounts.adapters.vault import token_hash
from app.accounts.commands import OpenSession
from app.accounts.queries import SessionRow, session_by_hash
from app.accounts.rules import SEEN_STEP, Stage, is_live
from app.accounts.service import sessions
from app.accounts.service.signin import prove_session
from app.edge.access import API
from app.infra.db.transaction import brief, transaction
from app.infra.services import Services
from app.kernel.actor import Actor
from app.notifications.queries import UNREAD_BESIDE
from app.queues.queries.shortcuts import KEPT_BESIDE

POLL_HEADER = "X-Redress-Poll"
_WITHOUT = ("/static/", "/livez", "/readyz", "/metrics", "/csp-report", API)
_SYSTEM = Actor.system("web:session")


class SignedIn(UserMixin):
    """What Flask-Login carries: an identifier, no more."""

    def __init__(self, person_id: UUID) -> None:
        self.id = str(person_id)


class ServerSession(SessionMixin):
    """A dictionary that is read from the database when somebody looks."""

    def __init__(self, cookie: str | None) -> None:
        self._cookie = cookie
        self._loaded = False
        self._row: SessionRow | None = None
        self._data: dict[str, Any] = {}
        self._stored = "{}"
        self.new_token: str | None = None
        self.ended = False

    @property
    def had_cookie(self) -> bool:
        """Whether the browser brought a reference, good or not."""
        return bool(self._cookie)

    @property
    def row(self) -> SessionRow | None:
        """The stored session, or nothing."""
        if not self._loaded:
            self._loaded = True
            if self._cookie:
                self._read(self._cookie)
        return self._row

    def _read(self, cookie: str) -> None:
        clock = _services().clock
        with brief(_SYSTEM) as asked:
            row = session_by_hash(asked, token_hash(cookie), UNREAD_BESIDE, KEPT_BESIDE)
        now = clock.now()
        if row is None or not is_live(
            row.created_at, row.last_seen_at, row.expires_at, row.idle, now
        ):
            return
        if not _is_poll() and now - row.last_seen_at >= SEEN_STEP:
            with transaction(_SYSTEM) as tx:
                sessions.touch(tx, row.id, clock)
        self._row, self._data = row, dict(row.data)
        self._stored = json.dumps(self._data, sort_keys=True)

    @property
    def actor(self) -> Actor | None:
        """The person of a complete session."""
        return self.row.actor if self.row and self.row.stage is Stage.FULL else None

    @property
    def enrolling_person(self) -> UUID | None:
        """Who has proven a password and still has to set up a second factor."""
        return self.row.person_id if self.row and self.row.stage is Stage.ENROLLING else None

    @property
    def theme(self) -> str:
        """system, light or dark."""
        return self.row.theme if self.row else "system"

    def __getitem__(self, key: str) -> Any:
        _ = self.row
        return self._data[key]

    def __setitem__(self, key: str, value: Any) -> None:
        _ = self.row
        self._data[key] = value

    def __delitem__(self, key: str) -> None:
        _ = self.row
        del self._data[key]

    def __iter__(self) -> Iterator[str]:
        _ = self.row
        return iter(self._data)

    def __len__(self) -> int:
        _ = self.row
        return len(self._data)

    def start(self, command: OpenSession) -> None:
        """A new session under a new reference for a person; the one before ends (rotation)."""
        clock = _services().clock
        with transaction(_SYSTEM) as tx:
            if self.row is not None:
                sessions.end_session(tx, self.row.id, clock)
            self.new_token = sessions.open_session(tx, command, clock)
            self._row = session_by_hash(tx, token_hash(self.new_token))
        self._loaded, self._data, self._stored, self.ended = True, {}, "{}", False
        g.actor = self.actor or Actor.anonymous()

    def proven(self) -> None:
        """A second proof was given: step up for five minutes, under a new reference."""
        clock, row = _services().clock, self.row
        if row is None:
            return
        with transaction(_SYSTEM) as tx:
            prove_session(tx, row.id, clock)
            self.new_token = sessions.rotate(tx, row.id)
            self._row = session_by_hash(tx, token_hash(self.new_token))
        g.actor = self.actor or Actor.anonymous()

    def finish(self) -> None:
        """End the session of this browser."""
        if self.row is not None:
            with transaction(_SYSTEM) as tx:
                sessions.end_session(tx, self.row.id, _services().clock)
        self._row, self._data, self._stored, self.ended = None, {}, "{}", True
        g.actor = Actor.anonymous()

    def keep(self) -> None:
        """Write what changed; a browser without a session gets an anonymous one."""
        if not self._loaded or json.dumps(self._data, sort_keys=True) == self._stored:
            return
        with transaction(_SYSTEM) as tx:
            if self._row is not None:
                sessions.store_data(tx, self._row.id, self._data)
            elif self._data:
                self.new_token = sessions.open_anonymous(tx, self._data, _services().clock)


class _Sessions(SessionInterface):
    """Flask's door to the table."""

    def __init__(self, *, secure: bool) -> None:
        self.secure = secure
        self.name = "__Host-redress" if secure else "redress"

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """Nothing is read yet. Statics, health and the API never look at the cookie."""
        del app
        without = request.path.startswith(_WITHOUT)
        return ServerSession(None if without else request.cookies.get(self.name))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what changed; set or clear the cookie only when it changes."""
        del app
        own = cast("ServerSession", session)
        own.keep()
        if own.new_token:
            response.set_cookie(
                self.name,
                own.new_token,
                secure=self.secure,
                httponly=True,
                samesite="Lax",
                path="/",
            )
        elif own.ended:
            response.delete_cookie(
                self.name, secure=self.secure, httponly=True, samesite="Lax", path="/"
            )


def init_app(app: Flask) -> None:
    """Put our sessions and Flask-Login in place."""
    settings = _of(app).settings
    if not settings.secure and not settings.demo:
        raise RuntimeError("sessions over plain HTTP are for the demo on loopback only")
    app.session_interface = _Sessions(secure=settings.secure)
    manager = LoginManager(app, add_context_processor=False)  # the frame says who is here
    manager.session_protection = None
    manager.user_loader(_load_user)


def _load_user(user_id: str) -> SignedIn | None:
    actor = own_session().actor
    known = actor is not None and str(actor.person_id) == user_id
    return SignedIn(UUID(user_id)) if known else None


def own_session() -> ServerSession:
    """The session of this request."""
    return cast("ServerSession", flask_session)


def sign_in(command: OpenSession) -> None:
    """Begin a session under a new reference and tell Flask-Login."""
    own_session().start(command)
    if not command.enrolling:
        login_user(SignedIn(command.person_id))


def sign_out() -> None:
    """End the session of this browser."""
    logout_user()
    own_session().finish()


def cookie_name() -> str:
    """`__Host-redress`, or `redress` over plain HTTP in the demo."""
    return cast("_Sessions", current_app.session_interface).name


def _is_poll() -> bool:
    return bool(request.headers.get(POLL_HEADER))


def _of(app: Flask) -> Services:
    return cast("Services", app.extensions["redress"])


def _services() -> Services:
    return _of(current_app)
