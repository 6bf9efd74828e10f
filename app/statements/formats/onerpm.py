"""ONErpm: a workbook of three sheets. Net is in the account's currency, which the file does not name: it is asked."""

from __future__ import annotations

from app.kernel.reading.styles import Numbers
from app.statements.formats.fuga import ISO_MONTH
from app.statements.rules.lines import Kind
from app.statements.rules.profile import Profile, columns_of

PROFILES = (
    Profile(
        name="onerpm",
        version="masters",
        source="ONErpm",
        header=columns_of(
            "Track Title|Artists|ISRC|UPC|Parent ID|Gross (Original Currency)|Currency|Exchange Rate|Gross|Quantity|"
            "Average Unit Gross|% Share|Fees|Net"
        ),
        optional=columns_of("Transaction Month|Sales Month|Store|Territory"),
        columns={
            "sale": ("Transaction Month", "Sales Month"),
            "title": "Track Title",
            "artist": "Artists",
            "isrc": "ISRC",
            "upc": "UPC",
            "store": "Store",
            "territory": "Territory",
            "units": "Quantity",
            "amount": "Net",
        },
        numbers=Numbers.EITHER,
        file_month=ISO_MONTH,
    ),
    Profile(
        name="onerpm",
        version="shares in and out",
        source="ONErpm",
        header=columns_of("ID|Parent ID|Title|Share Type|% Share In/Out|Net"),
        optional=columns_of("Transaction Month|Sales Month"),
        columns={
            "sale": ("Transaction Month", "Sales Month"),
            "title": "Title",
            "usage": "Share Type",
            "amount": "Net",
        },
        numbers=Numbers.EITHER,
        file_month=ISO_MONTH,
        kinds=("Share Type", {"*": Kind.TRANSFER}),
    ),
    Profile(
        name="onerpm",
        version="YouTube channels",
        source="ONErpm",
        header=columns_of("Video Title|Video ID|Channel ID|Net"),
        optional=columns_of("Transaction Month|Sales Month"),
        columns={
            "sale": ("Transaction Month", "Sales Month"),
            "title": "Video Title",
            "amount": "Net",
        },
        fixed={"store": "YouTube"},
        numbers=Numbers.EITHER,
        file_month=ISO_MONTH,
    ),
)
