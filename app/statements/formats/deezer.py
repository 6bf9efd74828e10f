"""Deezer for labels. The currency is asked."""

from __future__ import annotations

from app.statements.rules.profile import Profile, columns_of

PROFILES = (
    Profile(
        name="deezer",
        version="",
        source="Deezer",
        header=columns_of(
            "Start Report|End Report|ISRC|Artist|Title|Album|UPC|Country|Nb of plays|Royalties|Service|Provider|"
            "provider_id|Label"
        ),
        columns={
            "statement": "End Report",
            "sale": "Start Report",
            "sale_until": "End Report",
            "isrc": "ISRC",
            "artist": "Artist",
            "title": "Title",
            "release": "Album",
            "upc": "UPC",
            "territory": "Country",
            "usage": "Service",
            "label": "Label",
            "units": "Nb of plays",
            "amount": "Royalties",
        },
        fixed={"store": "Deezer"},
    ),
)
