"""The version a form was read with: a stale one is told with both texts (B009)."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField

from app.cases.rules.views import CaseView


def version_field() -> Any:
    """The hidden field."""
    return HiddenField()


def version_of(form: Any, case: CaseView) -> int:
    """What the form was read with; the case's own when the form does not say."""
    text = form.version.data or ""
    return int(text) if text.isascii() and text.isdigit() else case.version
