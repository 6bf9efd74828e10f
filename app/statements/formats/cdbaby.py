"""CD Baby: tab-separated, American dates, US dollars that the file does not name."""

from __future__ import annotations

from app.kernel.reading.styles import Days
from app.statements.rules.profile import Profile, columns_of

PROFILES = (
    Profile(
        name="cdbaby",
        version="",
        source="CD Baby",
        header=columns_of(
            "Report Date|Sales Date|Quantity|Price|Subtotal|Isrc|Barcode|CDBabySku|Album Name|Artist Name|Track Name|"
            "Partner Name|Transaction Type|Delivery Country"
        ),
        columns={
            "statement": "Report Date",
            "sale": "Sales Date",
            "units": "Quantity",
            "amount": "Subtotal",
            "isrc": "Isrc",
            "upc": "Barcode",
            "release": "Album Name",
            "artist": "Artist Name",
            "title": "Track Name",
            "store": "Partner Name",
            "usage": "Transaction Type",
            "territory": "Delivery Country",
        },
        fixed={"currency": "USD"},
        days=Days.MONTH_FIRST,
    ),
)
