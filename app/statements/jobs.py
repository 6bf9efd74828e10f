"""Background work of statements: reading a file that was handed in. Killed at any moment it has done nothing, or all."""

from __future__ import annotations

import tempfile
from pathlib import Path
from uuid import UUID

import structlog

from app.accounts.queries import actor_of
from app.infra.db.transaction import transaction
from app.infra.jobs import Run, job
from app.infra.storage.port import ObjectMissing
from app.kernel.errors import Forbidden, NotFound, Refused, Unavailable
from app.kernel.filenames import safe_name
from app.kernel.reading.faults import Problem
from app.kernel.reading.styles import Days, Numbers
from app.statements.commands import ImportStatement
from app.statements.queries import own_profiles
from app.statements.rules.reading import Asked
from app.statements.service import sweep
from app.statements.service.imports import import_statement, refuse_known
from app.statements.service.keeping import keep
from app.statements.service.matching import unmatched_in
from app.statements.service.preparing import BadStatement, prepare
from app.statements.service.uploads import (
    READ,
    UNMAPPED,
    Waiting,
    begin_reading,
    cancel_upload,
    end_done,
    end_refused,
    end_unmapped,
    is_wanted,
    key_of,
    say_progress,
    waited_too_long,
)

log = structlog.get_logger()
SAY_EVERY = 50_000
"""Lines between two looks at whether somebody cancelled it."""


class _Cancelled(Exception):
    """Nobody wants the file any more."""


@job(READ, queue="later")
def read_upload(run: Run, upload_id: str) -> None:
    """Read the file, take it in under its person's name, say what came of it. Safe to repeat: it begins anew.

    What nobody foresaw ends it too; the next try only clears its bytes.
    """
    which = UUID(upload_id)
    with run.transaction() as tx:
        waiting = begin_reading(tx, which, run.actor, run.clock)
        wanted = is_wanted(tx, which)
    if waiting is None:
        if not wanted:
            run.services.storage.purge(key_of(which))
        return
    outcome, problems = _outcome(run, which, waiting)
    if outcome == UNMAPPED:
        with run.transaction() as tx:
            end_unmapped(tx, which, problems, run.actor, run.clock)
        return
    if outcome:
        _refuse(run, which, outcome, problems)
    run.services.storage.purge(waiting.storage_key)


def _outcome(run: Run, which: UUID, waiting: Waiting) -> tuple[str, tuple[Problem, ...]]:
    """Why nothing of it was used, with the problems; empty when all of it was taken in."""
    try:
        with tempfile.TemporaryDirectory(prefix="statements-") as folder:
            _take_in(run, which, _command(run, which, waiting, Path(folder)), waiting)
    except BadStatement as error:
        return UNMAPPED if error.can_map else "problems", error.problems
    except (Refused, Forbidden, NotFound, ObjectMissing) as error:
        return error.code, ()
    except _Cancelled:
        return "cancelled", ()
    except Unavailable:
        raise  # It is tried again.
    except Exception:
        _refuse(run, which, "failed", ())  # Nobody waits before a page that never changes.
        raise
    return "", ()


@job("statements.sweep", queue="later", cron="10 * * * *")
def sweep_objects(run: Run, timestamp: int = 0) -> None:
    """End files that nobody mapped, and remove old objects that no row names; what lies under lock stays until its time. Safe to repeat."""
    del timestamp
    storage, cleared, locked = run.services.storage, 0, 0
    with run.transaction() as tx:
        for upload_id in waited_too_long(tx, run.clock.now()):
            cancel_upload(tx, upload_id, run.actor, run.clock)
    for page in sweep.old_objects(storage, run.clock.now() - sweep.GRACE):
        with run.transaction() as tx:
            orphans = sweep.unnamed(tx, page)
        for one in orphans:
            gone = storage.purge(one.key)
            cleared, locked = cleared + gone, locked + (not gone)
    log.info("statements_swept", cleared=cleared, sealed=locked)


def _command(run: Run, which: UUID, waiting: Waiting, folder: Path) -> ImportStatement:
    path = folder / "in" / safe_name(waiting.name)
    path.parent.mkdir()
    with path.open("wb") as file:
        file.writelines(run.services.storage.open(waiting.storage_key))
    (folder / "work").mkdir()
    said = [0]

    def progress(lines: int, place: int) -> None:
        if lines - said[0] < SAY_EVERY:
            return
        said[0] = lines
        with run.transaction() as tx:
            if not say_progress(tx, which, lines, 100 * place // max(waiting.size, 1)):
                raise _Cancelled

    with run.transaction() as tx:
        own = own_profiles(tx)
    prepared = prepare(path, folder / "work", _asked(waiting.asked), progress, own)
    again = waiting.asked.get("again", "")
    with run.transaction() as tx:
        refuse_known(tx, prepared.sha256, prepared.parts, again=again)
        unmatched = unmatched_in(tx, prepared.parts, folder, run.actor)
    return keep(run.services.storage, prepared, run.clock, again=again, unmatched=unmatched)


def _take_in(run: Run, which: UUID, command: ImportStatement, waiting: Waiting) -> None:
    with run.transaction() as tx:
        actor = actor_of(tx, waiting.by_id)
    with transaction(actor) as tx:
        made = import_statement(tx, command, actor, run.clock)
        end_done(tx, which, made, actor, run.clock)


def _refuse(run: Run, which: UUID, outcome: str, problems: tuple[Problem, ...]) -> None:
    with run.transaction() as tx:
        end_refused(tx, which, outcome, problems, run.actor, run.clock)


def _asked(said: dict[str, str]) -> Asked:
    return Asked(
        format=said.get("format", ""),
        encoding=said.get("encoding", ""),
        month=said.get("month", ""),
        currency=said.get("currency", ""),
        numbers=Numbers(said["numbers"]) if said.get("numbers") else None,
        days=Days(said.get("days", "")),
        totals_reason=said.get("totals_reason", ""),
    )
