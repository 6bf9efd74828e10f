"""What our own statements said was paid: the columns of the audit's paid lines. No sales, so no part of any report."""

from __future__ import annotations

from app.statements.rules.lines import Kind
from app.statements.rules.profile import Profile, columns_of

NAME = "paid"
"""Source of its parts."""
PROFILES = (
    Profile(
        name=NAME,
        version="",
        source="Paid lines of our statements",
        header=columns_of("payee|statement_month|sale_month|store|territory|isrc|currency|amount"),
        columns={
            "payee": "payee",
            "statement": "statement_month",
            "sale": "sale_month",
            "store": "store",
            "territory": "territory",
            "isrc": "isrc",
            "amount": "amount",
            "currency": "currency",
        },
        kinds=("payee", {"*": Kind.PAID}),
    ),
)
