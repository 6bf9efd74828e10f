"""Cursors of lists: signed, and good for one list, one filter and one reader (B163)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import request
from werkzeug.exceptions import BadRequest

from app.api.frame.context import bearer, services
from app.api.shapes.frame import Cursor
from app.edge.cursors import place_in, signed
from app.kernel.errors import Invalid


def cursor_in(query: Cursor) -> str | None:
    """Where the asked page begins; None for the first. Raises `BadRequest` when it is not of this list."""
    if query.cursor is None:
        return None
    return place_in(services().settings.link_key, query.cursor, *_bound(query))


def cursor_to(query: Cursor, place: str | None) -> str | None:
    """The cursor of the next page; None at the end."""
    if not place:
        return None
    return signed(services().settings.link_key, place, *_bound(query))


def _bound(query: Cursor) -> tuple[object, ...]:
    wanted = query.model_dump_json(exclude={"cursor"})
    return (f"api:{request.endpoint}", request.path, wanted, bearer().person_id)


@contextmanager
def placed() -> Iterator[None]:
    """Around the query of a page: a place that it cannot read is `BadRequest`."""
    try:
        yield
    except Invalid as error:
        if error.code != "cursor":
            raise
        raise BadRequest from error
