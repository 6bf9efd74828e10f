"""DistroKid bank details: tab-separated before mid-2025, quoted CSV since. The team's share is applied already."""

from __future__ import annotations

from app.statements.rules.profile import Profile, columns_of

_COLUMNS = {
    "statement": "Reporting Date",
    "sale": "Sale Month",
    "store": "Store",
    "artist": "Artist",
    "title": "Title",
    "isrc": "ISRC",
    "upc": "UPC",
    "units": "Quantity",
    "territory": "Country of Sale",
    "amount": "Earnings (USD)",
}
PROFILES = (
    Profile(
        name="distrokid",
        version="before mid-2025",
        source="DistroKid",
        header=columns_of(
            "Reporting Date|Sale Month|Store|Artist|Title|ISRC|UPC|Quantity|Team Percentage|Song/Album|"
            "Country of Sale|Songwriter Royalties Withheld|Earnings (USD)"
        ),
        columns={**_COLUMNS, "usage": "Song/Album"},
        fixed={"currency": "USD"},
    ),
    Profile(
        name="distrokid",
        version="since mid-2025",
        source="DistroKid",
        header=columns_of(
            "Date Inserted|Reporting Date|Sale Month|Store|Artist|Title|ISRC|UPC|Quantity|Team Percentage|"
            "Source Type|Country of Sale|Songwriter Royalties Withheld (USD)|Earnings (USD)|Recoup (USD)"
        ),
        columns={**_COLUMNS, "usage": "Source Type"},
        fixed={"currency": "USD"},
    ),
)
