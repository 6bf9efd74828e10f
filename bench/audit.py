"""The payout audit on a world of any size: CPU seconds, memory, and the sums of its outputs; equal on every engine.

python -m bench.audit [--lines 1000000] [--copies 1] [--folder FOLDER] [--engine duckdb] [--engine spark] [--phases]
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import wraps
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from app.recompute.adapters import duckdb_engine
from app.recompute.adapters.spark_session import lacking
from app.recompute.commands import AuditFiles
from app.recompute.service import ENGINES, audit_files
from bench.audit_world import Made, make, multiply
from bench.watch import Watch

PHASES = (
    "check_terms", "code_terms", "make_cells", "share_places", "code_rates", "suspend", "expect", "compare",
    "look_behind", "explain", "write_all",
)  # fmt: skip
"""Steps of the engine that are timed by name; the reading of each large table is timed as well."""
_SPAWN = multiprocessing.get_context("spawn")


def spent() -> float:
    """CPU seconds of this process so far, in the program and in the system."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _timed(step: Callable[..., Any], name: str) -> Callable[..., Any]:
    @wraps(step)
    def run(*args: Any) -> Any:
        before, begun = spent(), time.monotonic()
        found = step(*args)
        table = f" {args[1]}" if name == "stream" else ""
        print(f"  {name + table:<16}{spent() - before:8.2f} CPU s{time.monotonic() - begun:8.2f} s")
        return found

    return run


def _tell_phases() -> None:
    for name in PHASES:
        setattr(duckdb_engine, name, _timed(getattr(duckdb_engine, name), name))
    duckdb_engine.Reader.stream = _timed(duckdb_engine.Reader.stream, "stream")  # type: ignore[method-assign]


def audit(world: Made, out: Path, engine: str, phases: bool, ready: Event) -> None:  # noqa: FBT001
    """Audit *world* into *out*; *ready* is set when everything is loaded."""
    if phases:
        _tell_phases()
    command = AuditFiles(
        sales=world.files("sales"), paid=world.files("paid"), out=out, engine=engine,
        **{name: world.file(name) for name in ("deals", "splits", "payees", "withholding", "fx")},
    )  # fmt: skip
    ready.set()
    control = audit_files(command)
    print(
        f"{engine}: {control['lines_read']:,} lines, {control['cells']:,} cells, "
        f"{control['discrepancies']:,} discrepancies",
        flush=True,
    )


def measure(world: Made, folder: Path, engine: str, phases: bool) -> dict[str, str]:  # noqa: FBT001
    """Audit in a process of its own, say what it took; the sum of each output. Ends the bench when the audit fails."""
    out, ready = folder / f"out-{engine}", _SPAWN.Event()
    process = _SPAWN.Process(target=audit, args=(world, out, engine, phases, ready))
    process.start()
    watch = Watch(process.pid or 0)
    while not ready.wait(0.05):
        if process.exitcode is not None:
            sys.exit(f"{engine}: ended before it began")
    watch.begin()
    watch.follow(lambda: process.exitcode is not None)
    if process.exitcode:
        sys.exit(f"{engine}: failed")
    print(
        f"  {watch.cpu:.1f} CPU s, {watch.seconds:.1f} s, {watch.most_bytes / 2**20:,.0f} MB at most"
    )
    sums = {
        file.name: hashlib.md5(file.read_bytes()).hexdigest()  # noqa: S324 - compares runs
        for file in sorted(out.iterdir())
    }
    for name, said in sums.items():
        print(f"  {said}  {name}")
    return sums


def main() -> int:
    """Make the world unless it is there, audit it on each engine, compare; 1 when the bytes differ."""
    given = argparse.ArgumentParser(prog="bench.audit", description=__doc__)
    given.add_argument("--lines", type=int, default=1_000_000)
    given.add_argument(
        "--copies", type=int, default=1, help="so many times the lines, in other stores"
    )
    given.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "redress-audit")
    given.add_argument("--engine", action="append", choices=sorted(ENGINES), help="may be repeated")
    given.add_argument("--phases", action="store_true", help="say what each step took on DuckDB")
    chosen = given.parse_args()
    engines = chosen.engine or ["duckdb"]
    if "spark" in engines and (missing := lacking()):
        print(
            f"spark: left out, {missing}. `python3 tools/setup.py distributed` installs the extra; Java 17 comes from your system."
        )
        engines = [name for name in engines if name != "spark"]
    folder = chosen.folder / str(chosen.lines)
    # In a process of its own: what making the world took is not the audit's memory.
    maker = _SPAWN.Process(target=make, args=(chosen.lines, folder))
    maker.start()
    maker.join()
    world = multiply(Made(folder), chosen.copies)
    sums = [measure(world, folder, name, chosen.phases) for name in engines]
    if len(sums) > 1:
        equal = all(one == sums[0] for one in sums)
        print(f"{' and '.join(engines)}: {'the same bytes' if equal else 'NOT THE SAME BYTES'}")
        return 0 if equal else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
