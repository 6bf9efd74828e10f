"""RELIABILITY F3 steps 1 to 5: every route, everybody, objects in reach, foreign, crossed and missing."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.web.authz.calls import example_call
from tests.web.authz.table import HOW, TABLE, Entry, entries_of, stored, written
from tests.web.authz.targets import ABSENT, Target, targets_of
from tests.web.authz.watch import Watch
from tests.web.authz.world import ACTORS, World, build_world

GROUPS = {
    "outside": ("nobody", "ned", "enrolling", "mia", "zed"),
    "parties": ("ada", "bo", "cy", "adi", "aud"),
    "desk": ("dee", "rio", "rae", "eli"),
    "money": ("fay", "gus"),
}
PUBLIC_READERS = frozenset({"nobody", "ada", "dee", "adi"})
HEALTH = frozenset({"/readyz"})
SHOWN = frozenset({200, 302, 303, 409, 410, 422})
SECRETS = re.compile(r'value="[^"]{20,}"|nonce-[\w-]+|id="[^"]*\d{6,}[^"]*"')


def test_b141_table_is_the_url_map(app: Any) -> None:
    now = written(entries_of(app))
    if os.environ.get("REDRESS_WRITE_AUTHZ"):
        TABLE.write_text(now, "utf-8")

    assert TABLE.read_text("utf-8") == now, f"run: {HOW}"


def test_every_actor_of_the_world_is_in_a_group() -> None:
    assert sorted(ACTORS) == sorted(name for names in GROUPS.values() for name in names)


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_b142_matrix(app: Any, pg: Any, group: str) -> None:
    world = build_world(app, pg)
    with Watch(pg["superuser"]) as watch:
        run = Run(world, watch)

        for actor in GROUPS[group]:
            for entry in stored():
                run.ask_all(actor, entry)

    sys.stdout.write(f"authz {group}: {run.cells} cells\n")
    assert not run.problems, f"{len(run.problems)} of {run.cells}:\n" + "\n".join(run.problems[:40])


@dataclass(frozen=True, slots=True)
class Cell:
    """One question: who asks for what. *allowed* by the table, *in_reach* by the world."""

    actor: str
    entry: Entry
    target: Target
    allowed: bool
    in_reach: bool

    @property
    def is_proved_elsewhere(self) -> bool:
        """What is allowed and changes something is proved by the tests of its face; so is signing out."""
        acts = self.allowed and self.in_reach and self.entry.method != "GET"
        public = self.entry.access == "public" and self.actor not in PUBLIC_READERS
        return acts or public or self.entry.endpoint == "account.signout"

    @property
    def is_repetition(self) -> bool:
        """A policy refuses before it looks at the object: one that exists and one that does not are enough."""
        return not self.allowed and self.target.name not in {
            "nothing",
            "one",
            "only",
            "real",
            "ada",
        }

    @property
    def is_own_password(self) -> bool:
        """Parties have none; the page does not exist for them."""
        return self.entry.rule == "/me/security/password"

    @property
    def is_foreign(self) -> bool:
        """Exists, may be asked for, and is out of reach: must look like nothing at all."""
        there = self.target.kind != "missing"
        return there and self.allowed and not self.in_reach and self.entry.access != "public"


@dataclass
class Run:
    """Asks and collects what was not as it should be."""

    world: World
    watch: Watch
    cells: int = 0
    problems: list[str] = field(default_factory=list)

    def ask_all(self, actor: str, entry: Entry) -> None:
        """Every object of one route for one actor."""
        nothing: tuple[int, str, str] | None = None
        for target in targets_of(entry.rule, self.world):
            allowed = self._passes(actor, entry)
            in_reach = target.kind == "real" and actor in target.reach
            cell = Cell(actor, entry, target, allowed=allowed, in_reach=in_reach)
            if cell.is_proved_elsewhere or cell.is_repetition:
                continue
            answer = self._ask(cell)
            for problem in self._judge(cell, answer):
                self._note(cell, answer, problem)
            shape = plain(answer, target)
            nothing = shape if target.kind == "missing" else nothing
            if cell.is_foreign and shape != nothing:
                self._note(cell, answer, "differs from an unknown one")

    def _passes(self, actor: str, entry: Entry) -> bool:
        if entry.access == "public":
            return True
        if actor == "enrolling":
            return entry.access == "enrolling"
        if actor in {"nobody", "ned"}:
            return False
        if entry.access != "permission":
            return True
        return any(role.value in entry.roles for role in self.world.people[actor].roles)

    def _ask(self, cell: Cell) -> Any:
        self.cells += 1
        client, method = self.world.client(cell.actor, cell.entry), cell.entry.method
        if cell.entry.is_for_programs:
            where = {
                "REMOTE_ADDR": f"10.0.{self.cells >> 8}.{self.cells & 255}"
            }  # no limit by address
            call = example_call(cell.entry)
            return client.open(cell.target.path, method=method, environ_base=where, **call)
        data = {} if method != "GET" else None
        return client.open(cell.target.path, method=method, data=data, buffered=True)

    def _judge(self, cell: Cell, answer: Any) -> Iterator[str]:
        changed = self.watch.changed()
        if answer.status_code >= 500 and cell.entry.rule not in HEALTH:
            yield "server error"
        shown = answer.get_data(as_text=True) + str(answer.headers)
        yield from (
            f"shows {word}" for word in self.world.foreign_words(cell.actor) if word in shown
        )
        if not (cell.allowed and cell.in_reach) and cell.entry.access != "public" and changed:
            yield f"a refused call changed {', '.join(changed)}"
        yield from judge_status(cell, answer)

    def _note(self, cell: Cell, answer: Any, problem: str) -> None:
        self.problems.append(
            f"{cell.actor}: {cell.entry.key} [{cell.target.kind} {cell.target.name}] -> "
            f"{answer.status_code} {answer.headers.get('Location', '')}: {problem}"
        )


def judge_status(cell: Cell, answer: Any) -> Iterator[str]:
    """Whether the status is what the table says."""
    if not cell.allowed:
        if not is_denied(cell.actor, cell.entry, answer):
            yield "is not denied"
    elif cell.entry.access == "public":
        return
    elif cell.in_reach:
        absent = answer.status_code == 404 and (cell.entry.rule in ABSENT or cell.is_own_password)
        if leads_away(answer) or not (answer.status_code in SHOWN or absent):
            yield "is denied"
    elif answer.status_code < 400 or (cell.entry.method == "GET" and answer.status_code != 404):
        yield "is not 404"


def leads_away(answer: Any) -> bool:
    """A redirect to a challenge is a denial."""
    return str(answer.headers.get("Location", "")).startswith(("/signin", "/reauth"))


def is_denied(actor: str, entry: Entry, answer: Any) -> bool:
    """Sent to sign-in, to the second factor, to the own face of the same case, or refused."""
    if entry.is_for_programs:
        return answer.status_code == (401 if actor in {"nobody", "ned", "enrolling"} else 403)
    target = str(answer.headers.get("Location", ""))
    if answer.status_code == 303:
        if actor == "enrolling":
            return target == "/me/security/authenticator"
        if actor in {"nobody", "ned"}:
            return target.startswith("/signin?next=/")
        other_face = target.startswith(("/cases/", "/desk/cases/", "/audit/cases/"))
        return other_face and entry.method == "GET" and entry.on == "case"
    if actor in {"nobody", "ned"} and entry.method != "GET" and answer.status_code == 401:
        return True  # the page that says that the session is over, with what was typed
    return answer.status_code == 403


def plain(answer: Any, target: Target) -> tuple[int, str, str]:
    """Status, body and headers without what was asked for and without form tokens."""
    body = SECRETS.sub("", answer.get_data(as_text=True))
    headers = "\n".join(
        f"{name}: {value}"
        for name, value in answer.headers
        if name not in {"Content-Length", "Set-Cookie", "X-Request-Id"}
    )
    names = [value for value in target.values if len(value) > 5]
    for value in sorted(names, key=len, reverse=True):
        body, headers = body.replace(value, "§"), headers.replace(value, "§")
    return answer.status_code, body, headers
