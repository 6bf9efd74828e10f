"""Identifiers: canonical form, position of the mistake, check digits (DDEX, GS1, ISO vectors)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import Invalid
from app.kernel.identifiers import Dpid, Grid, Identifier, Ipi, Isni, Isrc, Iswc, Upc

VALID: list[tuple[type[Identifier], str, str]] = [
    (Isrc, "USRC17607839", "USRC17607839"),
    (Isrc, "us-rc1-76-07839", "USRC17607839"),
    (Isrc, "ISRC US RC1 76 07839", "USRC17607839"),
    (Iswc, "T-034.524.680-1", "T0345246801"),
    (Iswc, "t-123.456.789-4", "T1234567894"),
    (Ipi, "00000000199", "00000000199"),
    (Ipi, "199", "00000000199"),
    (Isni, "0000 0001 2146 438X", "000000012146438X"),
    (Isni, "000000012146438x", "000000012146438X"),
    (Upc, "036000291452", "00036000291452"),
    (Upc, "0036000291452", "00036000291452"),
    (Upc, "0 36000 29145 2", "00036000291452"),
    (Grid, "A1-2425G-ABC1234002-M", "A12425GABC1234002M"),
    (Dpid, "PADPIDA2013020802I", "PADPIDA2013020802I"),
]


@pytest.mark.parametrize(("kind", "text", "canonical"), VALID)
def test_b104_known_good_ones_are_brought_to_one_form(
    kind: type[Identifier], text: str, canonical: str
) -> None:
    parsed = kind.parse(text)

    assert parsed == canonical
    assert type(parsed) is kind


@pytest.mark.parametrize(
    ("text", "place"), [("USRC1760783O", 12), ("1SRC17607839", 1), ("USRC1760-783Z", 12)]
)
def test_b104_the_wrong_position_of_an_isrc_is_named(text: str, place: int) -> None:
    with pytest.raises(Invalid, match=f"Character {place} ") as refused:
        Isrc.parse(text)

    assert refused.value.field == "isrc"


@pytest.mark.parametrize(
    ("text", "length"), [("USRC1760783", 11), ("USRC176078391", 13), ("N/A", 2), ("", 0)]
)
def test_b104_a_wrong_length_is_counted(text: str, length: int) -> None:
    with pytest.raises(Invalid, match=f"has {length} characters") as refused:
        Isrc.parse(text)

    assert refused.value.code == "isrc_length"


def test_an_isrc_is_printed_with_hyphens() -> None:
    assert Isrc.parse("usrc17607839").hyphenated() == "US-RC1-76-07839"


@pytest.mark.parametrize("text", ["036000291453", "880000000001", "000000000000"])
def test_b105_a_wrong_check_digit_of_a_upc_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        Upc.parse(text)

    assert refused.value.code == "upc_check"


def test_b105_a_lost_leading_zero_is_suggested() -> None:
    with pytest.raises(Invalid, match="036000291452") as refused:
        Upc.parse("36000291452")

    assert refused.value.code == "upc_padding"


@pytest.mark.parametrize("text", ["1.91774E+11", "1,91774E+11", "2E11"])
def test_b105_a_rounded_upc_is_not_guessed(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        Upc.parse(text)

    assert refused.value.code == "upc_rounded"


@pytest.mark.parametrize(
    ("text", "shown"), [("036000291452", "036000291452"), ("4006381333931", "4006381333931")]
)
def test_a_upc_is_shown_as_printed(text: str, shown: str) -> None:
    assert Upc.parse(text).shown() == shown


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Iswc, "T-034.524.680-2"),
        (Iswc, "T3452468001"),
        (Isni, "0000000121464384"),
        (Ipi, "00000000198"),
        (Grid, "A1-2425G-ABC1234002-N"),
        (Dpid, "PADPIDA2013020802J"),
    ],
)
def test_b106_a_wrong_check_digit_is_refused(kind: type[Identifier], text: str) -> None:
    with pytest.raises(Invalid) as refused:
        kind.parse(text)

    assert refused.value.code.endswith("_check")


@given(st.sampled_from([Isrc, Iswc, Ipi, Isni, Upc, Grid, Dpid]), st.text(max_size=24))
def test_any_text_gives_an_identifier_or_a_refusal(kind: type[Identifier], text: str) -> None:
    try:
        parsed = kind.parse(text)
    except Invalid:
        return
    assert kind.parse(parsed) == parsed


@pytest.mark.parametrize("kind", [Isni, Grid, Dpid])
def test_every_single_wrong_digit_is_found(kind: type[Identifier]) -> None:
    good = kind.parse(kind.example)
    digits = [place for place, char in enumerate(good) if char.isdigit()]

    wrong = [f"{good[:p]}{d}{good[p + 1 :]}" for p in digits for d in "0123456789" if d != good[p]]

    assert not [text for text in wrong if kind.is_valid(text)]
