"""The Orchard: old files with periods like 2017M10, the wide variant, and the new one in capitals that says restated lines."""

from __future__ import annotations

from app.kernel.reading.styles import Numbers
from app.statements.rules.profile import Profile, columns_of

_OLD = {
    "statement": "Period",
    "sale": "Activity Period",
    "territory": "Territory",
    "label": "Imprint Label",
    "artist": "Artist Name",
    "title": "Track Name",
    "isrc": "ISRC",
    "units": "Quantity",
    "usage": "Trans Type",
    "amount": "Label Share Net Receipts",
    "currency": "Preferred Currency",
}
PROFILES = (
    Profile(
        name="orchard",
        version="old",
        source="The Orchard",
        header=columns_of(
            "Period|Activity Period|DMS|Territory|Orchard UPC|Manufacturer's UPC|Label Catalog #|Imprint Label|"
            "Artist Name|Release Name|Track Name|ISRC|Volume|Track #|Quantity|Trans Type|Label Share Net Receipts|"
            "Preferred Currency"
        ),
        columns={
            **_OLD,
            "store": "DMS",
            "release": "Release Name",
            "upc": ("Manufacturer's UPC", "Orchard UPC"),
        },
        numbers=Numbers.EITHER,
    ),
    Profile(
        name="orchard",
        version="wide",
        source="The Orchard",
        header=columns_of(
            "Period|Activity Period|Retailer|Territory|Product UPC (Orchard UPC)|Manufacturer's UPC|Project Code|"
            "Product Code|Subaccount|Imprint Label|Artist Name|Product Name|Track Name|Track Artist|ISRC|Volume|"
            "Track #|Trans Type|Trans Type Description|Unit Price|Discount|Actual Price|Quantity|Total|Adjusted Total|"
            "Split Rate|Label Share Net Receipts|Ringtone Publishing|Cloud Publishing|Publishing|"
            "Mech. Administrative Fee|Preferred Currency"
        ),
        columns={
            **_OLD,
            "store": "Retailer",
            "release": "Product Name",
            "artist": ("Track Artist", "Artist Name"),
            "upc": ("Manufacturer's UPC", "Product UPC (Orchard UPC)"),
        },
        numbers=Numbers.EITHER,
    ),
    Profile(
        name="orchard",
        version="new",
        source="The Orchard",
        header=columns_of(
            "STATEMENT PERIOD|ORIGINAL STATEMENT PERIOD|TRANSACTION DATE|SALE START DATE|SALE END DATE|ACCOUNT NAME|"
            "LABEL IMPRINT|SALE COUNTRY|STORE|SERVICE DETAIL|PRODUCT ARTIST|PRODUCT|TRACK ARTIST|TRACK|TRACK VERSION|"
            "DISPLAY UPC|ISRC|TRANSACTION TYPE|TRANSACTION SUBTYPE|QUANTITY|UNIT PRICE SALE CURRENCY|"
            "GROSS REVENUE SALE CURRENCY|SALE CURRENCY|GROSS REVENUE ACCOUNT CURRENCY|NET SHARE ACCOUNT CURRENCY|"
            "ACCOUNT CURRENCY"
        ),
        columns={
            "statement": "STATEMENT PERIOD",
            "original": "ORIGINAL STATEMENT PERIOD",
            "sale": "TRANSACTION DATE",
            "label": "LABEL IMPRINT",
            "territory": "SALE COUNTRY",
            "store": "STORE",
            "artist": ("TRACK ARTIST", "PRODUCT ARTIST"),
            "release": "PRODUCT",
            "title": "TRACK",
            "upc": "DISPLAY UPC",
            "isrc": "ISRC",
            "usage": "TRANSACTION TYPE",
            "units": "QUANTITY",
            "amount": "NET SHARE ACCOUNT CURRENCY",
            "currency": "ACCOUNT CURRENCY",
        },
        numbers=Numbers.GROUPED,
    ),
)
