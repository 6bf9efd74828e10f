"""Bases of everything that travels, and the problem that every refusal is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

_DAY = len("2026-11-20")
MOST_LONG = 8000
"""Characters of the longest text."""


def _no_nul(value: Any) -> None:
    """No text anywhere in *value* holds U+0000, which no database keeps. Raises `ValueError`."""
    if isinstance(value, str) and "\x00" in value:
        raise ValueError("text may not hold U+0000")
    if isinstance(value, dict):
        for key, inner in value.items():
            _no_nul(key)
            _no_nul(inner)
    if isinstance(value, list | tuple):
        for inner in value:
            _no_nul(inner)


def _whole(value: Any) -> Any:
    """`3.0` is an integer in JSON; `true` is none, which the strict check after this says."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]
"""An integer as JSON Schema means it (B157)."""


def _day(value: Any) -> Any:
    """`2026-11-20` is a day; strictly taken, a text is none once something looked at it. Raises `ValueError`."""
    return date.fromisoformat(value) if isinstance(value, str) and len(value) == _DAY else value


Day = Annotated[date, BeforeValidator(_day)]
"""A date as JSON has it: text."""


class _Given(BaseModel):
    """What is sent to us: unknown names are refused, never ignored (B011)."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        _no_nul(value)
        return value


class Query(_Given):
    """The part of an address after the question mark."""


class Body(_Given):
    """A JSON object that is sent to us."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Shown(BaseModel):
    """What we answer with. Field by field: nothing is shown because it happens to be there."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldProblem(Shown):
    """One input that cannot be used."""

    field: str = Field(description="Name of the input, with dots for what is inside another.")
    code: str = Field(description="Stable slug of what is wrong.")
    message: str = Field(description="What to do about it, for people.")


class Problem(Shown):
    """Why a call was refused (RFC 9457)."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "example": {
                "type": "urn:redress:problem:missing_fields",
                "title": "Conflict",
                "status": 409,
                "code": "missing_fields",
                "detail": "Something that this step needs is missing.",
                "allowed": ["withdraw"],
            }
        },
    )

    type: str = Field(description="A URN made of the code.")
    title: str = Field(description="The name of the status.")
    status: int = Field(description="The HTTP status.")
    code: str = Field(description="Stable slug of the problem.")
    detail: str = Field(description="What happened and what to do, for people.")
    errors: list[FieldProblem] | None = Field(
        default=None, description="Inputs that cannot be used."
    )
    allowed: list[str] | None = Field(
        default=None, description="Transitions that are possible instead."
    )
    reference: str | None = Field(default=None, description="Stands in our log, too.")


def plain(amount: Decimal) -> str:
    """A decimal as text without an exponent and without zeros that say nothing."""
    return f"{amount.normalize():f}"


class Cursor(Query):
    """Which page of a list."""

    cursor: str | None = Field(
        default=None,
        max_length=400,
        description="`next_cursor` of the page before; good for the same list, filter and token's owner.",
    )


def page_example(item: Any) -> dict[str, Any]:
    """An example of a page with one *item*."""
    return {"example": {"items": [item], "next_cursor": None}}


class Page(Shown):
    """What every list has beside its items."""

    next_cursor: str | None = Field(description="Where the next page begins; null at the end.")
