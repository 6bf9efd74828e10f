"""Stem: year and month in columns of their own; neither store, territory nor currency."""

from __future__ import annotations

from app.statements.rules.profile import Joined, Profile, columns_of

PROFILES = (
    Profile(
        name="stem",
        version="",
        source="Stem",
        header=columns_of(
            "report_year|report_month|ingest_year|ingest_month|isrc|upc|net_royalties"
        ),
        columns={
            "statement": Joined(("report_year", "report_month"), "-"),
            "isrc": "isrc",
            "upc": "upc",
            "amount": "net_royalties",
        },
    ),
)
