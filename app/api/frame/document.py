"""The OpenAPI document: what spectree gathered, with problems, keys, versions and scopes written in."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from flask import current_app, request

from app.accounts.rules import Scope
from app.api.frame.once import takes_key
from app.api.frame.problems import MEDIA_TYPE
from app.api.frame.spec import bytes_of, spec
from app.api.shapes.reference import IMPORT_EXAMPLE
from app.edge.access import API, policy_of

_DESCRIPTION = """Cases of a music distributor: filed, heard, decided, paid. The same services as the pages.

Tokens act as the person who made them, within their scopes. A write needs `If-Match` with the ETag that was read
where the document says so; a creating call may carry an `Idempotency-Key`, kept for 24 hours."""
_SCOPE_WORDS = {
    Scope.CASES_READ: "read cases, drafts, messages, requests, decisions",
    Scope.CASES_WRITE: "file, write, answer, make transitions",
    Scope.EVIDENCE_READ: "read evidence",
    Scope.EVIDENCE_WRITE: "send evidence",
    Scope.LETTERS_READ: "read letters",
    Scope.LETTERS_WRITE: "draft, change, send and void letters",
    Scope.DECISIONS_WRITE: "judge evidence; draft, propose, confirm and return decisions",
    Scope.MONEY_READ: "read corrections, batches and their exports, terms",
    Scope.MONEY_WRITE: "refuse corrections; lock, export and acknowledge batches; take in terms",
    Scope.MONEY_APPROVE: "approve corrections; the token ends five minutes after its owner's code",
    Scope.POLICIES_READ: "read policies",
    Scope.CATALOGUE_READ: "read the catalogue",
    Scope.CATALOGUE_WRITE: "import the catalogue",
    Scope.WEBHOOKS_READ: "read webhooks and what was sent",
    Scope.WEBHOOKS_WRITE: "make, change, test webhooks, send again",
}
_KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": "Of your choice; the same call with the same key is done once and answered the same.",
    "example": "5f1c9a52-file-case",
}  # fmt: skip
_IF_MATCH = {
    "name": "If-Match", "in": "header", "required": True,
    "schema": {"type": "string", "pattern": '^"[!#-~]{1,80}"$'},
    "description": "The ETag of what you read.", "example": '"9f86d081884c7d659a2feaa0c55ad015"',
}  # fmt: skip
_BINARY = {"type": "string", "format": "binary"}
_HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-Id": {"schema": {"type": "string"}, "description": "Stands in our log, too."},
    "ETag": {"schema": {"type": "string"}, "description": "Mark of what you see."},
    "Location": {"schema": {"type": "string"}, "description": "Where it stands now."},
    "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."},
}


def document() -> dict[str, Any]:
    """The document of the running application; made once, its server is the address it was asked at."""
    made = json.loads(_made())
    made["servers"] = [{"url": request.host_url.rstrip("/")}]
    return dict(made)


@cache
def _made() -> str:
    found = json.loads(json.dumps(spec.spec))
    found["info"] = {"title": "Redress", "version": "1", "description": _DESCRIPTION}
    found["components"]["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": _scopes()}
    }
    found.pop("security", None)
    for rule in current_app.url_map.iter_rules():
        if rule.rule.startswith(API):
            _complete(found["paths"], rule)
    return json.dumps(found, sort_keys=True)


def _scopes() -> str:
    lines = (f"- `{scope.value}`: {words}" for scope, words in _SCOPE_WORDS.items())
    return "Made with `redress tokens create`, or under *Your account*.\n\n" + "\n".join(lines)


def _complete(paths: dict[str, Any], rule: Any) -> None:
    """Write into each call of a rule what its decorators say."""
    view = current_app.view_functions[rule.endpoint]
    path, _parameters = spec.backend.parse_path(rule, None)
    policy = policy_of(view)
    reads, gives = bytes_of(view)
    own = {method.lower() for method in rule.methods}
    for call in (one for method, one in paths.get(path, {}).items() if method in own):
        call["operationId"] = rule.endpoint.rpartition(".")[2]
        if policy is not None and policy.scope is not None:
            call["security"] = [{"bearer": [policy.scope.value]}]
        if reads:
            media = {"schema": {"type": "string"}, "example": IMPORT_EXAMPLE}
            call["requestBody"] = {"required": True, "content": {reads: media}}
        if takes_key(view):
            call["parameters"].append(_KEY)
        if "428" in call["responses"]:
            call["parameters"].append(_IF_MATCH)
        for status, answer in call["responses"].items():
            if gives and status == "200":
                answer["content"] = {kind: {"schema": _BINARY} for kind in gives}
            _complete_answer(status, answer)


def _complete_answer(status: str, answer: dict[str, Any]) -> None:
    names = ["X-Request-Id"]
    if status >= "400":
        answer["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        names += ["Retry-After"] if status in {"429", "503"} else []
    elif "application/json" in answer.get("content", {}):
        names += ["ETag"] + (["Location"] if status == "201" else [])
    answer["headers"] = {name: _HEADERS[name] for name in names}
