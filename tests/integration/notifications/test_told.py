"""Who is told: sides with their delegates, the desk's owner or leads; what is dropped before it is sent."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.accounts.service.delegations import revoke_delegation
from app.cases.commands import AssignCase, WallOff
from app.cases.queries import case_by_id
from app.cases.rules.kinds import CaseEvent, SubKind
from app.cases.service.people import assign, wall_off_person
from app.infra.jobs import Run
from app.infra.mail.port import MailRefused
from app.infra.mail.recording import RecordingMailer
from app.kernel.actor import Actor
from app.kernel.sides import Side
from app.notifications.commands import SaveChoices, Tell
from app.notifications.jobs import send_digests
from app.notifications.queries import addressees, notices_page, unread_notices
from app.notifications.rules import MailKind
from app.notifications.service.choices import save_choices
from app.notifications.service.notices import mark_case_read, mark_read, tell
from app.workflows.sweep_clocks import sweep_clocks
from tests.factories.accounts import make_cast, make_delegation
from tests.factories.cases import act, make_case
from tests.factories.letters import with_services

SYSTEM = Actor.system("test")
E = CaseEvent


@pytest.fixture
def mailer(app: Any) -> Iterator[RecordingMailer]:
    """Keeps what is sent."""
    with with_services(app, mailer=RecordingMailer()) as services:
        yield services.mailer


def sweep(app: Any, run_jobs: Any) -> None:
    sweep_clocks(Run("clocks.sweep", app.extensions["redress"]))
    run_jobs()


def told(tx_as: Any, person: Any) -> list[str]:
    """Kinds of somebody's notices, newest first."""
    with tx_as(person.actor) as tx:
        return [row.kind.value for row in notices_page(tx, person.actor).rows]


def mails(tx_as: Any, kind: MailKind) -> list[Any]:
    """Mails of one kind by address."""
    sql = "select * from outgoing_mail where kind = :kind order by address"
    with tx_as(SYSTEM) as tx:
        return list(tx.execute(text(sql), {"kind": kind.value}).all())


def tell_ada(tx_as: Any, ada: Any, clock: Any, **changes: Any) -> None:
    """One notice to Ada about her case, committed."""
    given = {
        "kind": MailKind.MESSAGE_RECEIVED, "subject_id": "1", "address": ada.email,
        "language": "en", "zone": "Europe/Lisbon", "values": {"ref": "RD-7K4M-29QX"},
        "person_id": ada.id,
    }  # fmt: skip
    with tx_as(SYSTEM) as tx:
        tell(tx, Tell(**{**given, **changes}), clock)


def test_a_missed_deadline_reaches_the_leads_while_nobody_owns_the_case(
    app: Any, tx_as: Any, clock: Any, run_jobs: Any, mailer: RecordingMailer
) -> None:
    cast = make_cast("ada", "dee", "eli")
    make_case(cast["ada"])
    clock.advance(timedelta(days=5))
    sweep(app, run_jobs)

    assert told(tx_as, cast["eli"])[0] == "deadline_missed"
    assert told(tx_as, cast["dee"]) == []
    assert [m.address for m in mails(tx_as, MailKind.DEADLINE_MISSED)] == ["eli@example.com"]
    assert "deadline_missed" not in told(tx_as, cast["ada"])


def test_a_missed_deadline_reaches_the_owner_and_not_the_leads(
    app: Any, tx_as: Any, clock: Any, run_jobs: Any, mailer: RecordingMailer
) -> None:
    cast = make_cast("ada", "dee", "eli")
    case = make_case(cast["ada"])
    with tx_as(cast["dee"].actor) as tx:
        command = AssignCase(case.id, cast["dee"].id, case.version)
        assign(tx, command, cast["dee"].actor, clock)
    clock.advance(timedelta(days=5))
    sweep(app, run_jobs)

    assert "deadline_missed" in told(tx_as, cast["dee"])
    assert told(tx_as, cast["eli"]) == []


def test_a_walled_lead_is_told_nothing(
    app: Any, tx_as: Any, clock: Any, run_jobs: Any, mailer: RecordingMailer
) -> None:
    cast = make_cast("ada", "eli")
    case = make_case(cast["ada"])
    with tx_as(SYSTEM) as tx:
        wall_off_person(tx, WallOff(case.id, cast["eli"].id, "cousin"), SYSTEM, clock)
    clock.advance(timedelta(days=5))
    sweep(app, run_jobs)

    assert told(tx_as, cast["eli"]) == []
    assert mails(tx_as, MailKind.DEADLINE_MISSED) == []


