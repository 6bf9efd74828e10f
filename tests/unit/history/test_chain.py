"""Laws of the chain: any change, gap, swap or cut is found, and the first one is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.history.rules import GENESIS, Entry, commitment, entry_hash, first_break, merkle_root

START = datetime(2026, 11, 20, tzinfo=UTC)


def chain_of(length: int, name: str = "case:1") -> list[Entry]:
    """A sound chain."""
    entries: list[Entry] = []
    previous = GENESIS
    for n in range(1, length + 1):
        entry = Entry(
            name, n, START + timedelta(minutes=n), "person:7", "case.changed", "case", "1",
            {"n": n}, "", previous, "",
        )  # fmt: skip
        previous = entry_hash(previous, entry)
        entries.append(replace(entry, hash=previous))
    return entries


def heads_of(entries: list[Entry]) -> dict[str, tuple[int, str]]:
    return {entries[-1].chain: (entries[-1].n, entries[-1].hash)}


def test_a_sound_chain_has_no_break() -> None:
    entries = chain_of(20)

    assert first_break(entries, heads_of(entries)) is None


@given(
    at=st.integers(0, 9),
    field=st.sampled_from(["actor", "verb", "subject_id", "data", "at", "commitment"]),
)
def test_a_changed_entry_is_named(at: int, field: str) -> None:
    entries = chain_of(10)
    heads = heads_of(entries)
    other = {"data": {"n": -1}, "at": START}.get(field, "other")

    entries[at] = replace(entries[at], **{field: other})

    found = first_break(entries, heads)
    assert found is not None
    assert (found.n, found.reason) == (at + 1, "was changed after it was written")


@given(at=st.integers(0, 8))
def test_a_removed_entry_is_named(at: int) -> None:
    entries = chain_of(10)
    heads = heads_of(entries)

    del entries[at]

    found = first_break(entries, heads)
    assert found is not None
    assert (found.n, found.reason) == (at + 1, "missing")


def test_a_cut_tail_is_found_by_the_head() -> None:
    entries = chain_of(10)

    found = first_break(entries[:-2], heads_of(entries))

    assert found is not None
    assert (found.n, found.reason) == (9, "the end of the chain is missing")


def test_a_chain_that_vanished_is_found_by_its_head() -> None:
    assert first_break([], heads_of(chain_of(3))) is not None


def test_a_chain_without_head_is_found() -> None:
    assert first_break(chain_of(3), {}) is not None


@pytest.mark.parametrize("at", range(9))
def test_two_swapped_entries_are_found(at: int) -> None:
    entries = chain_of(10)
    heads = heads_of(entries)
    first, second = entries[at], entries[at + 1]

    entries[at], entries[at + 1] = replace(second, n=first.n), replace(first, n=second.n)

    found = first_break(entries, heads)
    assert found is not None
    assert found.n == at + 1


def test_a_commitment_hides_what_it_commits_to() -> None:
    same = {"name": "Ada"}

    assert commitment(b"salt", same) == commitment(b"salt", {"name": "Ada"})
    assert commitment(b"salt", same) != commitment(b"other", same)


@given(st.lists(st.integers(0, 255), min_size=1, max_size=40), st.data())
def test_any_changed_leaf_changes_the_root(values: list[int], data: st.DataObject) -> None:
    leaves = [f"{value:064x}" for value in values]
    at = data.draw(st.integers(0, len(leaves) - 1))
    changed = [*leaves[:at], f"{values[at] + 1:064x}", *leaves[at + 1 :]]

    assert merkle_root(leaves) != merkle_root(changed)
    assert merkle_root(leaves) == merkle_root(list(leaves))
