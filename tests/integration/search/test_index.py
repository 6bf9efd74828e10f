"""What is written is found, by those who may see it and by nobody else; the totals tell nothing either."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.accounts.queries import side_scope
from app.cases.commands import WallOff
from app.cases.service.people import wall_off_person
from app.conversations.rules.audience import Audience
from app.evidence.commands import ShareItem, WithdrawItem
from app.evidence.service import share_item, withdraw_item
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.search.commands import Subject
from app.search.queries import FoundPage, Seen, Wanted
from app.search.queries import find as find_entries
from app.search.rules import ask
from app.workflows.find import Look, find
from app.workflows.reindex import SOURCES, rebuild_batch
from tests.factories.accounts import NOON, make_cast
from tests.factories.cases import make_case, make_draft
from tests.factories.conversations import make_message
from tests.factories.evidence import make_item

SYSTEM = Actor.system("test")
CANARY = "zanzibar"


@pytest.fixture
def people(app: Any) -> Any:
    return make_cast("ada", "bo", "cy", "dee", "rio", "eli", "fay", "aud", "adi")


@pytest.fixture
def case(people: Any) -> Any:
    return make_case(
        people["ada"], respondent=people["cy"], subject_title="Night Ferry", subject_artist="Sabina Əliyeva",
        isrc="AZTW12600418", summary="The statement left out Georgia.",
    )  # fmt: skip


@pytest.fixture
def look(tx_as: Any) -> Any:
    """`look(person, "words")` gives what the desk's search finds for them."""

    def answer(person: Any, typed: str, **filters: Any) -> FoundPage:
        with tx_as(person.actor) as tx:
            return find(tx, Look(ask(typed), **filters), person.actor).page

    return answer


@pytest.fixture
def kinds(look: Any) -> Any:
    return lambda person, typed: sorted(row.subject.value for row in look(person, typed).rows)


def every(tx: Any, actor: Actor, typed: str) -> FoundPage:
    """The query as any actor, role or not: what the walls alone let through."""
    wanted = Wanted(ask(typed), frozenset(Subject))
    return find_entries(tx, wanted, Seen(actor, side_scope))


@pytest.mark.parametrize(
    "typed",
    ["night ferry", "FERRY", "aliyeva sabina", "Səbinə Əliyeva", "az-tw1-26-00418", "georgia"],
)
def test_a_filed_case_is_found(people: Any, case: Any, look: Any, typed: str) -> None:
    assert {row.case_id for row in look(people["rio"], typed).rows} == {case.id}


def test_a_case_is_found_by_its_reference_in_any_spelling(
    people: Any, case: Any, look: Any
) -> None:
    for typed in (
        case.ref,
        case.ref.lower(),
        case.ref.replace("-", " "),
        case.ref[3:].replace("-", ""),
    ):
        assert Subject.CASE in {row.subject for row in look(people["rio"], typed).rows}


def test_names_like_it_are_found_when_nothing_fits(people: Any, case: Any, tx_as: Any) -> None:
    rio = people["rio"].actor

    with tx_as(rio) as tx:
        answer = find(tx, Look(ask("sabena aliyeva")), rio)

    assert answer.similar
    assert {row.case_id for row in answer.page.rows} == {case.id}


def test_a_party_is_found_by_name_and_address(people: Any, case: Any, kinds: Any) -> None:
    assert kinds(people["rio"], people["cy"].name) == ["contact", "party"]
    assert kinds(people["rio"], people["cy"].email.upper()) == ["contact"]


def test_messages_notes_and_files_are_found(people: Any, case: Any, kinds: Any) -> None:
    make_message(people["ada"].actor, case.id, body="the harbour contract")
    make_message(people["dee"].actor, case.id, audience=Audience.NOTE, body="harbour looks odd")
    make_item(people["cy"].actor, case.id, name="harbour-agreement.pdf")

    assert kinds(people["rio"], "harbour") == ["evidence", "message", "note"]


def test_b115_the_normal_form_does_not_matter(people: Any, case: Any, kinds: Any) -> None:
    make_message(
        people["ada"].actor, case.id, body=unicodedata.normalize("NFD", "Diyarbakır Straße café")
    )

    for typed in ("DİYARBAKIR", "strasse", unicodedata.normalize("NFC", "CAFÉ")):
        assert kinds(people["rio"], typed) == ["message"], typed


def test_words_of_two_signs_are_found(people: Any, case: Any, kinds: Any) -> None:
    make_message(people["ada"].actor, case.id, body="我的版税没有到账。เพลงของฉันถูกลบ")

    assert kinds(people["rio"], "版税") == kinds(people["rio"], "ลบ") == ["message"]
    assert kinds(people["rio"], "税版") == []