def test_nobody_of_the_desk_is_mailed_outside_their_hours(
    app: Any, tx_as: Any, clock: Any, run_jobs: Any, mailer: RecordingMailer
) -> None:
    cast = make_cast("ada", "eli")
    make_case(cast["ada"])
    clock.advance(datetime(2026, 11, 24, 2, 0, tzinfo=UTC) - clock.now())
    sweep_clocks(Run("clocks.sweep", app.extensions["redress"]))
    run_jobs()

    (mail,) = mails(tx_as, MailKind.DEADLINE_MISSED)
    assert mail.due_at.astimezone(UTC) == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert "deadline_missed" in told(tx_as, cast["eli"])


def test_window_alarms_reach_a_lead_beside_the_owner(
    app: Any, tx_as: Any, clock: Any, run_jobs: Any, mailer: RecordingMailer
) -> None:
    cast = make_cast("ada", "cy", "rio", "eli")
    case = make_case(cast["ada"], SubKind.DMCA_NOTICE, respondent=cast["cy"])
    act(case.id, E.ACCEPT_NOTICE, cast["rio"].actor)
    act(case.id, E.COUNTER, cast["cy"].actor)
    after = act(case.id, E.ACCEPT_COUNTER, cast["rio"].actor)
    with tx_as(cast["rio"].actor) as tx:
        assign(tx, AssignCase(case.id, cast["rio"].id, after.version), cast["rio"].actor, clock)
    for _ in range(23):
        clock.advance(timedelta(days=1))
        sweep(app, run_jobs)

    alarms = [m.values["which"] for m in mails(tx_as, MailKind.WINDOW_ALARM)]
    assert alarms.count("opens_soon") == alarms.count("closes_soon") == 2
    for name in ("rio", "eli"):
        assert told(tx_as, cast[name]).count("window_alarm") == 3


def test_silence_tells_the_party_what_it_did_and_the_desk_that_it_happened(
    app: Any, tx_as: Any, clock: Any, run_jobs: Any, mailer: RecordingMailer
) -> None:
    cast = make_cast("ada", "cy", "dee")
    case = make_case(cast["ada"], SubKind.PLATFORM_CLAIM, respondent=cast["cy"])
    act(case.id, E.TAKE, cast["dee"].actor)
    act(case.id, E.ASK_RESPONDENT, cast["dee"].actor, items=["the licence"])
    run_jobs()
    clock.advance(timedelta(days=31))
    sweep(app, run_jobs)

    (mail,) = mails(tx_as, MailKind.PARTY_LAPSED)
    assert (mail.person_id, mail.values["effect"]) == (cast["cy"].id, "respondent_prevails")
    assert told(tx_as, cast["cy"])[0] == "party_lapsed"
    assert "party_lapsed" not in told(tx_as, cast["ada"])
    assert "party_silent" in told(tx_as, cast["dee"])
    (sent,) = [m for m in mailer.sent if "time to answer is over" in m.subject]
    assert "silence counts for the other side" in sent.text


def test_silence_that_closes_the_case_is_in_the_list_and_by_letter(
    app: Any, tx_as: Any, clock: Any, run_jobs: Any, mailer: RecordingMailer
) -> None:
    cast = make_cast("ada", "dee")
    case = make_case(cast["ada"], SubKind.WRONG_SPLIT)
    act(case.id, E.TAKE, cast["dee"].actor)
    act(case.id, E.ASK_COMPLAINANT, cast["dee"].actor, items=["the statement"])
    clock.advance(timedelta(days=8))
    sweep_clocks(Run("clocks.sweep", app.extensions["redress"]))
    run_jobs()

    assert "party_lapsed" in told(tx_as, cast["ada"])
    assert mails(tx_as, MailKind.PARTY_LAPSED) == []


def test_a_delegate_is_told_too_and_not_from_the_instant_on_when_it_ended(
    tx_as: Any, clock: Any
) -> None:
    cast = make_cast("ada", "bo")
    delegation = make_delegation(cast["ada"], cast["bo"])
    case = make_case(cast["ada"])

    def reached() -> set[str]:
        with tx_as(SYSTEM) as tx:
            return {p.address for p in addressees(tx, SYSTEM, case.id, Side.COMPLAINANT)}

    assert {"ada@example.com", "bo@example.com"} <= reached()
    with tx_as(cast["ada"].actor) as tx:
        revoke_delegation(tx, delegation, cast["ada"].actor, clock)
    assert "bo@example.com" not in reached()


