"""SoundOn (TikTok): the royalties of an account; its summaries say the same money again and are not read."""

from __future__ import annotations

from app.statements.rules.profile import Profile, columns_of

PROFILES = (
    Profile(
        name="soundon",
        version="my royalty",
        source="SoundOn",
        header=columns_of(
            "Reporting Period|Sales Period|Track Artists|Track Title|ISRC|Track ID|UPC Code|Album Title|Release Date|"
            "Royalty Type|Store Name|Sales Region|Sales Type|Sales Sub Type|Units of Sold|Gross revenue|Artist Share|"
            "Final Royalty"
        ),
        optional=columns_of("Currency|Final Royalty Currency|Payee"),
        columns={
            "statement": "Reporting Period",
            "sale": "Sales Period",
            "artist": "Track Artists",
            "title": "Track Title",
            "isrc": "ISRC",
            "upc": "UPC Code",
            "release": "Album Title",
            "store": "Store Name",
            "territory": "Sales Region",
            "usage": "Sales Type",
            "units": "Units of Sold",
            "amount": "Final Royalty",
            "currency": ("Final Royalty Currency", "Currency"),
        },
        file_month=r"statement_(?P<year>20\d{2})_(?P<month>\d{2})_",
    ),
)
