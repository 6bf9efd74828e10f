"""The facts that the desk may correct, and how they read as the text of a form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.kernel.words import words as _
from app.policies.rules.forms import Field, FieldType

FACT_FIELDS: tuple[Field, ...] = (
    Field("subject_title", _("Release, recording or work"), FieldType.LINE, required=True),
    Field("subject_artist", _("Artist name"), FieldType.LINE),
    Field("isrc", _("Recording (ISRC)"), FieldType.ISRC),
    Field("upc", _("Release (UPC)"), FieldType.UPC),
    Field("store", _("Store"), FieldType.LINE),
    Field("period_start", _("First day of the period"), FieldType.DATE),
    Field("period_end", _("Last day of the period"), FieldType.DATE),
    Field("disputed_amount", _("Amount in dispute"), FieldType.MONEY),
)

FACTS_EDITED = "case.facts_edited"
"""Verb of the history row whose private part keeps what stood there, what stands there now, and the source."""


def facts_as_text(row: Any) -> dict[str, str]:
    """Each fact of a case as its form shows it; the period's last day is included."""
    amount = ""
    if row.disputed_amount is not None:
        plain = f"{row.disputed_amount:f}"
        plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
        amount = f"{plain} {row.disputed_currency}"
    last = row.period_end - timedelta(days=1) if row.period_end else None
    return {
        "subject_title": row.subject_title,
        "subject_artist": row.subject_artist,
        "isrc": row.isrc or "",
        "upc": row.upc or "",
        "store": row.store or "",
        "period_start": row.period_start.isoformat() if row.period_start else "",
        "period_end": last.isoformat() if last else "",
        "disputed_amount": amount,
    }