def test_b146_what_waits_for_a_delegate_is_dropped_and_their_list_is_empty_once_it_ended(
    app: Any, tx_as: Any, clock: Any, run_jobs: Any, mailer: RecordingMailer
) -> None:
    cast = make_cast("ada", "bo")
    delegation = make_delegation(cast["ada"], cast["bo"])
    case = make_case(cast["ada"])
    given = {"case_id": case.id, "person_id": cast["bo"].id, "address": "bo@example.com"}
    tell_ada(tx_as, cast["ada"], clock, **given)
    assert told(tx_as, cast["bo"]) == ["message_received"]
    with tx_as(cast["ada"].actor) as tx:
        revoke_delegation(tx, delegation, cast["ada"].actor, clock)
    run_jobs()

    (mail,) = mails(tx_as, MailKind.MESSAGE_RECEIVED)
    assert (mail.state, mail.error) == ("dropped", "no_longer_told")
    assert "bo@example.com" not in [m.to for m in mailer.sent]
    assert told(tx_as, cast["bo"]) == []
    with tx_as(cast["bo"].actor) as tx:
        rows = tx.execute(text("select count(*) from notice")).scalar_one()
        assert (rows, unread_notices(tx, cast["bo"].actor)) == (0, 0)


def test_a_list_is_read_by_its_person_alone(tx_as: Any, clock: Any) -> None:
    cast = make_cast("ada", "cy", "dee", "adi")
    case = make_case(cast["ada"], respondent=cast["cy"])
    tell_ada(tx_as, cast["ada"], clock, case_id=case.id)

    for name in ("cy", "dee", "adi"):
        with tx_as(cast[name].actor) as tx:
            assert tx.execute(text("select count(*) from notice")).scalar_one() == 0
            tx.execute(text("update notice set read_at = now()"))
    with tx_as(cast["ada"].actor) as tx:
        assert unread_notices(tx, cast["ada"].actor) == 1


def test_opening_a_case_reads_what_it_told(tx_as: Any, clock: Any) -> None:
    ada = make_cast("ada")["ada"]
    one, two = make_case(ada), make_case(ada, SubKind.TECHNICAL)
    for case in (one, two):
        tell_ada(tx_as, ada, clock, case_id=case.id, subject_id=str(case.id))

    with tx_as(ada.actor) as tx:
        assert mark_case_read(tx, ada.actor, one.id, clock) == 1
        assert mark_case_read(tx, ada.actor, one.id, clock) == 0
        assert unread_notices(tx, ada.actor) == 1


def test_a_kind_that_was_switched_off_stands_in_the_list_only(tx_as: Any, clock: Any) -> None:
    ada = make_cast("ada")["ada"]
    off = SaveChoices({"message_received": False})
    with tx_as(SYSTEM) as tx:
        save_choices(tx, off, ada.id, ada.email, ada.actor, clock)
    tell_ada(tx_as, ada, clock)
    tell_ada(tx_as, ada, clock, kind=MailKind.LETTER_READY, values={"ref": "R", "number": "L-1"})

    assert told(tx_as, ada) == ["letter_ready", "message_received"] or set(told(tx_as, ada)) == {"letter_ready", "message_received"}  # fmt: skip
    assert mails(tx_as, MailKind.MESSAGE_RECEIVED) == []
    assert len(mails(tx_as, MailKind.LETTER_READY)) == 1


def test_chosen_quiet_hours_hold_back_what_may_wait_and_nothing_statutory(
    tx_as: Any, clock: Any
) -> None:
    ada = make_cast("ada")["ada"]
    quiet = SaveChoices({}, quiet_from=8 * 60, quiet_to=12 * 60, zone="Asia/Baku")
    with tx_as(SYSTEM) as tx:
        save_choices(tx, quiet, ada.id, ada.email, ada.actor, clock)
    clock.advance(timedelta(hours=-2))  # 07:00 UTC is 11:00 in Baku
    tell_ada(tx_as, ada, clock)
    tell_ada(tx_as, ada, clock, kind=MailKind.LETTER_READY, values={"ref": "R", "number": "L-1"})

    (message,) = mails(tx_as, MailKind.MESSAGE_RECEIVED)
    (letter,) = mails(tx_as, MailKind.LETTER_READY)
    assert message.due_at.astimezone(UTC) == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    assert letter.due_at.astimezone(UTC) == clock.now()


