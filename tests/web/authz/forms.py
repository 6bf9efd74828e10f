"""The forms of a page, as a browser would send them, and which of their fields carry identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from uuid import UUID

REF = re.compile(r"[A-Z]{2,4}-[0-9A-Z]{4}-[0-9A-Z]{4}")
NOT_IDS = frozenset({"idempotency_key", "csrf_token"})


@dataclass
class Form:
    """One form: where it goes and what it would send."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)

    def identifiers(self) -> Iterator[str]:
        """Names of the fields that hold a UUID or a case reference."""
        for name, value in self.fields.items():
            if name not in NOT_IDS and is_identifier(value):
                yield name


def is_identifier(value: str) -> bool:
    """A UUID or a case reference."""
    try:
        return bool(UUID(value))
    except ValueError:
        return bool(REF.fullmatch(value))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select = ""
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").upper()))
        elif self.forms and tag in {"input", "button"} and given.get("name"):
            self.forms[-1].fields.setdefault(given["name"], given.get("value", ""))
        elif self.forms and tag == "select":
            self._select = given.get("name", "")
        elif self.forms and tag == "option" and self._select and given.get("value"):
            self.forms[-1].fields[self._select] = given["value"]
        elif self.forms and tag == "textarea" and given.get("name"):
            self.forms[-1].fields[given["name"]] = "Words that fill the box."

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def forms_of(page: str) -> list[Form]:
    """Every form of a page."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms
