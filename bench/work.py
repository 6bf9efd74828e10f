"""What is measured: the pages and acts of a day, each with its bare twin on the same database."""

from __future__ import annotations

import http.client
import itertools
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import text

from bench.bare import LIST, BarePage, Source, case_sources, own_list
from bench.filing import ARTISTS, bare_files, files
from bench.fill import COMMON, RARE, READERS
from bench.server import Ask
from bench.twin import TwinAct

REVIEWER = "dee@tidewater.example"
LONG = "w" * 200
STEPS = 400
"""Cases that somebody takes; as many are submitted among about 20,000."""
SAME = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Work:
    """One operation. *ask*: of the product, *floor*: the same of the bare application, both over the wire.

    *path*, *cookie*, *page*, *twin*: of a page, its bare one and where that stands; empty for an act.
    *least*: of an act, one row of its many, or none.
    """

    name: str
    ask: Ask
    floor: Ask
    path: str = ""
    cookie: str = ""
    page: BarePage | None = None
    twin: str = ""
    least: Ask | None = None

    @property
    def is_write(self) -> bool:
        """Whether this is an act."""
        return self.least is not None


@dataclass(frozen=True)
class Act:
    """An act without its twin, which is made from the running product. *file*: what the bare one does with its file.

    *sample*: the same act where the twin may write over it: the product finds its own rows as it left them.
    """

    name: str
    ask: Ask
    least: Ask
    sample: Ask
    file: Ask | None = None

    @property
    def key(self) -> str:
        """Its name in the floor's addresses."""
        return self.name.replace(" ", "-")

    def beside(self, twin: TwinAct) -> Work:
        """With the rows that it really wrote."""
        return Work(self.name, self.ask, twin.asks(self.key, self.file), least=self.least)


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
    """A bearer token with all scopes that need no fresh proof."""
    from app.accounts.commands import CreateToken
    from app.accounts.rules import PROVEN_SCOPES, Scope
    from app.accounts.service.tokens import create_token
    from app.infra.db.transaction import transaction
    from app.kernel.actor import Actor

    actor = Actor.system("bench")
    with app.app_context(), transaction(actor) as tx:
        person = tx.execute(text("select id from person where email = :e"), {"e": email}).scalar_one()  # fmt: skip
        command = CreateToken(person, "bench", frozenset(Scope) - PROVEN_SCOPES, 1)
        return create_token(tx, command, actor, app.extensions["redress"].clock).secret


@dataclass(frozen=True)
class Chosen:
    """The case that is worked on, another like it, and who works: a reviewer, its artist, readers by turns, a program."""

    ref: str
    other_ref: str
    case_id: Any
    email: str
    reviewer: str
    artist: str
    readers: tuple[str, ...]
    token: str


def chosen_of(app: Any, connection: psycopg.Connection) -> Chosen:
    """Two open filled cases of eight messages."""
    filled = (
        'select c.ref, p.email, c.id from "case" c join case_member m on m.case_id = c.id join person p on p.id = m.person_id '
        "where p.email like '%@bench.example' and (select count(*) from message where case_id = c.id) = 8 "
        "and c.state <> 'closed' order by c.id limit 2"
    )
    found = connection.execute(filled).fetchall()
    assert len(found) == 2, "too few copied cases have eight messages"
    (ref, email, key), (other, _email, _key) = found
    readers = tuple(cookie_of(app, f"r{n + 1}@bench.example") for n in range(READERS))
    return Chosen(
        ref, other, key, email, cookie_of(app, REVIEWER), cookie_of(app, email), readers, token_of(app, REVIEWER)
    )  # fmt: skip


def pages(app: Any, connection: psycopg.Connection, chosen: Chosen) -> list[Work]:
    """What is read in a day."""
    ref, readers = chosen.ref, chosen.readers
    return [
        _page(number, name, path, cookies, BarePage(connection, sources, first(app, path, cookies[0])))
        for number, (name, path, cookies, sources) in enumerate((
            ("desk list", "/desk", (chosen.reviewer,), LIST),
            ("case of 8 messages", f"/desk/cases/{ref}", (chosen.reviewer,), case_sources(ref)),
            ("artist's case", f"/cases/{ref}", (chosen.artist,), case_sources(ref)),
            ("artist's cases", "/cases", (chosen.artist,), own_list(chosen.email)),
            ("search, rare word", f"/search?q={RARE}", readers, _search(RARE)),
            ("search, common word", f"/search?q={COMMON}", readers, _search(COMMON)),
        ))
    ]  # fmt: skip


