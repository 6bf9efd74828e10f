"""A batch of a hundred thousand approved corrections: four to a case, each with its lines, postings, approvals and history.

Rows are made here and travel by COPY; cases are copies of the demo's case that waits for finance. Every invariant
holds afterwards and every chain of history verifies: only what the export itself does not read is left out (messages, evidence).
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from app.corrections.rules.proposal import CorrectionReason, ProposalLine, entries_of
from app.history.rules import GENESIS, Entry, entry_hash
from app.kernel.money import Money
from app.kernel.refs import make_ref
from app.ledger.rules.posting import AccountRef
from bench.fill import copy_rows, write

CASES_OF, PAYEES_OF = 4, 5
"""Corrections a case, and a payee, in the mean."""
CURRENCY, PERIODS = "EUR", 24
LARGE = 500_000
"""Minor units from which two people approve."""
REASONS = (
    *[CorrectionReason.SPLIT_VERSION] * 5, *[CorrectionReason.NOT_ON_STATEMENT] * 3,
    CorrectionReason.IN_SUSPENSE, CorrectionReason.WRONG_FEE, CorrectionReason.PAID_TWICE,
)  # fmt: skip
FIRST = "Ada Zoë Nigar Bruno Anaïs Made Leyla Jörg Chloé Rasmus Ífé Þóra Kofi Ngozi Łukasz".split()
LAST = 'Lovelace Müller "Duke" O’Hara Əliyeva Nuñez, Smith & Sons Ølgaard Okafor Wirawan'.split()
_PEOPLE = ("case_party", "case_member", "case_filing", "case_transition", "clock")


@dataclass(frozen=True)
class Batch:
    """What was made. *locker*, *exporter*: people of the demo who may."""

    id: UUID
    locker: UUID
    exporter: UUID
    lines: int


@dataclass(frozen=True)
class _Pattern:
    """The demo's case of finance, its decision and correction, and the people."""

    case_id: UUID
    decision_id: UUID
    maker: UUID
    policy: UUID
    approvers: tuple[tuple[UUID, str], ...]


