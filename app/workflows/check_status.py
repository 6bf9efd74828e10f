"""How a case stands, for somebody without an account: reference and e-mail, a code by mail, nothing confidential.

The request that asks never looks at the case: a job does. So a pair that does not belong together costs
the same, says the same, and nobody learns from it whether a reference or an address exists (B153).
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from app.accounts.adapters.vault import Vault, keys_from, same
from app.accounts.rules import CODE_LIVES, normal_email
from app.accounts.service.sealed import seal_status_code
from app.cases.queries import case_by_ref, clocks_of
from app.cases.rules.views import CaseView, ClockRow
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.jobs import Run, defer, job
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.kernel.sides import Side
from app.notifications.commands import QueueMail
from app.notifications.queries import Addressee, addressees
from app.notifications.rules import MailKind
from app.notifications.service.mail import queue_mail
from app.policies.rules.clocks import ClockKind

PARTIES = (Side.COMPLAINANT, Side.RESPONDENT)
TOLD_TO_ALL = frozenset(
    {
        ClockKind.RESTRICTION,
        ClockKind.STATUTORY,
        ClockKind.COURT,
        ClockKind.SETTLE,
        ClockKind.APPEAL,
    }
)
"""Clocks that both sides may know; a party's own deadline is told to that side alone."""


@dataclass(frozen=True, slots=True)
class StatusAsked:
    """A code under way. *digest*: keyed hash of its six digits, hexadecimal; the digits leave by mail alone."""

    id: UUID
    digest: str


@dataclass(frozen=True, slots=True)
class CaseStatus:
    """What is told. *side*: on which the asker stands; *due_at*: the next date they may know, or none."""

    case: CaseView
    side: Side
    due_at: datetime | None
    zone: str


def ask_status_code(tx: Tx, ref: str, email: str, links: Vault) -> StatusAsked:
    """Ask for a code about the case *ref* for *email*. The same work for every pair."""
    code_id, code = uuid4(), f"{secrets.randbelow(1_000_000):06d}"
    asked = json.dumps({"ref": ref, "email": normal_email(email), "code": code})
    sealed = links.seal("job:status", asked)
    defer(tx, "status.mail_code", {"code_id": str(code_id), "sealed": sealed})
    return StatusAsked(code_id, _digest(links, code_id, code))


@job("status.mail_code", queue="soon")
def mail_status_code(run: Run, code_id: str, sealed: str) -> None:
    """Mail the code when we write to this address about this case anyway. Safe to repeat: one mail an id."""
    links = keys_from(run.services.settings).links
    opened = links.unseal("job:status", sealed, within=CODE_LIVES)
    if opened is None:
        return
    asked = json.loads(opened)
    with run.transaction() as tx:
        found = _reader(tx, asked["ref"], asked["email"], run.actor)
        if found is None:
            return
        case, _side, who = found
        values = {"ref": case.ref, "sealed": seal_status_code(links, asked["code"])}
        mail = QueueMail(
            MailKind.STATUS_CODE, code_id, who.address, who.language, values,
            case_id=case.id, person_id=who.person_id,
        )  # fmt: skip
        queue_mail(tx, mail, run.clock)


def is_right_code(links: Vault, asked: StatusAsked, code: str) -> bool:
    """Whether these are the six digits. Tries are counted by the caller, whatever comes out."""
    given = _digest(links, asked.id, "".join(code.split()))
    return same(given.encode(), asked.digest.encode())


def open_status(tx: Tx, ref: str, email: str, actor: Actor, clock: Clock) -> UUID | None:
    """The case, after the right code; the chain of the case says that its status was read without an account."""
    found = _reader(tx, ref, email, actor)
    if found is None:
        return None
    case, side, _who = found
    record(tx, actor, clock, verb="case.status_opened", subject=("case", case.id), case_id=case.id,
           data={"side": side.value})  # fmt: skip
    return case.id


def status_of(tx: Tx, ref: str, email: str, actor: Actor) -> CaseStatus:
    """State, whose move and next date. Raises `NotFound` once the address is not told of the case any more (B146)."""
    found = _reader(tx, ref, email, actor)
    if found is None:
        raise NotFound("case")
    case, side, who = found
    clocks = clocks_of(tx, actor, case.id)
    due = next((one.due_at for one in clocks if _may_know(one, side)), None)
    return CaseStatus(case, side, due, who.zone)


def _may_know(clock: ClockRow, side: Side) -> bool:
    return clock.state == "running" and (clock.side is side or clock.kind in TOLD_TO_ALL)


def _reader(tx: Tx, ref: str, email: str, actor: Actor) -> tuple[CaseView, Side, Addressee] | None:
    """The case of *ref* and the side on which *email* is written to; nothing for strangers and for both sides."""
    try:
        case = case_by_ref(tx, actor, ref)
    except NotFound:
        return None
    wanted = normal_email(email)
    found = [
        (case, side, who)
        for side in PARTIES
        for who in addressees(tx, actor, case.id, side)
        if normal_email(who.address) == wanted
    ]
    return found[0] if len(found) == 1 else None


def _digest(links: Vault, code_id: UUID, code: str) -> str:
    return links.digest(f"status:{code_id}", code).hex()
