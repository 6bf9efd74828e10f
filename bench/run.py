"""`make bench`: pages and acts of a desk of many cases, over the wire, beside a bare page in the same run.

python -m bench.run [--cases 20000] [--rounds 100] [--clients 8] [--out FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import psycopg
from sqlalchemy import event, text

from bench.fill import fill
from bench.place import Place, place
from bench.server import FLOOR, Ask, Server, asked_by, percentile, web
from bench.twin import TwinAct, noting, twin_of, written
from bench.work import SAME, Act, Chosen, Work, acts, chosen_of, pages, reader, tell_floor

AIM_READ, AIM_WRITE, FAILURE, MOST_STATEMENTS, SAME_SIZE = 3.0, 4.0, 6.0, 12, 0.2
WARM_CLIENTS, WARM = 8, 6
"""Calls before anything is counted, many at once: a connection that is kept open stays with one worker, and the first page of
a worker pays for its templates. So both workers have answered and keep their plans.
"""
TURNS = 5
"""The product and its bare twin are asked by turns, so that a machine which slows down slows both."""
MOST_COLD, MOST_MEMORY = 3.0, 400


@dataclass(frozen=True)
class Line:
    """One operation. CPU in milliseconds per call: *own* of the web server, *database* of PostgreSQL; *bare*: both of the
    bare twin, *least*: of one row of an act. Percentiles in milliseconds of clock, alone and with many clients. *kb*: of
    the answer.
    """

    name: str
    own: float
    database: float
    bare: float
    least: float
    ratio: float
    statements: int
    kb: float
    alone: tuple[float, float, float]
    many: tuple[float, float, float]


class Statements:
    """Counts what SQLAlchemy sends; setting the wall's variables does not count (DECISIONS 13)."""

    def __init__(self, engine: Any) -> None:
        self.sent: list[str] = []
        event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, _c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "set_config" not in statement:
            self.sent.append(statement)

    def of(self, work: Callable[[], Any]) -> int:
        """How many one call sends."""
        self.sent.clear()
        work()
        return len(self.sent)


@dataclass(frozen=True)
class Bench:
    """What is measured and how often: *rounds* alone, as many shared by *clients*."""

    app: Any
    where: Place
    server: Server
    floor: Server
    counted: Statements
    rounds: int
    clients: int


