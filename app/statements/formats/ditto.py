"""Ditto: rows that sum up an ISRC, without store and earnings, are no lines. The month is asked."""

from __future__ import annotations

from app.statements.formats.fuga import ISO_MONTH
from app.statements.rules.profile import Profile, Skip, columns_of

PROFILES = (
    Profile(
        name="ditto",
        version="",
        source="Ditto",
        header=columns_of(
            "ISRC|TrackTitle|ArtistName|ReleaseTitle|StoreName|StartDate|EndDate|Country|Quantity|Earnings (£)|"
            "NetEarnings (£)|Commission|CommissionType|Splits %"
        ),
        columns={
            "sale": "StartDate",
            "sale_until": "EndDate",
            "isrc": "ISRC",
            "title": "TrackTitle",
            "artist": "ArtistName",
            "release": "ReleaseTitle",
            "store": "StoreName",
            "territory": "Country",
            "units": "Quantity",
            "amount": "NetEarnings (£)",
        },
        fixed={"currency": "GBP"},
        file_month=ISO_MONTH,
        skips=(Skip("summary", blank=("StoreName", "NetEarnings (£)", "Earnings (£)")),),
    ),
)
