"""TuneCore: the amount is in the row's own currency; the net sales before it may be in another."""

from __future__ import annotations

from app.statements.rules.profile import Column, Profile, Relation, columns_of

_HEADER = columns_of(
    "Sales Period|Posted Date|Store Name|Country Of Sale|Artist|Release Type|Release Title|Song Title|Label|UPC|"
    "Optional UPC|TC Song ID|Optional ISRC|Sales Type|# Units Sold|Per Unit Price|Net Sales|Net Sales Currency|"
    "Exchange Rate|Total Earned|Currency"
)
_COLUMNS: dict[str, Column] = {
    "statement": "Posted Date",
    "sale": "Sales Period",
    "store": "Store Name",
    "territory": "Country Of Sale",
    "artist": "Artist",
    "title": "Song Title",
    "release": "Release Title",
    "label": "Label",
    "upc": ("UPC", "Optional UPC"),
    "isrc": "Optional ISRC",
    "usage": "Sales Type",
    "units": "# Units Sold",
    "amount": "Total Earned",
    "currency": "Currency",
}
_RELATIONS = (Relation("Total Earned", ("Net Sales", "Exchange Rate")),)
PROFILES = (
    Profile(
        name="tunecore",
        version="21 columns",
        source="TuneCore",
        header=_HEADER,
        columns=_COLUMNS,
        relations=_RELATIONS,
    ),
    Profile(
        name="tunecore",
        version="24 columns",
        source="TuneCore",
        header=(*_HEADER, "Commission", "Youtube Video ID", "Youtube Policy Type"),
        columns=_COLUMNS,
        relations=_RELATIONS,
    ),
)
