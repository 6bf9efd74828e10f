"""The hammer: several people at one object in the same instant, round after round.

A few rounds in `make test`, two hundred in `make soak`. Every scenario says what each round may end with; at
the end invariants (the `app` fixture) and all of history are looked at, and a line is printed.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from app.history.service import verify
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.errors import RedressError, Unavailable

if TYPE_CHECKING:
    from flask import Flask

LONG = 200
Act = Callable[[], Any]


def rounds(short: int = 3, long: int = LONG) -> pytest.MarkDecorator:
    """A test that takes *rounds*: *short* of them in `make test`, *long* in `make soak`."""
    often = pytest.param(long, marks=pytest.mark.soak, id="soak")
    return pytest.mark.parametrize("rounds", [pytest.param(short, id="short"), often])


class Hammer:
    """Strikes of one scenario, counted: what came of each act and how long it took."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.answers: Counter[str] = Counter()
        self.seconds: list[float] = []

    def strike(self, *acts: Act, width: int = 0) -> list[Any]:
        """All of *acts* at once, *width* at a time (all, unless said); results or refusals in their order."""
        width = width or len(acts)
        gate = threading.Barrier(width)

        def one(index: int, act: Act) -> Any:
            if index < width:
                gate.wait(timeout=60)
            begun = time.perf_counter()
            with self.app.app_context():
                try:
                    return act()
                except RedressError as refused:
                    return refused
                finally:
                    self.seconds.append(time.perf_counter() - begun)

        with ThreadPoolExecutor(width) as pool:
            waiting = [pool.submit(one, index, act) for index, act in enumerate(acts)]
            found = [each.result(120) for each in waiting]
        self.answers.update(kind_of(each) for each in found)
        return found


def kind_of(answer: Any) -> str:
    """What came of an act, in a word."""
    return type(answer).__name__ if isinstance(answer, RedressError) else "done"


@contextmanager
def hammer(app: Flask, scenario: str) -> Iterator[Hammer]:
    """Strike inside; afterwards nobody was locked out, all chains are whole, and the line is printed."""
    held = Hammer(app)
    yield held
    assert held.answers[Unavailable.__name__] == 0, "somebody was locked out"
    with transaction(Actor.system("test:hammer"), read_only=True) as tx:
        assert verify(tx) is None
    slow = sorted(held.seconds)[int(len(held.seconds) * 0.95)]
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(held.answers.items()))
    print(f"\n{scenario}: {counts}; 95 of 100 under {slow * 1000:.0f} ms; history unbroken")
