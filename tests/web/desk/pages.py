"""What tests of the desk share: a small world, forms read from pages, statements counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from app.cases.rules.kinds import CaseEvent, SubKind
from app.cases.rules.views import CaseView
from tests.factories.accounts import TestPerson, make_person
from tests.factories.cases import act, make_case

_UNCOUNTED = re.compile(
    r"^\s*(select set_config|select current_setting|set transaction|begin|commit)", re.IGNORECASE
)


@dataclass(frozen=True)
class World:
    """The people of a case and the case."""

    __test__ = False

    ada: TestPerson
    cy: TestPerson
    dee: TestPerson
    rio: TestPerson
    rae: TestPerson
    eli: TestPerson
    case: CaseView

    @property
    def at(self) -> str:
        """Address of the workspace."""
        return f"/desk/cases/{self.case.ref}"


def make_world(
    clock: Any, sub_kind: SubKind = SubKind.OWNERSHIP, *, to: str = "submitted"
) -> World:
    """Ada against Cy; *to*: submitted, triage or review."""
    people = {
        key: make_person(key, clock=clock) for key in ("ada", "cy", "dee", "rio", "rae", "eli")
    }
    case = make_case(people["ada"], sub_kind, respondent=people["cy"], clock=clock)
    if to in {"triage", "review"}:
        case = act(case.id, CaseEvent.TAKE, people["rio"].actor, clock=clock)
    if to == "review":
        case = act(case.id, CaseEvent.START_REVIEW, people["rio"].actor, clock=clock)
    return World(**people, case=case)


def form_of(html: str, action: str) -> dict[str, str]:
    """Fields of the form that posts to *action*, as a browser would send them untouched."""
    found = re.search(
        rf'<form\b[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', html, re.DOTALL
    )
    assert found, f"no form posts to {action}"
    return {**_inputs(found.group(1)), **_areas(found.group(1)), **_selects(found.group(1))}


def _inputs(markup: str) -> dict[str, str]:
    values = {}
    for tag in re.findall(r"<input\b[^>]*>", markup):
        name, kind = _attribute(tag, "name"), _attribute(tag, "type")
        if name and (kind not in {"radio", "checkbox"} or re.search(r"\schecked\b", tag)):
            values[name] = _attribute(tag, "value")
    return values


def _areas(markup: str) -> dict[str, str]:
    found = re.findall(r'<textarea\b[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', markup, re.DOTALL)
    return {name: unescape(text).removeprefix("\r\n").removeprefix("\n") for name, text in found}


def _selects(markup: str) -> dict[str, str]:
    values = {}
    for tag, body in re.findall(r"(<select\b[^>]*>)(.*?)</select>", markup, re.DOTALL):
        options = re.findall(r"<option\b[^>]*>", body)
        chosen = [one for one in options if re.search(r"\sselected\b", one)] or options
        values[_attribute(tag, "name")] = _attribute(chosen[0], "value") if chosen else ""
    return values


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return unescape(found.group(1)) if found else ""


def send(client: Any, page: str, action: str, **changes: Any) -> Any:
    """Open *page*, fill its form to *action* with *changes*, send it."""
    html = client.get(page).get_data(as_text=True)
    return client.post(
        action, data=form_of(html, action) | changes, headers={"Sec-Fetch-Site": "same-origin"}
    )


@contextmanager
def statements() -> Iterator[list[str]]:
    """SQL statements while the block runs; bookkeeping of the transaction is not counted (DECISIONS 13)."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not _UNCOUNTED.match(statement):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
