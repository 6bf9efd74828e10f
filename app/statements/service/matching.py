"""Lines without a recording: found when a file is read, given one by a person, remembered by what they say, taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select

from app.accounts.rules import Permission, may
from app.catalogue.queries import recording_by_id, recordings_by_isrc
from app.history.service import record
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Refused
from app.kernel.identifiers import Isrc
from app.kernel.text import clean_text
from app.kernel.words import words as _
from app.statements.commands import MatchRecording, TakeMatchBack, Unmatched
from app.statements.formats.parquet import Written
from app.statements.formats.sales import recordings_said
from app.statements.models import StatementMatch
from app.statements.queries import UnmatchedRow, unmatched_row
from app.statements.rules.keys import Said, key_of
from app.statements.rules.totals import EXACT

MOST_KEYS = 100_000
"""Of one file; the rest waits for a catalogue."""
SHOWN = 300
"""Characters of a text that is kept beside a key."""
MOST_REASON = 1000
_BATCH = 2000
Item = TypeVar("Item")


def unmatched_in(
    tx: Tx, parts: tuple[Written, ...], folder: Path, actor: Actor
) -> tuple[Unmatched, ...]:
    """What lines of *parts* say of recordings that the catalogue does not have, by key, at most MOST_KEYS of them.

    An ISRC that is one, and known, needs nobody. *folder*: where there is room to work.
    """
    found: dict[str, Unmatched] = {}
    if not parts:
        return ()
    for batch in _batched(recordings_said([one.path for one in parts], folder)):
        isrcs = {
            said.isrc: str(Isrc.parse(said.isrc)) for said, *_ in batch if Isrc.is_valid(said.isrc)
        }
        known = recordings_by_isrc(tx, actor, set(isrcs.values()))
        for said, currency, count, total in batch:
            isrc = isrcs.get(said.isrc, "")
            if isrc not in known:
                _add(found, said, isrc, currency, count, total)
    return tuple(found.values())


def _add(
    found: dict[str, Unmatched], said: Said, isrc: str, currency: str, count: int, total: Decimal
) -> None:
    key = key_of(said)
    there = found.get(key)
    if there is None:
        if len(found) < MOST_KEYS:
            found[key] = Unmatched(
                key, isrc, _short(said), count, {currency: f"{total.normalize():f}"}
            )
        return
    sums = dict(there.sums)
    sums[currency] = f"{EXACT.add(Decimal(sums.get(currency, '0')), total).normalize():f}"
    found[key] = Unmatched(key, there.isrc, there.said, there.line_count + count, sums)


def _batched(items: Iterable[Item]) -> Iterator[list[Item]]:
    every = iter(items)
    while batch := list(islice(every, _BATCH)):
        yield batch


def _short(said: Said) -> Said:
    return Said(said.isrc[:SHOWN], said.upc[:SHOWN], said.title[:SHOWN], said.artist[:SHOWN])


def match_recording(tx: Tx, command: MatchRecording, actor: Actor, clock: Clock) -> None:
    """From now on lines of the key mean the recording, in every file; the same again is nothing.

    Raises `Forbidden`, `NotFound`, `Invalid` (its reason), `Refused` when nothing names it, or somebody said another recording.
    """
    row = _asked(tx, actor, command.import_id, command.unmatched_id)
    if not row.key:
        raise Refused(
            "nameless", _("These lines name no recording, so nothing can be remembered of them.")
        )
    recording = recording_by_id(tx, actor, command.recording_id)
    live = _live(tx, row.key)
    if live is not None:
        if live.recording_id == recording.id:
            return
        raise Refused("matched", _("Somebody matched these lines meanwhile. Take that back first."))
    if actor.person_id is None:
        raise Forbidden(Permission.STATEMENT_IMPORT.value, code="permission")
    made = StatementMatch(
        id=uuid4(), key=row.key, recording_id=recording.id, by_id=actor.person_id, at=clock.now()
    )
    tx.add(made)
    data = {"key": row.key, "isrc": recording.isrc, "import": str(row.import_id)}
    record(
        tx, actor, clock, verb="statement.matched", subject=("statement_match", made.id), data=data,
        private=_why(command.reason),
    )  # fmt: skip


def take_match_back(tx: Tx, command: TakeMatchBack, actor: Actor, clock: Clock) -> None:
    """What was said of the key holds no more. Raises `Forbidden`, `NotFound`, `Refused` when it changed meanwhile."""
    row = _asked(tx, actor, command.import_id, command.unmatched_id)
    live = _live(tx, row.key)
    if live is None or live.id != command.match_id:
        raise Refused("changed", _("This changed meanwhile. Look at it again."))
    live.ended_at, live.ended_by_id = clock.now(), actor.person_id
    record(
        tx, actor, clock,
        verb="statement.match_taken_back", subject=("statement_match", live.id), data={"key": row.key},
        private=_why(command.reason),
    )  # fmt: skip


def _why(reason: str) -> dict[str, object] | None:
    """A person's words beside the chain of history. Raises `Invalid`."""
    said = clean_text(reason, field="reason", max_length=MOST_REASON)
    return {"reason": said} if said else None


def rows_of(import_id: UUID, found: tuple[Unmatched, ...]) -> Iterator[list[dict[str, object]]]:
    """The rows to insert, in batches."""
    for batch in _batched(found):
        yield [
            {
                "id": uuid4(), "import_id": import_id, "key": one.key, "isrc": one.isrc, "isrc_text": one.said.isrc,
                "upc_text": one.said.upc, "title": one.said.title, "artist": one.said.artist,
                "line_count": one.line_count, "sums": one.sums,
            }
            for one in batch
        ]  # fmt: skip


def _asked(tx: Tx, actor: Actor, import_id: UUID, unmatched_id: UUID) -> UnmatchedRow:
    if not may(actor, Permission.STATEMENT_IMPORT):
        raise Forbidden(Permission.STATEMENT_IMPORT.value, code="permission")
    return unmatched_row(tx, actor, import_id, unmatched_id)


def _live(tx: Tx, key: str) -> StatementMatch | None:
    return tx.execute(
        select(StatementMatch)
        .where(StatementMatch.key == key, StatementMatch.ended_at.is_(None))
        .with_for_update()
    ).scalar_one_or_none()
