"""The error table of HOUSE 5.4 in HTTP: one status an error, for pages and API alike."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, OperationalError

from app.kernel.errors import (
    Forbidden,
    Invalid,
    NotFound,
    RedressError,
    Refused,
    Stale,
    TooMany,
    Unavailable,
)

STATUS: dict[type[RedressError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Invalid: 422,
    Refused: 409,
    Stale: 409,
    TooMany: 429,
    Unavailable: 503,
}
AWAY_FOR = 10
"""Seconds after which to try a service again that is away."""


def status_of(error: RedressError) -> int:
    """The HTTP status of a known error."""
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)


def known_of(error: DBAPIError) -> Unavailable | None:
    """The server is away: said as such. Anything else the database refuses is a bug of ours."""
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return Unavailable("database")
    return None
