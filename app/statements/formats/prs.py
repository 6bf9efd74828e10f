"""PRS for Music: performance revenue of works. The month is asked."""

from __future__ import annotations

from app.statements.formats.fuga import ISO_MONTH
from app.statements.rules.profile import Profile, columns_of

PROFILES = (
    Profile(
        name="prs",
        version="",
        source="PRS for Music",
        header=columns_of("Record Number|CAE Number|Work Title|Amount (performance revenue)|IP1"),
        columns={"title": "Work Title", "amount": "Amount (performance revenue)"},
        fixed={"currency": "GBP"},
        file_month=ISO_MONTH,
    ),
)