def test_b145_the_other_side_finds_no_canary_and_the_same_total(
    people: Any, case: Any, tx_as: Any
) -> None:
    ada, cy = people["ada"].actor, people["cy"].actor
    make_message(ada, case.id, body="harbour of ada")
    before = _seen(tx_as, cy, "harbour")

    make_message(ada, case.id, body=f"harbour {CANARY}")
    make_message(people["dee"].actor, case.id, audience=Audience.NOTE, body=f"harbour {CANARY}")
    make_item(ada, case.id, name=f"{CANARY}-harbour.pdf")

    assert _seen(tx_as, cy, CANARY) == (0, ())
    assert _seen(tx_as, cy, "harbour") == before == (0, ())
    assert _seen(tx_as, ada, CANARY)[0] == 2
    assert _seen(tx_as, people["bo"].actor, CANARY) == (0, ())
    assert _seen(tx_as, cy, people["ada"].email) == (0, ())


def _seen(tx_as: Any, actor: Actor, typed: str) -> tuple[int, tuple[Any, ...]]:
    with tx_as(actor) as tx:
        page = every(tx, actor, typed)
        return page.total, tuple(row.id for row in page.rows)


def _everything(_actor: Actor, _entry: Any) -> Any:
    return text("true")


def test_b145_row_level_security_alone_keeps_the_canary(people: Any, case: Any, tx_as: Any) -> None:
    make_message(people["ada"].actor, case.id, body=CANARY)

    with tx_as(people["cy"].actor) as tx:
        wanted = Wanted(ask(CANARY), frozenset(Subject))
        page = find_entries(tx, wanted, Seen(people["cy"].actor, _everything))

    assert (page.total, page.rows) == (0, ())


def test_b145_a_walled_case_is_not_found_nor_counted(
    people: Any, case: Any, look: Any, tx_as: Any
) -> None:
    rio = people["rio"]
    assert look(rio, "ferry").total == 1

    with tx_as(SYSTEM) as tx:
        wall_off_person(tx, WallOff(case.id, rio.id, "cousin"), SYSTEM, FixedClock(NOON))

    assert (look(rio, "ferry").total, look(rio, case.ref).rows) == (0, ())
    assert look(people["dee"], "ferry").total == 1


def test_what_the_role_may_not_read_is_not_found(people: Any, case: Any, kinds: Any) -> None:
    for nobody in ("adi", "aud", "ada"):
        assert kinds(people[nobody], "ferry") == []


def test_drafts_are_not_found(people: Any, kinds: Any) -> None:
    make_draft(people["ada"], subject_title="Half a Ferry")

    assert kinds(people["rio"], "ferry") == []


def test_a_shared_file_moves_with_its_wall(people: Any, case: Any, tx_as: Any) -> None:
    ada, cy = people["ada"].actor, people["cy"].actor
    item = make_item(ada, case.id, name=f"{CANARY}.pdf")

    with tx_as(ada) as tx:
        share_item(tx, ShareItem(case.id, item.id), ada, FixedClock(NOON))

    assert _seen(tx_as, cy, CANARY)[0] == 1


def test_a_withdrawn_file_stays_found_by_the_desk(
    people: Any, case: Any, kinds: Any, tx_as: Any
) -> None:
    ada = people["ada"].actor
    item = make_item(ada, case.id, name=f"{CANARY}.pdf")

    with tx_as(ada) as tx:
        withdraw_item(tx, WithdrawItem(case.id, item.id), ada, FixedClock(NOON))

    assert kinds(people["rio"], CANARY) == ["evidence"]


def test_filters_narrow_by_kind_state_and_day(
    people: Any, case: Any, look: Any, clock: FixedClock
) -> None:
    rio = people["rio"]

    assert look(rio, "ferry", kinds=frozenset({Subject.LETTER})).total == 0
    assert look(rio, "ferry", states=("submitted",)).total == 1
    assert look(rio, "ferry", states=("closed",)).total == 0
    assert look(rio, "ferry", since=clock.now()).total == 1
    assert look(rio, "ferry", since=clock.now() + timedelta(days=1)).total == 0
    assert look(rio, "ferry", until=clock.now().replace(year=2020)).total == 0


def test_a_rebuild_writes_what_is_there_and_forgets_the_rest(
    people: Any, case: Any, look: Any, tx_as: Any
) -> None:
    make_message(people["ada"].actor, case.id, body=CANARY)
    make_item(people["ada"].actor, case.id, name="harbour.pdf")
    with tx_as(SYSTEM) as tx:
        before = tx.execute(text("select count(*) from search_entry")).scalar_one()
        tx.execute(
            text(
                "select search_put('message', gen_random_uuid(), :c, 'complainant', 'private', '', 'x', now(), '{x}', '{}', '')"
            ),
            {"c": case.id},
        )
        tx.execute(text("select search_forget('case', :ids)"), {"ids": [case.id]})

    for subject in SOURCES:
        with tx_as(SYSTEM) as tx:
            rebuild_batch(tx, subject, None)

    with tx_as(SYSTEM) as tx:
        assert tx.execute(text("select count(*) from search_entry")).scalar_one() == before
    assert look(people["rio"], "ferry").total == 1
    assert look(people["rio"], CANARY).total == 1


def test_no_role_of_the_application_reads_the_keys(tx_as: Any, people: Any) -> None:
    with pytest.raises(Exception, match="permission denied"), tx_as(SYSTEM) as tx:
        tx.execute(text("select * from search_key"))
