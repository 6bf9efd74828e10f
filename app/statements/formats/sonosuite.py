"""Sonosuite, the engine of many white labels. The account's currency is not in the file: it is asked."""

from __future__ import annotations

from app.statements.rules.profile import Profile, columns_of

PROFILES = (
    Profile(
        name="sonosuite",
        version="",
        source="Sonosuite",
        header=columns_of(
            "id|start_date|end_date|confirmation_report_date|country|currency|type|units|unit_price|gross_total|"
            "other_costs|channel_costs|net_total|currency_rate|gross_total_client_currency|"
            "other_costs_client_currency|channel_costs_client_currency|net_total_client_currency|channel|label|artist|"
            "release|upc|isrc"
        ),
        optional=columns_of(
            "taxes|taxes_client_currency|user|user_email|display_artist|track|track_title"
        ),
        columns={
            "native_id": "id",
            "statement": "confirmation_report_date",
            "sale": "start_date",
            "sale_until": "end_date",
            "store": "channel",
            "territory": "country",
            "label": "label",
            "artist": ("display_artist", "artist"),
            "release": "release",
            "title": ("track_title", "track"),
            "upc": "upc",
            "isrc": "isrc",
            "usage": "type",
            "units": "units",
            "amount": "net_total_client_currency",
        },
        personal=("user_email", "user"),
    ),
)
