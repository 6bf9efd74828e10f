"""The count beside the bell, and whether a case has news: read with the session, so they cost no statement."""

from __future__ import annotations

from uuid import UUID

from flask import Flask

from app.web.shared.context import current_actor
from app.web.shared.session import own_session


def init_app(app: Flask) -> None:
    """The frame asks for the count while it is drawn."""
    app.jinja_env.globals["unread_count"] = unread_count


def _unread() -> tuple[UUID | None, ...]:
    """The case of each unread notice of the reader, up to a hundred; nobody has none."""
    row = own_session().row if current_actor().is_person else None
    return row.beside if row else ()


def unread_count() -> int:
    """Unread notices of the reader, up to a hundred."""
    return len(_unread())


def has_news(case_id: UUID) -> bool:
    """Whether some notice about the case is unread; its page then offers to mark them read."""
    return case_id in _unread()
