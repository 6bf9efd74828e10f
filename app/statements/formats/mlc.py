"""The MLC: mechanical royalties of works, summed up by use or in detail."""

from __future__ import annotations

from app.statements.formats.fuga import ISO_MONTH
from app.statements.rules.profile import Profile, columns_of

_HEADER = columns_of(
    "Payee Name|Work Primary Title|Work Writer List|DSP Name|Territory|Usage Period Start Date|Usage Period End Date|"
    "Royalty Amount|Distributed Amount|Number of Usages|ISWC|MLC Song Code"
)
_OPTIONAL = columns_of(
    "Payee MLC Number|Original Publisher Name|Admin Publisher Name|Member Song Identifier|Work Payable %|Use Type|"
    "Distribution Date"
)
_COLUMNS = {
    "statement": "Distribution Date",
    "sale": "Usage Period Start Date",
    "sale_until": "Usage Period End Date",
    "store": "DSP Name",
    "territory": "Territory",
    "usage": "Use Type",
    "units": "Number of Usages",
    "amount": "Distributed Amount",
}
PROFILES = (
    Profile(
        name="mlc",
        version="summary",
        source="The MLC",
        header=_HEADER,
        optional=_OPTIONAL,
        columns={**_COLUMNS, "title": "Work Primary Title"},
        fixed={"currency": "USD"},
        file_month=ISO_MONTH,
    ),
    Profile(
        name="mlc",
        version="detail",
        source="The MLC",
        header=(
            *_HEADER,
            *columns_of(
                "Distribution Identifier|Recording Display Artist Name|ISRC|Consumer Offering|Publisher Royalty Amount|"
                "DSP Track ID|Recording Title|Product Title|Label"
            ),
        ),
        optional=_OPTIONAL,
        columns={
            **_COLUMNS,
            "artist": "Recording Display Artist Name",
            "isrc": "ISRC",
            "title": ("Recording Title", "Work Primary Title"),
            "release": "Product Title",
            "label": "Label",
        },
        fixed={"currency": "USD"},
        file_month=ISO_MONTH,
    ),
)
