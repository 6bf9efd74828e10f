"""LANDR: net earnings after its own share."""

from __future__ import annotations

from app.statements.rules.profile import Profile, columns_of

PROFILES = (
    Profile(
        name="landr",
        version="",
        source="LANDR",
        header=columns_of(
            "Payment Date|Start of reporting period|End of reporting period|Store|Store service|"
            "Country of sale or stream|Album|UPC|Track|ISRC|Primary artist(s)|Quantity of sales or streams|"
            "Gross earnings (USD)|Net earnings (USD)|Share %"
        ),
        columns={
            "statement": "Payment Date",
            "sale": "Start of reporting period",
            "sale_until": "End of reporting period",
            "store": "Store",
            "territory": "Country of sale or stream",
            "release": "Album",
            "upc": "UPC",
            "title": "Track",
            "isrc": "ISRC",
            "artist": "Primary artist(s)",
            "usage": "Store service",
            "units": "Quantity of sales or streams",
            "amount": "Net earnings (USD)",
        },
        fixed={"currency": "USD"},
    ),
)
