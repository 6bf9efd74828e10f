"""Help on one page: the questions artists ask first, answered in plain words."""

from __future__ import annotations

from flask import render_template

from app.web.public.face import bp
from app.web.shared.policy import public


@bp.get("/help")
@public()
def help_page() -> str:
    """Short answers, and the way to a person."""
    return render_template("public/help.html")
