"""A call of the API as its document gives it as an example: what the matrix sends, so that new resources are asked by themselves."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from app.api.frame.document import document
from tests.web.authz.table import Entry

_PARAMETER = re.compile(r"<(?:[^<>:]+:)?([a-z_]+)>")


def example_call(entry: Entry) -> dict[str, Any]:
    """Keyword arguments for a test client: body and headers of the documented example."""
    if entry.method == "GET":
        return {}
    call = operation(entry)
    headers = {"If-Match": '"0"'} if "428" in call["responses"] else {}
    content = call.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        return {"headers": headers, "json": example_of(content["application/json"]["schema"])}
    for kind, media in content.items():
        return {"headers": headers, "data": media["example"], "content_type": kind}
    return {"headers": headers}


def operation(entry: Entry) -> dict[str, Any]:
    """What the document says about a route."""
    path = _PARAMETER.sub(r"{\1}", entry.rule)
    return _document()["paths"][path][entry.method.lower()]  # type: ignore[no-any-return]


def example_of(schema: dict[str, Any]) -> Any:
    """The example of a referenced model. Raises `KeyError` when it has none."""
    name = schema["$ref"].rpartition("/")[2]
    return _document()["components"]["schemas"][name]["example"]


@cache
def _document() -> dict[str, Any]:
    from flask import current_app

    with current_app.test_request_context():
        return document()
