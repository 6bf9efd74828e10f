"""Filing by forms, as a browser without JavaScript does it."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

WHICH = {"subject_title": "Night Ferry", "subject_artist": "Ada Amberg"}
WHAT = {"summary": "It was taken down on Monday. Nobody wrote to me before."}
PAYOUT = {**WHICH, "period_start": "2026-07-01", "period_end": "2026-09-30"}
CLAIM = {
    "other_name": "Caspian Reel Ltd",
    "claimed": "All of the master",
    "role": "I produced it",
    "summary": "They claim it.",
}
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def start(client: Any, about: str, sub_kind: str) -> str:
    """A new draft; its id."""
    answer = client.post(
        "/cases/new", data={"about": about, "asked": "sub_kind", "sub_kind": sub_kind}
    )
    assert answer.status_code == 303, answer.text
    found = re.fullmatch(r"/cases/new/([0-9a-f-]{36})/which", answer.location)
    assert found, answer.location
    return found[1]


def version(client: Any, draft: str, step: str) -> str:
    """The version that the page of a step carries."""
    page = client.get(f"/cases/new/{draft}/{step}")
    assert page.status_code == 200, (page.status_code, page.location)
    found = re.search(r'name="version"[^>]*value="(\d+)"', page.text)
    assert found
    return found[1]


def fill(client: Any, draft: str, step: str, answers: dict[str, str]) -> Any:
    """Continue from a step with *answers*."""
    return client.post(
        f"/cases/new/{draft}/{step}", data={"version": version(client, draft, step), **answers}
    )


def ready(
    client: Any,
    about: str = "taken_down",
    sub_kind: str = "store_takedown",
    **answers: dict[str, str],
) -> str:
    """A draft filled up to the last step."""
    draft = start(client, about, sub_kind)
    assert fill(client, draft, "which", answers.get("which", WHICH)).status_code == 303
    assert fill(client, draft, "what", answers.get("what", WHAT)).status_code == 303
    return draft


def send(client: Any, draft: str, **more: str) -> Any:
    """Sign everything and send."""
    page = client.get(f"/cases/new/{draft}/check")
    assert page.status_code == 200, (page.status_code, page.location)
    ticks = dict.fromkeys(re.findall(r'name="(sign_\w+)"', page.text), "y")
    found = re.search(r'name="version"[^>]*value="(\d+)"', page.text)
    assert found
    signer = {"signer_name": "Ada Amberg"} if ticks else {}
    return client.post(
        f"/cases/new/{draft}/check", data={"version": found[1], **ticks, **signer, **more}
    )


def filed(
    client: Any, about: str = "taken_down", sub_kind: str = "store_takedown", **answers: Any
) -> str:
    """A sent case; its reference."""
    answer = send(client, ready(client, about, sub_kind, **answers), **answers.get("check", {}))
    assert answer.status_code == 303, answer.text
    found = re.fullmatch(r"/cases/(RD-[0-9A-Z-]+)/sent", answer.location)
    assert found, answer.location
    return found[1]


def pdf(name: str = "agreement.pdf", body: bytes = PDF) -> tuple[BytesIO, str, str]:
    """A file for a form post."""
    return BytesIO(body), name, "application/pdf"
