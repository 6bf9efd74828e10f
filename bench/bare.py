"""The bare page: the rows of a real page by plain psycopg, and its very markup as a plain Jinja template.

The template is made from the product's answer: every value found in it becomes a placeholder, so both
pages have the same size. No session, no permissions, no forms.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import psycopg
from psycopg.rows import dict_row

SHORTEST = 4
"""Letters of a value that is worth a placeholder."""


@dataclass(frozen=True)
class Source:
    """One plain statement of the bare page."""

    name: str
    statement: str
    values: tuple[Any, ...] = ()


class BarePage:
    """Statements and the template that they fill."""

    def __init__(self, connection: psycopg.Connection, sources: list[Source], html: str) -> None:
        self._sources = sources
        self._template = self._made_of(html, self._rows(connection))

    def told(self) -> dict[str, Any]:
        """For the floor's server."""
        sources = [(one.name, one.statement, one.values) for one in self._sources]
        return {"sources": sources, "template": self._template}

    def _rows(self, connection: psycopg.Connection) -> dict[str, list[dict[str, Any]]]:
        with connection.cursor(row_factory=dict_row) as cursor:
            return {
                one.name: cursor.execute(one.statement, one.values).fetchall()
                for one in self._sources
            }

    def _made_of(self, html: str, found: dict[str, list[dict[str, Any]]]) -> str:
        """Literal markup with a placeholder for each value of the rows, longest values first."""
        slots: dict[str, str] = {}
        for name, rows in found.items():
            for number, row in enumerate(rows):
                for column, value in row.items():
                    text = escape(str(value), quote=True)
                    if isinstance(value, str) and len(value) >= SHORTEST and text in html:
                        slots.setdefault(text, f"{name}[{number}].{column}")
        marks: dict[str, str] = {}
        for index, text in enumerate(sorted(slots, key=len, reverse=True)):
            mark = f"\x00{index}\x00"
            html = html.replace(text, mark)
            marks[mark] = slots[text]
        html = html.replace("{{", "{{ '{{' }}").replace("{%", "{{ '{%' }}")
        for mark, slot in marks.items():
            html = html.replace(mark, "{{ " + slot + " }}")
        return html


LIST = [
    Source(
        "cases",
        "select c.id, c.ref, c.kind, c.sub_kind, c.state, c.subject_title, c.subject_artist, "
        'c.next_due_at, c.updated_at, c.needs_side, p.name as owner from "case" c '
        "left join person p on p.id = c.owner_id where c.submitted_at is not null "
        "order by c.next_due_at, c.id limit 51",
    )
]


_MINE = (
    'from "case" c join case_member m on m.case_id = c.id and m.revoked_at is null '
    "join person p on p.id = m.person_id where p.email = %s and c.ref is not null "
)


def own_list(email: str) -> list[Source]:
    """What an artist's list shows."""
    columns = (
        "c.id, c.ref, c.kind, c.sub_kind, c.state, c.subject_title, c.subject_artist, c.updated_at"
    )
    order = "order by c.updated_at desc, c.id desc limit 21"
    return [Source("cases", f"select {columns} {_MINE} {order}", (email,))]


def case_sources(ref: str) -> list[Source]:
    """What a case page shows, one plain statement per table."""
    inner = '(select id from "case" where ref = %s)'
    tables = {
        "parties": "case_party",
        "moves": "case_transition",
        "clocks": "clock",
        "messages": "message",
        "requests": "request",
        "items": "evidence_item",
        "letters": "letter",
    }
    return [Source("cases", 'select * from "case" where ref = %s', (ref,))] + [
        Source(name, f"select * from {table} where case_id = {inner} limit 50", (ref,))
        for name, table in tables.items()
    ]
