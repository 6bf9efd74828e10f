"""Symphonic: voids are negative and often without units; one statement covers several months of use."""

from __future__ import annotations

from app.statements.rules.lines import Kind
from app.statements.rules.profile import Profile, columns_of

PROFILES = (
    Profile(
        name="symphonic",
        version="",
        source="Symphonic",
        header=columns_of(
            "Reporting Period|Label|Release Name|Release Version|Release Artists|UPC Code|Catalogue|Track Title|"
            "Mix Version|ISRC Code|Track Artists|Digital Service Provider|Activity Period|Territory|Delivery|"
            "Content Type|Sale or Void|Count|Royalty ($US)"
        ),
        columns={
            "statement": "Reporting Period",
            "sale": "Activity Period",
            "label": "Label",
            "release": "Release Name",
            "upc": "UPC Code",
            "title": "Track Title",
            "isrc": "ISRC Code",
            "artist": ("Track Artists", "Release Artists"),
            "store": "Digital Service Provider",
            "territory": "Territory",
            "usage": "Delivery",
            "units": "Count",
            "amount": "Royalty ($US)",
        },
        fixed={"currency": "USD"},
        kinds=("Sale or Void", {"void": Kind.RETURN}),
    ),
)
