"""What a web process has at hand before its first page: every template of the pages, once each was compiled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.web.shared.compiled import load_compiled

TEMPLATES = Path(__file__).parents[3] / "templates"


def test_every_template_of_a_page_compiles_and_is_at_hand_from_then_on(app: Any) -> None:
    names = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}
    pages = {name for name in names if not name.startswith(("letters/", "emails/"))}

    for name in pages:
        app.jinja_env.get_template(name)

    assert len(pages) > 200
    assert load_compiled(app) == len(pages)
