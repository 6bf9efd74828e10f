"""B143: a foreign identifier in each field that carries one changes nothing and shows nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.web.authz.forms import Form, forms_of
from tests.web.authz.table import stored
from tests.web.authz.targets import targets_of
from tests.web.authz.watch import Watch
from tests.web.authz.world import World, build_world

# Whoever sends these names of people may name anybody who works here; the service checks the person.
MAY_NAME_PEOPLE = frozenset({"owner", "owner_id", "person_id", "assignee"})


@pytest.mark.parametrize("actor", ["ada", "cy", "rio", "eli", "fay"])
def test_b143_foreign_identifiers_in_fields(app: Any, pg: Any, actor: str) -> None:
    world = build_world(app, pg)
    client = world.clients[actor]
    problems = []

    with Watch(pg["superuser"]) as watch:
        for form, name, value in injections(world, actor):
            watch.changed()
            answer = client.post(form.action, data=form.fields | {name: value}, buffered=True)
            changed = set(watch.changed()) - {"history_entry"}
            shown = answer.get_data(as_text=True) + str(answer.headers)
            leaks = [word for word in world.foreign_words(actor) if word in shown]
            if answer.status_code >= 500 or leaks or (changed and answer.status_code >= 400):
                problems.append(
                    f"{form.action} {name}={value}: {answer.status_code} {changed} {leaks}"
                )
            if taken := names_foreign(watch, value, changed):
                problems.append(f"{form.action} {name}={value}: taken into {taken}")

    assert not problems, "\n".join(problems)


def injections(world: World, actor: str) -> Iterator[tuple[Form, str, str]]:
    """Every (form, field, foreign identifier) on every page that *actor* reaches."""
    seen = set()
    for page in pages_of(world, actor):
        for form in forms_of(page):
            ours = form.method == "POST" and urlsplit(form.action).path.startswith("/")
            for name in form.identifiers() if ours else ():
                if (form.action, name) in seen or name in MAY_NAME_PEOPLE:
                    continue
                seen.add((form.action, name))
                for value in foreign_ids(world, actor, form.action):
                    yield form, name, value


def pages_of(world: World, actor: str) -> Iterator[str]:
    """Every page of the table that *actor* reaches."""
    for entry in stored():
        if entry.method != "GET" or entry.access == "public":
            continue
        for target in targets_of(entry.rule, world):
            if target.kind == "real" and actor in target.reach:
                page = world.clients[actor].get(target.path, buffered=True)
                if page.status_code == 200 and page.mimetype == "text/html":
                    yield page.get_data(as_text=True)


def foreign_ids(world: World, actor: str, action: str) -> list[str]:
    """One identifier of each kind of a case that *actor* does not reach; for the desk, of another case."""
    others = [things for things in world.things.values() if str(things.case.ref) not in action]
    out_of_reach = [things for things in others if actor not in things.reach]
    things = (out_of_reach or others)[0]
    kinds = [str(value) for key, value in things.ids.items() if key.endswith("_id")]
    return [*kinds, str(things.case.id)]


def names_foreign(watch: Watch, value: str, tables: set[str]) -> list[str]:
    """The changed tables with a row that names *value* without belonging to its case."""
    return [name for name in sorted(tables) if watch.strangers(name, value)]
