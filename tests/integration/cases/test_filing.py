"""Drafts and filing on the real database, walls included."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.cases.commands import SaveDraft, StartDraft, SubmitCase
from app.cases.queries import (
    case_by_id,
    case_by_ref,
    clocks_of,
    filing_of,
    links_of,
    moves_of,
    my_cases,
    parties_of,
    possible_duplicates,
)
from app.cases.rules.kinds import CaseEvent, State, SubKind
from app.cases.service.drafts import save_draft, start_draft
from app.cases.service.submit import submit
from app.kernel.actor import Actor
from app.kernel.errors import Forbidden, InvalidMany, NotFound, Refused, Stale
from app.kernel.sides import Side
from tests.factories.accounts import make_cast, make_delegation
from tests.factories.cases import act, make_case, make_draft, sample_answers, sign_all

SYSTEM = Actor.system("test")


def test_a_draft_is_filed_with_reference_parties_clocks_and_statement(
    app: Any, tx_as: Any, clock: Any
) -> None:
    cast = make_cast("ada")

    filed = make_case(cast["ada"], SubKind.WRONG_SPLIT, other_email="cy@example.net")

    assert filed.state is State.SUBMITTED
    with tx_as(cast["ada"].actor) as tx:
        again = case_by_ref(tx, cast["ada"].actor, filed.ref.lower().replace("-", " "))
        names = [party.display_name for party in parties_of(tx, cast["ada"].actor, filed.id)]
        events = [move.event for move in moves_of(tx, cast["ada"].actor, filed.id)]
        mine = filing_of(tx, cast["ada"].actor, filed.id, Side.COMPLAINANT)
    with tx_as(SYSTEM) as tx:
        kinds = {row.kind for row in clocks_of(tx, SYSTEM, filed.id)}
        signed = tx.execute(text("select code, signer_name from case_statement")).all()
    assert again.id == filed.id
    assert names == ["Sample subject_artist", "Sample other_name"]
    assert events == ["start", "submit"]
    assert "other_email" not in mine
    assert kinds == {"first_response", "resolution"}
    assert [(row.code, row.signer_name) for row in signed] == [("truth", "Ada Amberg")]


def test_the_claimant_of_a_notice_stands_under_its_own_name(app: Any, tx_as: Any) -> None:
    cast = make_cast("ada")
    filed = make_case(cast["ada"], SubKind.DMCA_NOTICE, other_email="cy@example.net")

    with tx_as(cast["ada"].actor) as tx:
        names = {one.side: one.display_name for one in parties_of(tx, cast["ada"].actor, filed.id)}

    assert names[Side.COMPLAINANT] == "Ada Amberg"
    assert names[Side.RESPONDENT] == "Sample other_name"


def test_parties_do_not_see_clocks_owner_or_reasons_of_the_desk(
    app: Any, tx_as: Any, clock: Any
) -> None:
    cast = make_cast("ada", "dee")
    filed = make_case(cast["ada"])
    act(filed.id, CaseEvent.TAKE, cast["dee"].actor, reason="mine")

    with tx_as(cast["ada"].actor) as tx:
        view = case_by_id(tx, cast["ada"].actor, filed.id)
        moves = moves_of(tx, cast["ada"].actor, filed.id)
        clocks = clocks_of(tx, cast["ada"].actor, filed.id)
        raw = tx.execute(text("select count(*) from clock")).scalar_one()

    assert (view.owner_id, view.next_due_at, clocks) == (None, None, ())
    assert {(move.actor_name, move.reason) for move in moves} == {("", "")}
    assert raw == 1  # the ended draft clock, private to the side


def test_strangers_and_admins_find_nothing(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "cy", "adi")
    filed = make_case(cast["ada"])

    for key in ("cy", "adi"):
        actor = cast[key].actor
        with tx_as(actor) as tx, pytest.raises(NotFound):
            case_by_id(tx, actor, filed.id)
        with tx_as(actor) as tx:
            assert tx.execute(text('select count(*) from "case"')).scalar_one() == 0


def test_a_delegate_files_for_the_principal(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "bo")
    with tx_as(cast["bo"].actor) as tx, pytest.raises(Forbidden):
        start_draft(
            tx, StartDraft(SubKind.OTHER, for_person=cast["ada"].id), cast["bo"].actor, clock
        )
    make_delegation(cast["ada"], cast["bo"])

    with tx_as(cast["bo"].actor) as tx:
        command = StartDraft(SubKind.OTHER, for_person=cast["ada"].id)
        case_id = start_draft(tx, command, cast["bo"].actor, clock)

    with tx_as(cast["ada"].actor) as tx:
        assert [row.id for row in my_cases(tx, cast["ada"].actor).rows] == [case_id]
    with tx_as(cast["bo"].actor) as tx:
        assert [row.id for row in my_cases(tx, cast["bo"].actor).rows] == [case_id]


def test_the_desk_files_only_with_consent(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "dee")
    without = StartDraft(SubKind.OTHER, for_person=cast["ada"].id)

    with tx_as(cast["dee"].actor) as tx, pytest.raises(Refused) as refused:
        start_draft(tx, without, cast["dee"].actor, clock)
    with tx_as(cast["dee"].actor) as tx:
        command = StartDraft(SubKind.OTHER, for_person=cast["ada"].id, consent=True)
        start_draft(tx, command, cast["dee"].actor, clock)

    assert refused.value.code == "consent_missing"


def test_b007_sent_twice_is_one_case(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada")
    filed = make_case(cast["ada"])
    command = SubmitCase(filed.id, filed.version - 1, sign_all(SubKind.MISSING_EARNINGS, "Ada"))

    with tx_as(cast["ada"].actor) as tx:
        again = submit(tx, command, cast["ada"].actor, clock)
        count = tx.execute(text("select count(*) from case_transition")).scalar_one()

    assert (again.ref, again.version) == (filed.ref, filed.version)
    assert count == 0  # parties never read the desk's rows of moves


def test_b008_a_draft_waits_for_its_artist(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada")
    case_id = make_draft(cast["ada"], summary="two hours of typing")
    clock.advance(timedelta(hours=20))

    with tx_as(cast["ada"].actor) as tx:
        answers = filing_of(tx, cast["ada"].actor, case_id, Side.COMPLAINANT)

    assert answers["summary"] == "two hours of typing"


def test_b009_two_tabs_answer_with_both_texts(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada")
    case_id = make_draft(cast["ada"])
    with tx_as(cast["ada"].actor) as tx:
        version = case_by_id(tx, cast["ada"].actor, case_id).version
        save_draft(
            tx, SaveDraft(case_id, version, {"summary": "first tab"}), cast["ada"].actor, clock
        )

    with tx_as(cast["ada"].actor) as tx, pytest.raises(Stale) as stale:
        save_draft(
            tx, SaveDraft(case_id, version, {"summary": "second tab"}), cast["ada"].actor, clock
        )

    assert "first tab" in stale.value.theirs
    assert "second tab" in stale.value.yours


def test_b010_an_incomplete_draft_is_not_filed(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada")
    with tx_as(cast["ada"].actor) as tx:
        case_id = start_draft(tx, StartDraft(SubKind.MISSING_EARNINGS), cast["ada"].actor, clock)

    with tx_as(cast["ada"].actor) as tx, pytest.raises(Refused) as refused:
        submit(tx, SubmitCase(case_id, 1), cast["ada"].actor, clock)

    assert refused.value.code == "fields_missing"


def test_b011_unknown_fields_are_refused(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada")
    case_id = make_draft(cast["ada"])

    with tx_as(cast["ada"].actor) as tx, pytest.raises(InvalidMany) as invalid:
        save_draft(tx, SaveDraft(case_id, 2, {"state": "closed"}), cast["ada"].actor, clock)

    assert invalid.value.code == "unknown_field"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("period_end", "2026-06-01", "period_order"),
        ("period_start", "0001-01-01", "date_range"),
        ("period_start", "9999-01-01", "date_range"),
        ("summary", "x" * 10_001, "text_length"),
        ("summary", "a\x00b", "text_control"),
    ],
)
def test_b003_b005_b014_bad_answers_name_their_field(
    app: Any, tx_as: Any, clock: Any, name: Any, value: Any, code: Any
) -> None:
    cast = make_cast("ada")
    case_id = make_draft(cast["ada"])

    with tx_as(cast["ada"].actor) as tx, pytest.raises(InvalidMany) as invalid:
        save_draft(tx, SaveDraft(case_id, 2, {name: value}), cast["ada"].actor, clock)

    assert [(error.field, error.code) for error in invalid.value.errors] == [(name, code)]


def test_b002_only_blanks_count_as_missing(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada")
    case_id = make_draft(cast["ada"], summary=" \u00a0\u200b ")

    with tx_as(cast["ada"].actor) as tx, pytest.raises(Refused) as refused:
        submit(
            tx,
            SubmitCase(case_id, 2, sign_all(SubKind.MISSING_EARNINGS, "Ada")),
            cast["ada"].actor,
            clock,
        )

    assert refused.value.code == "fields_missing"


def test_b015_a_case_against_oneself_is_refused(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada")

    with pytest.raises(Refused) as refused:
        make_case(cast["ada"], SubKind.WRONG_SPLIT, other_email=" ADA@example.com")

    assert refused.value.code == "sides_equal"


def test_b017_a_possible_duplicate_is_shown_and_linked(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "dee")
    first = make_case(cast["ada"])
    draft = make_draft(cast["ada"])
    other_period = make_draft(cast["ada"], period_start="2024-01-01", period_end="2024-03-31")
    with tx_as(cast["ada"].actor) as tx:
        assert [row.id for row in possible_duplicates(tx, cast["ada"].actor, draft)] == [first.id]
        assert possible_duplicates(tx, cast["ada"].actor, other_period) == ()
        submit(
            tx,
            SubmitCase(draft, 2, sign_all(SubKind.MISSING_EARNINGS, "Ada")),
            cast["ada"].actor,
            clock,
        )

    with tx_as(cast["dee"].actor) as tx:
        links = links_of(tx, cast["dee"].actor, draft)

    assert [(link.case_id, link.relation) for link in links] == [(first.id, "possible_duplicate")]


def test_a_discarded_draft_leaves_nothing_to_read(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada")
    case_id = make_draft(cast["ada"], summary="secret words")

    act(case_id, CaseEvent.DISCARD, cast["ada"].actor)

    with tx_as(cast["ada"].actor) as tx, pytest.raises(NotFound):
        case_by_id(tx, cast["ada"].actor, case_id)
    with tx_as(SYSTEM) as tx:
        row = tx.execute(text('select state, summary from "case"')).one()
        answers = tx.execute(text("select answers from case_filing")).scalar_one()
    assert (row.state, row.summary, answers) == ("deleted", "", {})


@pytest.mark.parametrize("sub_kind", list(SubKind))
def test_every_sub_kind_can_be_filed(app: Any, tx_as: Any, clock: Any, sub_kind: Any) -> None:
    cast = make_cast("ada")

    filed = make_case(cast["ada"], sub_kind)

    notice = sub_kind in (SubKind.DMCA_NOTICE, SubKind.EU_NOTICE)
    assert filed.state is (State.NOTICE_REVIEW if notice else State.SUBMITTED)
    assert set(sample_answers(sub_kind)) <= set(sample_answers(sub_kind))
