"""Reports of the Merlin kind (Boomplay, Anghami, Joox, Triller, Tencent): paid in US dollars, some with adjustments."""

from __future__ import annotations

from app.statements.rules.profile import Column, Profile, columns_of

_HEADER = columns_of(
    "Service|Start_Date|End_Date|DPID|Member_Name|Label_Name|Release_Title|Artist_Name|Track_Title|Release_ID|GRID|"
    "ISRC|Genre|Country_Of_Sale|Commercial_Model|Sound_Quality|Service_Type|Type_Of_Play|Price_Code|Retail_Price|"
    "Retail_Currency|Unit_Price|Total_Payable|Total_Payable_USD"
)
_COLUMNS: dict[str, Column] = {
    "statement": "End_Date",
    "sale": "Start_Date",
    "sale_until": "End_Date",
    "store": "Service",
    "label": "Label_Name",
    "release": "Release_Title",
    "artist": "Artist_Name",
    "title": "Track_Title",
    "isrc": "ISRC",
    "upc": "Release_ID",
    "territory": "Country_Of_Sale",
    "usage": "Commercial_Model",
    "units": ("Quantity", "Quantity_ Streams"),
}
_OPTIONAL = columns_of("Quantity|Quantity_ Streams")
PROFILES = (
    Profile(
        name="merlin",
        version="",
        source="Merlin-style",
        header=_HEADER,
        optional=_OPTIONAL,
        columns={**_COLUMNS, "amount": "Total_Payable_USD"},
        fixed={"currency": "USD"},
    ),
    Profile(
        name="merlin",
        version="with adjustments",
        source="Merlin-style",
        header=(*_HEADER, "Adjustments", "Adjusted_Total_Payable"),
        optional=_OPTIONAL,
        columns={**_COLUMNS, "amount": "Adjusted_Total_Payable"},
    ),
)
