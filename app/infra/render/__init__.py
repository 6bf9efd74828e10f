"""Plain data in, PDF/A bytes out: sandboxed templates, and a limited child that can reach nothing."""

from __future__ import annotations

from app.infra.render.limited import LimitedRenderer


def make_renderer(_settings: object) -> LimitedRenderer:
    """The renderer of the application; its limits are not a setting."""
    return LimitedRenderer()
