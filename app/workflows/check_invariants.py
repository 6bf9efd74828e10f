"""The promises about data, asked every night and by the command line; what came of it is kept for the page of health."""

from __future__ import annotations

import importlib
import time
from collections.abc import Sequence
from pathlib import Path

import structlog

from app.infra.checks import Check, RunRow, Violation, broken_names, note_run, run_checks
from app.infra.db.transaction import transaction
from app.infra.jobs import Run, job
from app.kernel.actor import Actor
from app.kernel.clock import Clock

ROOMS = Path(__file__).resolve().parents[1]
log = structlog.get_logger()


def all_checks() -> list[Check]:
    """CHECKS of every room that has some."""
    found: list[Check] = []
    for path in sorted(ROOMS.glob("*/checks.py")):
        if path.parent.name not in ("infra", "cli"):
            found += importlib.import_module(f"app.{path.parent.name}.checks").CHECKS
    return found


def check_and_note(
    checks: Sequence[Check], actor: Actor, clock: Clock, *, note: bool = True
) -> list[Violation]:
    """Ask them in one reading transaction; keep the result afterwards, also when something is broken."""
    began = time.monotonic()
    with transaction(actor, read_only=True) as tx:
        broken = run_checks(tx, checks)
    took = round((time.monotonic() - began) * 1000)
    if note:
        with transaction(actor) as tx:
            row = RunRow(clock.now(), actor.name, took, len(checks), broken_names(broken))
            note_run(tx, row)
    return broken


@job("invariants.check", queue="later", cron="30 3 * * *")
def check_nightly(run: Run, timestamp: int = 0) -> None:
    """Every invariant, at night. What is broken stands on the page of health and in the log. Safe to repeat."""
    del timestamp
    broken = check_and_note(all_checks(), run.actor, run.clock)
    if broken:
        log.error("invariants_broken", broken=broken_names(broken))
