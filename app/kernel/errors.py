"""The one error table: every face renders these, rooms subclass them with a specific name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.kernel.words import words as _

NOT_FROM_HERE = _("That step is not possible where this stands now. Somebody may have moved it on.")
"""Said of a move that no table has."""


class RedressError(Exception):
    """Base of every error that a face may show. *code* is a stable slug, *message* plain words."""

    code = "error"

    def __init__(self, message: str = "", *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class NotFound(RedressError):
    """No such thing for this actor; foreign and unknown are the same."""

    code = "not_found"


class Forbidden(RedressError):
    """Known, but this actor may not."""

    code = "forbidden"


class Invalid(RedressError):
    """Input breaks a rule. *field* names the input, *message* the fix."""

    code = "invalid"

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message, code=code)
        self.field = field


class InvalidMany(Invalid):
    """Several inputs break rules at once; *errors* keeps their order."""

    def __init__(self, errors: Sequence[Invalid]) -> None:
        first = errors[0]
        super().__init__(first.field, first.code, first.message)
        self.errors = tuple(errors)


class Refused(RedressError):
    """Not allowed now: an unknown transition or a guard. *allowed* lists what is possible instead."""

    code = "refused"

    def __init__(self, code: str, message: str, allowed: Iterable[str] = ()) -> None:
        super().__init__(message, code=code)
        self.allowed = tuple(allowed)


class Stale(RedressError):
    """Somebody changed it first. *theirs* is what is stored now, *yours* what was sent.

    *fields*: the same one by one where there are several: name → (theirs, yours).
    """

    code = "stale"

    def __init__(
        self,
        message: str,
        *,
        theirs: str = "",
        yours: str = "",
        version: int = 0,
        fields: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:
        super().__init__(message)
        self.theirs = theirs
        self.yours = yours
        self.version = version
        self.fields = dict(fields or {})


class Unavailable(RedressError):
    """A service we need is away; trying again is safe."""

    code = "unavailable"

    def __init__(self, service: str, message: str = "") -> None:
        super().__init__(message or f"{service} is not available")
        self.service = service


class TooMany(RedressError):
    """A rate limit. *retry_after*: seconds."""

    code = "too_many"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
