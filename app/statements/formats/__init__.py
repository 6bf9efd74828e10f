"""One module per source; each says in data what its files mean. Recognised by the set of columns, never by name."""

from __future__ import annotations

import importlib

from app.statements.rules.profile import Profile

MODULES = (
    "neutral paid distrokid tunecore cdbaby believe fuga cargo orchard symphonic sonosuite landr stem soundcloud ditto "
    "imusician onerpm soundon ada secretly bandcamp apple spotify youtube deezer merlin mlc ascap bmi prs"
).split()

PROFILES: tuple[Profile, ...] = tuple(
    profile
    for name in MODULES
    for profile in importlib.import_module(f"{__name__}.{name}").PROFILES
)
"""Every known version of every format."""
CORRECTED = frozenset(profile.name for profile in PROFILES if profile.correction)
"""Sources whose correction runs say lines of earlier statements again."""