def fill_batch(superuser: str, count: int, *, seed: int = 11) -> Batch:
    """Make an open batch of *count* corrections."""
    chance = random.Random(seed)  # noqa: S311 - numbers of a bench, not secrets
    with psycopg.connect(superuser) as connection:
        connection.execute("set session_replication_role = replica")
        pattern, now = _pattern(connection), _one(connection, "select now()")
        cases = _cases(connection, pattern, -(-count // CASES_OF), chance, now)
        payees = _payees(connection, max(count // PAYEES_OF, 2), chance, now)
        batch = UUID(int=chance.getrandbits(128))
        world = _World(pattern, batch, cases, payees, chance, now, {})
        columns = "batch (id, currency, state, opened_at, version)"
        write(connection, columns, iter([(batch, CURRENCY, "open", now, 1)]))
        lines = _corrections(connection, world, count)
        _history(connection, world, count)
        connection.commit()
        connection.autocommit = True
        connection.execute("vacuum analyze")
    return Batch(batch, pattern.approvers[0][0], pattern.approvers[1][0], lines)


def _one(connection: psycopg.Connection, query: str, values: Sequence[object] = ()) -> Any:
    found = connection.execute(query, values).fetchone()  # type: ignore[arg-type]
    assert found is not None, query
    return found[0] if len(found) == 1 else found


def _pattern(connection: psycopg.Connection) -> _Pattern:
    case, decision, maker, policy = _one(
        connection,
        "select case_id, decision_id, preparer_id, approval_policy_id from correction where state = 'proposed' limit 1",
    )
    approvers = connection.execute(
        "select p.id, p.name from person p where p.email in ('gus@tidewater.example', 'gil@tidewater.example') order by p.name desc"
    ).fetchall()
    return _Pattern(case, decision, maker, policy, tuple(approvers))


def made_of(n: int, key: UUID) -> UUID:
    """The copy of the pattern's row *key* that belongs to case *n*; the database says the same."""
    return UUID(hashlib.md5(f"{n}.{key}".encode()).hexdigest())  # noqa: S324 - a name, no secret


def _cases(
    connection: psycopg.Connection, pattern: _Pattern, count: int, chance: random.Random, now: datetime
) -> list[UUID]:  # fmt: skip
    """Cases with their people, moves, clocks, decision, notices and place in the search."""
    connection.execute(
        "create temp table fresh (n int primary key, id uuid, seed uuid, ref text, idents text[], artist uuid, at timestamptz, is_open boolean)"
    )
    refs: set[str] = set()
    keys = [UUID(int=chance.getrandbits(128)) for _ in range(count)]

    def rows() -> Iterator[Sequence[object]]:
        for n, key in enumerate(keys):
            while (ref := str(make_ref("RD", chance.getrandbits))) in refs:
                pass
            refs.add(ref)
            yield (
                n,
                key,
                pattern.case_id,
                ref,
                [ref],
                None,
                now - timedelta(minutes=n % 40_000),
                True,
            )

    write(connection, "fresh", rows())
    connection.execute("analyze fresh")
    copy_rows(
        connection,
        "case",
        "s.id",
        {"id": "f.id", "ref": "f.ref", "subject_title": "s.subject_title || ' ' || f.n"},
    )
    mine = {"case_id": "f.id", "id": "md5(f.n || '.' || s.id)::uuid", "client_key": "null"}
    for table in (*_PEOPLE, "decision"):
        copy_rows(connection, table, "s.case_id", mine)
    for table, of in (("clock_event", "clock_id"), ("decision_notice", "decision_id")):
        copy_rows(connection, table, "s.case_id", mine | {of: f"md5(f.n || '.' || s.{of})::uuid"})
    connection.execute(
        "insert into search_entry (subject_kind, subject_id, case_id, side, disclosure, title, body, at) "
        "select 'case', f.id, f.id, 'complainant', 'shared', c.subject_title, '', f.at from fresh f join \"case\" c on c.id = f.id"
    )
    return keys


def _payees(
    connection: psycopg.Connection, count: int, chance: random.Random, now: datetime
) -> list[UUID]:
    keys = [UUID(int=chance.getrandbits(128)) for _ in range(count)]
    write(
        connection,
        "payee (id, legal_name, masked_bank, version, created_at)",
        (
            (
                key,
                f"{chance.choice(FIRST)} {chance.choice(LAST)} {n}",
                f"•••• {n % 10_000:04}",
                1,
                now,
            )
            for n, key in enumerate(keys)
        ),
    )
    return keys


Rows = dict[str, list[Sequence[object]]]
"""Rows by the table and columns that they go into."""
CORRECTION = (
    "correction (id, case_id, decision_id, state, currency, reason, revision, total_minor, moved_minor, needs_second, "
    "preparer_id, maker_ids, prepared_at, journal_id, posted_at, posting_date, approval_policy_id, version, created_at)"
)
LINE = (
    "correction_line (id, case_id, correction_id, revision, position, payee_id, from_hold, currency, amount_minor, "
    "withholding_minor, reason, note, period, original_lines, source_text)"
)
APPROVAL = "correction_approval (id, case_id, correction_id, revision, ordinal, approver_id, approver_name, seen_hash, proven_at, approved_at)"
JOURNAL = "journal (id, kind, case_id, narration, actor_id, posted_at)"
POSTING = "posting (id, journal_id, position, account_id, currency, minor)"
BATCH_LINE = "batch_line (id, batch_id, correction_id, currency, live, added_at)"


@dataclass
class _World:
    """What rows are made from. *accounts*: of the ledger, made at their first use."""

    pattern: _Pattern
    batch: UUID
    cases: list[UUID]
    payees: list[UUID]
    chance: random.Random
    now: datetime
    accounts: dict[AccountRef, UUID]

    def key(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128))


def _corrections(connection: psycopg.Connection, world: _World, count: int) -> int:
    """Write them, some thousand at a time; how many lines they have."""
    lines = 0
    for start in range(0, count, 5_000):
        rows: Rows = {
            name: [] for name in (CORRECTION, LINE, APPROVAL, JOURNAL, POSTING, BATCH_LINE)
        }
        for number in range(start, min(start + 5_000, count)):
            _add_correction(world, number, rows)
        for table, made in rows.items():
            write(connection, table, iter(made))
        lines += len(rows[LINE])
    write(
        connection,
        "ledger_account (id, kind, currency, payee_id, case_id, created_at)",
        ((key, one.kind.value, one.currency, one.payee_id, one.case_id, world.now) for one, key in world.accounts.items()),
    )  # fmt: skip
    connection.execute(
        "insert into batch_total select line.batch_id, line.currency, count(*), sum(fix.total_minor) "
        "from batch_line line join correction fix on fix.id = line.correction_id where line.batch_id = %s group by 1, 2",
        [world.batch],
    )
    return lines


def _add_correction(world: _World, number: int, rows: Rows) -> None:
    pattern, now, n = world.pattern, world.now, number // CASES_OF
    case, decision = world.cases[n], made_of(n, pattern.decision_id)
    key, journal = made_of(number, world.batch), world.key()
    lines = [_line(world) for _ in range(1 + (number % 10 == 0))]
    total = sum(line.amount.minor_units() for line in lines)
    moved = sum(abs(line.amount.minor_units()) for line in lines)
    second = moved >= LARGE
    rows[CORRECTION].append((
        key, case, decision, "batched", CURRENCY, "Older split was used", 1, total, moved, second,
        pattern.maker, [pattern.maker], now, journal, now, now.date(), pattern.policy, 4, now,
    ))  # fmt: skip
    rows[LINE] += [
        (world.key(), case, key, 1, place, line.payee_id, False, CURRENCY, line.amount.minor_units(), line.withheld.minor_units(),
         line.reason.value, line.note, line.period, list(line.original_lines), str(line.amount.amount))
        for place, line in enumerate(lines, start=1)
    ]  # fmt: skip
    rows[APPROVAL] += [
        (
            world.key(),
            case,
            key,
            1,
            place,
            person,
            name,
            hashlib.sha256(key.bytes).hexdigest(),
            now,
            now,
        )
        for place, (person, name) in enumerate(pattern.approvers[: 1 + second], start=1)
    ]
    rows[JOURNAL].append(
        (journal, "correction", case, "Older split was used", pattern.approvers[0][0], now)
    )
    rows[POSTING] += [
        (
            world.key(),
            journal,
            place,
            world.accounts.setdefault(entry.account, world.key()),
            CURRENCY,
            entry.minor,
        )
        for place, entry in enumerate(entries_of(lines, case), start=1)
    ]
    rows[BATCH_LINE].append((world.key(), world.batch, key, CURRENCY, True, now))


def _line(world: _World) -> ProposalLine:
    """One change of a payee's balance: four in five owed, one in five with tax."""
    chance = world.chance
    minor = chance.choice((1, 1, 1, 1, -1)) * int(chance.lognormvariate(9, 1.6) + 1)
    tax = Money.from_minor(int(minor * 0.1), CURRENCY) if chance.random() < 0.2 else None
    month = chance.randrange(PERIODS)
    period = f"{2025 + month // 12}-{month % 12 + 1:02}"
    return ProposalLine(
        payee_id=chance.choice(world.payees), amount=Money.from_minor(minor, CURRENCY), reason=chance.choice(REASONS),
        note="Older split was used", period=period, withholding=tax or None,
        original_lines=tuple(f"{period}-{chance.getrandbits(40):010x}" for _ in range(chance.randrange(1, 4))),
    )  # fmt: skip


def _history(connection: psycopg.Connection, world: _World, count: int) -> None:
    """The chain of each case: what history says of the pattern, then its corrections; and that of the batch."""
    said = connection.execute(
        "select at, actor, actor_kind, actor_id, verb, subject_kind, subject_id, data, commitment from history_entry "
        "where case_id = %s and subject_kind <> 'correction' order by n",
        (world.pattern.case_id,),
    ).fetchall()
    gus = world.pattern.approvers[0][0]
    by_gus = (world.now, f"person:{gus}", "person", gus)
    batched = {"state": "batched", "batch": str(world.batch)}
    opened = (*by_gus, "batch.opened", "batch", str(world.batch), {"state": "open"}, "")
    heads = []
    into = (
        "copy history_entry (chain, n, at, actor, actor_kind, actor_id, verb, subject_kind, subject_id, data, commitment, "
        "prev_hash, hash, case_id) from stdin"
    )
    with connection.cursor().copy(into) as copy:
        for n, case in enumerate(world.cases):
            mine = range(n * CASES_OF, min((n + 1) * CASES_OF, count))
            entries = [
                (*one[:6], str(case) if one[5] == "case" else str(made_of(n, one[6])), *one[7:])
                for one in said
            ]
            entries += [
                (
                    *by_gus,
                    "correction.batched",
                    "correction",
                    str(made_of(number, world.batch)),
                    batched,
                    "",
                )
                for number in mine
            ]
            heads.append(_chain(copy, f"case:{case}", entries, case))
        heads.append(_chain(copy, f"batch:{world.batch}", [opened], None))
    write(connection, "history_head (chain, n, hash)", iter(heads))


def _chain(
    copy: psycopg.Copy, chain: str, entries: list[Any], case: UUID | None
) -> Sequence[object]:
    """Write a chain from its beginning; its end as a head."""
    before = GENESIS
    for n, said in enumerate(entries, start=1):
        at, actor, _kind, _id, verb, kind, key, data, secret = said
        now = entry_hash(
            before, Entry(chain, n, at, actor, verb, kind, key, data, secret, before, "")
        )
        copy.write_row((chain, n, *said[:7], json.dumps(data), secret, before, now, case))
        before = now
    return chain, len(entries), before
