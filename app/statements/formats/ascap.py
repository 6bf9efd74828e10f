"""ASCAP, domestic: amounts padded with zeros behind a blank, quarters of distribution and of performance."""

from __future__ import annotations

from app.statements.rules.lines import Kind
from app.statements.rules.profile import Joined, Profile, columns_of

PROFILES = (
    Profile(
        name="ascap",
        version="domestic",
        source="ASCAP",
        header=columns_of(
            "DistributionYear|Distribution Quarter|Work ID|Work Title|Music User|Number of Plays|Performing Artist|"
            "Composer Name|Dollars|Credits|Territory|Performance Quarter|Type Of Right"
        ),
        optional=columns_of(
            "Performance Source/Broadcast Medium|Adjustment Indicator|Adjustment Reason Code|"
            "Original Distribution Date|Legal Earner Party|EE Share|CA%"
        ),
        columns={
            "statement": Joined(("DistributionYear", "Distribution Quarter"), "Q"),
            "sale": "Performance Quarter",
            "title": "Work Title",
            "store": "Music User",
            "artist": "Performing Artist",
            "territory": "Territory",
            "usage": "Type Of Right",
            "units": "Number of Plays",
            "amount": "Dollars",
        },
        fixed={"currency": "USD"},
        kinds=("Adjustment Indicator", {"n": Kind.SALE, "*": Kind.ADJUSTMENT}),
    ),
)
