"""Believe: semicolons or commas, decimals with comma or point, one currency a row; two spellings of its heading."""

from __future__ import annotations

from app.kernel.reading.styles import Numbers
from app.statements.rules.profile import Profile, columns_of

_HEADER = (
    "Reporting month|Sales Month|Platform|{territory}|Label Name|Artist Name|Release title|Track title|UPC|ISRC|"
    "Release Catalog nb|Streaming Subscription Type|Release type|Sales Type|Quantity|Client Payment Currency|"
    "Unit Price|Mechanical Fee|Gross Revenue|Client share rate|Net Revenue"
)
_COLUMNS = {
    "statement": "Reporting month",
    "sale": "Sales Month",
    "store": "Platform",
    "label": "Label Name",
    "artist": "Artist Name",
    "release": "Release title",
    "title": "Track title",
    "upc": "UPC",
    "isrc": "ISRC",
    "usage": "Sales Type",
    "units": "Quantity",
    "amount": "Net Revenue",
    "currency": "Client Payment Currency",
}


def _profile(version: str, territory: str) -> Profile:
    return Profile(
        name="believe",
        version=version,
        source="Believe",
        header=columns_of(_HEADER.format(territory=territory)),
        columns={**_COLUMNS, "territory": territory},
        numbers=Numbers.EITHER,
    )


PROFILES = (_profile("", "Country / Region"), _profile("older", "Country/Region"))
