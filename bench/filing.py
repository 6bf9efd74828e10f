"""A program files a case and sends a file of 200 kB with it, as the API's page says: six calls and one PUT to the store."""

from __future__ import annotations

import base64
import hashlib
import http.client
import itertools
import json
import random
import urllib.request
from collections.abc import Mapping
from typing import Any

from bench.server import Ask

SIZE = 200_000
ARTISTS = 60
"""By turns: nobody may file or send as often as a bench asks."""
ANSWERS = {
    "subject_title": "Low Tide",
    "subject_artist": "Artist",
    "summary": "The title of my single is wrong in one store.",
}


def files(tokens: list[str]) -> Ask:
    """One whole filing; each call other bytes, since what is there already is not stored again."""
    turns, chance = itertools.cycle(tokens), random.Random(11)  # noqa: S311 - bytes of a bench

    def ask(wire: http.client.HTTPConnection) -> None:
        call = _Calls(wire, next(turns))
        ref = _filed(call)
        _sent(call, ref, chance.randbytes(SIZE))

    return ask


def bare_files(path: str) -> Ask:
    """The bytes alone: taken in, hashed, written to a folder; at /filing with one row."""
    chance = random.Random(13)  # noqa: S311 - as above

    def ask(wire: http.client.HTTPConnection) -> None:
        wire.request("POST", path, chance.randbytes(SIZE))
        answer = wire.getresponse()
        answer.read()
        if answer.status != 201:
            raise RuntimeError(f"{path}: {answer.status}")

    return ask


class _Calls:
    """Calls of one person, one after the other."""

    def __init__(self, wire: http.client.HTTPConnection, token: str) -> None:
        self._wire = wire
        self._head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def __call__(self, method: str, path: str, body: Any, seen: str = "") -> tuple[Any, Mapping[str, str]]:  # fmt: skip
        head = self._head | ({"If-Match": seen} if seen else {})
        self._wire.request(method, f"/api/v1{path}", json.dumps(body), head)
        answer = self._wire.getresponse()
        said = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {said[:400]!r}")
        return json.loads(said or b"null"), dict(answer.headers)


def _filed(call: _Calls) -> str:
    draft, head = call("POST", "/drafts", {"sub_kind": "delivery_metadata", "zone": "UTC"})
    place = f"/drafts/{draft['id']}"
    saved, head = call("PATCH", place, {"answers": _needed(draft)}, head["ETag"])
    signed = {"statements": [one["code"] for one in saved["statements"]], "capacity": "owner"}
    case, _head = call("POST", f"{place}/submit", signed, head["ETag"])
    return str(case["ref"])


def _needed(draft: Any) -> dict[str, str]:
    """An answer to every question that must have one."""
    return {
        one["name"]: one["choices"][0]["value"] if one.get("choices") else ANSWERS.get(one["name"], "Sample")
        for one in draft["questions"]
        if one["required"]
    }  # fmt: skip


def _sent(call: _Calls, ref: str, body: bytes) -> None:
    digest = hashlib.sha256(body)
    part = base64.b64encode(digest.digest()).decode()
    told = {"filename": f"{digest.hexdigest()[:8]}.txt", "type": "text/plain", "size": SIZE}
    upload, _head = call("POST", f"/cases/{ref}/uploads", told)
    place = f"/uploads/{upload['id']}"
    signed, _head = call("POST", f"{place}/parts", {"parts": [{"number": 1, "sha256_base64": part}]})  # fmt: skip
    one = signed["parts"][0]
    put = urllib.request.Request(one["url"], body, one["headers"], method="PUT")  # noqa: S310 - our own store
    with urllib.request.urlopen(put, timeout=60) as answer:  # noqa: S310 - as above
        answer.read()
    call("POST", f"{place}/complete", {"sha256": digest.hexdigest(), "parts_base64": [part]})
