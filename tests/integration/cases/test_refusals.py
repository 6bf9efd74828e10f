"""What the desk's services refuse about cases: sides, links, tags, macros, letters, filing for others; each by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.cases.commands import AddMember, AddParty, EditFacts, LinkCase
from app.cases.rules.kinds import CaseEvent, SubKind
from app.cases.service.care import edit_facts, link_case
from app.cases.service.people import add_member, add_party
from app.conversations.commands import KeepDraft, SaveMacro
from app.conversations.rules.macros import MacroAudience
from app.conversations.service import keep_draft
from app.conversations.service.macros import save_macro
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Forbidden, Invalid, NotFound, RedressError, Refused, Stale
from app.kernel.sides import Side
from app.letters.rules.context import Sender
from app.letters.rules.kinds import LetterKind
from app.queues.commands import ChangeTag, TagCase
from app.queues.service.tags import change_tag, make_tag, tag_case
from app.workflows.file_on_behalf import OnBehalf, start_on_behalf
from app.workflows.letters import StartLetter, start_letter
from tests.factories.accounts import NOON, make_cast
from tests.factories.cases import act, make_case

CLOCK = FixedClock(NOON)
SYSTEM = Actor.system("test")
Act = Callable[[Any], Any]


@pytest.fixture
def cast(app: Any) -> Any:
    return make_cast("ada", "bo", "cy", "dee", "rio", "eli", "adi")


@pytest.fixture
def case(cast: Any) -> Any:
    return make_case(cast["ada"], respondent=cast["cy"])


def refused(actor: Actor, act: Act, kind: type[RedressError]) -> Any:
    """What the act of that person was answered; nothing of it was kept."""
    with pytest.raises(kind) as caught, transaction(actor) as tx:
        act(tx)
    return caught.value


@pytest.mark.parametrize("who", ["ada", "cy"])
def test_b144_a_party_lets_nobody_onto_the_other_side(cast: Any, case: Any, who: str) -> None:
    actor = cast[who].actor
    other = Side.RESPONDENT if who == "ada" else Side.COMPLAINANT
    member = AddMember(case.id, cast["bo"].id, other)
    party = AddParty(case.id, other, "Bo", person_id=cast["bo"].id)

    for act_ in (
        lambda tx: add_member(tx, member, actor, CLOCK),
        lambda tx: add_party(tx, party, actor, CLOCK),
    ):
        assert refused(actor, act_, Forbidden).code == "other_side"


def test_b143_a_stranger_adds_nobody_to_a_case_that_does_not_exist_for_them(
    cast: Any, case: Any
) -> None:
    bo = cast["bo"].actor
    command = AddMember(case.id, cast["bo"].id, Side.COMPLAINANT)

    refused(bo, lambda tx: add_member(tx, command, bo, CLOCK), NotFound)


def test_a_case_is_not_linked_with_itself_nor_in_an_unknown_way(cast: Any, case: Any) -> None:
    dee, other = cast["dee"].actor, make_case(cast["bo"])
    itself = LinkCase(case.id, case.id, "related")
    odd = LinkCase(case.id, other.id, "duplicate_of")

    assert refused(dee, lambda tx: link_case(tx, itself, dee, CLOCK), Invalid).code == "same_case"
    assert refused(dee, lambda tx: link_case(tx, odd, dee, CLOCK), Invalid).field == "relation"
    ada = cast["ada"].actor
    fine = LinkCase(case.id, other.id, "related")
    assert refused(ada, lambda tx: link_case(tx, fine, ada, CLOCK), Forbidden).code == "permission"


def test_b011_facts_that_somebody_else_changed_are_not_overwritten(cast: Any, case: Any) -> None:
    rio = cast["rio"].actor
    act(case.id, CaseEvent.TAKE, rio)
    command = EditFacts(case.id, case.version, {"subject_title": "Dawn"}, "on the phone")

    refused(rio, lambda tx: edit_facts(tx, command, rio, CLOCK), Stale)


def test_tags_are_words_once_without_commas_and_retired_ones_are_not_put_on(
    cast: Any, case: Any
) -> None:
    adi, dee = cast["adi"].actor, cast["dee"].actor
    with transaction(adi) as tx:
        tag = make_tag(tx, "Urgent", adi, CLOCK)
        other = make_tag(tx, "press", adi, CLOCK)

    assert refused(adi, lambda tx: make_tag(tx, "a,b", adi, CLOCK), Invalid).code == "comma"
    assert refused(adi, lambda tx: make_tag(tx, "URGENT", adi, CLOCK), Invalid).code == "taken"
    rename = ChangeTag(other.id, other.version, name="urgent")
    assert refused(adi, lambda tx: change_tag(tx, rename, adi, CLOCK), Invalid).code == "taken"
    refused(adi, lambda tx: change_tag(tx, ChangeTag(tag.id, 99), adi, CLOCK), Stale)
    refused(adi, lambda tx: change_tag(tx, ChangeTag(uuid4(), 1), adi, CLOCK), NotFound)
    assert refused(dee, lambda tx: make_tag(tx, "mine", dee, CLOCK), Forbidden)
    with transaction(adi) as tx:
        change_tag(tx, ChangeTag(tag.id, tag.version, is_retired=True), adi, CLOCK)
    put = TagCase(case.id, tag.id)
    assert refused(dee, lambda tx: tag_case(tx, put, dee, CLOCK), Invalid).code == "retired"


def test_macros_have_a_name_once_and_are_not_overwritten(cast: Any) -> None:
    rio = cast["rio"].actor
    first = SaveMacro(None, "Received", "en", MacroAudience.ARTIST, "We have {case_ref}.")
    with transaction(rio) as tx:
        macro_id = save_macro(tx, first, rio, CLOCK)
    again = SaveMacro(None, "RECEIVED", "en", MacroAudience.ARTIST, "Other words.")
    stale = SaveMacro(macro_id, "Received", "en", MacroAudience.ARTIST, "Mine.", version=99)

    error = refused(rio, lambda tx: save_macro(tx, again, rio, CLOCK), Invalid)
    assert (error.field, error.code) == ("name", "taken")
    error = refused(rio, lambda tx: save_macro(tx, stale, rio, CLOCK), Stale)
    assert (error.theirs, error.yours) == ("We have {case_ref}.", "Mine.")


def test_words_that_are_kept_name_their_box(cast: Any, case: Any) -> None:
    ada = cast["ada"].actor

    for box in ("", "x" * 400):
        command = KeepDraft(case.id, box, "half a sentence")
        assert (
            refused(ada, lambda tx, c=command: keep_draft(tx, c, ada, CLOCK), Invalid).field
            == "box"
        )


def behalf(**changes: Any) -> OnBehalf:
    """Somebody called."""
    said = {
        "sub_kind": SubKind.MISSING_EARNINGS, "channel": "phone", "name": "Bo", "email": "bo@example.com",
        "said_by": "Bo", "said_at": NOON - timedelta(days=1), "how": "On the phone.",
    }  # fmt: skip
    return OnBehalf(**said | changes)


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"channel": "portal"}, "channel", "choice"),
        ({"sub_kind": SubKind.DMCA_NOTICE}, "sub_kind", "signed_alone"),
        ({"said_at": NOON - timedelta(days=31)}, "said_at", "range"),
        ({"said_at": NOON + timedelta(days=1)}, "said_at", "range"),
        ({"how": " "}, "how", "required"),
        ({"said_by": ""}, "said_by", "required"),
    ],
)
def test_filing_for_somebody_needs_their_word(
    cast: Any, changes: dict[str, Any], field: str, code: str
) -> None:
    dee = cast["dee"].actor

    error = refused(dee, lambda tx: start_on_behalf(tx, behalf(**changes), dee, CLOCK), Invalid)

    assert (error.field, error.code) == (field, code)


def test_only_the_desk_files_for_others(cast: Any) -> None:
    ada = cast["ada"].actor

    error = refused(ada, lambda tx: start_on_behalf(tx, behalf(), ada, CLOCK), Forbidden)

    assert error.code == "permission"


@pytest.mark.parametrize(
    ("kind", "side", "code"),
    [
        (LetterKind.NOTICE_REJECTED, Side.RESPONDENT, "other_side"),
        (LetterKind.HOLD_NOTICE, Side.COMPLAINANT, "no_facts"),
    ],
)
def test_a_letter_is_not_begun_for_the_wrong_side_or_without_its_facts(
    cast: Any, case: Any, kind: LetterKind, side: Side, code: str
) -> None:
    rio = cast["rio"].actor
    command = StartLetter(case.id, kind, side, Sender("Redress", (), "desk@example.com"))

    error = refused(rio, lambda tx: start_letter(tx, command, rio, CLOCK), Invalid)

    assert error.code == code


def test_a_case_becomes_no_other_kind_that_is_none(cast: Any) -> None:
    case = make_case(cast["ada"], SubKind.DELIVERY_METADATA)
    act(case.id, CaseEvent.TAKE, cast["dee"].actor)

    with pytest.raises(Invalid) as odd:
        act(case.id, CaseEvent.CONVERT, cast["dee"].actor, sub_kind="sandwich")
    with pytest.raises(Refused) as same:
        act(case.id, CaseEvent.CONVERT, cast["dee"].actor, sub_kind=SubKind.DELIVERY_METADATA.value)

    assert (odd.value.code, same.value.code) == ("choice", "same_kind")
