"""The world stands."""

from __future__ import annotations

from typing import Any

from tests.web.authz.world import build_world


def test_world_builds(app: Any, pg: Any) -> None:
    world = build_world(app, pg)

    assert len(world.canaries) > 15
