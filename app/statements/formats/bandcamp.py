"""Bandcamp: payouts and pending rows are cash, not earnings; who bought what is masked at import."""

from __future__ import annotations

from app.kernel.reading.styles import Days
from app.statements.rules.lines import Kind
from app.statements.rules.profile import Profile, Skip, columns_of

_HEADER = columns_of(
    "date|paid to|item type|item name|artist|currency|item price|quantity|sub total|item total|amount you received|"
    "bandcamp transaction id|net amount"
)
_OLD = columns_of("discount code|tax|shipping|transaction fee|fee type|paypal transaction id")
_NEW = columns_of(
    "ship from country name|assessed revenue share|collected revenue share|balance of revenue share|"
    "change to payout balance|payout balance"
)
_MORE = columns_of(
    "package|option|item url|sku|catalog number|upc|isrc|buyer name|buyer email|buyer phone|buyer note|ship to name|"
    "ship to street|ship to street 2|ship to city|ship to state|ship to zip|ship to country|ship to country code|"
    "ship date|ship notes|country|country code|region/state|city|referrer|referrer url"
)


def _profile(version: str, header: tuple[str, ...], optional: tuple[str, ...]) -> Profile:
    return Profile(
        name="bandcamp",
        version=version,
        source="Bandcamp",
        header=header,
        optional=optional,
        columns={
            "statement": "date",
            "sale": "date",
            "artist": "artist",
            "release": "item name",
            "usage": "item type",
            "units": "quantity",
            "amount": "net amount",
            "currency": "currency",
            "territory": ("country code", "country"),
            "upc": "upc",
            "isrc": "isrc",
        },
        fixed={"store": "Bandcamp"},
        days=Days.MONTH_FIRST,
        kinds=("item type", {"refund": Kind.RETURN, "reversal": Kind.RETURN}),
        skips=(Skip("cash", "item type", ("payout", "pending")),),
        personal=(
            "paid to", "buyer *", "ship to *", "ship notes", "region/state", "city", "paypal transaction id",
        ),
        blank_amount=True,
    )  # fmt: skip


PROFILES = (
    _profile("17 columns", _HEADER, (*_OLD, *_MORE)),
    _profile("52 columns", (*_HEADER, *_NEW), (*_OLD, *_MORE)),
)
