"""What a letter must say, how it is numbered, and that its context survives storage."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.letters.rules.context import LetterContext, Verify, from_json, numbered, to_json
from app.letters.rules.kinds import (
    ISSUED,
    MOVES,
    SETTLED,
    LetterKind,
    LetterState,
    can_move,
    sides_of,
)
from app.letters.rules.numbers import ALPHABET, letter_number, parse_code, verify_code
from app.letters.rules.readiness import REQUIRED, readiness
from app.letters.rules.samples import sample, samples

SAMPLES = dict(samples())


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_ready(name: str) -> None:
    assert readiness(SAMPLES[name]).is_ready


@pytest.mark.parametrize("kind", LetterKind)
def test_every_required_part_is_missed_when_it_is_absent(kind: LetterKind) -> None:
    empty = replace(
        sample(kind, sides_of(kind)[0]),
        **{
            field.name: field.default
            for field in fields(LetterContext)
            if field.name in {name.split(".")[0] for name in REQUIRED[kind]}
        },
    )

    assert readiness(empty).missing == REQUIRED[kind]


def test_blank_text_counts_as_missing() -> None:
    assert readiness(replace(sample(LetterKind.DECISION), reasons=" \n ")).missing == ("reasons",)


def test_b178_names_come_in_the_order_of_the_table() -> None:
    assert readiness(
        replace(sample(LetterKind.DECISION), reasons="", outcome="", remedies=())
    ).missing == ("outcome", "reasons", "remedies")


def test_outcome_without_a_letter_is_a_problem() -> None:
    assert readiness(sample(LetterKind.DECISION, outcome="duplicate")).problems == (
        "outcome_has_no_letter",
    )


def test_counter_notice_goes_to_the_complainant_alone() -> None:
    letter = sample(LetterKind.COUNTER_RECEIVED, "respondent")

    assert readiness(letter).problems == ("other_side_is_meant",)


def test_letter_to_the_desk_is_no_letter() -> None:
    letter = sample(LetterKind.WITHDRAWN)

    assert readiness(
        replace(letter, recipient=replace(letter.recipient, side="desk"))
    ).problems == ("recipient_is_no_party",)


@pytest.mark.parametrize("name", SAMPLES)
def test_context_survives_storage(name: str) -> None:
    stored = json.loads(json.dumps(to_json(SAMPLES[name])))

    assert from_json(stored) == SAMPLES[name]


def test_context_of_another_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="schema 2"):
        from_json({**to_json(sample(LetterKind.DECISION)), "schema": 2})


def test_context_with_an_unknown_part_is_refused() -> None:
    with pytest.raises(KeyError):
        from_json({**to_json(sample(LetterKind.DECISION)), "private_note": "x"})


def test_numbering_changes_nothing_else() -> None:
    draft = replace(sample(LetterKind.DECISION), number="", dated_on=None, verify=Verify())

    frozen = numbered(
        draft, "L-2026-000042", date(2026, 11, 30), sample(LetterKind.DECISION).verify
    )

    assert frozen == sample(LetterKind.DECISION)


def test_letter_number_is_padded_and_sorts() -> None:
    assert letter_number("L", 2026, 42) == "L-2026-000042"


@pytest.mark.parametrize(
    ("series", "counter"), [("l", 1), ("", 1), ("LETTER", 1), ("L", 0), ("L", -1)]
)
def test_odd_series_and_counters_are_refused(series: str, counter: int) -> None:
    with pytest.raises(ValueError, match="a series"):
        letter_number(series, 2026, counter)


@given(st.binary(min_size=16, max_size=16))
def test_code_keeps_all_128_bits(random: bytes) -> None:
    code = verify_code(random)

    value = 0
    for letter in code:
        value = value * 32 + ALPHABET.index(letter)
    assert value.to_bytes(16) == random
    assert parse_code(code) == code


@given(st.binary(min_size=16, max_size=16))
def test_code_is_read_as_people_type_it(random: bytes) -> None:
    code = verify_code(random)

    typed = f" {code[:6].lower()}-{code[6:].replace('0', 'o').replace('1', 'l')} "
    assert parse_code(typed) == code


@given(st.text(max_size=40))
def test_anything_else_is_no_code(text: str) -> None:
    found = parse_code(text)

    assert found is None or (len(found) == 26 and set(found) <= set(ALPHABET))


def test_every_state_has_its_moves_and_none_leads_back_to_the_draft() -> None:
    assert set(MOVES) == set(LetterState)
    assert all(LetterState.DRAFTED not in ends for ends in MOVES.values())


def test_a_number_ends_issued_or_void() -> None:
    reached, waiting = set(), {LetterState.NUMBERED}
    while waiting:
        state = waiting.pop()
        reached.add(state)
        waiting |= MOVES[state] - reached

    assert reached == ISSUED | {LetterState.NUMBERED, LetterState.VOID}
    assert all(MOVES[state] & (SETTLED | ISSUED) for state in reached - SETTLED)


def test_a_sent_letter_is_never_void() -> None:
    assert not can_move(LetterState.SENT, LetterState.VOID)
