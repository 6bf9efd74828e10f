"""Four eyes: who may approve a correction, and how fresh a proof is.

Source: UX F2, RELIABILITY I3 and B096 to B098. The database holds the same rules again in triggers. From which
amount on two are needed stands in a policy of its own (`policies.rules.approval`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.kernel.errors import Refused, Stale
from app.kernel.words import words as _

FRESH_FOR = timedelta(minutes=5)


class ApprovalBar(StrEnum):
    """Why somebody may not approve; the page says it in words."""

    NOT_APPROVER = "not_approver"
    NOT_WAITING = "not_waiting"
    OWN_PREPARATION = "own_preparation"
    OWN_MONEY = "own_money"
    FIRST_APPROVER = "first_approver"
    BANK_TOO_NEW = "bank_too_new"


_WORDS = {
    ApprovalBar.NOT_APPROVER: _("Approving takes the role finance approver."),
    ApprovalBar.NOT_WAITING: _("This correction does not wait for approval."),
    ApprovalBar.OWN_PREPARATION: _("You prepared this correction, so somebody else approves it."),
    ApprovalBar.OWN_MONEY: _(
        "This correction changes your own money, so somebody else approves it."
    ),
    ApprovalBar.FIRST_APPROVER: _("You approved it first; a second person approves it now."),
    ApprovalBar.BANK_TOO_NEW: _(
        "The payee changed the bank details less than three days ago. Until these days are over, money waits."
    ),
}


def bar_text(bar: ApprovalBar) -> str:
    """The reason in plain words."""
    return _WORDS[bar]


@dataclass(frozen=True, slots=True)
class ApprovalFacts:
    """What the four-eyes rule looks at.

    *same_human*: the actor's own person id and those of accounts known to be the same human.
    *makers*: everybody who prepared or revised it. *approvers*: who approved what stands now.
    *payees*: the people whose money it changes. *bank_waits*: a payee's bank details are too new (B103).
    """

    same_human: frozenset[UUID]
    is_approver: bool
    is_waiting: bool
    makers: frozenset[UUID]
    approvers: frozenset[UUID]
    payees: frozenset[UUID]
    bank_waits: bool = False


def approval_bar(facts: ApprovalFacts) -> ApprovalBar | None:
    """The first reason why the actor may not approve, or None when they may."""
    checks = (
        (ApprovalBar.NOT_WAITING, not facts.is_waiting),
        (ApprovalBar.NOT_APPROVER, not facts.is_approver),
        (ApprovalBar.OWN_PREPARATION, bool(facts.same_human & facts.makers)),
        (ApprovalBar.OWN_MONEY, bool(facts.same_human & facts.payees)),
        (ApprovalBar.FIRST_APPROVER, bool(facts.same_human & facts.approvers)),
        (ApprovalBar.BANK_TOO_NEW, facts.bank_waits),
    )
    return next((bar for bar, holds in checks if holds), None)


def check_fresh(proven_at: datetime | None, now: datetime) -> None:
    """Pass when the second factor was proven within five minutes; else `Refused` with `not_fresh`."""
    if proven_at is None or not timedelta(0) <= now - proven_at <= FRESH_FOR:
        raise Refused("not_fresh", _("Enter a code from your authenticator first."))


def check_seen(seen: str, current: str) -> None:
    """Pass when what was on the page is what stands now; else `Stale`: look again (B098)."""
    if seen != current:
        raise Stale(
            _("This correction changed since you opened it. Look at it again before you approve."),
            theirs=current,
            yours=seen,
        )
