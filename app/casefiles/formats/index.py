"""The parts that are made here: the page to read, the timeline as JSON and as a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any

from app.exports.rules.cells import csv_line, text_cell

COLUMNS = ("at", "kind", "by", "side", "audience", "what", "text")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline. *at*: aware UTC. *what*: the act by its name, for events."""

    at: datetime
    kind: str
    by: str
    side: str
    audience: str
    what: str
    text: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of the bag for the index. *path*: from `data/`."""

    title: str
    path: str
    note: str


def timeline_json(case: dict[str, Any], lines: Sequence[Line]) -> str:
    """The case and its timeline, oldest first; instants in UTC."""
    rows = [
        {name: getattr(line, name) for name in (*COLUMNS[1:], "data")} | {"at": line.at.isoformat()}
        for line in lines
    ]
    return (
        json.dumps({"case": case, "timeline": rows}, ensure_ascii=False, indent=1, default=str)
        + "\n"
    )


def timeline_csv(lines: Sequence[Line]) -> str:
    """The same as a table that no spreadsheet runs (B183)."""
    rows = [
        (line.at.isoformat(), line.kind, line.by, line.side, line.audience, line.what, line.text)
        for line in lines
    ]
    cells = [COLUMNS, *rows]
    return "\ufeff" + "".join(
        csv_line([text_cell(cell.replace("\x00", "")) for cell in row]) for row in cells
    )


def index_html(
    title: str, words: dict[str, str], lines: Sequence[Line], files: Sequence[Listed]
) -> str:
    """One page without scripts. *words*: headings in the reader's language."""
    listed = "".join(
        f'<li><a href="{escape(one.path, quote=True)}">{escape(one.title)}</a> <small>{escape(one.note)}</small></li>'
        for one in files
    )
    rows = "".join(
        f"<tr><td>{line.at:%Y-%m-%d %H:%M} UTC</td><td>{escape(line.by or line.side)}</td>"
        f"<td>{escape(line.what)}</td><td><pre>{escape(line.text)}</pre></td></tr>"
        for line in lines
    )
    return (
        f'<!doctype html><html lang="{escape(words["language"], quote=True)}"><meta charset="utf-8"><title>{escape(title)}</title>'
        "<style>body{font:16px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}pre{white-space:pre-wrap;font:inherit;margin:0}"
        "td{vertical-align:top;padding:.3em .8em .3em 0;border-top:1px solid #ccc}</style>"
        f"<h1>{escape(title)}</h1><p>{escape(words['check'])}</p><h2>{escape(words['files'])}</h2><ul>{listed}</ul>"
        f"<h2>{escape(words['timeline'])}</h2><table>{rows}</table></html>\n"
    )
