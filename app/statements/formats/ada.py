"""ADA (Warner): tab-separated with a byte order mark; a month without earnings is one sentence."""

from __future__ import annotations

from app.kernel.reading.styles import Numbers
from app.statements.rules.profile import Profile, columns_of

PROFILES = (
    Profile(
        name="ada",
        version="",
        source="ADA",
        header=columns_of(
            "Repdate Month ID|Recdate Month ID|Start Period|End Period|ISRC|Product Title|Project Title|Artist Name|"
            "GPID|Catalog Number|Local Product Number|Digital Service Provider(DSP)|Country|Dist Chan Desc|Price Desc|"
            "Config Type|Sale Units|Royalty Payable|Deductible Fees|Net Royalty Payable"
        ),
        columns={
            "statement": "End Period",
            "sale": "Repdate Month ID",
            "isrc": "ISRC",
            "title": "Product Title",
            "release": "Project Title",
            "artist": "Artist Name",
            "store": "Digital Service Provider(DSP)",
            "territory": "Country",
            "usage": "Config Type",
            "units": "Sale Units",
            "amount": "Net Royalty Payable",
        },
        fixed={"currency": "USD"},
        numbers=Numbers.GROUPED,
    ),
)
