"""What a decision must hold, what one side may read of it, and whose four eyes it needs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.rules.kinds import Outcome
from app.decisions.rules import (
    LONGEST_TEXT,
    DecisionContent,
    Issue,
    Remedy,
    content_from_json,
    content_hash,
    content_to_json,
    for_side,
    missing_in,
    needs_money,
    needs_store_action,
    require_other_person,
    too_much_in,
)
from app.kernel.errors import Refused
from app.kernel.sides import Side
from tests.factories.decisions import make_content

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60)
CONTENTS = st.builds(
    DecisionContent,
    outcome=st.sampled_from([outcome.value for outcome in Outcome]),
    issues=st.lists(st.builds(Issue, TEXT, TEXT, TEXT, TEXT, st.tuples(TEXT)), max_size=4).map(
        tuple
    ),
    remedies=st.lists(st.builds(Remedy, TEXT, TEXT, st.none() | st.dates()), max_size=4).map(tuple),
    to_complainant=TEXT,
    to_respondent=TEXT,
    money_moves=st.booleans(),
    audit_id=st.just("") | st.uuids().map(str),
)


@given(CONTENTS)
def test_content_survives_storage(content: DecisionContent) -> None:
    assert content_from_json(json.loads(json.dumps(content_to_json(content)))) == content


@given(CONTENTS, CONTENTS)
def test_hash_tells_contents_apart(one: DecisionContent, other: DecisionContent) -> None:
    assert (content_hash(one) == content_hash(other)) == (one == other)


def test_ready_content_misses_nothing() -> None:
    assert missing_in(make_content()) == ()


def test_empty_content_misses_everything_by_name() -> None:
    assert missing_in(DecisionContent()) == (
        "outcome",
        "issues",
        "remedies",
        "to_complainant",
        "to_respondent",
    )


def test_text_to_a_side_without_anybody_is_not_asked_for() -> None:
    assert missing_in(make_content(to_respondent=""), has_respondent=False) == ()


@pytest.mark.parametrize(
    "outcome", ["withdrawn", "no_response", "duplicate", "out_of_scope", "nonsense"]
)
def test_outcome_that_no_decision_gives_counts_as_missing(outcome: str) -> None:
    assert missing_in(make_content(outcome=outcome)) == ("outcome",)


def test_half_an_issue_is_named_by_its_place() -> None:
    content = make_content(issues=(make_content().issues[0], Issue("Who?", "", "established")))

    assert missing_in(content) == ("issues.2",)


def test_unknown_remedy_is_named_by_its_place() -> None:
    assert missing_in(make_content(remedies=(Remedy("magic", "x"),))) == ("remedies.1",)


def test_texts_past_their_cap_are_named() -> None:
    assert too_much_in(make_content(to_respondent="x" * (LONGEST_TEXT + 1))) == ("to_respondent",)


@pytest.mark.parametrize(
    ("kind", "money", "store"),
    [("pay", True, False), ("take_back", True, False), ("credit", True, False), ("put_back", False, True),
     ("keep_down", False, True), ("change_split", False, False), ("nothing", False, False)],
)  # fmt: skip
def test_remedies_say_what_must_follow(kind: str, money: bool, store: bool) -> None:
    content = make_content(remedies=(Remedy(kind, "x"),))

    assert (needs_money(content), needs_store_action(content)) == (money, store)


def test_b181_a_side_reads_its_own_text_and_the_exhibits_it_can_see() -> None:
    content = make_content(
        to_complainant="CANARY-A",
        to_respondent="CANARY-B",
        issues=(Issue("Who?", "They did.", "established", "decisive", ("own", "theirs")),),
    )

    read = for_side(content, Side.RESPONDENT, {"theirs"}, {"own": "C-1", "theirs": "R-1"})

    assert read["reasons"] == "CANARY-B"
    assert read["issues"][0]["exhibits"] == ["R-1"]
    assert "CANARY-A" not in json.dumps(read)
    assert "C-1" not in json.dumps(read)


def test_remedy_keeps_its_day() -> None:
    content = make_content(remedies=(Remedy("pay", "x", date(2026, 12, 1)),))

    assert (
        for_side(content, Side.COMPLAINANT, (), {})["remedies"][0]["effective_on"] == "2026-12-01"
    )


def test_proposer_never_confirms() -> None:
    person = uuid4()

    with pytest.raises(Refused, match="somebody else"):
        require_other_person(person, person)


def test_nobody_never_confirms() -> None:
    with pytest.raises(Refused):
        require_other_person(uuid4(), None)


def test_content_of_another_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="schema 9"):
        content_from_json({**content_to_json(replace(make_content())), "schema": 9})


def test_a_decision_without_a_run_keeps_the_hash_it_had_before_there_were_runs() -> None:
    plain, with_run = make_content(), make_content(audit_id=str(UUID(int=7)))

    assert "audit_id" not in content_to_json(plain)
    assert content_hash(plain) != content_hash(with_run)
    assert content_from_json(content_to_json(with_run)) == with_run


def test_no_side_reads_the_run_that_it_rests_on() -> None:
    content = make_content(audit_id=str(UUID(int=7)))

    assert "audit_id" not in for_side(content, Side.COMPLAINANT, (), {})