def measured(bench: Bench, work: Work) -> Line:
    """The operation of the product and its bare twin, both over the wire; its statements in this process."""
    statements, size = _seen(bench, work)
    asked_by(bench.server, WARM_CLIENTS, WARM, work.ask)
    asked_by(bench.floor, WARM_CLIENTS, WARM, work.floor)
    turns = [(_spent(bench, bench.server, work.ask), _spent(bench, bench.floor, work.floor)) for _ in range(TURNS)]  # fmt: skip
    own, base = (fmean(ours[part] for ours, _floor in turns) for part in (0, 1))
    bare = fmean(floor[0] + floor[1] for _ours, floor in turns)
    alone = sorted(taken for ours, _floor in turns for taken in ours[2])
    each = max(bench.rounds // bench.clients, 2)
    many = asked_by(bench.server, bench.clients, each, work.ask)
    least = sum(_spent(bench, bench.floor, work.least)[:2]) if work.least else 0
    return Line(
        work.name, own, base, bare, least, (own + base) / bare, statements, size / 1024, _points(alone), _points(many)
    )  # fmt: skip


def _spent(bench: Bench, server: Server, ask: Ask) -> tuple[float, float, list[float]]:
    """CPU milliseconds a call of the server and of the database, and the clock's, in one turn."""
    before, database = server.cpu(), bench.where.database_cpu()
    times = max(bench.rounds // TURNS, 1)
    alone = asked_by(server, 1, times, ask)
    own = 1000 * (server.cpu() - before) / times
    return own, 1000 * (bench.where.database_cpu() - database) / times, alone


def _points(found: list[float]) -> tuple[float, float, float]:
    return percentile(found, 0.5), percentile(found, 0.95), percentile(found, 0.99)


def _seen(bench: Bench, work: Work) -> tuple[int, int]:
    """Statements and bytes of a page; its bare twin must have the same size."""
    if not work.path:
        return 0, 0
    client = reader(bench.app, work.cookie)
    html = client.get(work.path, headers=SAME).get_data()
    bare = urllib.request.urlopen(f"http://127.0.0.1:{bench.floor.port}{work.twin}").read()
    assert abs(1 - len(bare) / len(html)) <= SAME_SIZE, (
        f"{work.name}: the bare page is not the same page"
    )
    return bench.counted.of(lambda: client.get(work.path, headers=SAME)), len(html)


@contextmanager
def beside(
    where: Place, server: Server, works: list[Work], todo: list[Act], chosen: Chosen
) -> Iterator[Server]:
    """The bare application with the twins of all pages and acts; *works* has the acts then too.

    A twin that does not write as many rows into each table as the act is refused.
    """
    told = where.folder / "floor.json"
    with noting(where.superuser) as notes:
        twins: dict[str, TwinAct] = {one.key: twin_of(server, notes, one.sample) for one in todo}
        works += [one.beside(twins[one.key]) for one in todo]
        tell_floor(told, where.superuser, works, twins, chosen)
        with web({"BENCH_FLOOR": str(told)}, FLOOR) as floor:
            for one in todo:
                twin = twins[one.key]
                found = written(notes, lambda t=twin, k=one.key: asked_by(floor, 1, 1, t.asks(k)))  # type: ignore[misc]
                assert found == twin.rows, f"{one.name}: {found} instead of {twin.rows}"
    with web({"BENCH_FLOOR": str(told)}, FLOOR) as floor:
        yield floor


def letters(app: Any) -> float | None:
    """PDFs per CPU second, children and the start of the press included: they count when they have ended."""
    from app.infra.db.transaction import transaction
    from app.kernel.actor import Actor
    from app.letters.jobs import letter_document
    from app.letters.queries import letter_view

    actor = Actor.system("bench")
    with app.app_context(), transaction(actor, read_only=True) as tx:
        key = tx.execute(text("select id from letter where number is not null limit 1")).scalar()
        if key is None:
            return None
        document = letter_document(letter_view(tx, actor, key).context)
    renderer = app.extensions["redress"].renderer
    renderer.close()
    before, count = _all_cpu(), 20
    for _ in range(count):
        renderer.pdf(document)
    renderer.close()
    return round(count / (_all_cpu() - before), 2)


def _all_cpu() -> float:
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


def table(cases: int, lines: list[Line], facts: dict[str, Any]) -> str:
    """The result as Markdown."""
    rows = [
        (
            f"{cases:,} cases, {facts['filled']:.0f} s to fill. Web: cold start {facts['cold']:.1f} s, two workers "
            f"{facts['memory']:.0f} MB. Letters per CPU second: {facts['letters'] or 'none in this demo'}. Load before {facts['load']:.1f}."
        ),
        "",
        "| Operation | Own ms | Database ms | Bare ms | Ratio | One row ms | Statements | KB | p50, p95, p99 alone | with many |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    rows += [
        f"| {one.name} | {one.own:.1f} | {one.database:.1f} | {one.bare:.2f} | {one.ratio:.1f} | "
        f"{f'{one.least:.2f}' if one.least else '–'} | {one.statements or '–'} | "
        f"{one.kb:.0f} | {', '.join(f'{p:.0f}' for p in one.alone)} | {', '.join(f'{p:.0f}' for p in one.many)} |"
        for one in lines
    ]
    return "\n".join(rows)


def verdicts(lines: list[Line], works: list[Work], facts: dict[str, Any]) -> list[str]:
    """What is above its limit, in words."""
    writes = {work.name for work in works if work.is_write}
    found = [
        f"{one.name}: {one.ratio:.1f} times the bare one (aim {AIM_WRITE if one.name in writes else AIM_READ}, failure {FAILURE})"
        for one in lines
        if one.ratio > FAILURE
    ]
    found += [f"{one.name}: {one.statements} statements" for one in lines if one.statements > MOST_STATEMENTS]  # fmt: skip
    if facts["cold"] > MOST_COLD:
        found.append(f"cold start {facts['cold']:.1f} s, at most {MOST_COLD}")
    if facts["memory"] > MOST_MEMORY:
        found.append(f"memory {facts['memory']:.0f} MB, at most {MOST_MEMORY}")
    return found


def main() -> int:
    """0 when nothing is above its limit."""
    options = argparse.ArgumentParser()
    options.add_argument("--cases", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=100)
    options.add_argument("--clients", type=int, default=8)
    options.add_argument("--out", type=Path)
    chosen = options.parse_args()
    facts: dict[str, Any] = {"load": os.getloadavg()[0], "machine": platform.platform(), "cores": os.cpu_count()}  # fmt: skip
    with place() as where:
        os.environ.update(where.environ)
        from app.demo.desk import build
        from app.factory import create_app
        from app.infra.db.extension import db
        from config import Settings

        app = create_app(Settings.from_env(os.environ))
        with app.app_context():
            build(app)
            counted = Statements(db.engine)
        begun = time.monotonic()
        fill(where.superuser, chosen.cases)
        facts["filled"] = time.monotonic() - begun
        with psycopg.connect(where.superuser, autocommit=True) as connection:
            picked = chosen_of(app, connection)
            works, todo = pages(app, connection, picked), acts(app, connection, picked)
        with web(where.environ) as server, beside(where, server, works, todo, picked) as floor:
            facts["cold"] = server.cold
            bench = Bench(app, where, server, floor, counted, chosen.rounds, chosen.clients)
            lines = [measured(bench, one) for one in works]
            facts["memory"] = server.memory()
        facts["letters"] = letters(app)
    print(table(chosen.cases, lines, facts))
    failed = verdicts(lines, works, facts)
    print("\n".join(["", *(f"above its limit: {one}" for one in failed)] if failed else ["", "all within their limits"]))  # fmt: skip
    if chosen.out:
        chosen.out.mkdir(parents=True, exist_ok=True)
        told = {"cases": chosen.cases, "facts": facts, "lines": [asdict(one) for one in lines]}
        (chosen.out / f"bench-{chosen.cases}.json").write_text(json.dumps(told, indent=1), "utf-8")
        (chosen.out / f"bench-{chosen.cases}.md").write_text(table(chosen.cases, lines, facts) + "\n", "utf-8")  # fmt: skip
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
