"""Linked cases in words, for the pane and for their page."""

from __future__ import annotations

from flask import url_for

from app.cases.rules.views import LinkRow
from app.infra.i18n import gettext as _
from app.web.desk.rows import LinkLine


def relation_words(relation: str) -> str:
    """How two cases belong together."""
    return {
        "possible_duplicate": _("Possible duplicate"),
        "duplicate_of": _("Duplicate"),
        "related": _("Related"),
        "counter_of": _("Counter"),
    }.get(relation, relation)


def link_line(row: LinkRow) -> LinkLine:
    """A linked case as a link with its relation."""
    title = f"{row.title}, {row.ref}" if row.ref else row.title
    href = url_for("desk.cases_show", ref=row.ref) if row.ref else ""
    return LinkLine(title, href, relation_words(row.relation))


def link_lines(rows: tuple[LinkRow, ...]) -> list[tuple[LinkLine, str, str]]:
    """(line, reference, relation) of each link; a closed duplicate is ended by its own move."""
    return [(link_line(row), row.ref or "", row.relation) for row in rows]
