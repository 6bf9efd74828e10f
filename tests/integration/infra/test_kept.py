"""Kept statements: the same rows as the library finds, the same errors, and nobody who counts is passed by."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Integer, Numeric, Uuid, any_, bindparam, event, literal, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session, aliased

from app.cases.models import CaseParty, PartyContact
from app.cases.queries.one import case_by_ref
from app.infra.db.binds import IDS, unfolded
from app.infra.db.driver import PREPARED, tell
from app.infra.db.extension import db
from app.infra.db.kept import Built, ask, shared
from app.infra.db.transaction import brief, house
from app.kernel.actor import ANYBODY, Actor, ActorKind, Role
from app.kernel.errors import NotFound, Unavailable
from app.search.models import SearchRecent
from tests.factories.accounts import NOON, make_cast
from tests.factories.cases import make_case

As = Callable[[Actor], AbstractContextManager[Session]]
SYSTEM = Actor.system("test")
CUSTOM_FIRST = 5
"""Plans that the server makes for the values before it trusts one for all."""
_other = aliased(PartyContact, name="other_contact")
SHAPES = (
    select(CaseParty).order_by(CaseParty.id),
    select(CaseParty.id, CaseParty.side.label("whose")).order_by(CaseParty.id),
    select(CaseParty.display_name).order_by(CaseParty.id),
    select(CaseParty, PartyContact, literal(7).label("seven"))
    .outerjoin(PartyContact, PartyContact.party_id == CaseParty.id)
    .order_by(CaseParty.id),
    select(CaseParty, _other).outerjoin(_other, _other.phone == "nobody").order_by(CaseParty.id),
    select(CaseParty.id).where(CaseParty.side.in_(["complainant", "respondent"])).order_by(CaseParty.id),
    select(CaseParty.id).where(CaseParty.side.in_([])),
)  # fmt: skip


def plain(row: Any) -> Any:
    """The values of a row of either way; a model is a mapping of its columns, whoever made it."""
    if row is None or not (hasattr(row, "_fields") or hasattr(row, "__table__")):
        return row
    if hasattr(row, "__table__"):
        return {column.key: getattr(row, column.key) for column in row.__table__.c}
    if all(isinstance(name, str) and name.isidentifier() for name in row._fields):
        return {name: plain(value) for name, value in zip(row._fields, row, strict=True)}
    return [plain(value) for value in row]


@pytest.fixture
def case(app: Any) -> Any:
    """A filed case with both sides."""
    cast = make_cast("artist", "other_artist")
    return make_case(cast["artist"], respondent=cast["other_artist"])


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize("number", range(len(SHAPES)))
def test_it_finds_what_the_library_finds(tx_as: As, number: int) -> None:
    statement = SHAPES[number]
    with tx_as(SYSTEM) as tx:
        kept = [plain(row) for row in ask(tx, statement)]
        known = [plain(row[0] if len(row) == 1 else row) for row in tx.execute(statement)]

    assert kept == known
    assert bool(kept) is (number < len(SHAPES) - 1)


@pytest.mark.usefixtures("case")
def test_a_model_that_an_outer_join_did_not_find_is_none(tx_as: As) -> None:
    with tx_as(SYSTEM) as tx:
        rows = ask(tx, SHAPES[4])

    assert {row.other_contact for row in rows} == {None}


def test_values_are_bound_and_a_missing_one_is_an_error(tx_as: As) -> None:
    wanted = select(literal(1)).where(literal("a") == bindparam("of_name"))
    with tx_as(SYSTEM) as tx:
        assert ask(tx, wanted, {"of_name": "a"}) == [1]
        assert ask(tx, wanted, {"of_name": "' or true --"}) == []
        with pytest.raises(ProgrammingError):
            ask(tx, wanted)


def test_money_keeps_all_its_places(tx_as: As) -> None:
    amount = Decimal("12345678901234567890.123456789012")
    with tx_as(SYSTEM) as tx:
        found = ask(tx, select(literal(amount, Numeric(38, 12)), literal(3, Integer())))

    assert str(found[0][0]) == "12345678901234567890.123456789012"
    assert isinstance(found[0][0], Decimal)


def test_words_of_our_own_come_back_with_their_names(tx_as: As) -> None:
    with tx_as(SYSTEM) as tx:
        (row,) = ask(tx, text("select 1 as first, :more as second"), {"more": "x"})

    assert (row.first, row.second) == (1, "x")


def test_what_was_written_and_not_sent_yet_is_found(tx_as: As) -> None:
    key = make_cast("artist")["artist"].actor.person_id
    statement = select(SearchRecent.words).where(SearchRecent.person_id == key)
    with tx_as(SYSTEM) as tx:
        tx.add(SearchRecent(person_id=key, words="not sent yet", at=NOON))
        assert ask(tx, statement) == ["not sent yet"]


def test_it_is_counted_as_any_statement_is(tx_as: As) -> None:
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    with tx_as(SYSTEM) as tx:
        tx.connection()
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            ask(tx, SHAPES[0])
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    assert len(sent) == 1
    assert "case_party" in sent[0]


@pytest.mark.usefixtures("case")
def test_a_list_that_the_planner_does_not_count_keeps_its_plan(tx_as: As) -> None:
    of_ids = text("select custom_plans from pg_prepared_statements where statement like :words")
    wanted = select(CaseParty.id).where(CaseParty.case_id == any_(unfolded(IDS)))
    with tx_as(SYSTEM) as tx:
        for _ in range(12):
            ask(tx, wanted, {IDS.key: [uuid4()]})
        planned = tx.execute(of_ids, {"words": "%case_party.case_id = ANY (%"}).scalars().all()

    assert max(planned) == CUSTOM_FIRST


def test_what_may_be_lost_does_not_wait_for_the_disk(app: Any) -> None:
    asked = text("select source from pg_settings where name = 'synchronous_commit'")
    with app.app_context():
        with brief(SYSTEM, lasts=False) as tx:
            chosen = [row.source for row in ask(tx, asked)] + list(tx.execute(asked).scalars())
        with brief(SYSTEM) as tx:
            installed = ask(tx, asked)[0].source

    assert chosen == ["session", "session"]
    assert installed != "session"


@pytest.mark.usefixtures("case")
def test_the_walls_hold(tx_as: As) -> None:
    with tx_as(Actor.anonymous()) as tx:
        assert ask(tx, SHAPES[0]) == []


def test_statements_outlive_what_is_taken_back(tx_as: As) -> None:
    """The driver drops what it prepared when a transaction fails; what we prepared goes with it."""
    wanted = select(literal(7))
    for _ in range(8):  # the driver prepares what it sees often
        with tx_as(SYSTEM) as tx:
            tx.execute(text("select 8"))
            ask(tx, wanted)
    with pytest.raises(ZeroDivisionError), tx_as(SYSTEM) as tx:
        ask(tx, wanted)
        raise ZeroDivisionError
    with tx_as(SYSTEM) as tx:
        assert ask(tx, wanted) == [7]
        with pytest.raises(ZeroDivisionError), tx.begin_nested():
            ask(tx, wanted)
            raise ZeroDivisionError
        assert ask(tx, wanted) == [7]


def test_the_server_is_not_asked_to_keep_more_than_a_bound(tx_as: As) -> None:
    with tx_as(SYSTEM) as tx:
        for number in range(PREPARED + 20):
            assert ask(tx, text(f"select {number} as it"))[0].it == number
        assert ask(tx, text("select 0 as it"))[0].it == 0
        kept = text("select count(*) as it from pg_prepared_statements where name like 'redress%'")
        assert ask(tx, kept)[0].it == PREPARED


def test_a_value_that_could_end_its_quotes_is_told_as_a_value(tx_as: As) -> None:
    with tx_as(SYSTEM) as tx:
        tell(tx.connection(), {"app.person_id": "it's'; commit; --"})
        found = ask(tx, text("select current_setting('app.person_id') as it, '100%' as share"))
        assert found == [("it's'; commit; --", "100%")]
        with pytest.raises(ValueError, match="not a word"):
            tell(tx.connection(), {"app.person_id": "a\\"})


def test_a_server_that_goes_away_is_unavailable(tx_as: As, pg: dict[str, Any]) -> None:
    with pytest.raises(Unavailable), tx_as(SYSTEM) as tx:
        (backend,) = ask(tx, text("select pg_backend_pid() as it"))
        with psycopg.connect(pg["superuser"], autocommit=True) as other:
            other.execute("select pg_terminate_backend(%s, 5000)", (backend.it,))
        ask(tx, SHAPES[0])
    with tx_as(SYSTEM) as tx:
        assert ask(tx, text("select 1 as it"))[0].it == 1


@pytest.mark.usefixtures("case")
def test_a_brief_transaction_stands_behind_the_same_walls(app: Any) -> None:
    with app.app_context():
        with brief(Actor.anonymous()) as nobody:
            assert ask(nobody, SHAPES[0]) == []
        with brief(SYSTEM) as house:
            assert len(ask(house, SHAPES[0])) > 0


def test_a_brief_transaction_keeps_all_or_nothing(app: Any) -> None:
    key = make_cast("artist")["artist"].actor.person_id
    write = text(
        "insert into search_recent (person_id, words, at) values (:who, :words, :at) returning words"
    )
    kept = select(SearchRecent.words).where(SearchRecent.person_id == key)
    with app.app_context():
        with brief(SYSTEM) as tx:
            ask(tx, write, {"who": key, "words": "kept", "at": NOON})
        with pytest.raises(ZeroDivisionError), brief(SYSTEM) as tx:
            ask(tx, write, {"who": key, "words": "not kept", "at": NOON})
            raise ZeroDivisionError
        with brief(SYSTEM) as tx:
            assert ask(tx, kept) == ["kept"]


def test_a_brief_transaction_says_when_the_server_is_away(app: Any, pg: dict[str, Any]) -> None:
    with app.app_context():
        with pytest.raises(Unavailable), brief(SYSTEM) as tx:
            (backend,) = ask(tx, text("select pg_backend_pid() as it"))
            with psycopg.connect(pg["superuser"], autocommit=True) as other:
                other.execute("select pg_terminate_backend(%s, 5000)", (backend.it,))
            ask(tx, SHAPES[0])
        with brief(SYSTEM) as tx:
            assert ask(tx, text("select 1 as it"))[0].it == 1


def test_a_connection_whose_statements_were_lost_fails_once_and_mends_itself(app: Any) -> None:
    with app.app_context():
        with brief(SYSTEM) as tx:
            assert ask(tx, SHAPES[6]) == []
            ask(tx, text("select 1 as it"))
            tx.connection().connection.dbapi_connection.execute("deallocate all")
        with pytest.raises(ProgrammingError), brief(SYSTEM) as tx:
            ask(tx, SHAPES[6])
        with brief(SYSTEM) as tx:
            assert ask(tx, SHAPES[6]) == []


@pytest.fixture
def built() -> list[Actor]:
    """For whom the statement of `who` was built."""
    return []


@pytest.fixture
def who(built: list[Actor]) -> Any:
    """A statement that says who asks it."""

    @shared(8)
    def build(actor: Actor, first: int) -> Built:
        built.append(actor)
        me = literal(actor.person_id, Uuid())
        return select(me, literal(first)).where(me.in_([actor.person_id]))

    return build


def person(*roles: Role, name: str = "") -> Actor:
    """Somebody signed in, in a session of their own."""
    return Actor(
        ActorKind.PERSON, uuid4(), name, frozenset(roles), session_id=uuid4(), zone="Asia/Tokyo"
    )


def test_readers_of_the_same_roles_share_a_statement_each_with_their_own_id(
    tx_as: As, who: Any, built: list[Actor]
) -> None:
    ann, ben, lead = person(Role.ARTIST, name="Ann"), person(Role.ARTIST), person(Role.LEAD)
    with tx_as(SYSTEM) as tx:
        found = [ask(tx, who(actor, 1)) for actor in (ann, ben, ann, lead)]
        other = ask(tx, who(ann, 2))

    assert found == [[(actor.person_id, 1)] for actor in (ann, ben, ann, lead)]
    assert other == [(ann.person_id, 2)]
    assert [(one.roles, one.person_id, one.name, one.session_id, one.zone) for one in built] == [
        ({Role.ARTIST}, ANYBODY, "", None, "UTC"),
        ({Role.LEAD}, ANYBODY, "", None, "UTC"),
        ({Role.ARTIST}, ANYBODY, "", None, "UTC"),
    ]


def test_who_is_no_person_is_not_asked_as_one(tx_as: As, who: Any, built: list[Actor]) -> None:
    with tx_as(SYSTEM) as tx:
        assert ask(tx, who(SYSTEM, 1)) == []  # nothing equals nobody
    assert [one.person_id for one in built] == [None]


def test_a_shared_statement_without_its_asker_is_an_error(tx_as: As, who: Any) -> None:
    with tx_as(SYSTEM) as tx, pytest.raises(ProgrammingError):
        ask(tx, who(person(Role.ARTIST), 1).statement)


@pytest.mark.parametrize("hidden", [str(ANYBODY), [ANYBODY], {"who": [f"person:{ANYBODY}"]}])
def test_the_id_of_who_asks_may_not_hide_inside_another_value(tx_as: As, hidden: Any) -> None:
    @shared(1)
    def hiding(_actor: Actor) -> Built:
        return select(literal(hidden, JSONB()))

    with tx_as(SYSTEM) as tx, pytest.raises(ValueError, match="hidden"):
        ask(tx, hiding(person(Role.ARTIST)))


def test_the_first_wall_alone_keeps_out_who_shares_the_statement(tx_as: As) -> None:
    cast = make_cast("artist", "other_artist")
    owner, stranger = cast["artist"], cast["other_artist"].actor
    ref = make_case(owner).ref
    with tx_as(SYSTEM) as tx, house(tx):
        assert case_by_ref(tx, owner.actor, ref).ref == ref
        with pytest.raises(NotFound):
            case_by_ref(tx, stranger, ref)
        assert case_by_ref(tx, owner.actor, ref).ref == ref
