"""Spotify for labels: two rows say of which month the file is, the header is the third."""

from __future__ import annotations

from app.statements.rules.profile import Profile, columns_of

_HEADER = columns_of("ISRC|UPC|Track name|Artist name|Album name|Quantity")
_COLUMNS = {
    "isrc": "ISRC",
    "upc": "UPC",
    "title": "Track name",
    "artist": "Artist name",
    "release": "Album name",
    "label": "Label",
    "territory": "Country",
    "units": "Quantity",
}
_OPTIONAL = columns_of("Country|Label|Product|URI|Composer name")
_SAID = {"statement": "End date"}
PROFILES = (
    Profile(
        name="spotify",
        version="since 2020",
        source="Spotify",
        header=(*_HEADER, "Payable", "Payable currency"),
        optional=_OPTIONAL,
        columns={**_COLUMNS, "amount": "Payable", "currency": "Payable currency"},
        fixed={"store": "Spotify"},
        preamble=_SAID,
    ),
    Profile(
        name="spotify",
        version="before 2020",
        source="Spotify",
        header=(*_HEADER, "USD Payable"),
        optional=_OPTIONAL,
        columns={**_COLUMNS, "amount": "USD Payable"},
        fixed={"store": "Spotify", "currency": "USD"},
        preamble=_SAID,
    ),
)
