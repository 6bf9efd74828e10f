"""Keys: the standard has no clash, what a person changes never makes one act hide another, the switch turns single keys off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import Invalid, InvalidMany
from app.queues.rules.shortcuts import (
    AROUND,
    BY_NAME,
    TABLE,
    Kept,
    Region,
    bound,
    changed,
    clashes,
    is_single,
    read_chord,
)

STANDARD = {one.name: one.chord for one in TABLE if not one.is_fixed}
names = st.sampled_from(sorted(STANDARD))
plain = st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789/?[].,")
chords = st.one_of(
    plain,
    st.builds("{} {}".format, plain, plain),
    st.builds("Shift+{}".format, st.sampled_from("abcjkl")),
    st.builds("Control+{}".format, st.sampled_from("abdeghijk")),
    st.just(""),
)


def meanings(have: dict[str, str], region: Region, chord: str) -> list[str]:
    """Acts of *chord* in the innermost region that knows it."""
    for place in (region, *AROUND[region]):
        found = [
            name for name, one in have.items() if one == chord and BY_NAME[name].region is place
        ]
        if found:
            return found
    return []


def test_the_standard_has_no_clash_and_no_name_twice() -> None:
    assert clashes({}) == []
    assert len(BY_NAME) == len(TABLE)
    assert changed(STANDARD) == {}


@given(st.dictionaries(names, chords, max_size=8))
def test_whatever_is_accepted_leaves_every_key_with_one_meaning(wishes: dict[str, str]) -> None:
    try:
        kept = changed(STANDARD | wishes)
    except InvalidMany:
        return
    have = bound(Kept(chords=kept))
    for region in Region:
        working = {
            name: chord
            for name, chord in have.items()
            if BY_NAME[name].region in (region, *AROUND[region])
        }
        for chord in working.values():
            assert len(meanings(working, region, chord)) == 1
            assert " " in chord or not any(
                other.startswith(f"{chord} ") for other in working.values()
            )


@given(st.dictionaries(names, chords, max_size=5))
def test_with_the_switch_off_no_key_works_without_control(wishes: dict[str, str]) -> None:
    left = bound(Kept(single=False, chords=wishes))

    assert all(BY_NAME[name].is_fixed or not is_single(chord) for name, chord in left.items())
    assert "page.leave" in left


@given(chords)
def test_a_chord_reads_back_as_it_is_written(chord: str) -> None:
    assert read_chord("x", chord) == chord
    assert read_chord("x", f"  {chord.upper()} ") == chord


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Control+w", "reserved"), ("a b c", "sequence"), ("g Shift+d", "sequence"), ("Hyper+a", "key"),
        ("Tab", "key"), ("é", "key"), ("Shift+1", "shift"), ("Escape", "key"),
    ],
)  # fmt: skip
def test_what_no_browser_or_person_could_press_is_refused_by_name(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_chord("list.next", typed)

    assert (refused.value.field, refused.value.code) == ("list.next", code)


def test_a_taken_key_is_named_at_both_acts() -> None:
    with pytest.raises(InvalidMany) as refused:
        changed(STANDARD | {"list.assign": "j"})

    said = {one.field: str(one.message) for one in refused.value.errors}
    assert said == {
        "list.assign": "This key is taken by: Next row.",
        "list.next": "This key is taken by: Assign the selected.",
    }


def test_a_key_that_begins_another_is_taken_too() -> None:
    with pytest.raises(InvalidMany) as refused:
        changed(STANDARD | {"list.next": "g"})

    assert "list.next" in {one.field for one in refused.value.errors}


def test_exhibits_have_keys_of_their_own() -> None:
    assert changed(STANDARD | {"evidence.next": "r"}) == {"evidence.next": "r"}
