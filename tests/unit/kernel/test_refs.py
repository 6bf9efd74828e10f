"""References: said on the phone, typed with mistakes, still found or refused."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import Invalid
from app.kernel.refs import ALPHABET, make_ref, parse_ref

numbers = st.integers(min_value=0, max_value=2**35 - 1)


def test_a_reference_has_prefix_and_two_groups() -> None:
    ref = make_ref("RD", secrets.randbits)

    assert len(ref) == len("RD-7K4M-29QX")
    assert ref.startswith("RD-")


@pytest.mark.parametrize(
    "text",
    ["RD-7K4M-29QX", "rd-7k4m-29qx", "rd 7k4m 29qx", "RD7K4M29QX", "7K4M-29QX", " rd–7K4M–29QX "],
)
def test_b109_references_are_read_as_people_write_them(text: str) -> None:
    assert parse_ref(text) == "RD-7K4M-29QX"


def test_b109_the_letter_o_is_zero() -> None:
    ref = make_ref("RD", lambda _bits: 0)

    assert parse_ref(ref.replace("0", "O")) == ref


@pytest.mark.parametrize(
    "text", ["", "RD", "1", "-1", "1.0", "1%00", "9" * 40, "RD-7K4M-29Q", "RD-7K4M-29Q!"]
)
def test_b108_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_ref(text)

    assert refused.value.field == "ref"


@given(numbers, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_b109_every_single_wrong_character_is_found(number: int, place: int, other: str) -> None:
    ref = make_ref("RD", lambda _bits: number)
    body = ref[3:].replace("-", "")
    wrong = body[:place] + other + body[place + 1 :]

    if wrong == body:
        assert parse_ref(wrong) == ref
    else:
        with pytest.raises(Invalid):
            parse_ref(wrong)


@given(numbers, st.integers(0, 7), st.integers(0, 7))
def test_b109_every_exchange_of_two_characters_is_found(number: int, one: int, two: int) -> None:
    ref = make_ref("RD", lambda _bits: number)
    body = list(ref[3:].replace("-", ""))
    changed = body[one] != body[two]
    body[one], body[two] = body[two], body[one]

    if changed:
        with pytest.raises(Invalid):
            parse_ref("".join(body))
    else:
        assert parse_ref("".join(body)) == ref


@given(numbers)
def test_different_numbers_make_different_references(number: int) -> None:
    assert make_ref("RD", lambda _bits: number) != make_ref(
        "RD", lambda _bits: (number + 1) % 2**35
    )
