"""FUGA: one line a Sale ID; what a later run corrects comes as a file of its own."""

from __future__ import annotations

from app.statements.rules.profile import Chosen, Profile, Relation, columns_of

ISO_MONTH = r"(?<!\d)(?P<year>20\d{2})[-_ ]?(?P<month>0[1-9]|1[0-2])(?!\d)"
"""A month anywhere in the name of a file."""
PROFILES = (
    Profile(
        name="fuga",
        version="",
        source="FUGA",
        header=columns_of(
            "Sale ID|Sale Start date|Sale End date|DSP|Sale Store Name|Sale Type|Sale User Type|Territory|Product UPC|"
            "Product Reference|Product Catalog Number|Product Label|Product Artist|Product Title|Asset Artist|"
            "Asset Title|Asset Version|Asset Duration|Asset ISRC|Asset Reference|Asset/Product|Product Quantity|"
            "Asset Quantity|Original Gross Income|Original currency|Exchange Rate|Converted Gross Income|"
            "Contract deal term|Reported Royalty|Currency|Report Run ID|Report ID"
        ),
        columns={
            "native_id": "Sale ID",
            "sale": "Sale Start date",
            "sale_until": "Sale End date",
            "store": ("Sale Store Name", "DSP"),
            "territory": "Territory",
            "upc": "Product UPC",
            "label": "Product Label",
            "artist": ("Asset Artist", "Product Artist"),
            "title": "Asset Title",
            "release": "Product Title",
            "isrc": "Asset ISRC",
            "usage": "Sale Type",
            "units": Chosen(
                "Asset/Product", {"Asset": "Asset Quantity", "Product": "Product Quantity"}
            ),
            "amount": "Reported Royalty",
            "currency": "Currency",
        },
        file_month=ISO_MONTH,
        relations=(
            Relation(
                "Reported Royalty",
                ("Converted Gross Income", "Contract deal term"),
                percent=("Contract deal term",),
            ),
        ),
        correction="correctionstatementrun",
    ),
    Profile(
        name="fuga",
        version="royalty extended",
        source="FUGA",
        header=columns_of(
            "Royalty ID|Asset ISRC|Asset Title|Asset Version|Asset Artist|Asset Duration|Sale net receipts calculation|"
            "Sale net receipts|Contract deal term|Contract Reference|Reported Royalty|Asset/Product|Territory|Quantity|"
            "Sale Type|Sale User Type|Sale Start date|Sale End date|Sale Store Name|DSP|Royalty Calculation Base|"
            "Product Reference|Asset Reference|Product Share|Asset Share|Exchange Rate|Currency|Product Title|"
            "Product Artist|Product UPC|Product Catalog Number|Product Label|Report Run ID|Report ID|Sale ID|"
            "Statement Run ID|Statement Run Name"
        ),
        columns={
            "native_id": "Royalty ID",
            "statement": "Statement Run Name",
            "sale": "Sale Start date",
            "sale_until": "Sale End date",
            "store": ("Sale Store Name", "DSP"),
            "territory": "Territory",
            "upc": "Product UPC",
            "label": "Product Label",
            "artist": ("Asset Artist", "Product Artist"),
            "title": "Asset Title",
            "release": "Product Title",
            "isrc": "Asset ISRC",
            "usage": "Sale Type",
            "units": "Quantity",
            "amount": "Reported Royalty",
            "currency": "Currency",
        },
        relations=(
            Relation(
                "Reported Royalty",
                ("Sale net receipts", "Contract deal term"),
                percent=("Contract deal term",),
            ),
        ),
    ),
    Profile(
        name="fuga",
        version="subtotals",
        source="FUGA",
        header=columns_of("Currency|Sale Net Receipts|Reported Royalty"),
        columns={"amount": "Reported Royalty", "currency": "Currency"},
        totals=True,
        most_unknown=1,
    ),
)
