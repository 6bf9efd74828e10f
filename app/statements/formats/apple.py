"""Apple: sales by region with a summary below the lines, and streams of Apple Music."""

from __future__ import annotations

from app.kernel.reading.styles import Days, Numbers
from app.statements.rules.lines import Kind
from app.statements.rules.profile import Profile, Relation, columns_of

PROFILES = (
    Profile(
        name="apple",
        version="S1 sales",
        source="Apple",
        header=columns_of(
            "Start Date|End Date|UPC|ISRC/ISBN|Vendor Identifier|Quantity|Partner Share|Extended Partner Share|"
            "Partner Share Currency|Sales or Return|Apple Identifier|Artist/Show/Developer/Author|Title|"
            "Label/Studio/Network/Developer/Publisher|Grid|Product Type Identifier|ISAN/Other Identifier|"
            "Country Of Sale|Pre-order Flag|Promo Code|Customer Price|Customer Currency"
        ),
        columns={
            "statement": "End Date",
            "sale": "End Date",
            "upc": "UPC",
            "isrc": "ISRC/ISBN",
            "artist": "Artist/Show/Developer/Author",
            "title": "Title",
            "label": "Label/Studio/Network/Developer/Publisher",
            "territory": "Country Of Sale",
            "usage": "Product Type Identifier",
            "units": "Quantity",
            "amount": "Extended Partner Share",
            "currency": "Partner Share Currency",
        },
        fixed={"store": "iTunes"},
        days=Days.MONTH_FIRST,
        kinds=("Sales or Return", {"r": Kind.RETURN}),
        relations=(Relation("Extended Partner Share", ("Quantity", "Partner Share")),),
        footer=columns_of("Country Of Sale|Partner Share Currency|Quantity|Extended Partner Share"),
    ),
    Profile(
        name="apple",
        version="streams",
        source="Apple Music",
        header=columns_of("Item Title|Item Artist|ISRC|Currency|Net Royalty|Net Royalty Total"),
        optional=columns_of("Quantity|Total  Royalty Bearing Plays|Storefront Name"),
        columns={
            "title": "Item Title",
            "artist": "Item Artist",
            "isrc": "ISRC",
            "territory": "Storefront Name",
            "units": ("Total  Royalty Bearing Plays", "Quantity"),
            "amount": "Net Royalty Total",
            "currency": "Currency",
        },
        fixed={"store": "Apple Music"},
        numbers=Numbers.GROUPED,
        file_month=r"_S1_.*_(?P<month>0[1-9]|1[0-2])(?P<year>\d{2})_[A-Z]{2}",
    ),
)
