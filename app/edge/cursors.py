"""Where a page ended, signed: good for the reader, list, filter and order it was made for, and for nothing else (B163)."""

from __future__ import annotations

import hashlib
import hmac

from werkzeug.exceptions import BadRequest

_MARK_BYTES = 16


def signed(key: str, place: str, *bound: object) -> str:
    """*place* with its mark. *bound*: what it is good for, such as list, order, filter and person."""
    return f"{place}.{_mark(key, place, bound)}"


def place_in(key: str, cursor: str, *bound: object) -> str:
    """The place of a cursor. Raises `BadRequest` when it was changed or made for something else."""
    place, _dot, mark = cursor.partition(".")
    if not hmac.compare_digest(mark.encode(), _mark(key, place, bound).encode()):
        raise BadRequest
    return place


def _mark(key: str, place: str, bound: tuple[object, ...]) -> str:
    text = "\n".join(str(part) for part in (bound[0], place, *bound[1:]))
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()[: 2 * _MARK_BYTES]
