"""Pieces of a page that are made once: each language has its own, and each reader that is said to differ."""

from __future__ import annotations

from typing import Any

from flask import render_template_string

from app.web.shared import environment

PIECE = """{% call remembered("test.piece") %}{{ made() }}{{ language_tag() }}{% endcall %}"""


def test_a_piece_is_made_once_for_each_language(app: Any) -> None:
    from app.web.shared.shell import language_tag

    made: list[int] = []

    def shown(language: str) -> str:
        with app.test_request_context("/", headers={"Accept-Language": language}):
            values = {"made": lambda: made.append(1) or "", "language_tag": language_tag}
            return render_template_string(PIECE, **values)

    assert [shown("en"), shown("th"), shown("en")] == ["en", "th", "en"]
    assert len(made) == 2


def test_a_piece_about_somebody_is_theirs(app: Any) -> None:
    piece = """{% call remembered("test.person", name) %}for {{ name }}{% endcall %}"""

    with app.test_request_context("/"):
        shown = [render_template_string(piece, name=name) for name in ("Ada", "Rio", "Ada")]

    assert shown == ["for Ada", "for Rio", "for Ada"]


def test_pieces_do_not_grow_for_ever(app: Any) -> None:
    piece = """{% for one in range(most) %}{% call remembered("test.many", one) %}{{ one }}{% endcall %}{% endfor %}"""

    with app.test_request_context("/"):
        render_template_string(piece, most=environment.MOST + 10)

    assert len(environment._remembered) <= environment.MOST
