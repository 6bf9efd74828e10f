"""Which child cases of a shared fault may have their corrections prepared in one act, and why another may not.

One act proposes what is the same for all: what the fault explains, owed to the artist, in one currency. Whatever else a
case holds is looked at by a person, case by case.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.cases.rules.kinds import State
from app.kernel.money import Money


class WhyNot(StrEnum):
    """Why a case is left out, the first that holds."""

    NO_CASE = "no_case"
    NOT_IN_REVIEW = "not_in_review"
    DRAFT_THERE = "draft_there"
    NO_AUDIT = "no_audit"
    NOTHING_OWED = "nothing_owed"
    OTHER_PAYEE = "other_payee"
    NOT_IN_LEDGER = "not_in_ledger"
    SEVERAL_CURRENCIES = "several_currencies"
    OTHER_REASON = "other_reason"
    PAID_TOO_MUCH = "paid_too_much"


@dataclass(frozen=True, slots=True)
class Found:
    """What the audit of a case says of one payee, month and reason. *amount*: whole minor units, + owed to the payee."""

    payee: str
    month: str
    reason: str
    amount: Money
    is_known: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """One payee of the event. *faults*: (month, reason) that the events of the case explain; *found*: of its newest audit.

    *state*: of the case, None without one; *has_audit*: the newest run of the case is done.
    """

    payee: str
    state: State | None
    has_decision: bool
    has_audit: bool
    faults: frozenset[tuple[str, str]]
    found: tuple[Found, ...]


def why_not(one: Standing) -> WhyNot | None:
    """None when its correction may be prepared together with the others'."""
    before = (
        (one.state is None, WhyNot.NO_CASE),
        (one.state is not State.REVIEW, WhyNot.NOT_IN_REVIEW),
        (one.has_decision, WhyNot.DRAFT_THERE),
        (not one.has_audit, WhyNot.NO_AUDIT),
        (not any(row.amount for row in one.found), WhyNot.NOTHING_OWED),
        (any(row.payee != one.payee for row in one.found), WhyNot.OTHER_PAYEE),
        (not all(row.is_known for row in one.found), WhyNot.NOT_IN_LEDGER),
        (len({row.amount.currency for row in one.found}) > 1, WhyNot.SEVERAL_CURRENCIES),
        (not {(row.month, row.reason) for row in one.found} <= one.faults, WhyNot.OTHER_REASON),
        # Taking back asks for their notice first, and for time to object.
        (any(row.amount.amount < 0 for row in one.found), WhyNot.PAID_TOO_MUCH),
    )
    return next((reason for holds, reason in before if holds), None)


def seen_hash(rows: Iterable[tuple[UUID, int, str]]) -> str:
    """SHA-256 over (case, its version, its amounts) in any order: what was previewed is what is prepared."""
    plain = sorted([str(case_id), version, amounts] for case_id, version, amounts in rows)
    return hashlib.sha256(json.dumps(plain, separators=(",", ":")).encode()).hexdigest()
