"""Freezing a batch: the database keeps the rows as they stand with their lines, whole, some thousand a statement."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.corrections.models import Batch
from app.corrections.queries.exports import AT_ONCE, Booking, LineKind, spelled_rows
from app.corrections.rules.runs import Say, silent
from app.corrections.rules.seen import SeenList
from app.corrections.service.rows import IN_ONE, check_in_sight
from app.infra.db.transaction import Tx
from app.kernel.clock import Clock
from app.kernel.errors import Refused
from app.kernel.money import exponent_of
from app.kernel.words import words as _
from app.ledger.queries.balances import PayeeRow
from app.ledger.rules.bank import waits_until
from app.ledger.rules.posting import AccountKind

_KEEP = text("""
with kinds as (
  select * from jsonb_to_recordset(cast(:kinds as jsonb)) as kind (reason text, from_hold boolean, between boolean, code text)
), held as materialized (
  select id, correction_id, batch_id from batch_line where id = any (cast(:ids as uuid[]))
), made as (
  select held.id, jsonb_agg(jsonb_build_object(
    'case_ref', coalesce(of.ref, ''), 'decision_id', fix.decision_id, 'correction_id', fix.id, 'payee_id', line.payee_id,
    'legal_name', payee.legal_name, 'period', line.period, 'currency', fix.currency, 'exponent', cast(:exponent as int),
    'gross', line.amount_minor, 'withholding', line.withholding_minor, 'reason_code', line.reason,
    'original_line_ids', to_jsonb(line.original_lines), 'approver_1', coalesce(one.approver_name, ''),
    'approver_2', coalesce(two.approver_name, ''), 'batch_id', held.batch_id, 'posting_date', cast(:day as text),
    'payee_account', cast(:payable as text), 'counter_account', kinds.code,
    'tax_account', case when line.withholding_minor = 0 then '' else cast(:tax as text) end) order by line.position) as rows
  from held
  join correction as fix on fix.id = held.correction_id
  join "case" as of on of.id = fix.case_id
  join correction_line as line on line.correction_id = fix.id and line.revision = fix.revision
  join payee on payee.id = line.payee_id
  join kinds on kinds.reason = line.reason and kinds.from_hold = line.from_hold
    and kinds.between = (line.counter_payee_id is not null)
  left join correction_approval as one on one.correction_id = fix.id and one.revision = fix.revision and one.ordinal = 1
  left join correction_approval as two on two.correction_id = fix.id and two.revision = fix.revision and two.ordinal = 2
  group by held.id
)
update batch_line as line set frozen = made.rows from made where line.id = made.id
""")
"""The row of `exports.rules.rows`; what is hashed is read back from here."""

_PARTS = text("""
select array_agg(line.id)::text from (
  select id, (row_number() over (order by added_at, correction_id) - 1) / :most as part
  from batch_line where batch_id = :batch and live
) as line group by line.part order by line.part
""")
"""Ids of the lines of an open batch, as many together as one statement freezes. They pass through as text: nobody here
looks at one of them."""


def keep_rows(
    tx: Tx,
    batch: Batch,
    kinds: Sequence[LineKind],
    booking: Booking,
    clock: Clock,
    say: Say = silent,
) -> str:
    """Keep the rows of an open batch with its lines; returns the hash over all of them, as they are read back.

    *kinds*: of all its lines. Raises Refused naming payees whose details are too new, or when not all of it is in
    sight: then nothing of it may be committed.
    """
    refuse_too_new(_too_new_in(tx, batch.id, clock.now()))
    codes, currency = booking.codes, batch.currency
    coded = [
        {"reason": reason, "from_hold": from_hold, "between": between, "code": codes.code_of(kind.counter(currency), currency)}
        for (reason, from_hold, between), kind in {(k.reason, k.from_hold, k.between): k for k in kinds}.items()
    ]  # fmt: skip
    said = {
        "kinds": json.dumps(coded), "exponent": exponent_of(currency), "day": booking.day.isoformat(),
        "payable": codes.code_of(AccountKind.PAYABLE, currency),
        "tax": codes.code_of(AccountKind.WITHHOLDING_PAYABLE, currency),
    }  # fmt: skip
    count = 0
    parts = tx.execute(_PARTS, {"batch": batch.id, "most": IN_ONE}).scalars().all()
    for ids in parts:
        count += tx.execute(_KEEP, said | {"ids": ids}).rowcount  # type: ignore[attr-defined]
        say(0, count)
    check_in_sight(tx, batch.id, count)
    return _hash_of(tx, batch.id, say)


def _hash_of(tx: Tx, batch_id: UUID, say: Say) -> str:
    """The hash over the rows as they are read back."""
    seen, corrections = SeenList(), 0
    for spelling in spelled_rows(tx, batch_id):
        seen.add_spelled(spelling.encode())
        corrections += AT_ONCE
        say(1, corrections)
    return seen.result


def _too_new_in(tx: Tx, batch_id: UUID, now: datetime) -> set[str]:
    """Names of payees of an open batch whose details are too new."""
    rows = tx.execute(
        text("""
        select distinct payee.legal_name, payee.bank_changed_at from batch_line as held
        join correction as fix on fix.id = held.correction_id
        join correction_line as line on line.correction_id = fix.id and line.revision = fix.revision
        join payee on payee.id = line.payee_id and payee.bank_changed_at is not null
        where held.batch_id = :batch and held.live"""),
        {"batch": batch_id},
    )
    return {row.legal_name for row in rows if waits_until(row.bank_changed_at, now)}


def too_new(payees: Iterable[PayeeRow], now: datetime) -> set[str]:
    """Names of those whose details are too new to be paid to (B103)."""
    return {payee.legal_name for payee in payees if waits_until(payee.bank_changed_at, now)}


def refuse_too_new(names: set[str]) -> None:
    """Pass without names. Raises Refused."""
    if names:
        raise Refused(
            "bank_too_new",
            _(
                "These payees changed their bank details less than three days ago: %(who)s. "
                "Wait, or take their corrections out of the batch.",
                who=", ".join(sorted(names)),
            ),
        )
