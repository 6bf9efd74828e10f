"""The sweeper on the database: reminders, breaches, silence, windows, downtime, jumps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.cases.commands import ApplyEvent
from app.cases.queries import case_by_id, clocks_of, moves_of
from app.cases.rules.facts import CaseFacts
from app.cases.rules.kinds import CaseEvent, Outcome, State, SubKind
from app.cases.service.messages import note_informed
from app.cases.service.sweep import due_to_wake
from app.infra.jobs import Run
from app.kernel.actor import Actor
from app.kernel.errors import Refused
from app.kernel.sides import Side
from app.ledger.commands import ReleaseHold
from app.ledger.service.holds import release_hold
from app.workflows.act import act as act_everywhere
from app.workflows.sweep_clocks import ring_one, sweep_clocks
from tests.factories.accounts import make_cast
from tests.factories.cases import act, make_case, make_draft
from tests.factories.ledger import make_hold

SYSTEM = Actor.system("test")
E, S = CaseEvent, State
ITEMS = {"items": ["the statement"]}


def sweep(app: Any) -> None:
    sweep_clocks(Run("clocks.sweep", app.extensions["redress"]))


def view(tx_as: Any, case_id: Any) -> Any:
    with tx_as(SYSTEM) as tx:
        return case_by_id(tx, SYSTEM, case_id)


def rows(tx_as: Any, sql: str, **values: Any) -> list[Any]:
    with tx_as(SYSTEM) as tx:
        return list(tx.execute(text(sql), values).all())


def clock_events(tx_as: Any, kind: str) -> list[tuple[str, str]]:
    sql = (
        "select e.kind, e.reason from clock_event e join clock c on c.id = e.clock_id "
        "where c.kind = :kind order by c.started_at, e.number"
    )
    return [(row.kind, row.reason) for row in rows(tx_as, sql, kind=kind)]


@pytest.fixture
def waiting(app: Any, clock: Any) -> Any:
    """A filed case in which Ada was asked something, with Cy on the other side."""
    cast = make_cast("ada", "cy", "dee", "rio")
    case = make_case(cast["ada"], SubKind.WRONG_SPLIT, respondent=cast["cy"])
    act(case.id, E.TAKE, cast["dee"].actor)
    act(case.id, E.ASK_COMPLAINANT, cast["dee"].actor, **ITEMS)
    return case, cast


def test_nothing_happens_before_its_time(app: Any, tx_as: Any, clock: Any, waiting: Any) -> None:
    sweep(app)

    assert clock_events(tx_as, "party") == [("start", "ask_complainant")]


def test_reminders_go_out_at_half_time_and_a_day_before_once(
    app: Any, tx_as: Any, clock: Any, waiting: Any
) -> None:
    for hours in (96, 60, 48):
        clock.advance(timedelta(hours=hours))
        sweep(app)
        sweep(app)

    kinds = [kind for kind, _ in clock_events(tx_as, "party")]
    near = rows(
        tx_as,
        "select payload from event where type = 'deadline_near' and payload->>'clock_kind' = 'party'",
    )
    assert kinds == ["start", "remind", "remind", "breach", "meet"]
    assert len(near) == 2


def test_silence_of_the_complainant_closes_with_no_response(
    app: Any, tx_as: Any, clock: Any, waiting: Any
) -> None:
    case, _cast = waiting
    clock.advance(timedelta(days=8))
    sweep(app)

    after = view(tx_as, case.id)
    assert (after.state, after.outcome) == (S.CLOSED, Outcome.NO_RESPONSE)
    with tx_as(SYSTEM) as tx:
        assert clocks_of(tx, SYSTEM, case.id) == ()
        assert moves_of(tx, SYSTEM, case.id)[-1].actor_name == "system:job:clocks.sweep"


def test_silence_of_the_respondent_brings_the_rule_and_a_person_decides(
    app: Any, tx_as: Any, clock: Any
) -> None:
    cast = make_cast("ada", "cy", "dee")
    case = make_case(cast["ada"], SubKind.PLATFORM_CLAIM, respondent=cast["cy"])
    act(case.id, E.TAKE, cast["dee"].actor)
    act(case.id, E.ASK_RESPONDENT, cast["dee"].actor, **ITEMS)
    clock.advance(timedelta(days=31))
    sweep(app)

    after = view(tx_as, case.id)
    assert (after.state, after.silence) == (S.REVIEW, "respondent_prevails")


def test_a_breach_of_ours_is_a_fact_and_escalates_weekly(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada")
    case = make_case(cast["ada"])
    clock.advance(timedelta(days=5))
    sweep(app)
    sweep(app)
    clock.advance(timedelta(days=7))
    sweep(app)

    kinds = [kind for kind, _ in clock_events(tx_as, "first_response")]
    after = view(tx_as, case.id)
    assert kinds == ["start", "breach", "escalate"]
    assert (after.state, after.needs_attention) == (S.SUBMITTED, "deadline_passed")


def test_a_draft_expires_thirty_days_after_its_last_change(
    app: Any, tx_as: Any, clock: Any
) -> None:
    cast = make_cast("ada")
    case_id = make_draft(cast["ada"], clock=clock, summary="words")
    clock.advance(timedelta(days=29))
    sweep(app)
    assert rows(tx_as, 'select state from "case"')[0].state == "draft"
    clock.advance(timedelta(days=3))
    sweep(app)

    state, summary = rows(tx_as, 'select state, summary from "case" where id = :id', id=case_id)[0]
    events = [kind for kind, _ in clock_events(tx_as, "draft")]
    assert (state, summary) == ("deleted", "")
    assert events.count("breach") == 0
    assert rows(tx_as, "select payload from event where type = 'draft_deleted'")[0].payload[
        "expired"
    ]


def decided(cast: Any, clock: Any, sub_kind: SubKind = SubKind.TECHNICAL) -> Any:
    case = make_case(cast["ada"], sub_kind, clock=clock)
    act(case.id, E.TAKE, cast["dee"].actor, clock=clock)
    return act(case.id, E.RESOLVE, cast["dee"].actor, clock=clock)


def test_an_answered_case_closes_after_its_window(app: Any, tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "dee")
    case = decided(cast, clock)
    clock.advance(timedelta(days=15))
    sweep(app)

    assert (view(tx_as, case.id).state, view(tx_as, case.id).outcome) == (
        S.CLOSED,
        Outcome.ANSWERED,
    )
    assert "breach" not in [kind for kind, _ in clock_events(tx_as, "satisfaction")]


def test_a_closing_that_is_blocked_is_flagged_and_tried_again(
    app: Any, tx_as: Any, clock: Any
) -> None:
    cast = make_cast("ada", "dee", "rio")
    case = make_case(cast["ada"], SubKind.TECHNICAL, clock=clock)
    act(case.id, E.TAKE, cast["dee"].actor, clock=clock)
    hold_id = make_hold(case.id, cast["rio"].actor)
    act(case.id, E.RESOLVE, cast["dee"].actor, clock=clock)
    clock.advance(timedelta(days=15))
    sweep(app)
    blocked = view(tx_as, case.id)
    with tx_as(cast["rio"].actor) as tx:
        release_hold(tx, ReleaseHold(hold_id, "agreed"), cast["rio"].actor, clock)
    sweep(app)
    assert view(tx_as, case.id).state is S.DECIDED
    clock.advance(timedelta(days=1, minutes=1))
    sweep(app)

    assert (blocked.state, blocked.needs_attention) == (S.DECIDED, "silence_blocked")
    assert view(tx_as, case.id).state is S.CLOSED


def test_the_statutory_window_alarms_on_both_sides_and_asks_for_the_restoration(
    app: Any, tx_as: Any, clock: Any
) -> None:
    cast = make_cast("ada", "cy", "rio", "dee")
    case = make_case(cast["ada"], SubKind.DMCA_NOTICE, respondent=cast["cy"])
    act(case.id, E.ACCEPT_NOTICE, cast["rio"].actor)
    act(case.id, E.COUNTER, cast["cy"].actor)
    act(case.id, E.ACCEPT_COUNTER, cast["rio"].actor)
    for _ in range(26):
        clock.advance(timedelta(days=1))
        sweep(app)

    (window,) = rows(
        tx_as, "select earliest_at, due_at, state, ended_at from clock where kind = 'statutory'"
    )
    events = clock_events(tx_as, "statutory")
    assert window.earliest_at.astimezone(UTC) == datetime(2026, 12, 8, 4, 59, 59, tzinfo=UTC)
    assert window.due_at.astimezone(UTC) == datetime(2026, 12, 12, 4, 59, 59, tzinfo=UTC)
    assert [reason.partition(",")[0] for kind, reason in events if kind == "alarm"] == [
        "opens_soon",
        "open",
        "closes_soon",
    ]
    assert (window.state, window.ended_at) == ("breached", None)
    assert view(tx_as, case.id).state is S.RESTORATION_WINDOW
    assert view(tx_as, case.id).needs_attention == "restore_due"


def test_b124_a_clock_that_jumps_back_fires_nothing_twice(
    app: Any, tx_as: Any, clock: Any, waiting: Any
) -> None:
    clock.advance(timedelta(days=3, hours=18))
    sweep(app)
    before = clock_events(tx_as, "party")
    clock.advance(timedelta(hours=-1))
    sweep(app)
    clock.advance(timedelta(hours=1))
    sweep(app)

    assert clock_events(tx_as, "party") == before
    clock.advance(timedelta(days=3))
    sweep(app)
    assert [kind for kind, _ in clock_events(tx_as, "party")].count("remind") == 2


def test_b125_after_days_of_downtime_everything_fires_in_order_with_how_late(
    app: Any, tx_as: Any, clock: Any
) -> None:
    cast = make_cast("ada", "dee")
    first = make_case(cast["ada"], clock=clock)
    clock.advance(timedelta(hours=3))
    second = make_case(cast["ada"], clock=clock)
    clock.advance(timedelta(days=6))
    sweep(app)

    passed = rows(
        tx_as,
        "select payload from event where type = 'deadline_passed' "
        "and payload->>'clock_kind' = 'first_response' order by at",
    )
    assert [row.payload["case_id"] for row in passed] == [str(first.id), str(second.id)]
    assert [row.payload["late_by"] for row in passed] == sorted(
        (row.payload["late_by"] for row in passed), reverse=True
    )
    reasons = [reason for kind, reason in clock_events(tx_as, "first_response") if kind == "breach"]
    assert all(reason.startswith("late by ") for reason in reasons)
    assert "remind" not in [kind for kind, _ in clock_events(tx_as, "first_response")]


def test_b125_a_missed_reminder_goes_out_once_and_late_while_its_deadline_is_ahead(
    app: Any, tx_as: Any, clock: Any, waiting: Any
) -> None:
    clock.advance(timedelta(days=6, hours=18))
    sweep(app)
    sweep(app)

    reminders = [reason for kind, reason in clock_events(tx_as, "party") if kind == "remind"]
    (told,) = rows(
        tx_as, "select data->>'late_by' as late from history_entry where verb = 'clock.announced'"
        " and data->>'clock' = 'party'"
    )  # fmt: skip
    assert len(reminders) == 1
    assert reminders[0].startswith("deadline near, late by ")
    assert int(told.late) > 0


def test_b125_a_reminder_whose_deadline_passed_is_not_sent(
    app: Any, tx_as: Any, clock: Any, waiting: Any
) -> None:
    clock.advance(timedelta(days=9))
    sweep(app)

    assert "remind" not in [kind for kind, _ in clock_events(tx_as, "party")]
    assert rows(tx_as, "select 1 from event where type = 'deadline_near' and payload->>'clock_kind' = 'party'") == []  # fmt: skip


def test_b125_ends_fire_by_their_own_instant_not_by_the_reminder_missed_before(
    app: Any, tx_as: Any, clock: Any
) -> None:
    cast = make_cast("ada", "cy", "dee")
    slow = make_case(cast["ada"], SubKind.PLATFORM_CLAIM, respondent=cast["cy"], clock=clock)
    act(slow.id, E.TAKE, cast["dee"].actor, clock=clock)
    act(slow.id, E.ASK_RESPONDENT, cast["dee"].actor, clock=clock, **ITEMS)
    clock.advance(timedelta(days=14))
    quick = make_case(cast["ada"], SubKind.WRONG_SPLIT, clock=clock)
    act(quick.id, E.TAKE, cast["dee"].actor, clock=clock)
    act(quick.id, E.ASK_COMPLAINANT, cast["dee"].actor, clock=clock, **ITEMS)
    clock.advance(timedelta(days=30))
    sweep(app)

    passed = rows(
        tx_as, "select payload from event where type = 'deadline_passed' "
        "and payload->>'clock_kind' = 'party' order by at",
    )  # fmt: skip
    assert [row.payload["case_id"] for row in passed] == [str(quick.id), str(slow.id)]


def test_b125_a_window_that_opened_meanwhile_is_announced_as_it_is_now(
    app: Any, tx_as: Any, clock: Any
) -> None:
    cast = make_cast("ada", "cy", "rio", "dee")
    case = make_case(cast["ada"], SubKind.DMCA_NOTICE, respondent=cast["cy"])
    act(case.id, E.ACCEPT_NOTICE, cast["rio"].actor)
    act(case.id, E.COUNTER, cast["cy"].actor)
    act(case.id, E.ACCEPT_COUNTER, cast["rio"].actor)
    (window,) = rows(tx_as, "select due_at from clock where kind = 'statutory'")
    clock.advance(window.due_at - timedelta(hours=3) - clock.now())
    sweep(app)

    alarms = [reason for kind, reason in clock_events(tx_as, "statutory") if kind == "alarm"]
    assert len(alarms) == 1
    assert alarms[0].startswith("closes_soon, late by ")
    assert view(tx_as, case.id).needs_attention == "restore_due"


@pytest.mark.parametrize(("offset", "late"), [(-1, False), (0, False), (1, True)])
def test_b126_at_the_due_instant_the_clock_decides_and_a_late_answer_is_flagged(
    app: Any, tx_as: Any, clock: Any, waiting: Any, offset: Any, late: Any
) -> None:
    case, cast = waiting
    due = rows(tx_as, "select due_at from clock where kind = 'party'")[0].due_at.astimezone(UTC)
    clock.advance(due + timedelta(seconds=offset) - clock.now())

    after = act(
        case.id, E.ANSWER, cast["ada"].actor, clock=clock, facts=CaseFacts(answered_items=1)
    )

    (party,) = rows(
        tx_as, "select state, breached_at is not null as late from clock where kind = 'party'"
    )
    assert after.state is S.TRIAGE
    assert party.late is late
    assert party.state == ("breached" if late else "met")
    if late:
        assert ("meet", "answer, late by 1 s") in clock_events(tx_as, "party")


def test_b127_an_extension_at_the_moment_of_expiry_has_one_outcome(
    app: Any, tx_as: Any, clock: Any, waiting: Any
) -> None:
    case, cast = waiting
    due = rows(tx_as, "select due_at from clock where kind = 'party'")[0].due_at.astimezone(UTC)
    clock.advance(due - clock.now())
    command = ApplyEvent(case.id, E.EXTEND, view(tx_as, case.id).version, "travelling")
    with tx_as(cast["dee"].actor) as tx:
        act_everywhere(tx, command, cast["dee"].actor, clock)
    sweep(app)

    assert view(tx_as, case.id).state is S.WAITING_COMPLAINANT
    clock.advance(timedelta(days=8))
    sweep(app)
    assert view(tx_as, case.id).state is S.CLOSED
    with tx_as(cast["dee"].actor) as tx, pytest.raises(Refused):
        late = ApplyEvent(case.id, E.EXTEND, view_in(tx, case.id), "too late")
        act_everywhere(tx, late, cast["dee"].actor, clock)


def view_in(tx: Any, case_id: Any) -> int:
    return tx.execute(
        text('select version from "case" where id = :id'), {"id": case_id}
    ).scalar_one()


def test_b128_a_new_calendar_version_leaves_running_clocks_alone(
    app: Any, tx_as: Any, clock: Any
) -> None:
    from app.policies.commands import PublishCalendar
    from app.policies.rules.national import national_calendar
    from app.policies.service import publish_calendar

    cast = make_cast("ada")
    case = make_case(cast["ada"])
    before = rows(tx_as, "select kind, due_at, calendar_id from clock order by kind, due_at")
    longer = national_calendar("US", 2019, 2037)
    with tx_as(SYSTEM) as tx:
        publish_calendar(tx, PublishCalendar(longer, "two more years"), SYSTEM, clock)
        assert case_by_id(tx, SYSTEM, case.id).version == case.version

    assert (
        rows(tx_as, "select kind, due_at, calendar_id from clock order by kind, due_at") == before
    )


def test_a_case_that_somebody_holds_is_left_for_the_next_minute(
    app: Any, tx_as: Any, clock: Any, waiting: Any, pg: Any
) -> None:
    import psycopg

    case, _cast = waiting
    clock.advance(timedelta(days=8))
    with psycopg.connect(pg["superuser"]) as other:
        other.execute('select 1 from "case" where id = %s for update', (case.id,))
        with tx_as(SYSTEM) as tx:
            (clock_id,) = due_to_wake(tx, clock.now(), 10)
            assert ring_one(tx, clock_id, SYSTEM, clock) is None
        assert view(tx_as, case.id).state is S.WAITING_COMPLAINANT
    sweep(app)

    assert view(tx_as, case.id).state is S.CLOSED


def test_extension_asked_by_the_party_counts_once(
    app: Any, tx_as: Any, clock: Any, waiting: Any
) -> None:
    case, cast = waiting
    before = rows(tx_as, "select due_at from clock where kind = 'party'")[0].due_at

    act(case.id, E.EXTEND, cast["ada"].actor, facts=CaseFacts())
    with pytest.raises(Refused):
        act(
            case.id,
            E.EXTEND,
            cast["ada"].actor,
            facts=CaseFacts(extended=frozenset({Side.COMPLAINANT})),
        )

    after = rows(tx_as, "select due_at from clock where kind = 'party'")[0].due_at
    assert after - before == timedelta(days=7)


def test_the_appeal_window_counts_from_the_later_informed_party(
    app: Any, tx_as: Any, clock: Any
) -> None:
    cast = make_cast("ada", "cy", "rio", "eli")
    case = make_case(cast["ada"], SubKind.OWNERSHIP, respondent=cast["cy"], clock=clock)
    ready = CaseFacts(decision_missing=(), decision_outcome=Outcome.UPHELD)
    act(case.id, E.TAKE, cast["rio"].actor, clock=clock)
    act(case.id, E.START_REVIEW, cast["rio"].actor, clock=clock)
    act(case.id, E.PROPOSE_DECISION, cast["rio"].actor, clock=clock, facts=ready)
    act(case.id, E.CONFIRM, cast["eli"].actor, clock=clock, facts=ready)
    sql = "select due_at from clock where kind = 'appeal'"
    before = rows(tx_as, sql)[0].due_at
    clock.advance(timedelta(days=3))

    for _ in range(2):
        with tx_as(SYSTEM) as tx:
            note_informed(tx, case.id, SYSTEM, clock)

    assert rows(tx_as, sql)[0].due_at - before == timedelta(days=3)
    assert view(tx_as, case.id).informed_at == clock.now()