def acts(app: Any, connection: psycopg.Connection, chosen: Chosen) -> list[Act]:
    """What is done in a day."""
    filing, steps = files(_artists(app, connection)), _steps(connection, chosen.token)
    reply, elsewhere = _reply(chosen.ref, chosen.token), _reply(chosen.other_ref, chosen.token)
    name = "file a case with 200 kB"
    return [
        Act("reply", reply, _bare("/reply"), elsewhere),
        Act(name, filing, bare_files("/filing"), filing, bare_files("/file")),
        Act("read and step", steps, _bare("/step"), steps),
    ]


def tell_floor(
    file: Path, database: str, works: list[Work], twins: dict[str, TwinAct], chosen: Chosen
) -> None:
    """Write what the bare application answers; a work's number is its page's, an act's key its name."""
    told = {
        "database": database,
        "pages": [work.page.told() for work in works if work.page],
        "acts": {key: twin.told() for key, twin in twins.items()},
        "reply": _BARE_REPLY,
        "step": _BARE_STEP,
        "case": chosen.case_id,
        "folder": str(file.parent),
    }
    file.write_text(json.dumps(told, default=str), "utf-8")


def _artists(app: Any, connection: psycopg.Connection) -> list[str]:
    """Tokens of people who file."""
    some = "select email from person where email like 'a%%@bench.example' order by email limit %s"
    return [token_of(app, email) for (email,) in connection.execute(some, (ARTISTS,))]


def _page(number: int, name: str, path: str, cookies: tuple[str, ...], page: BarePage) -> Work:
    return Work(
        name, get(path, cookies), get(f"/{number}", ("",)), path, cookies[0], page, f"/{number}"
    )


def first(app: Any, path: str, cookie: str) -> str:
    """The page as the product answers it, asked in this process."""
    return str(reader(app, cookie).get(path, headers=SAME).get_data(as_text=True))


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
        _must(connection, 201, "reply")

    return ask


def _steps(connection: psycopg.Connection, token: str) -> Ask:
    """Somebody reads a submitted case and takes it, each call another one."""
    head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    submitted = (
        'select c.ref from "case" c join case_member m on m.case_id = c.id join person p on p.id = m.person_id '
        "where c.state = 'submitted' and p.email like '%%@bench.example' order by c.id limit %s"
    )
    left = iter([ref for (ref,) in connection.execute(submitted, (STEPS,))])

    def ask(wire: http.client.HTTPConnection) -> None:
        ref = next(left, None)
        if ref is None:
            raise RuntimeError("no filed case is left to be taken: more --cases, or fewer --rounds")
        place = f"/api/v1/cases/{ref}"
        wire.request("GET", place, headers=head)
        answer = wire.getresponse()
        answer.read()
        seen = {"If-Match": answer.headers["ETag"]}
        wire.request("POST", f"{place}/transitions", json.dumps({"event": "take"}), head | seen)
        _must(wire, 200, "step")

    return ask


def _must(wire: http.client.HTTPConnection, status: int, name: str) -> None:
    answer = wire.getresponse()
    said = answer.read()
    if answer.status != status:
        raise RuntimeError(f"{name}: {answer.status} {said[:300]!r}")


_BARE_REPLY = (
    "insert into message (id, sender_side, body, language, channel, at, case_id, side, disclosure) "
    "values (%s, 'desk', %s, 'en', 'portal', now(), %s, 'desk', 'internal')"
)
_BARE_STEP = 'update "case" set version = version + 1, updated_at = now() where id = %s'


def _bare(path: str) -> Ask:
    """The message alone, or the case's row alone, committed."""

    def ask(wire: http.client.HTTPConnection) -> None:
        wire.request("POST", path, json.dumps({"body": LONG}), {"Content-Type": "application/json"})
        _must(wire, 201, path)

    return ask


def _search(word: str) -> list[Source]:
    found = (
        "select e.subject_kind, e.title, e.body, e.at, c.ref, c.subject_title from search_key k join search_entry e "
        'using (subject_kind, subject_id) join "case" c on c.id = e.case_id where k.tokens @@ %s::tsquery '
        "limit 50"
    )
    return [Source("found", found, (f"'{word}'",))]
