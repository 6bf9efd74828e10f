"""A mail as its reader opens it: readable in both themes, nothing loaded, kept as a picture."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from app.notifications.formats.words import body_of, words_of
from app.notifications.rules import MailKind
from tests.browser.people import Visitor

Visit = Callable[..., Visitor]
VALUES: dict[str, Any] = {
    "product": "Redress", "base_url": "https://desk.example", "choices": "https://desk.example/mail/choices/x",
    "ref": "RD-7K4M-29QX", "due_at": datetime(2026, 12, 5, 18, tzinfo=UTC), "zone": "Asia/Baku",
    "link": "https://desk.example/cases/RD-7K4M-29QX", "rate": "", "lines": [],
}  # fmt: skip


@pytest.mark.parametrize("width", [390, 1440])
def test_a_mail_is_read_in_both_themes(visit: Visit, width: int) -> None:
    reader = visit(width)
    heard: list[str] = []
    reader.page.on("request", lambda request: heard.append(request.url))
    words = words_of(MailKind.REQUEST_ASKED, VALUES, "en")
    said = {"line": words.line, "more": words.more, "go": words.go}

    reader.page.set_content(body_of("_notice.html", VALUES | said, "en"))

    reader.sees("In case RD-7K4M-29QX we asked you for something.")
    reader.never_scrolls_sideways()
    for theme in ("light", "dark"):
        reader.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        reader.keeps_a_picture(f"mail-request-{width}-{theme}")
    assert heard == []
