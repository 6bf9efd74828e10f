"""YouTube claims by asset: several rows of one asset when back pay or a settled conflict changed its revenue."""

from __future__ import annotations

from app.statements.formats.fuga import ISO_MONTH
from app.statements.rules.lines import Kind
from app.statements.rules.profile import Profile, columns_of

PROFILES = (
    Profile(
        name="youtube",
        version="claims by asset",
        source="YouTube",
        header=columns_of(
            "Adjustment Type|Country|Day|Video ID|Video Channel ID|Asset ID|Asset Channel ID|Asset Title|Asset Labels|"
            "Asset Type|Custom ID|ISRC|UPC|GRID|Artist|Album|Label|Claim Type|Content Type|Offer|Owned Views|"
            "YouTube Revenue Split|Partner Revenue"
        ),
        optional=columns_of(
            "Monetized Views : Audio|Monetized Views : Audio Visual|Monetized Views|Partner Revenue : Pro Rata|"
            "Partner Revenue : Per Sub Min"
        ),
        columns={
            "sale": "Day",
            "territory": "Country",
            "title": "Asset Title",
            "isrc": "ISRC",
            "upc": "UPC",
            "artist": "Artist",
            "release": "Album",
            "label": "Label",
            "usage": ("Offer", "Content Type"),
            "units": "Owned Views",
            "amount": "Partner Revenue",
        },
        fixed={"store": "YouTube"},
        file_month=ISO_MONTH,
        kinds=("Adjustment Type", {"none": Kind.SALE, "*": Kind.ADJUSTMENT}),
    ),
)
