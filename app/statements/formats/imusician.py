"""iMusician: four columns are known."""

from __future__ import annotations

from app.statements.formats.fuga import ISO_MONTH
from app.statements.rules.profile import Profile, columns_of

PROFILES = (
    Profile(
        name="imusician",
        version="",
        source="iMusician",
        header=columns_of("Sales date|ISRC|Shop|Revenue EUR"),
        columns={"sale": "Sales date", "isrc": "ISRC", "store": "Shop", "amount": "Revenue EUR"},
        fixed={"currency": "EUR"},
        file_month=ISO_MONTH,
    ),
)
