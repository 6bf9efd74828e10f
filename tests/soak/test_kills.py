"""kill -9 at random points under load: nothing acknowledged is lost, nothing visible happens twice."""

from __future__ import annotations

import socket
import time
from collections import Counter

import pytest

from tests.soak.house import House, Part, house, seeded

PATIENCE = 900.0
"""Seconds until the last job is done: dead senders' mails wait two minutes, a dead worker's jobs up to two more."""


def mails_by_address(running: House) -> Counter[str]:
    """What really lies in the mailbox."""
    from app.infra.mail.maildir import MaildirMailer

    mailer = MaildirMailer(running.folder / "mailbox", "desk@redress.invalid")
    return Counter(letter.to for letter in mailer.newest(10**9))


def to_check(running: House) -> set[str]:
    """Addresses of mails that may have left or not, since who sent them died twice: the desk is shown each (B068)."""
    rows = running.rows(
        "select address from outgoing_mail where state = 'unknown' and error = 'sender_lost' and resends = 1"
    )
    return {address for (address,) in rows}


def how_they_stand(running: House, missing: set[str]) -> str:
    """What is known of mails that did not arrive: their rows and their jobs."""
    some = sorted(missing)[:9]
    mails = running.rows(
        "select mail.address, mail.state, mail.error, mail.tries, mail.resends, job.status::text, job.attempts, "
        "job.scheduled_at - now() from outgoing_mail as mail left join procrastinate_jobs as job "
        "on job.args->>'mail_id' = mail.id::text where mail.address = any(%s)", some,
    )  # fmt: skip
    return f"{some} {mails} {running.rows('select status::text, task_name, count(*) from procrastinate_jobs group by 1, 2')}"


def assert_nothing_lost_or_doubled(running: House) -> int:
    """Every acknowledged invitation exists whole, with one mail, or one to be checked; the number of them."""
    acked = {line for part in running.parts for line in part.lines if line.startswith("w")}
    stored = {row[0] for row in running.rows("select name from person")}
    assert acked <= stored, sorted(acked - stored)[:5]
    halves = running.rows(
        "select name from person p where not exists (select 1 from role_grant where person_id = p.id) "
        "or not exists (select 1 from history_entry where subject_id = p.id::text "
        "and verb = 'person.created')"
    )
    assert halves == []
    mails = mails_by_address(running)
    wanted, unsure = {f"{name}@soak.example" for name in stored}, to_check(running)
    assert set(mails) | unsure == wanted, how_they_stand(running, wanted - set(mails) - unsure)
    assert len(unsure) <= len(wanted) // 500
    assert max(mails.values(), default=0) <= 1
    given_up = (
        "select id, task_name, attempts, args::text from procrastinate_jobs where status = 'failed'"
    )
    assert running.rows(given_up) == [], running.rows("select * from job_failure")
    return len(acked)


@pytest.mark.parametrize(
    "kills", [pytest.param(15, marks=pytest.mark.slow), pytest.param(1000, marks=pytest.mark.soak)]
)
def test_worker_and_writers_killed_at_random_points(kills: int) -> None:
    dice = seeded(kills)
    with house() as running:
        running.worker(1)
        running.worker(2)
        writers = [running.writer(1, "invite"), running.writer(2, "invite")]
        running.kill_at_random(kills, dice, 1.0)
        for part in running.parts:
            part.kill()
        running.minutes_pass()
        running.revive(but=tuple(writers))
        assert running.drained(PATIENCE, tuple(writers)), "jobs are left over"
        acked = assert_nothing_lost_or_doubled(running)
        running.assert_sound()
        unsure = len(to_check(running))
        print(
            f"\n{kills} kills, {acked} acknowledged, none lost, none twice, {unsure} mails to check"
        )
    assert acked > kills


@pytest.mark.parametrize(
    "kills", [pytest.param(8, marks=pytest.mark.slow), pytest.param(100, marks=pytest.mark.soak)]
)
def test_web_processes_killed_in_requests(kills: int) -> None:
    dice = seeded(kills)
    with house() as running:
        web = running.web(free_port())
        writers = [running.writer(1, "file"), running.writer(2, "file")]
        for number in range(kills):
            seen = sum(len(part.lines) for part in writers)
            until_more(running, writers, seen)
            time.sleep(dice.uniform(0.0, 0.5))
            if number % 4 == 3:
                web.kill()
                time.sleep(2)
                web.start()
            else:
                running.kill_web_worker(web, dice)
        until_more(running, writers, sum(len(part.lines) for part in writers))
        for part in writers:
            part.kill()
        acked = {line.split()[1] for part in writers for line in part.lines}
        # One statement: the server may still be filing for a writer that is dead already.
        (found, keys), *_ = running.rows(
            'select (select array_agg(id::text) from "case"), '
            "(select count(*) from idempotency_key where key like 'w%%')"
        )
        stored = set(found)
        assert acked <= stored, sorted(acked - stored)[:5]
        assert len(stored) == keys
        running.assert_sound()
        print(
            f"\n{kills} kills of web processes, {len(acked)} drafts acknowledged, none lost, none twice"
        )
    assert len(acked) > kills


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def until_more(running: House, writers: list[Part], before: int, more: int = 5) -> None:
    """The writers get on again; what died meanwhile is started, as the supervisor does."""
    until = time.monotonic() + 300
    while sum(len(part.lines) for part in writers) < before + more:
        logs = [part.log.read_text()[-1500:] for part in writers]
        assert time.monotonic() < until, f"the writers did not recover: {logs}"
        running.revive()
        time.sleep(0.2)
