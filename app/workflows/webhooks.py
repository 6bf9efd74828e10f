"""Webhooks from the event to the answer: who is listening and may hear it, one attempt, and what came of it."""

from __future__ import annotations

from uuid import UUID

from app.accounts.adapters.vault import keys_from
from app.infra.egress import NoAnswer
from app.infra.jobs import Run, job
from app.kernel.errors import NotFound
from app.kernel.events import Event
from app.webhooks.commands import Announce
from app.webhooks.queries import listening_to
from app.webhooks.rules.kinds import Kind
from app.webhooks.rules.plan import Outcome
from app.webhooks.service.deliveries import (
    Due,
    announce,
    forget_old,
    note_attempt,
    take_delivery,
    withhold,
)
from app.webhooks.service.endpoints import forget_ended_secrets
from app.webhooks.service.turns import SEND, wake_forgotten
from app.workflows.webhook_sight import hearers, identifiers, may_hear, subject_again, subject_of


def publish(run: Run, event: Event) -> None:
    """Queue a delivery for every endpoint whose owner may see what happened. Safe to repeat."""
    subject = subject_of(event)
    if subject is None or run.happened is None:
        return
    with run.transaction() as tx:
        listening = listening_to(tx, subject.kind)
    owners = hearers(run, {one.person_id for one in listening}, subject) if listening else ()
    hearing = [one.endpoint_id for one in listening if one.person_id in owners]
    if not hearing:
        return
    event_id, at = run.happened
    with run.transaction() as tx:
        try:
            data = identifiers(tx, run.actor, subject)
        except NotFound:
            return
        said = Announce(event_id, subject.kind, subject.case_id, data, at)
        announce(tx, said, hearing, run.clock)


@job(SEND, queue="later")
def send(run: Run, delivery_id: str, number: int) -> None:
    """One attempt of one delivery. Safe to repeat: the receiver tells repetitions by their `webhook-id`.

    What its owner may see is asked again now: it may be days later (B174).
    """
    vault = keys_from(run.services.settings).fields
    with run.transaction() as tx:
        due = take_delivery(tx, UUID(delivery_id), number, run.clock, vault)
    if due is None:
        return
    if not _may_still_hear(run, due):
        with run.transaction() as tx:
            withhold(tx, due, run.clock)
        return
    began = run.clock.now()
    outcome = _call(run, due)
    with run.transaction() as tx:
        note_attempt(tx, due, outcome, began, run.clock)


@job("webhooks.wake", queue="later", cron="11 * * * *")
def wake(run: Run, timestamp: int = 0) -> None:
    """What should have gone an hour ago is planned again. Safe to repeat."""
    del timestamp
    with run.transaction() as tx:
        wake_forgotten(tx, run.clock)


@job("webhooks.sweep", queue="later", cron="41 2 * * *")
def sweep(run: Run, timestamp: int = 0) -> None:
    """Old deliveries and secrets whose time is over go. Safe to repeat."""
    del timestamp
    with run.transaction() as tx:
        forget_old(tx, run.clock)
        forget_ended_secrets(tx, run.clock)


def _may_still_hear(run: Run, due: Due) -> bool:
    if due.kind is Kind.PING:
        return True
    return may_hear(run, due.person_id, subject_again(due.kind, due.case_id, due.data))


def _call(run: Run, due: Due) -> Outcome:
    try:
        answer = run.services.egress.post(due.url, due.body, due.headers)
    except NoAnswer as no:
        return Outcome(failure=no.failure.value)
    return Outcome(answer.status, "", answer.took_ms, answer.body)
