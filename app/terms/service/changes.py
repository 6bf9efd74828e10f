"""A change of the terms: rows end and begin in one transaction under one number, one change after the other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from app.accounts.rules import Permission, require
from app.history.service import record
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, NotFound, Refused, Stale
from app.kernel.reading.sources import Source
from app.kernel.text import clean_text
from app.kernel.words import words as _
from app.terms.commands import AddRow, EndRow, ImportTerms, Way
from app.terms.models import TermsVersion
from app.terms.queries import balances_of, newest_version, rows_of_keys, unknown_payees
from app.terms.queries.rows import BINDINGS, chunks, in_force
from app.terms.rules.balances import first_break
from app.terms.rules.changes import Difference, Stored, difference, filled
from app.terms.rules.overlaps import overlapping
from app.terms.rules.reading import Asked, Fault, Line, Problems, Reading
from app.terms.rules.rows import (
    Balance,
    Deal,
    Payee,
    Rate,
    Row,
    Split,
    Table,
    Withholding,
    month_text,
    plain,
)
from app.terms.service.keeping import KeptChange, KeptLines

_ONE_AFTER_THE_OTHER = text("select pg_advisory_xact_lock(hashtext('terms'))")
_OVERLAP, _MISSING = "23P01", "23503"
TABLE_OF: dict[type, Table] = {
    Deal: Table.DEALS, Split: Table.SPLITS, Payee: Table.PAYEES,
    Withholding: Table.WITHHOLDING, Rate: Table.FX, Balance: Table.BALANCES,
}  # fmt: skip


SHOWN = 50
"""Rows and names of a change that are shown of each kind."""
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Change:
    """What a change did, or would do. *version*: its number, None when nothing changed (or nothing was done yet).

    *begins*, *ends*, *same*: rows; *first_begins*, *first_ends*: the first of them. *unknown*: payees that shares, rates
    or balances name and the payees lack, the first of them.
    """

    version: int | None
    begins: int
    ends: int
    same: int
    first_begins: tuple[Row, ...] = ()
    first_ends: tuple[Row, ...] = ()
    unknown: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.begins or self.ends)


@contextmanager
def read_file(
    table: Table, source: Source, way: Way = Way.FILE, asked: Asked | None = None
) -> Iterator[ImportTerms]:
    """The command for a file; its lines lie on disk until the end. Raises `InvalidMany`, each error a `Fault`."""
    reading = Reading(table, source, asked)
    with closing(KeptLines(table, reading.lines())) as lines:
        _refuse_overlaps(lines)
        yield ImportTerms(table, source.name[:300], _sha256(source), lines, reading.unsaid, way)


def preview(tx: Tx, command: ImportTerms, actor: Actor) -> Change:
    """What `import_terms` would do now. Raises `Forbidden`, `Invalid` where months would not join."""
    require(actor, Permission.TERMS_CHANGE)
    with closing(KeptChange(command.table)) as kept:
        return _change(tx, command, kept)


def import_terms(tx: Tx, command: ImportTerms, actor: Actor, clock: Clock) -> Change:
    """Take the whole file: of what it names it says everything, other rows stay. The same again changes nothing.

    Raises `Forbidden`, `Invalid` (a payee_id that is nobody's), `Stale` when terms changed after somebody looked.
    """
    require(actor, Permission.TERMS_CHANGE)
    tx.execute(_ONE_AFTER_THE_OTHER)
    if command.seen is not None and command.seen != newest_version(tx):
        raise Stale(_("The terms changed meanwhile. Look again at what the file changes."))
    with closing(KeptChange(command.table)) as kept:
        change = _change(tx, command, kept)
        if not change:
            return change
        made = _version(tx, command.table, (kept.begins, kept.ends), actor, clock)
        made.way, made.name, made.sha256 = command.way.value, command.name, command.sha256
        _write(tx, made, command.table, kept.every_ending(), kept.every_beginning())
    _remember(tx, made, actor, clock)
    return replace(change, version=made.number)


def add_row(tx: Tx, command: AddRow, actor: Actor, clock: Clock) -> Change:
    """One row more. Raises `Forbidden`, `Invalid`, `Refused` with `overlap` when it contradicts one in force."""
    require(actor, Permission.TERMS_CHANGE)
    table = TABLE_OF[type(command.row)]
    tx.execute(_ONE_AFTER_THE_OTHER)
    there = rows_of_keys(tx, table, {command.row.key})
    if overlapping([*(one.row for one in there), command.row], lambda row: row):
        raise _overlap()
    change = Difference((), (command.row,), len(there))
    _refuse_broken(tx, change, {})
    return _by_hand(tx, table, change, command, actor, clock)


def end_row(tx: Tx, command: EndRow, actor: Actor, clock: Clock) -> Change:
    """The row holds no more, from this version on. Raises `Forbidden`, `Invalid`, `NotFound`, also when it ended before."""
    require(actor, Permission.TERMS_CHANGE)
    tx.execute(_ONE_AFTER_THE_OTHER)
    binding = BINDINGS[command.table]
    one = tx.execute(
        select(binding.model).where(in_force(binding.model), binding.model.id == command.row_id)
    ).scalar_one_or_none()
    if one is None:
        raise NotFound("terms_row")
    change = Difference((Stored(one.id, binding.row(one)),), (), 0)
    _refuse_broken(tx, change, {})
    return _by_hand(tx, command.table, change, command, actor, clock)


def _by_hand(
    tx: Tx, table: Table, change: Difference, command: AddRow | EndRow, actor: Actor, clock: Clock
) -> Change:  # fmt: skip
    made = _version(tx, table, (len(change.begins), len(change.ends)), actor, clock)
    made.way = command.way.value
    made.reason = clean_text(command.reason, field="reason", max_length=500, required=True)
    rows = [BINDINGS[table].values(row) for row in change.begins]
    _write(tx, made, table, [one.id for one in change.ends], rows)
    _remember(tx, made, actor, clock)
    ended = tuple(one.row for one in change.ends)
    return Change(made.number, made.added, made.ended, change.same, change.begins, ended)


def _change(tx: Tx, command: ImportTerms, kept: KeptChange) -> Change:
    """All rows of a recording (payee, contract, month) at once, some recordings at a time."""
    first_begins: list[Row] = []
    first_ends: list[Row] = []
    for lines in command.lines.together():
        found = _part(tx, command, lines)
        rows = [line.row for line in lines]
        kept.add(found.ends, found.begins, found.same)
        kept.add_unknown(unknown_payees(tx, _named(rows)))
        first_begins += found.begins[: SHOWN - len(first_begins)]
        first_ends += [one.row for one in found.ends[: SHOWN - len(first_ends)]]
    return Change(
        None, kept.begins, kept.ends, kept.same, tuple(first_begins), tuple(first_ends), kept.unknown(SHOWN)
    )  # fmt: skip


def _part(tx: Tx, command: ImportTerms, lines: list[Line]) -> Difference:
    rows = [line.row for line in lines]
    now = rows_of_keys(tx, command.table, {row.key for row in rows})
    if command.unsaid:
        known = {one.row.key: one.row for one in now}
        rows = [filled(row, command.unsaid, known, source=command.name) for row in rows]
    found = difference(now, rows)
    _refuse_broken(tx, found, {line.row.key: line for line in lines})
    return found


def _refuse_overlaps(lines: KeptLines) -> None:
    """Pass when no two lines contradict each other. Raises `InvalidMany`, at the later line of each pair."""
    problems = Problems()
    for some in lines.together():
        for earlier, later in overlapping(some, lambda line: line.row):
            words = _(
                "“%(value)s” is said for the same time on line %(line)d, too.",
                value=" ".join(later.row.only_one or ()),
                line=earlier.number,
            )
            period = later.row.period
            column = "from_month" if period.start or period.end else ""
            problems.add(Fault("overlap", words, later.number, column, file=later.file))
    problems.refuse()


def _sha256(source: Source) -> str:
    found = hashlib.sha256()
    with source.open() as stream:
        while block := stream.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def _refuse_broken(tx: Tx, change: Difference, lines: Mapping[tuple[str, ...], Line]) -> None:
    """Pass when months of every contract still join. Raises `Invalid` at the line, or at the field where there is none."""
    touched = [*change.begins, *(one.row for one in change.ends)]
    contracts = {row.contract for row in touched if isinstance(row, Balance)}
    if not contracts:
        return
    gone = {one.id for one in change.ends}
    rows = [one.row for one in balances_of(tx, contracts) if one.id not in gone]
    broken = first_break(row for row in (*rows, *change.begins) if isinstance(row, Balance))
    if broken is None:
        return
    before, one = broken
    line = lines.get(one.key) or lines.get(before.key)
    words = _(
        "“%(contract)s” ends %(month)s with %(closing)s, and the next month begins otherwise, or for somebody else.",
        contract=one.contract,
        month=month_text(before.month),
        closing=f"{plain(before.closing)} {before.currency}",
    )
    if line is None:
        raise Invalid("opening", "balance_chain", words)
    raise Fault("balance_chain", words, line.number, "opening", file=line.file)


def _named(rows: Iterable[Row]) -> set[str]:
    return {row.payee for row in rows if isinstance(row, Split | Withholding | Balance)}


def _version(
    tx: Tx, table: Table, counts: tuple[int, int], actor: Actor, clock: Clock
) -> TermsVersion:
    """*counts*: rows that begin and end."""
    return TermsVersion(
        id=uuid4(), number=newest_version(tx) + 1, table_name=table.value, way="", name="", sha256="", reason="",
        added=counts[0], ended=counts[1], by_id=actor.person_id, at=clock.now(),
    )  # fmt: skip


def _write(
    tx: Tx,
    made: TermsVersion,
    table: Table,
    ends: Iterable[object],
    begins: Iterable[dict[str, object]],
) -> None:
    tx.add(made)
    tx.flush()
    binding = BINDINGS[table]
    for ids in chunks(ends):
        tx.execute(
            update(binding.model).where(binding.model.id.in_(ids)).values(ended_in=made.number)
        )
    try:
        for rows in chunks(begins):
            tx.execute(insert(binding.model), [_values(row, made) for row in rows])
    except IntegrityError as error:
        raise _refusal(error) from error


def _remember(tx: Tx, made: TermsVersion, actor: Actor, clock: Clock) -> None:
    record(
        tx, actor, clock,
        verb="terms.changed", subject=("terms_version", made.id), data=_said(made),
        private={"reason": made.reason} if made.reason else None,
    )  # fmt: skip


def _values(values: dict[str, object], made: TermsVersion) -> dict[str, object]:
    return values | {"id": uuid4(), "made_in": made.number}


def _said(made: TermsVersion) -> dict[str, Any]:
    said = {"version": made.number, "table": made.table_name, "way": made.way}
    said |= {"added": made.added, "ended": made.ended}
    return said | ({"sha256": made.sha256} if made.sha256 else {})


def _refusal(error: IntegrityError) -> Exception:
    """The database's own refusal in words: it holds also where two people write at once."""
    state = getattr(error.orig, "sqlstate", "")
    if state == _OVERLAP:
        return _overlap()
    if state == _MISSING:
        return Invalid("payee_id", "payee_id", _("The ledger has no such payee."))
    return error


def _overlap() -> Refused:
    return Refused(
        "overlap", _("A row in force says something else for the same time. End that one first.")
    )
