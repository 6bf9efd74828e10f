"""Every rule that guards money, evidence, decisions, letters and access says no with its own word.

Neighbouring tests say when a rule lets something through; here each way of saying no is met once, so that
no guard can be lost behind another one of the same type. *code*: what the page and the interface show.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.cases.rules.filing import clean_answer, parse_day, parse_money
from app.cases.rules.kinds import Outcome, State
from app.catalogue.rules.table import read_table
from app.conversations.rules.macros import MacroAudience, check_body, check_reader
from app.conversations.rules.requests import ItemState as Asked
from app.conversations.rules.requests import Step as AskedStep
from app.conversations.rules.requests import move as move_item
from app.corrections.rules import approval, batches
from app.corrections.rules.batches import BatchEvent, BatchState
from app.corrections.rules.lifecycle import CorrectionEvent, CorrectionState, next_state
from app.corrections.rules.proposal import MAX_LINES, check_lines
from app.decisions.rules import require_other_person
from app.evidence.rules.items import ItemState, Step
from app.evidence.rules.items import move as move_exhibit
from app.evidence.rules.uploads import UploadState, UploadStep, move_upload
from app.exports.rules.cells import text_cell
from app.kernel.errors import Invalid, InvalidMany, RedressError, Refused, Stale
from app.ledger.rules.holds import (
    AssetKind,
    HoldEvent,
    HoldScope,
    HoldState,
    check_hold,
    next_hold_state,
    review_date,
)
from app.ledger.rules.posting import (
    MINOR_LIMIT,
    AccountKind,
    AccountRef,
    Entry,
    check_balanced,
    dispute_hold,
    payable,
    transfer,
)
from app.policies.rules.approval import LARGEST_LIMIT, checked_limits
from app.policies.rules.forms import Field, FieldType
from app.queues.rules.filters import parse_filter
from app.queues.rules.shortcuts import read_chord
from app.ratings.rules import chosen, require_changeable, require_rateable

ONE, TWO = UUID(int=1), UUID(int=2)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = NOON.date()
SCOPE = HoldScope(AssetKind.RECORDING, "AZTW12600418")
Act = Callable[[], Any]


def code_of(act: Act, kind: type[RedressError]) -> str:
    with pytest.raises(kind) as caught:
        act()
    return caught.value.code


MONEY: dict[str, tuple[type[RedressError], Act]] = {
    "not_fresh": (Refused, lambda: approval.check_fresh(NOON - timedelta(minutes=6), NOON)),
    "batch_state": (Refused, lambda: batches.next_batch_state(BatchState.OPEN, BatchEvent.EXPORT)),
    "empty_batch": (Refused, lambda: batches.check_lockable(0)),
    "is_reversing_batch": (
        Refused,
        lambda: batches.check_cancellable(BatchState.LOCKED, is_reversing=True, is_pending=False),
    ),
    "open_batch": (
        Refused,
        lambda: batches.check_cancellable(BatchState.OPEN, is_reversing=False, is_pending=False),
    ),
    "being_cancelled": (
        Refused,
        lambda: batches.check_cancellable(BatchState.LOCKED, is_reversing=False, is_pending=True),
    ),
    "has_left": (Refused, lambda: batches.check_never_left(BatchState.EXPORTED)),
    "acknowledged_before": (
        Refused,
        lambda: batches.is_repeated_ack(BatchState.ACKNOWLEDGED, "GL-1", "GL-2"),
    ),
    "other_file": (
        Refused,
        lambda: batches.check_ack("GL-1", file_hashes={"a" * 64}, named_sha256="b" * 64),
    ),
    "correction_state": (
        Refused,
        lambda: next_state(CorrectionState.CANCELLED, CorrectionEvent.APPROVE),
    ),
    "hold_state": (Refused, lambda: next_hold_state(HoldState.RELEASED, HoldEvent.RELEASE)),
    "case_not_open": (
        Refused,
        lambda: check_hold(SCOPE, since=DAY, until=None, case_open=False),
    ),
    "cross_currency": (Invalid, lambda: transfer(payable(ONE, "EUR"), payable(ONE, "USD"), 100)),
    "same_account": (Invalid, lambda: transfer(payable(ONE, "EUR"), payable(ONE, "EUR"), 100)),
    "too_few": (Invalid, lambda: check_balanced([Entry(payable(ONE, "EUR"), 100)])),
    "unbalanced": (
        Invalid,
        lambda: check_balanced(
            [Entry(payable(ONE, "EUR"), 100), Entry(dispute_hold(TWO, "EUR"), -99)]
        ),
    ),
    "payee_of_account": (Invalid, lambda: AccountRef(AccountKind.PAYABLE, "EUR")),
    "case_of_account": (Invalid, lambda: AccountRef(AccountKind.DISPUTE_HOLD, "EUR")),
    "not_whole": (Invalid, lambda: Entry(payable(ONE, "EUR"), 1.5)),  # type: ignore[arg-type]
    "no_effect": (Invalid, lambda: Entry(payable(ONE, "EUR"), 0)),
    "out_of_range": (Invalid, lambda: Entry(payable(ONE, "EUR"), MINOR_LIMIT)),
}


@pytest.mark.parametrize("code", MONEY)
def test_money_is_refused_by_name(code: str) -> None:
    kind, act = MONEY[code]

    assert code_of(act, kind) == code


def test_an_approval_of_what_was_not_read_is_stale() -> None:
    with pytest.raises(Stale) as caught:
        approval.check_seen("hash of yesterday", "hash of today")

    assert (caught.value.yours, caught.value.theirs) == ("hash of yesterday", "hash of today")


@pytest.mark.parametrize(
    ("field", "act"),
    [
        ("reference", lambda: batches.check_ack(" ", file_hashes={"a"}, named_sha256="a")),
        ("lines", lambda: check_lines([], "EUR", DAY)),
        ("lines", lambda: check_lines([None] * (MAX_LINES + 1), "EUR", DAY)),  # type: ignore[list-item]
        ("review_on", lambda: review_date(DAY, DAY)),
        ("review_on", lambda: review_date(DAY, DAY + timedelta(days=181))),
        ("until", lambda: check_hold(SCOPE, since=DAY, until=DAY, case_open=True)),
        (
            "asset_ref",
            lambda: check_hold(
                HoldScope(AssetKind.RELEASE, " "), since=DAY, until=None, case_open=True
            ),
        ),
        ("XXX1", lambda: checked_limits({"XXX1": 5})),
        ("EUR", lambda: checked_limits({"EUR": -1})),
        ("EUR", lambda: checked_limits({"EUR": LARGEST_LIMIT + 1})),
        ("cell", lambda: text_cell("1\x002")),
    ],
)
def test_what_is_wrong_about_money_is_named_at_its_field(field: str, act: Act) -> None:
    with pytest.raises(Invalid) as caught:
        act()

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("code", "act"),
    [
        ("own_decision", lambda: require_other_person(ONE, ONE)),
        ("own_decision", lambda: require_other_person(ONE, None)),
        ("evidence_step", lambda: move_exhibit(ItemState.BLOCKED, Step.WITHDRAW)),
        ("evidence_step", lambda: move_exhibit(ItemState.PURGED, Step.ACCEPT)),
        ("upload_step", lambda: move_upload(UploadState.RECEIVED, UploadStep.ABORT)),
        ("request_step", lambda: move_item(Asked.WAIVED, AskedStep.ANSWER)),
        ("not_ended", lambda: require_rateable(State.REVIEW, None)),
        ("not_ended", lambda: require_rateable(State.SUBMITTED, Outcome.UPHELD)),
        ("too_late", lambda: require_changeable(NOON - timedelta(days=14, seconds=1), NOON)),
    ],
)
def test_steps_that_are_not_possible_are_refused_by_name(code: str, act: Act) -> None:
    assert code_of(act, Refused) == code


def test_a_refused_step_names_what_is_possible_instead() -> None:
    with pytest.raises(Refused) as caught:
        move_exhibit(ItemState.ACCEPTED, Step.ACCEPT)

    assert set(caught.value.allowed) == {Step.WITHDRAW, Step.PURGE}


CHOICE = Field("scope", "Scope", FieldType.CHOICE, choices=(("all", "All"), ("part", "Part")))
SHARE = Field("agreed_share", "Their share", FieldType.SHARE)
MAIL = Field("other_email", "Their address", FieldType.EMAIL)
HEADER = (
    "artist_code,artist,upc,release_title,recording_title,isrc,release_kind,released_on,position"
)
LINE = "T1,Ada,036000291452,Ferry,Ferry,AZTW12600418,{kind},{day},{position}"


@pytest.mark.parametrize(
    ("code", "act"),
    [
        ("date_shape", lambda: parse_day("20.11.2026", "day")),
        ("date_range", lambda: parse_day("1899-12-31", "day")),
        ("amount_shape", lambda: parse_money("12,50 EUR", "amount")),
        ("amount_range", lambda: parse_money("-1 EUR", "amount")),
        ("amount_range", lambda: parse_money("NaN EUR", "amount")),
        ("choice", lambda: clean_answer(CHOICE, "none")),
        ("share_shape", lambda: clean_answer(SHARE, "half")),
        ("share_range", lambda: clean_answer(SHARE, "101")),
        ("email_shape", lambda: clean_answer(MAIL, "cy.example.com")),
        ("email_shape", lambda: clean_answer(MAIL, "@example.com")),
        ("variable_unknown", lambda: check_body("Hello {nobody}", MacroAudience.NOTE)),
        ("choice", lambda: chosen(6, "process")),
        ("too_many", lambda: parse_filter({"country": ",".join(["PT"] * 200)})),
        ("unknown", lambda: parse_filter({"country": "Q1"})),
        ("unknown", lambda: parse_filter({"owner": "somebody"})),
        ("amount", lambda: parse_filter({"stake": "1e99"})),
        ("currency", lambda: parse_filter({"currency": "EURO"})),
        ("sequence", lambda: read_chord("list.next", "g h i")),
        ("key", lambda: read_chord("list.next", "Hyper+J")),
        ("reserved", lambda: read_chord("list.next", "Ctrl+W")),
        ("shift", lambda: read_chord("list.next", "Shift+1")),
    ],
)
def test_bad_input_is_named_by_its_code(code: str, act: Act) -> None:
    assert code_of(act, Invalid) == code


@pytest.mark.parametrize("typed", ["70", "70%", " 70 % ", "70.0", "70,00"])
def test_a_share_is_kept_as_the_digits_of_its_percentage(typed: str) -> None:
    assert clean_answer(SHARE, typed) == "70"


def test_b145_a_macro_never_carries_what_is_private_to_somebody_else() -> None:
    from app.conversations.rules.macros import VARIABLES, Privacy

    hidden = [name for name, how in VARIABLES.items() if how in {Privacy.OTHERS, Privacy.HOUSE}]

    assert hidden
    for name in hidden:
        check_body(f"{{{name}}}", MacroAudience.NOTE)
        for audience in set(MacroAudience) - {MacroAudience.NOTE}:
            refused = code_of(lambda n=name, a=audience: check_body(f"{{{n}}}", a), Invalid)
            assert refused == "variable_private"
        assert (
            code_of(lambda n=name: check_reader([n], is_note=False, is_complainant=True), Invalid)
            == "variable_private"
        )


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("release_kind", {"kind": "mixtape"}),
        ("released_on", {"day": "1 March 2026"}),
        ("released_on", {"day": "0001-01-01"}),
        ("position", {"position": "0"}),
        ("position", {"position": "first"}),
    ],
)
def test_a_catalogue_file_is_refused_at_its_line_and_column(
    column: str, cells: dict[str, str]
) -> None:
    row = LINE.format(**{"kind": "single", "day": "2026-03-01", "position": "1"} | cells)

    with pytest.raises(InvalidMany) as caught:
        read_table(f"{HEADER}\n{row}".encode())

    assert [one.field for one in caught.value.errors] == [f"line 2, {column}"]


def test_dates_at_the_edges_are_taken() -> None:
    assert parse_day("1900-01-01", "day") == date(1900, 1, 1)
    assert review_date(DAY, DAY + timedelta(days=180)) == DAY + timedelta(days=180)
