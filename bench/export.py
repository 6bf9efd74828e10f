"""The export of a hundred thousand corrections, beside a bare COPY of the same rows to a CSV file in the same run.

python -m bench.export [--corrections 100000] [--format neutral] [--out FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from bench.money import Batch, fill_batch
from bench.place import Place, place

AIM_RATIO, MOST_GROWTH = 2.5, 100
BARE = """
copy (
  select c.ref, f.decision_id, f.id, l.payee_id, p.legal_name, l.period, f.currency, l.amount_minor / 100.0,
         l.withholding_minor / 100.0, (l.amount_minor - l.withholding_minor) / 100.0, l.reason,
         array_to_string(l.original_lines, ' '), one.approver_name, two.approver_name, b.batch_id
  from batch_line b join correction f on f.id = b.correction_id join "case" c on c.id = f.case_id
  join correction_line l on l.correction_id = f.id and l.revision = f.revision join payee p on p.id = l.payee_id
  join correction_approval one on one.correction_id = f.id and one.revision = f.revision and one.ordinal = 1
  left join correction_approval two on two.correction_id = f.id and two.revision = f.revision and two.ordinal = 2
  where b.batch_id = '{batch}' and b.live order by f.id, l.position
) to stdout (format csv, header)
"""
"""The same columns of the same rows from the same tables, without codes, checksums, hash and history."""


@dataclass(frozen=True)
class Spent:
    """What one step cost. *own*, *database*: CPU seconds of this process and of PostgreSQL; *clock*: seconds; *growth*: MB."""

    name: str
    own: float
    database: float
    clock: float
    growth: float

    @property
    def cpu(self) -> float:
        """Both together."""
        return self.own + self.database


def spent(where: Place, name: str, work: Callable[[], Any]) -> Spent:
    """Do *work* once. Growth: how far the most memory of this process rose above what it had when the step began."""
    Path("/proc/self/clear_refs").write_text("5")  # the mark of the most memory begins anew
    held, own, database, begun = _kb("VmRSS"), _own(), where.database_cpu(), time.monotonic()
    work()
    clock = time.monotonic() - begun
    growth = (_kb("VmHWM") - held) / 1024
    return Spent(name, _own() - own, where.database_cpu() - database, clock, growth)


def _own() -> float:
    use = resource.getrusage(resource.RUSAGE_SELF)
    return use.ru_utime + use.ru_stime


def _kb(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def measured(app: Any, where: Place, batch: Batch, form: str) -> list[Spent]:
    """Bare copy, lock, file and export, in that order; the first one twice, since the tables are cold before."""
    bare = where.folder / "bare.csv"
    with app.app_context(), psycopg.connect(where.superuser) as connection:
        connection.execute(
            "set max_parallel_workers_per_gather = 0"
        )  # their time would be lost with them
        copied(connection, batch.id, bare)
        return [
            spent(where, "bare COPY to a file", lambda: copied(connection, batch.id, bare)),
            spent(where, "lock", lambda: _lock(app, batch)),
            spent(where, "the file alone, to a file", lambda: _file(batch, form, where.folder / "own.csv")),
            spent(where, "export", lambda: _export(app, batch, form)),
        ]  # fmt: skip


def copied(connection: psycopg.Connection, batch: UUID, into: Path) -> None:
    """What anybody would do first."""
    with into.open("wb") as file, connection.cursor().copy(BARE.format(batch=batch)) as copy:  # type: ignore[arg-type]
        for piece in copy:
            file.write(piece)
    connection.commit()


def _lock(app: Any, batch: Batch) -> None:
    from app.corrections.commands import LockBatch
    from app.corrections.service.batches import lock_batch
    from app.infra.db.transaction import transaction

    actor = _actor(batch.locker)
    with transaction(actor) as tx:
        lock_batch(tx, LockBatch(batch.id), actor, app.extensions["redress"].clock)


def _file(batch: Batch, form: str, into: Path) -> None:
    from app.corrections.queries.exports import FrozenRows
    from app.exports.formats import FORMATS
    from app.infra.db.transaction import transaction

    with transaction(_actor(batch.exporter), read_only=True) as tx, into.open("wb") as file:
        file.writelines(FORMATS[form].leaving(FrozenRows(tx, batch.id)).pieces)


def _export(app: Any, batch: Batch, form: str) -> None:
    from app.corrections.commands import ExportBatch
    from app.corrections.service.batches import export_batch
    from app.infra.db.transaction import transaction

    actor, ports = _actor(batch.exporter), app.extensions["redress"]
    with transaction(actor) as tx:
        export_batch(tx, ExportBatch(batch.id, form), ports.storage, actor, ports.clock)


def _actor(person: UUID) -> Any:
    """A person of finance, read as a job reads who asked for it."""
    from app.accounts.queries import actor_of
    from app.infra.db.transaction import transaction
    from app.kernel.actor import Actor

    with transaction(Actor.system("bench"), read_only=True) as tx:
        return actor_of(tx, person)


def broken(app: Any) -> list[str]:
    """Invariants that do not hold, and the first broken link of history."""
    from app.history.service import verify
    from app.infra.checks import run_checks
    from app.infra.db.transaction import transaction
    from app.kernel.actor import Actor
    from app.workflows.check_invariants import all_checks

    with app.app_context(), transaction(Actor.system("bench"), read_only=True) as tx:
        found = [
            f"{one.check.id} {one.check.name}: {one.rows[:3]}"
            for one in run_checks(tx, all_checks())
        ]
        link = verify(tx)
    return [*found, *([f"history: {link}"] if link else [])]


def table(count: int, batch: Batch, lines: list[Spent], facts: dict[str, Any]) -> str:
    """The result as Markdown."""
    bare = lines[0].cpu
    rows = [
        (
            f"{count:,} corrections of {batch.lines:,} lines, {facts['filled']:.0f} s to fill; format {facts['format']}, "
            f"{facts['size'] / 1e6:.1f} MB. Load before {facts['load']:.1f}."
        ),
        "",
        "| Step | Own CPU s | Database CPU s | Clock s | Times the bare COPY | Memory grew by MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]  # fmt: skip
    rows += [
        f"| {one.name} | {one.own:.2f} | {one.database:.2f} | {one.clock:.1f} | {one.cpu / bare:.1f} | {one.growth:.0f} |"
        for one in lines
    ]
    return "\n".join(rows)


def verdicts(lines: list[Spent], faults: list[str]) -> list[str]:
    """What is above its limit, or broken, in words."""
    bare = lines[0].cpu
    found = [f"{one.name}: {one.cpu / bare:.1f} times the bare COPY (aim {AIM_RATIO})" for one in lines[2:] if one.cpu > AIM_RATIO * bare]  # fmt: skip
    found += [f"{one.name}: memory grew by {one.growth:.0f} MB (at most {MOST_GROWTH})" for one in lines if one.growth > MOST_GROWTH]  # fmt: skip
    return [*found, *faults]


def main() -> int:
    """0 when nothing is above its limit and everything holds."""
    options = argparse.ArgumentParser()
    options.add_argument("--corrections", type=int, default=100_000)
    options.add_argument("--format", default="neutral")
    options.add_argument("--out", type=Path)
    chosen = options.parse_args()
    facts: dict[str, Any] = {
        "load": os.getloadavg()[0], "machine": platform.platform(), "cores": os.cpu_count(), "format": chosen.format,
    }  # fmt: skip
    with place() as where:
        os.environ.update(where.environ)
        from app.demo.desk import build
        from app.factory import create_app
        from config import Settings

        app = create_app(Settings.from_env(os.environ))
        with app.app_context():
            build(app)
        begun = time.monotonic()
        with ProcessPoolExecutor(
            1, get_context("spawn")
        ) as own:  # its memory would hide what the export needs
            batch = own.submit(fill_batch, where.superuser, chosen.corrections).result()
        facts["filled"] = time.monotonic() - begun
        lines = measured(app, where, batch, chosen.format)
        facts["size"] = (where.folder / "own.csv").stat().st_size
        failed = verdicts(lines, broken(app))
    said = table(chosen.corrections, batch, lines, facts)
    print(said)
    print("\n".join(["", *(f"not as it should be: {one}" for one in failed)] if failed else ["", "all within their limits"]))  # fmt: skip
    if chosen.out:
        chosen.out.mkdir(parents=True, exist_ok=True)
        name = f"export-{chosen.corrections}-{chosen.format}"
        told = {
            "corrections": chosen.corrections,
            "facts": facts,
            "steps": [asdict(one) for one in lines],
        }
        (chosen.out / f"{name}.json").write_text(json.dumps(told, indent=1), "utf-8")
        (chosen.out / f"{name}.md").write_text(said + "\n", "utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
