"""Cargo Physical: records sold and what they cost; costs are negative, in brackets or with a sign."""

from __future__ import annotations

from app.kernel.reading.styles import Numbers
from app.statements.rules.profile import Profile, columns_of

PROFILES = (
    Profile(
        name="cargo",
        version="physical",
        source="Cargo",
        header=columns_of(
            "Period|Catalogue No.|Label|Label ID|Sold To|Cinram V Sage V Cost|Domestic v Export|Sale / Cost|"
            "Type / Cost Reason|Country|Artist / Invoice Ref|Title / More info|UPC on report|Format|Net Qty|"
            "Gross value|Cost|Storage Costs|Distribution fee|Net after fee"
        ),
        columns={
            "statement": "Period",
            "label": "Label",
            "store": "Sold To",
            "usage": "Type / Cost Reason",
            "territory": "Country",
            "artist": "Artist / Invoice Ref",
            "release": "Title / More info",
            "upc": "UPC on report",
            "units": "Net Qty",
            "amount": "Net after fee",
        },
        fixed={"currency": "GBP"},
        numbers=Numbers.GROUPED,
    ),
)
