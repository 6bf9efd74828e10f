"""What a resource says of itself, once: checked on the way in and out, and written into the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from flask import current_app, request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from spectree import Response, SpecTree
from spectree.model_adapter.pydantic_adapter import PydanticModelAdapter
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from app.api.shapes.frame import Body, Problem, Query
from app.infra.i18n import gettext as _
from app.kernel.errors import Invalid, InvalidMany

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from spectree._types import ModelAdapterType
    from spectree.model_adapter.protocol import SchemaMode

ALWAYS = (400, 401, 403, 404, 422, 429, 503)
"""What every call may be answered with."""
_BYTES = "__redress_bytes__"
WRITES = (409, 412, 413, 415)
"""What a call that sends something may be answered with, too."""


class Strict(PydanticModelAdapter):
    """Bodies are read as the JSON they are: no number from a text, no integer from a boolean."""

    def validate_obj(self, model: type[Any], value: Any) -> Any:
        """The model, or `ValidationError`."""
        if issubclass(model, Body):
            return model.model_validate_json(json.dumps(value))
        return super().validate_obj(model, value)


class Once(SpecTree):
    """Each call of the API says what it may be answered with, the same problem a hundred times: a model is added once."""

    def __init__(self, *args: Any, **given: Any) -> None:
        self._added: dict[tuple[type[Any], SchemaMode], str] = {}
        super().__init__(*args, **given)

    def _add_model(self, model: type[Any], mode: SchemaMode = "validation") -> str:
        key = model, mode
        if key not in self._added:
            self._added[key] = super()._add_model(model, mode)
        return self._added[key]


def _refuse(
    _request: Any, _answer: Any, problem: Exception | None, _view: Any, _adapter: Any
) -> None:
    """What cannot be used is an error of ours, said like every other."""
    if isinstance(problem, ValidationError):
        raise InvalidMany([_invalid(one) for one in problem.errors(include_context=False)])


def _invalid(one: ErrorDetails) -> Invalid:
    where = ".".join(str(part) for part in one["loc"]) or "body"
    return Invalid(where, one["type"], one["msg"])


def _keep_promise(
    _request: Any, _answer: Any, problem: Exception | None, _view: Any, _adapter: Any
) -> None:
    """An answer that is not what the document says is a bug of ours."""
    if problem is not None:
        raise RuntimeError("the answer is not what the document promises") from problem


spec = Once(
    "flask",
    mode="strict",
    title="Redress",
    version="1",
    openapi_version="3.1.0",
    model_adapter=cast("ModelAdapterType", Strict()),
    validation_error_model=Problem,
    before=_refuse,
    after=_keep_promise,
    naming_strategy=lambda model: str(model.__name__),
    nested_naming_strategy=lambda _parent, child: child,
)


def answers(  # noqa: PLR0913 - keywords that say what a view answers
    model: type[BaseModel] | None = None,
    *,
    status: int = 200,
    later: type[BaseModel] | None = None,
    tag: str,
    also: tuple[int, ...] = (),
    files: tuple[str, ...] = (),
    reads: str = "",
) -> Callable[[Callable[..., Any]], Callable[..., ResponseReturnValue]]:
    """Decorator of a view: what it answers with. Its `query` and `json` parameters say what it reads.

    *later*: what a 202 says of work that goes on in the background. *files*: media types when it answers with bytes
    instead of a model; *reads*: the one when it reads bytes.
    """
    refusals = {f"HTTP_{code}": Problem for code in (*ALWAYS, *also)}
    good = {f"HTTP_{status}": (model, HTTPStatus(status).phrase)}
    if later is not None:
        good["HTTP_202"] = (later, HTTPStatus.ACCEPTED.phrase)
    checked = spec.validate(resp=Response(**good, **refusals), tags=[tag])

    def say(view: Callable[..., Any]) -> Callable[..., ResponseReturnValue]:
        found = checked(view)
        setattr(found, _BYTES, (reads, files))
        return found

    return say


def bytes_of(view: Callable[..., Any]) -> tuple[str, tuple[str, ...]]:
    """Media types of the bytes that a view reads and answers with; empty for JSON."""
    reads, gives = getattr(view, _BYTES, ("", ()))
    return reads, gives


def read_body() -> None:
    """Before a view that reads JSON: a body that is none is refused before anything looks at it.

    Raises `UnsupportedMediaType`, `BadRequest` (no JSON), `Invalid` (no object).
    """
    if not _reads_json():
        return
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        found = json.loads(request.get_data(), object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        raise BadRequest from error
    if not isinstance(found, dict):
        raise Invalid("body", "object", _("Send one JSON object."))


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object that names nothing twice: which of two values counts would be a guess (B156). Raises `ValueError`."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _reads_json() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    known = spec.get_function_metadata(view) if view else None
    return known is not None and known.json is not None


def models_of(base: type[BaseModel] = Query) -> Iterator[type[BaseModel]]:
    """Every model below *base*, for the tests of the house."""
    for model in base.__subclasses__():
        yield model
        yield from models_of(model)
