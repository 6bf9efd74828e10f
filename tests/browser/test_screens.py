"""Every screen of the demo: nothing for axe to find, no sideways scroll, kept as a picture for README and eye."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.people import Visitor

Visit = Callable[..., Visitor]
PUBLIC = {"landing": "/", "signin": "/signin", "styleguide": "/styleguide", "verify": "/verify"}
ARTIST = {
    "portal-cases": "/cases",
    "portal-new": "/cases/new",
    "profile": "/me",
    "sessions": "/me/sessions",
    "notifications": "/notifications",
    "notification-choices": "/notifications/settings",
    "delegations": "/me/delegations",
}
STAFF = {
    "leyla": {"desk": "/desk", "security": "/me/security", "desk-search": "/search?q=night", "desk-macros": "/desk/macros"},
    "gus": {"finance-corrections": "/finance/corrections", "finance-batches": "/finance/batches",
            "finance-holds": "/finance/holds"},
    "adi": {"admin-people": "/admin/people", "admin-history": "/admin/history", "admin-policies": "/admin/policies",
            "admin-setup": "/admin/setup", "admin-health": "/admin/health"},
    "aud": {"audit-cases": "/audit/cases"},
}  # fmt: skip


def looks(visitor: Visitor, name: str, width: int) -> None:
    """What every screen must hold, in both themes."""
    visitor.never_scrolls_sideways()
    visitor.finds_nothing_with_axe()
    for theme in ("light", "dark"):
        visitor.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        visitor.page.wait_for_timeout(250)  # colours change over 120 ms
        visitor.keeps_a_picture(f"{name}-{width}-{theme}")
    visitor.page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("width", [390, 1440])
def test_public_screens(visit: Visit, width: int) -> None:
    visitor = visit(width)

    for name, path in PUBLIC.items():
        visitor.opens(path)
        looks(visitor, name, width)


@pytest.mark.parametrize("width", [390, 1440])
def test_artist_screens(visit: Visit, width: int) -> None:
    artist = visit(width)
    artist.signs_in_as_artist("sabina")

    for name, path in ARTIST.items():
        artist.opens(path)
        looks(artist, name, width)
    artist.opens("/cases")
    artist.follows_first("Night Ferry")
    looks(artist, "portal-case", width)


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("key", STAFF)
def test_staff_screens(visit: Visit, key: str, width: int) -> None:
    staff = visit(width)
    staff.signs_in_as_staff(key)

    for name, path in STAFF[key].items():
        staff.opens(path)
        looks(staff, name, width)
    if key == "leyla":
        staff.opens("/desk")
        staff.follows_first("Night Ferry")
        looks(staff, "desk-case", width)
    if key == "gus":
        staff.opens("/finance/corrections")
        staff.follows_first("€412.83")
        looks(staff, "finance-correction", width)
