"""What a line says of its recording: exact keys, and what it may mean."""

from __future__ import annotations

from uuid import uuid4

import pytest

from app.catalogue.rules.alike import Alike
from app.statements.rules.keys import Said, key_of, possible_isrcs, possible_upc
from app.statements.rules.noted import NOTES, said_of
from app.statements.rules.suggesting import How, Why, ground_of, suggested

TIDE = Alike(
    uuid4(), "AZTW12600418", "Quiet Tide", "Live", "Səbinə", "00036000291452", "Night Ferry",
    frozenset({"quiet tide", "quiet tide live"}), "night ferry sebine quiet tide live sabina aliyeva",
)  # fmt: skip
ROAD = Alike(
    uuid4(), "AZTW12500301", "Salt Road", "", "Səbinə", "00036000291452", "Night Ferry",
    frozenset({"salt road"}), TIDE.search,
)  # fmt: skip


def test_one_isrc_is_one_key_however_it_is_written_and_whatever_stands_beside() -> None:
    plain = key_of(Said("AZTW12600418", "", "Quiet Tide", "A"))

    assert len(plain) == 64
    assert key_of(Said("az-tw1-26-00418", "1", "other", "B")) == plain
    assert key_of(Said("AZTW12600419", "", "Quiet Tide", "A")) != plain


@pytest.mark.parametrize("placeholder", ["N/A", "-", "unknown", "0"])
def test_a_placeholder_joins_no_two_recordings(placeholder: str) -> None:
    one = key_of(Said(placeholder, "", "Quiet Tide", "A"))

    assert one != key_of(Said(placeholder, "", "Salt Road", "A"))
    assert key_of(Said(placeholder, "", "", "A")) == ""


def test_titles_are_one_key_in_any_case_and_width_and_other_accents_are_another() -> None:
    one = key_of(Said("", "", "Café  Tide", "Ada"))

    assert key_of(Said("", "", "ＣＡＦÉ TIDE", "ada")) == one
    assert key_of(Said("", "", "Cafe Tide", "Ada")) != one
    assert key_of(Said("", "036000291452", "Café Tide", "Ada")) != one


def test_what_an_isrc_may_mean() -> None:
    assert possible_isrcs("az-tw1-26-00418") == ("AZTW12600418",)
    assert possible_isrcs("036000291452 / AZTW12600418") == ("AZTW12600418",)
    assert possible_isrcs("AZTW1260041") == ()


def test_lost_zeros_of_a_upc_are_put_back_for_a_suggestion_and_rounded_ones_are_not() -> None:
    assert possible_upc("36000291452") == "00036000291452"
    assert possible_upc("36000291453") == ""
    assert possible_upc("3.6000291452E+10") == ""


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (Said("036000291452/AZTW12600418", "", "", ""), [(TIDE.id, Why.ISRC, How.REWRITTEN)]),
        (Said("AZTW12600418", "", "", ""), [(TIDE.id, Why.ISRC, How.SAME)]),
        (Said("az-tw1-26-00418", "", "", ""), [(TIDE.id, Why.ISRC, How.REWRITTEN)]),
        (Said("", "36000291452", "QUIET TIDE (Live)", ""), [(TIDE.id, Why.UPC, How.PADDED)]),
        (Said("", "036000291452", "Quiet Tide", ""), [(TIDE.id, Why.UPC, How.SAME)]),
        (Said("", "", "Quiet Tide", "Sabina Aliyeva"), [(TIDE.id, Why.NAMES, How.FOLDED)]),
        (Said("", "", "Quiet Tide", "Səbinə"), [(TIDE.id, Why.NAMES, How.SAME)]),
        (Said("", "", "QUIET TIDE", "SƏBİNƏ"), [(TIDE.id, Why.NAMES, How.FOLDED)]),
        (Said("", "", "QUIET TIDE", "Səbinə"), [(TIDE.id, Why.NAMES, How.FOLDED)]),
        (Said("", "", "Quiet Tide", ""), []),
        (Said("", "36000291452", "Unheard", ""), []),
        (Said("", "", "Quiet", "Sabina Aliyeva"), []),
    ],
)
def test_what_is_suggested_why_and_how_it_was_compared(
    said: Said, found: list[tuple[object, Why, How]]
) -> None:
    seen = suggested(said, (TIDE, ROAD))

    assert [(one.recording.id, one.why, one.how) for one in seen] == found


def test_the_only_recording_of_a_release_needs_no_title() -> None:
    said = Said("", "036000291452", "Unheard", "")

    assert [(one.recording.id, one.why) for one in suggested(said, (TIDE,))] == [(TIDE.id, Why.UPC)]
    assert suggested(said, (TIDE, ROAD)) == ()


def test_what_speaks_for_a_match_is_what_suggested_it_or_nothing() -> None:
    said = Said("N/A", "36000291452", "SALT ROAD", "Sabina Aliyeva")

    road = ground_of(said, (TIDE, ROAD), ROAD.isrc)

    assert road is not None
    assert (road.why, road.how) == (Why.UPC, How.PADDED)
    assert ground_of(said, (TIDE, ROAD), TIDE.isrc) is None
    assert ground_of(said, (), ROAD.isrc) is None


def test_a_note_is_a_code_and_values_and_notes_of_before_keep_their_sentence() -> None:
    said = said_of("totals", {"stated": "5", "sum": "4"})

    assert said == "The file states 5 here, its lines add up to 4. A person let it pass."
    assert said.template == NOTES["totals"].template
    assert said_of("totals", {}, "As it stood.") == "As it stood."
    assert said_of("gone", {}) == "gone"
