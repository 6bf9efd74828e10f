"""`make bench`: CPU of the list and of a case page against the bare page, statements, letters a second.

python -m bench.run [--cases 20000] [--rounds 150]
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import event, text

from bench.bare import LIST, OWN_REF, BarePage, Source, case_sources, own_list
from bench.place import Place, multiply_cases, place

AIM, FAILURE, MOST_STATEMENTS, SAME_SIZE = 3.0, 6.0, 12, 0.2


@dataclass(frozen=True)
class Timed:
    """CPU milliseconds of one page: ours and the database's."""

    own: float
    database: float

    @property
    def total(self) -> float:
        """Both."""
        return self.own + self.database


def timed(where: Place, rounds: int, work: Callable[[], Any]) -> Timed:
    """Mean CPU of *rounds* calls after a warm-up."""
    for _ in range(5):
        work()
    gc.collect()
    before, database = time.process_time(), where.database_cpu()
    for _ in range(rounds):
        work()
    own = time.process_time() - before
    return Timed(1000 * own / rounds, 1000 * (where.database_cpu() - database) / rounds)


class Statements:
    """Counts what SQLAlchemy sends; setting the wall's variables does not count (DECISIONS 13)."""

    def __init__(self, engine: Any) -> None:
        self.sent: list[str] = []
        event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, _c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "set_config" not in statement and not statement.startswith("set transaction"):
            self.sent.append(statement)

    def of(self, work: Callable[[], Any]) -> int:
        """How many one call sends."""
        self.sent.clear()
        work()
        return len(self.sent)


def signed_in(app: Any, email: str) -> Any:
    """A client with a real session of one of the demo's people."""
    from app.accounts.commands import OpenSession
    from app.accounts.service.sessions import open_session
    from app.infra.db.transaction import transaction
    from app.kernel.actor import Actor

    client = app.test_client()
    with app.app_context():
        clock = app.extensions["redress"].clock
        with transaction(Actor.system("bench")) as tx:
            person = tx.execute(
                text("select id from person where email = :email"), {"email": email}
            ).scalar_one()
            cookie = open_session(tx, OpenSession(person, enrolling=False, device="bench"), clock)
    client.set_cookie(app.session_interface.name, cookie, path="/")
    return client


def page(name: str, where: Place, got: Callable[[], str], bare: BarePage, rounds: int) -> float:
    """Print one line; the ratio."""
    real, plain = got(), bare.render()
    ours, theirs = timed(where, rounds, got), timed(where, rounds, bare.render)
    ratio = ours.total / theirs.total
    size = len(plain) / len(real)
    print(
        f"{name:<10} {ours.own:7.2f} + {ours.database:5.2f} ms   bare {theirs.own:6.2f} + "
        f"{theirs.database:5.2f} ms   ratio {ratio:5.1f}   size {len(real) // 1024} KB, "
        f"bare {100 * size:.0f} %"
    )
    assert abs(1 - size) <= SAME_SIZE, "the bare page is not the same page"
    return ratio


def letters(app: Any) -> None:
    """PDFs per CPU second, children and the start of the press included: they count when they have ended."""
    from app.infra.db.transaction import transaction
    from app.kernel.actor import Actor
    from app.letters.jobs import letter_document
    from app.letters.queries import letter_view

    actor = Actor.system("bench")
    with app.app_context(), transaction(actor, read_only=True) as tx:
        key = tx.execute(text("select id from letter where number is not null limit 1")).scalar()
        if key is None:
            print("letters    the demo issued none")
            return
        document = letter_document(letter_view(tx, actor, key).context)
    renderer = app.extensions["redress"].renderer
    renderer.close()
    before, count = _all_cpu(), 20
    for _ in range(count):
        renderer.pdf(document)
    renderer.close()
    print(f"letters    {count / (_all_cpu() - before):.2f} per CPU second, {count} by one press")


def _all_cpu() -> float:
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


def pages(app: Any, where: Place, rounds: int) -> list[float]:
    """List and case page of the desk, then those of an artist."""
    from app.infra.db.extension import db

    dee, sabina = (signed_in(app, f"{name}@tidewater.example") for name in ("dee", "sabina"))
    connection = psycopg.connect(where.superuser)
    with app.app_context():
        counted = Statements(db.engine)
    fullest = (
        'select ref from "case" c where submitted_at is not null '
        "order by (select count(*) from message where case_id = c.id) desc limit 1"
    )
    row = connection.execute(fullest).fetchone()
    own = connection.execute(OWN_REF, ("sabina@tidewater.example",)).fetchone()
    assert row is not None
    assert own is not None
    ratios = []
    plan: list[tuple[str, Any, str, list[Source]]] = [
        ("list", dee, "/desk", LIST),
        ("case", dee, f"/desk/cases/{row[0]}", case_sources(row[0])),
        ("own list", sabina, "/cases", own_list("sabina@tidewater.example")),
        ("own case", sabina, f"/cases/{own[0]}", case_sources(own[0])),
    ]
    for name, client, address, sources in plan:

        def got(client: Any = client, address: str = address) -> str:
            answer = client.get(address, headers={"Sec-Fetch-Site": "same-origin"})
            assert answer.status_code == 200, (address, answer.status_code)
            return answer.get_data(as_text=True)

        sent = counted.of(got)
        print(f"{name:<10} {sent} statements (at most {MOST_STATEMENTS})")
        assert sent <= MOST_STATEMENTS, "\n".join(counted.sent)
        ratios.append(page(name, where, got, BarePage(connection, sources, got()), rounds))
    connection.close()
    return ratios


def main() -> int:
    """0 when every ratio is below the limit of failure."""
    options = argparse.ArgumentParser()
    options.add_argument("--cases", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=150)
    chosen = options.parse_args()
    with place() as where:
        os.environ.update(where.environ)
        from app.demo.desk import build
        from app.factory import create_app
        from config import Settings

        app = create_app(Settings.from_env(os.environ))
        with app.app_context():
            build(app)
        multiply_cases(where.superuser, chosen.cases, secrets.randbits)
        print(f"{chosen.cases} copied cases, {chosen.rounds} rounds, one process, CPU not clock")
        ratios = pages(app, where, chosen.rounds)
        letters(app)
    print(f"aim {AIM}, failure above {FAILURE}: {'well' if max(ratios) <= FAILURE else 'FAILED'}")
    return 0 if max(ratios) <= FAILURE else 1


if __name__ == "__main__":
    sys.exit(main())
