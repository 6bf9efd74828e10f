"""The cases that a parent event proposes, opened one by one as the lead who wanted them: the services of "new case by staff".

A payee whose artist nobody knows stays without a case and is listed as such. An artist hit by two faults of one month has
one case: the second event joins it.
"""

from __future__ import annotations

from calendar import monthrange
from typing import Any
from uuid import UUID

from app.accounts.queries import actor_of, person_contact, same_human_ids
from app.accounts.rules import Permission, require
from app.cases.commands import SaveDraft, Signature, StartDraft, SubmitCase
from app.cases.queries import case_by_id
from app.cases.service.drafts import save_draft, start_draft
from app.cases.service.submit import submit
from app.catalogue.queries import recordings_by_isrc
from app.conversations.commands import AddNote
from app.conversations.service.messages import add_note
from app.incidents.events import ChildCasesWanted
from app.incidents.queries import (
    EventRow,
    PayeeRow,
    artist_of,
    case_in_month,
    event_row,
    payee_row,
)
from app.incidents.rules.states import EventState, Result, sub_kind_of
from app.incidents.service.deciding import claim_payee, finish_opening, next_waiting, settle_payee
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import ngettext, translated
from app.infra.jobs import Run
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.money import Money
from app.policies.queries import policy_by_id
from app.queues.rules.filters import Channel
from app.recompute.rules.words import FAULT_WORDS

SYSTEM = Actor.system("child_cases")


def open_on(run: Run, event: ChildCasesWanted) -> None:
    """Reaction: work off the payees as whoever decided, with the roles they hold now. Safe to repeat."""
    with run.transaction() as tx:
        row = event_row(tx, SYSTEM, event.event_id)
        actor = actor_of(tx, row.decided_by_id) if row.decided_by_id else None
    if row.state is not EventState.OPENING or actor is None:
        return
    payee = ""
    while True:
        with run.transaction() as tx:
            following = next_waiting(tx, row.id, payee)
        if following is None:
            break
        payee = following
        try:
            with transaction(actor) as tx:
                _open_one(tx, row, payee, actor, run.clock)
        except (Refused, Invalid, Forbidden, NotFound) as error:
            with run.transaction() as tx:
                claimed = claim_payee(tx, row.id, payee)
                if claimed is not None:
                    settle_payee(
                        tx, claimed, Result.REFUSED, run.actor, run.clock, reason=_why(error)
                    )
    with run.transaction() as tx:
        finish_opening(tx, row.id, run.actor, run.clock)


def _why(error: Exception) -> str:
    if isinstance(error, Refused | Invalid):
        return translated(error.message)
    return _("Whoever decided may not open this case.")


def _open_one(tx: Tx, event: EventRow, payee: str, actor: Actor, clock: Clock) -> None:
    require(actor, Permission.PARENT_EVENT_DECIDE)
    claimed = claim_payee(tx, event.id, payee)
    if claimed is None:
        return
    artist = artist_of(tx, payee)
    if artist is None:
        settle_payee(tx, claimed, Result.UNKNOWN, actor, clock)
        return
    if actor.person_id in same_human_ids(tx, artist):
        raise Refused("own", _("This is your own account. Somebody else opens this case."))
    there = case_in_month(tx, event.statement_month, payee)
    if there is not None:
        add_note(tx, AddNote(there, _note(event)), actor, clock)
        settle_payee(tx, claimed, Result.JOINED, actor, clock, case_id=there)
        return
    row = payee_row(tx, SYSTEM, event.id, payee)
    case_id = _file(tx, event, row, artist, actor, clock)
    settle_payee(tx, claimed, Result.OPENED, actor, clock, case_id=case_id)


def _file(tx: Tx, event: EventRow, row: PayeeRow, artist: UUID, actor: Actor, clock: Clock) -> UUID:
    """A case of the artist, filed by the house: the house found it, so the house says that it is true."""
    contact = person_contact(tx, artist)
    start = StartDraft(
        sub_kind_of(event.cause), language=contact.locale, zone=contact.zone, for_person=artist, consent=True,
        channel=Channel.HOUSE.value,
    )  # fmt: skip
    case_id = start_draft(tx, start, actor, clock)
    draft = case_by_id(tx, actor, case_id)
    fields = {field.name for field in policy_by_id(tx, draft.policy_id).fields}
    given = _answers(tx, actor, event, row, contact.name)
    known = {name: text for name, text in given.items() if name in fields and text}
    saved = save_draft(tx, SaveDraft(case_id, draft.version, known), actor, clock)
    asked = policy_by_id(tx, saved.policy_id).statements_for("submit")
    signed = tuple(Signature(one.code, actor.name, _("for the house")) for one in asked)
    submit(tx, SubmitCase(case_id, saved.version, signed), actor, clock)
    add_note(tx, AddNote(case_id, _note(event)), actor, clock)
    return UUID(str(case_id))


def _answers(tx: Tx, actor: Actor, event: EventRow, row: PayeeRow, artist: str) -> dict[str, Any]:
    year, month = (int(part) for part in event.statement_month.split("-"))
    recordings = recordings_by_isrc(tx, actor, {event.isrc}) if event.isrc else {}
    title = recordings[event.isrc].title if event.isrc in recordings else event.isrc
    owed = [one.rounded() for one in row.sums if one.amount > 0]
    most = max(owed, key=lambda one: one.amount, default=None)
    return {
        "subject_title": title or _("Statement of %(month)s", month=event.statement_month),
        "subject_artist": artist, "isrc": event.isrc, "store": event.store,
        "period_start": f"{event.statement_month}-01",
        "period_end": f"{event.statement_month}-{monthrange(year, month)[1]:02d}",
        "summary": _summary(event, row),
        "disputed_amount": f"{most.amount:f} {most.currency}" if most else "",
    }  # fmt: skip


def _summary(event: EventRow, row: PayeeRow) -> str:
    said = ngettext(
        "We checked the statement of %(month)s ourselves. %(num)s line of yours was not computed as agreed: %(sums)s. You need not do anything; a person looks at it next.",
        "We checked the statement of %(month)s ourselves. %(num)s lines of yours were not computed as agreed: %(sums)s. You need not do anything; a person looks at it next.",
        row.lines, month=event.statement_month, sums=_sums(row.sums),
    )  # fmt: skip
    return str(said)


def _note(event: EventRow) -> str:
    return _(
        "Opened from the parent event of %(month)s, %(cause)s: %(payees)s payees, %(sums)s in all.",
        month=event.statement_month, cause=translated(FAULT_WORDS.get(event.cause, event.cause)),
        payees=event.payees, sums=_sums(event.sums),
    )  # fmt: skip


def _sums(sums: tuple[Money, ...]) -> str:
    return ", ".join(f"{one.rounded().amount:f} {one.currency}" for one in sums)
