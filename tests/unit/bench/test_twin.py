"""The bare twin's values: the same keys within a turn, others in the next."""

from __future__ import annotations

from uuid import UUID

from bench.twin import DIGITS, filled


def test_texts_and_nothing_stay_as_they_are() -> None:
    assert filled(["open", None, ""], "a") == ["open", None, ""]


def test_a_key_is_the_same_wherever_it_stands_in_a_turn() -> None:
    alone, within = filled([["", 0, ""], ['{"case": "', 0, '"}']], "a")

    assert within == f'{{"case": "{alone}"}}'
    assert UUID(alone)


def test_keys_and_digits_differ_by_slot_and_by_turn() -> None:
    slots = [["", 0, ""], ["", 1, ""], ["RD-", -1, ""], ["RD-", -2, ""]]

    found = [*filled(slots, "a"), *filled(slots, "b")]

    assert len(set(found)) == len(found)
    assert {len(str(one)) for one in found[2:4]} == {len("RD-") + DIGITS}
