"""The settings of the books: account codes as versions, months closed and opened again. Nothing is edited."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from sqlalchemy import text

from app.accounts.queries import same_human_ids
from app.accounts.rules import Permission, require
from app.history.service import record
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Invalid
from app.kernel.text import clean_text
from app.kernel.words import words as _
from app.ledger.commands import ClosePeriod, PublishCodes, ReopenPeriod
from app.ledger.models import AccountCodeVersion, PostingPeriodAct
from app.ledger.queries.books import (
    CodesView,
    act_count,
    closed_since,
    last_act,
    last_act_kind,
    newest_codes,
    posting_day,
)
from app.ledger.rules.codes import changes_between, checked_codes
from app.ledger.rules.periods import (
    PeriodAct,
    check_closable,
    check_open,
    check_posting_date,
    check_reopenable,
    month_of,
    month_text,
    next_month,
)
from app.policies.rules.zones import is_known_zone


def publish_codes(tx: Tx, command: PublishCodes, actor: Actor, clock: Clock) -> CodesView:
    """Store the next version of the account codes; unchanged ones stay the version they are.

    Raises Forbidden, Invalid naming the account, the zone, the reason or a day that lies in or before a closed month.
    """
    require(actor, Permission.CODES_MANAGE)
    codes = checked_codes(command.codes)
    reason = clean_text(command.reason, field="reason", max_length=500, required=True)
    if not is_known_zone(codes.zone):
        raise Invalid("zone", "zone", _("%(zone)s is no time zone we know.", zone=codes.zone))
    _one_at_a_time(tx, "account_codes")
    _refuse_closed(tx, command.effective_from)
    newest = newest_codes(tx)
    if newest and _same(newest, command):
        return newest
    row = AccountCodeVersion(
        id=uuid4(),
        version=newest.version + 1 if newest else 1,
        effective_from=command.effective_from,
        codes=codes.as_json,
        zone=codes.zone,
        content_hash=codes.content_hash,
        reason=reason,
        by_id=actor.person_id,
        created_at=clock.now(),
    )
    tx.add(row)
    tx.flush()
    changed = changes_between(newest.codes, codes) if newest else ()
    record(
        tx, actor, clock,
        verb="account_codes.published", subject=("account_code_version", row.id),
        data={"version": row.version, "hash": row.content_hash, "from": row.effective_from.isoformat(),
              "reason": reason, "changed": [list(one) for one in changed]},
    )  # fmt: skip
    found = newest_codes(tx)
    assert found is not None
    return found


def close_period(tx: Tx, command: ClosePeriod, actor: Actor, clock: Clock) -> None:
    """Close a month that has begun. Raises Forbidden, Refused."""
    require(actor, Permission.PERIOD_CLOSE)
    _one_at_a_time(tx, "posting_periods")
    month = month_of(command.month)
    check_closable(month, posting_day(tx, clock), last_act_kind(tx, month))
    note = clean_text(command.note, field="note", max_length=500)
    _add_act(tx, month, PeriodAct.CLOSED, note, actor, clock)


def reopen_period(tx: Tx, command: ReopenPeriod, actor: Actor, clock: Clock) -> None:
    """Open a closed month again: another person than who closed it, with a reason. Raises Forbidden, Invalid, Refused."""
    require(actor, Permission.PERIOD_CLOSE)
    if actor.person_id is None:
        raise Forbidden(Permission.PERIOD_CLOSE.value, code="person_needed")
    _one_at_a_time(tx, "posting_periods")
    month = month_of(command.month)
    last = last_act(tx, month)
    mine = same_human_ids(tx, actor.person_id)
    check_reopenable(
        month,
        last.act if last else None,
        closed_by_same=last is not None and last.by_id in mine,
    )
    reason = clean_text(command.reason, field="reason", max_length=500, required=True)
    _add_act(tx, month, PeriodAct.REOPENED, reason, actor, clock)


def require_open(tx: Tx, day: date, clock: Clock) -> None:
    """Pass when something may be posted on *day*. Raises Refused for the future and for a closed month."""
    check_posting_date(day, posting_day(tx, clock))
    check_open(day, last_act_kind(tx, day))


def _same(newest: CodesView, command: PublishCodes) -> bool:
    wanted = (command.codes.content_hash, command.effective_from)
    return (newest.codes.content_hash, newest.effective_from) == wanted


def _refuse_closed(tx: Tx, day: date) -> None:
    """What was handed on was booked by the codes of its day: those stay."""
    closed = closed_since(tx, day)
    if closed is not None:
        raise Invalid(
            "effective_from",
            "period_closed",
            _(
                "%(month)s is closed and was booked by the codes of then. Choose %(first)s or later.",
                month=month_text(closed),
                first=next_month(closed).isoformat(),
            ),
        )


def _add_act(tx: Tx, month: date, act: PeriodAct, reason: str, actor: Actor, clock: Clock) -> None:
    row = PostingPeriodAct(
        id=uuid4(),
        month=month,
        ordinal=act_count(tx, month) + 1,
        act=act,
        reason=reason,
        by_id=actor.person_id,
        at=clock.now(),
    )
    tx.add(row)
    tx.flush()
    record(
        tx, actor, clock,
        verb=f"posting_period.{act}", subject=("posting_period", month_text(month)),
        data={"month": month_text(month), "reason": reason},
    )  # fmt: skip


def _one_at_a_time(tx: Tx, key: str) -> None:
    """Two who change one setting wait for each other."""
    tx.execute(text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
