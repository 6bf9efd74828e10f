"""SoundCloud for Artists (its name stands nowhere in the file) and the reports that labels get."""

from __future__ import annotations

from app.statements.rules.profile import Profile, columns_of

_LABEL = (
    "Partner ID|Partner Name|Label Name|Account ID|Account Name|Artist Name|Album Title|Track Name|Track ID|"
    "Track Classification|ISRC|UPC|Reporting Period|Territory|Total Plays|{amount}|Revenue Currency|"
    "Monetisation Type|Usage Type|Version"
)


def _label(version: str, amount: str) -> Profile:
    return Profile(
        name="soundcloud-label",
        version=version,
        source="SoundCloud for labels",
        header=columns_of(_LABEL.format(amount=amount)),
        columns={
            "statement": "Reporting Period",
            "label": "Label Name",
            "artist": "Artist Name",
            "release": "Album Title",
            "title": "Track Name",
            "isrc": "ISRC",
            "upc": "UPC",
            "territory": "Territory",
            "units": "Total Plays",
            "amount": amount,
            "currency": "Revenue Currency",
            "usage": "Usage Type",
        },
        fixed={"store": "SoundCloud"},
    )


PROFILES = (
    Profile(
        name="soundcloud",
        version="",
        source="SoundCloud for Artists",
        header=columns_of(
            "Track|Artist(s)|Partner|Reporting Period|Accounting Period|Release|UPC|ISRC|Country|Type|Units|"
            "Revenue (USD)|Revenue Share (%)|Split Pay Share (%)"
        ),
        columns={
            "statement": "Accounting Period",
            "sale": "Reporting Period",
            "title": "Track",
            "artist": "Artist(s)",
            "store": "Partner",
            "release": "Release",
            "upc": "UPC",
            "isrc": "ISRC",
            "territory": "Country",
            "usage": "Type",
            "units": "Units",
            "amount": "Revenue (USD)",
        },
        fixed={"currency": "USD"},
        ragged=True,
    ),
    _label("before 2021-02", "Total Revenue"),
    _label("since 2021-02", "Total Amount"),
)
