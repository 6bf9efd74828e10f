"""The neutral CSV: the columns of the audit's sales, for everything that has no importer of its own."""

from __future__ import annotations

from app.statements.rules.profile import Profile, columns_of

PROFILES = (
    Profile(
        name="neutral",
        version="",
        source="Neutral CSV",
        header=columns_of(
            "line_id|statement_month|sale_month|store|territory|isrc|usage|units|gross|currency"
        ),
        optional=columns_of("upc|artist|title|release|label"),
        columns={
            "native_id": "line_id",
            "statement": "statement_month",
            "sale": "sale_month",
            "store": "store",
            "territory": "territory",
            "isrc": "isrc",
            "upc": "upc",
            "artist": "artist",
            "title": "title",
            "release": "release",
            "label": "label",
            "usage": "usage",
            "units": "units",
            "amount": "gross",
            "currency": "currency",
        },
    ),
)
