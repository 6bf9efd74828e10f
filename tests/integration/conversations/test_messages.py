"""Messages: the right room, once, never changed; the timeline shows each reader their own case."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, text

from app.cases.rules.kinds import CaseEvent
from app.conversations.commands import AddNote, KeepDraft, SendMessage
from app.conversations.queries import draft_of, timeline, unread_in
from app.conversations.rules.audience import Audience
from app.conversations.rules.timeline import EntryKind
from app.conversations.service import add_note, keep_draft, mark_read, send_message
from app.evidence.commands import ShareItem
from app.evidence.service import share_item
from app.infra.db.extension import db
from app.kernel.actor import Actor
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.sides import Side
from tests.factories.accounts import make_cast
from tests.factories.cases import act, make_case, make_draft
from tests.factories.conversations import make_message, make_request
from tests.factories.evidence import make_item

SYSTEM = Actor.system("test")


@pytest.fixture
def people(app: Any) -> Any:
    return make_cast("ada", "bo", "cy", "dee", "rio", "fay", "aud", "adi")


@pytest.fixture
def case(people: Any) -> Any:
    return make_case(people["ada"], respondent=people["cy"])


def bodies(tx_as: Any, actor: Actor, case: Any) -> list[str]:
    with tx_as(actor) as tx:
        return [entry.body for entry in timeline(tx, actor, case.id).entries if entry.body]


def test_each_audience_reaches_exactly_its_readers(people: Any, case: Any, tx_as: Any) -> None:
    ada, cy, dee, aud = (people[key].actor for key in ("ada", "cy", "dee", "aud"))

    make_message(ada, case.id, body="from ada")
    make_message(cy, case.id, body="from cy")
    for audience in (Audience.COMPLAINANT, Audience.RESPONDENT, Audience.BOTH, Audience.NOTE):
        make_message(dee, case.id, audience=audience, body=f"to {audience}")

    assert set(bodies(tx_as, ada, case)) == {"from ada", "to complainant", "to both"}
    assert set(bodies(tx_as, cy, case)) == {"from cy", "to respondent", "to both"}
    assert len(bodies(tx_as, dee, case)) == len(bodies(tx_as, aud, case)) == 6


@pytest.mark.parametrize(
    ("who", "audience", "error"),
    [
        ("ada", Audience.RESPONDENT, Invalid),
        ("ada", Audience.NOTE, Invalid),
        ("ada", Audience.BOTH, Invalid),
        ("bo", Audience.DESK, NotFound),
        ("adi", Audience.NOTE, NotFound),
        ("aud", Audience.NOTE, NotFound),
        ("fay", Audience.COMPLAINANT, Forbidden),
        ("dee", Audience.DESK, Invalid),
    ],
)
def test_nobody_writes_where_they_may_not(
    people: Any, case: Any, who: str, audience: Audience, error: Any
) -> None:
    with pytest.raises(error):
        make_message(people[who].actor, case.id, audience=audience)


@pytest.mark.parametrize("body", ["", "  \n", "\u00a0\u200b"])
def test_b002_a_message_of_blanks_is_empty(people: Any, case: Any, body: str) -> None:
    with pytest.raises(Invalid) as caught:
        make_message(people["ada"].actor, case.id, body=body)

    assert caught.value.field == "body"


@pytest.mark.parametrize(
    ("body", "code"), [("x" * 20_001, "text_length"), ("a\x00b", "text_control")]
)
def test_b003_b005_odd_text_is_refused_with_words(
    people: Any, case: Any, body: str, code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        make_message(people["ada"].actor, case.id, body=body)

    assert caught.value.code == code


def test_b006_words_are_stored_as_typed(people: Any, case: Any, tx_as: Any) -> None:
    hostile = "<script>alert(1)</script> {{7*7}} ${7*7} %s {0} \u202ex"

    make_message(people["ada"].actor, case.id, body=hostile)

    assert bodies(tx_as, people["ada"].actor, case) == [hostile]


def test_i16_the_same_key_sends_once(people: Any, case: Any, tx_as: Any, clock: Any) -> None:
    ada = people["ada"].actor
    command = SendMessage(case.id, Audience.DESK, "hello", client_key="k")

    with tx_as(ada) as tx:
        first = send_message(tx, command, ada, clock)
    with tx_as(ada) as tx:
        again = send_message(tx, command, ada, clock)

    assert first == again
    assert bodies(tx_as, ada, case) == ["hello"]


def test_i5_somebody_wrote_meanwhile(people: Any, case: Any, tx_as: Any, clock: Any) -> None:
    ada, dee = people["ada"].actor, people["dee"].actor
    with tx_as(dee) as tx:
        seen = timeline(tx, dee, case.id).version
    make_message(ada, case.id, body="one more thing")

    with pytest.raises(Stale) as caught, tx_as(dee) as tx:
        command = SendMessage(case.id, Audience.COMPLAINANT, "my reply", version=seen)
        send_message(tx, command, dee, clock)

    assert (caught.value.theirs, caught.value.yours) == ("one more thing", "my reply")
    with tx_as(dee) as tx:
        send_message(
            tx,
            SendMessage(case.id, Audience.COMPLAINANT, "my reply", version=caught.value.version),
            dee,
            clock,
        )


def test_the_other_sides_words_do_not_make_mine_stale(
    people: Any, case: Any, tx_as: Any, clock: Any
) -> None:
    ada, cy = people["ada"].actor, people["cy"].actor
    with tx_as(ada) as tx:
        seen = timeline(tx, ada, case.id).version
    make_message(cy, case.id, body="private of cy")

    with tx_as(ada) as tx:
        send_message(tx, SendMessage(case.id, Audience.DESK, "fine", version=seen), ada, clock)

    assert bodies(tx_as, ada, case) == ["fine"]


def test_a_draft_takes_no_messages(people: Any) -> None:
    draft = make_draft(people["ada"])

    with pytest.raises(Refused):
        make_message(people["ada"].actor, draft)


def test_b144_a_party_reads_no_trace_of_the_other_side(people: Any, case: Any, tx_as: Any) -> None:
    ada, cy, rio = (people[key].actor for key in ("ada", "cy", "rio"))
    make_message(cy, case.id, body="canary words")
    make_item(cy, case.id, name="canary file.pdf")
    make_request(rio, case.id, side=Side.RESPONDENT)

    with tx_as(ada) as tx:
        page = timeline(tx, ada, case.id)

    assert "canary" not in repr(page)
    assert {entry.verb for entry in page.entries} == {"case.submit"}
    assert (page.version, page.unread) == (0, 0)


def test_a_party_reads_its_own_files_requests_and_what_was_shared(
    people: Any, case: Any, tx_as: Any, clock: Any
) -> None:
    ada, cy, rio = (people[key].actor for key in ("ada", "cy", "rio"))
    make_item(ada, case.id, name="mine.pdf")
    make_request(rio, case.id)
    theirs = make_item(cy, case.id, name="theirs.pdf")
    with tx_as(cy) as tx:
        share_item(tx, ShareItem(case.id, theirs.id), cy, clock)

    with tx_as(ada) as tx:
        page = timeline(tx, ada, case.id)

    shown = {(entry.verb, entry.filename) for entry in page.entries if entry.verb}
    assert shown >= {
        ("evidence.received", "mine.pdf"),
        ("evidence.shared", "theirs.pdf"),
        ("request.asked", ""),
    }
    assert ("evidence.received", "theirs.pdf") not in shown
    asked = next(entry for entry in page.entries if entry.request_number)
    assert (asked.request_number, asked.by, asked.kind) == (1, "Rio Reyes", EntryKind.MESSAGE)


def test_names_of_the_other_side_are_not_told(
    people: Any, case: Any, tx_as: Any, clock: Any
) -> None:
    ada, cy = people["ada"].actor, people["cy"].actor
    theirs = make_item(cy, case.id)
    with tx_as(cy) as tx:
        share_item(tx, ShareItem(case.id, theirs.id), cy, clock)

    with tx_as(ada) as tx:
        shared = [
            entry for entry in timeline(tx, ada, case.id).entries if entry.verb == "evidence.shared"
        ]

    assert [(entry.by, entry.data.get("as")) for entry in shared] == [("", "S1")]
    assert "Cy" not in repr(shared)


def test_pages_turn_without_a_gap_or_a_repeat(
    people: Any, case: Any, tx_as: Any, clock: Any
) -> None:
    ada = people["ada"].actor
    for n in range(7):
        clock.advance(timedelta(minutes=n % 2))
        make_message(ada, case.id, body=f"m{n}", clock=clock)

    seen, cursor = [], None
    for _turn in range(3):
        with tx_as(ada) as tx:
            page = timeline(tx, ada, case.id, cursor, limit=3)
        seen += [entry.id for entry in page.entries]
        cursor = page.next_cursor

    assert cursor is None
    assert len(seen) == len(set(seen)) == 8


@pytest.mark.parametrize("cursor", ["x", "e30", "WyIyMDI2LTExLTIwIiwgMV0", "%%%", "W10"])
def test_a_wrong_cursor_is_refused(people: Any, case: Any, tx_as: Any, cursor: str) -> None:
    ada = people["ada"].actor

    with pytest.raises(Invalid), tx_as(ada) as tx:
        timeline(tx, ada, case.id, cursor)


@pytest.mark.parametrize("who", ["ada", "rio"])
def test_the_timeline_takes_two_statements(people: Any, case: Any, tx_as: Any, who: str) -> None:
    actor, statements = people[who].actor, []
    make_message(people["ada"].actor, case.id)

    def count(*args: Any) -> None:
        statements.append(args[2])

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        with tx_as(actor) as tx:
            timeline(tx, actor, case.id)
    finally:
        event.remove(db.engine, "before_cursor_execute", count)

    assert len([line for line in statements if "set_config" not in line]) <= 2


def test_unread_counts_what_others_wrote_since_i_looked(
    people: Any, case: Any, tx_as: Any, clock: Any
) -> None:
    ada, dee = people["ada"].actor, people["dee"].actor
    make_message(ada, case.id, body="mine")
    make_message(dee, case.id, audience=Audience.COMPLAINANT, body="new")
    with tx_as(ada) as tx:
        before = (timeline(tx, ada, case.id).unread, unread_in(tx, ada, [case.id]))
        clock.advance(timedelta(minutes=1))
        mark_read(tx, case.id, ada, clock)

    with tx_as(ada) as tx:
        assert timeline(tx, ada, case.id).unread == 0
        assert unread_in(tx, ada, [case.id, uuid4()]) == {}
    assert before == (1, {case.id: 1})


def test_unsent_words_are_their_authors_alone(
    people: Any, case: Any, tx_as: Any, clock: Any
) -> None:
    dee, rio = people["dee"].actor, people["rio"].actor
    with tx_as(dee) as tx:
        keep_draft(tx, KeepDraft(case.id, "note", "half a thought"), dee, clock)

    with tx_as(rio) as tx:
        assert draft_of(tx, rio, case.id, "note") == ""
        assert tx.execute(text("select count(*) from draft_text")).scalar_one() == 0
    with tx_as(dee) as tx:
        assert draft_of(tx, dee, case.id, "note") == "half a thought"
        keep_draft(tx, KeepDraft(case.id, "note", ""), dee, clock)
        assert draft_of(tx, dee, case.id, "note") == ""
    with pytest.raises(NotFound), tx_as(people["bo"].actor) as tx:
        keep_draft(tx, KeepDraft(case.id, "desk", "x"), people["bo"].actor, clock)


@pytest.mark.parametrize(
    "statement",
    ["update message set body = 'x'", "delete from message", "truncate message cascade"],
)
def test_words_once_sent_never_change(people: Any, case: Any, tx_as: Any, statement: str) -> None:
    make_message(people["ada"].actor, case.id)

    with pytest.raises(Exception, match=r"denied|append-only"), tx_as(SYSTEM) as tx:
        tx.execute(text(statement))


def test_the_database_alone_keeps_notes_and_the_other_side_away(
    people: Any, case: Any, tx_as: Any, clock: Any
) -> None:
    ada, cy, dee = (people[key].actor for key in ("ada", "cy", "dee"))
    make_message(cy, case.id)
    with tx_as(dee) as tx:
        add_note(tx, AddNote(case.id, "between us"), dee, clock)

    with tx_as(ada) as tx:
        assert tx.execute(text("select count(*) from message")).scalar_one() == 0
    with tx_as(people["adi"].actor) as tx:
        assert tx.execute(text("select count(*) from message")).scalar_one() == 0
    with tx_as(dee) as tx:
        assert tx.execute(text("select count(*) from message")).scalar_one() == 2


def test_the_database_refuses_a_message_into_the_other_side(
    people: Any, case: Any, tx_as: Any
) -> None:
    with pytest.raises(Exception, match="row-level security"), tx_as(people["ada"].actor) as tx:
        tx.execute(
            text(
                "insert into message (id, case_id, side, disclosure, sender_side, body, language, channel, at) "
                "values (gen_random_uuid(), :case, 'respondent', 'private', 'desk', 'x', 'en', 'portal', now())"
            ),
            {"case": case.id},
        )


def test_b145_why_a_case_moved_is_read_by_the_desk_alone(
    people: Any, case: Any, tx_as: Any
) -> None:
    reason = "zanzibar: the bank statement of page two."
    act(case.id, CaseEvent.TAKE, people["rio"].actor, reason=reason)

    def reads(who: str) -> list[str]:
        with tx_as(people[who].actor) as tx:
            return [
                entry.body
                for entry in timeline(tx, people[who].actor, case.id).entries
                if entry.verb == "case.take"
            ]

    assert reads("rio") == reads("dee") == reads("aud") == [reason]
    assert set(reads("ada") + reads("cy")) <= {""}