def test_b070_a_refused_address_is_not_mailed_again_and_the_desk_has_a_task(
    app: Any, tx_as: Any, clock: Any, run_jobs: Any, mailer: RecordingMailer
) -> None:
    cast = make_cast("ada", "eli")
    case = make_case(cast["ada"])
    run_jobs()
    mailer.fail_with = [MailRefused("550")]
    tell_ada(tx_as, cast["ada"], clock, case_id=case.id)
    run_jobs()
    before = len(mailer.sent)
    tell_ada(tx_as, cast["ada"], clock, case_id=case.id, subject_id="2")
    run_jobs()

    states = sorted((m.state, m.error) for m in mails(tx_as, MailKind.MESSAGE_RECEIVED))
    assert states == [("dropped", "suppressed"), ("failed", "refused_550")]
    assert [m.to for m in mailer.sent[before:] if m.to == "ada@example.com"] == []
    assert told(tx_as, cast["eli"]).count("mail_failed") == 2
    with tx_as(SYSTEM) as tx:
        assert case_by_id(tx, SYSTEM, case.id).needs_attention == "mail_not_delivered"


def test_b125_a_reminder_that_waited_past_its_deadline_is_not_sent(
    app: Any, tx_as: Any, clock: Any, run_jobs: Any, mailer: RecordingMailer
) -> None:
    ada = make_cast("ada")["ada"]
    due = clock.now() + timedelta(hours=1)
    values = {"ref": "R", "zone": "UTC", "request": "", "due_at": due.isoformat()}
    tell_ada(tx_as, ada, clock, kind=MailKind.REQUEST_REMINDER, values=values)
    clock.advance(timedelta(hours=2))
    run_jobs()

    (mail,) = mails(tx_as, MailKind.REQUEST_REMINDER)
    assert (mail.state, mail.error, mailer.sent) == ("dropped", "too_late", [])


def test_a_daily_mail_instead_of_single_ones_once_the_quiet_hours_are_over(
    app: Any, tx_as: Any, clock: Any, run_jobs: Any, mailer: RecordingMailer
) -> None:
    ada = make_cast("ada")["ada"]
    daily = SaveChoices({}, digest=True)
    with tx_as(SYSTEM) as tx:
        save_choices(tx, daily, ada.id, ada.email, ada.actor, clock)
    clock.advance(timedelta(hours=12))  # 21:00 in Lisbon
    tell_ada(tx_as, ada, clock)
    tell_ada(tx_as, ada, clock, kind=MailKind.CASE_CLOSED)
    tell_ada(tx_as, ada, clock, kind=MailKind.ACKNOWLEDGEMENT)

    def daily_mails() -> list[Any]:
        send_digests(Run("notifications.digest", app.extensions["redress"]))
        run_jobs()
        return [m for m in mailer.sent if m.subject == "Your cases today"]

    assert daily_mails() == []
    assert [m.subject for m in mailer.sent] == ["We received your case RD-7K4M-29QX"]
    clock.advance(timedelta(hours=11))  # 08:00
    daily_mails()
    (mail,) = daily_mails()
    assert "- There is a new message for you in case RD-7K4M-29QX." in mail.text
    assert "- Case RD-7K4M-29QX is closed." in mail.text
    assert mail.text.count("/notifications") == 1
    assert mail.unsubscribe


def test_a_daily_mail_says_nothing_of_what_was_read_meanwhile(
    app: Any, tx_as: Any, clock: Any, run_jobs: Any, mailer: RecordingMailer
) -> None:
    ada = make_cast("ada")["ada"]
    with tx_as(SYSTEM) as tx:
        save_choices(tx, SaveChoices({}, digest=True), ada.id, ada.email, ada.actor, clock)
    tell_ada(tx_as, ada, clock)
    with tx_as(ada.actor) as tx:
        assert mark_read(tx, ada.actor, clock) == 1
    send_digests(Run("notifications.digest", app.extensions["redress"]))
    run_jobs()

    assert mailer.sent == []


def test_ten_an_hour_also_when_fifty_queue_at_once(app: Any, tx_as: Any, clock: Any) -> None:
    ada = make_cast("ada")["ada"]

    def work(number: int) -> None:
        with app.app_context():
            tell_ada(tx_as, ada, clock, subject_id=str(number))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    waits = Counter(m.due_at.astimezone(UTC) for m in mails(tx_as, MailKind.MESSAGE_RECEIVED))
    assert sum(waits.values()) == 25
    assert max(waits.values()) <= 10
