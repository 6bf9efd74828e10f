"""What is measured: the pages and acts of a day, each with its bare twin on the same database."""

from __future__ import annotations

import http.client
import itertools
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy import text

from bench.bare import LIST, BarePage, Source, case_sources, own_list
from bench.fill import COMMON, RARE, READERS
from bench.server import Ask

LONG = "w" * 200
SAME = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Work:
    """One operation. *ask*: over the wire; *path*: of a page, empty for an act; *bare*: the same without us."""

    name: str
    ask: Ask
    bare: Callable[[], Any]
    path: str = ""
    cookie: str = ""
    is_write: bool = False


def cookie_of(app: Any, email: str) -> str:
    """The cookie of a real session."""
    from app.accounts.commands import OpenSession
    from app.accounts.service.sessions import open_session
    from app.infra.db.transaction import transaction
    from app.kernel.actor import Actor

    with app.app_context(), transaction(Actor.system("bench")) as tx:
        person = tx.execute(text("select id from person where email = :e"), {"e": email}).scalar_one()  # fmt: skip
        clock = app.extensions["redress"].clock
        value = open_session(tx, OpenSession(person, enrolling=False, device="bench"), clock)
    return f"{app.session_interface.name}={value}"


def token_of(app: Any, email: str) -> str:
    """A bearer token with all scopes."""
    from app.accounts.commands import CreateToken
    from app.accounts.rules import Scope
    from app.accounts.service.tokens import create_token
    from app.infra.db.transaction import transaction
    from app.kernel.actor import Actor

    actor = Actor.system("bench")
    with app.app_context(), transaction(actor) as tx:
        person = tx.execute(text("select id from person where email = :e"), {"e": email}).scalar_one()  # fmt: skip
        command = CreateToken(person, "bench", frozenset(Scope), 1)
        return create_token(tx, command, actor, app.extensions["redress"].clock).secret


def day(app: Any, connection: psycopg.Connection) -> list[Work]:
    """Everything in the order of a day."""
    filled = (
        'select c.ref, p.email, c.id from "case" c join case_member m on m.case_id = c.id join person p on p.id = m.person_id '
        "where p.email like '%@bench.example' and (select count(*) from message where case_id = c.id) = 8 "
        "and c.state <> 'closed' order by c.id limit 1"
    )
    found = connection.execute(filled).fetchone()
    assert found is not None, "no copied case has eight messages"
    ref, email, key = found
    dee, artist = cookie_of(app, "dee@tidewater.example"), cookie_of(app, email)
    readers = tuple(cookie_of(app, f"r{n + 1}@bench.example") for n in range(READERS))
    token = token_of(app, "dee@tidewater.example")
    return [
        *(
            _page(app, connection, name, path, cookies, sources)
            for name, path, cookies, sources in (
                ("desk list", "/desk", (dee,), LIST),
                ("case of 8 messages", f"/desk/cases/{ref}", (dee,), case_sources(ref)),
                ("artist's case", f"/cases/{ref}", (artist,), case_sources(ref)),
                ("artist's cases", "/cases", (artist,), own_list(email)),
                ("search, rare word", f"/search?q={RARE}", readers, _search(RARE)),
                ("search, common word", f"/search?q={COMMON}", readers, _search(COMMON)),
            )
        ),
        Work("reply", _reply(ref, token), _bare_reply(connection, key), is_write=True),
    ]


def _page(
    app: Any,
    connection: psycopg.Connection,
    name: str,
    path: str,
    cookies: tuple[str, ...],
    sources: list[Source],
) -> Work:
    html = reader(app, cookies[0]).get(path, headers=SAME).get_data(as_text=True)
    return Work(
        name, get(path, cookies), BarePage(connection, sources, html).render, path, cookies[0]
    )


def reader(app: Any, cookie: str) -> Any:
    """A client of this process with that session."""
    client = app.test_client()
    name, _, value = cookie.partition("=")
    client.set_cookie(name, value, path="/")
    return client


def get(path: str, cookies: tuple[str, ...]) -> Ask:
    """Ask for a page as each of these by turns, and read it."""
    readers = itertools.cycle(cookies)

    def ask(connection: http.client.HTTPConnection) -> None:
        connection.request("GET", path, headers=SAME | {"Cookie": next(readers)})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")

    return ask


def _reply(ref: str, token: str) -> Ask:
    head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(connection: http.client.HTTPConnection) -> None:
        body = json.dumps({"to": "complainant", "body": f"{secrets.token_hex(8)} {LONG}"})
        connection.request("POST", f"/api/v1/cases/{ref}/messages", body, head)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != 201:
            raise RuntimeError(f"reply: {answer.status} {said[:300]!r}")

    return ask


def _bare_reply(connection: psycopg.Connection, key: Any) -> Callable[[], None]:
    """The message alone, committed."""
    statement = (
        "insert into message (id, sender_side, body, language, channel, at, case_id, side, disclosure) "
        "values (%s, 'desk', %s, 'en', 'portal', now(), %s, 'desk', 'internal')"
    )

    def write() -> None:
        connection.execute(statement, (uuid4(), f"{secrets.token_hex(8)} {LONG}", key))
        connection.commit()

    return write


def _search(word: str) -> list[Source]:
    found = (
        "select e.subject_kind, e.title, e.body, e.at, c.ref, c.subject_title from search_key k join search_entry e "
        'using (subject_kind, subject_id) join "case" c on c.id = e.case_id where k.tokens @@ %s::tsquery '
        "limit 50"
    )
    return [Source("found", found, (f"'{word}'",))]
