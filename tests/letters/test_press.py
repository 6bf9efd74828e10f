"""The press: libraries loaded once for many letters, one throw-away child each, replaced in time, gone at the end."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from app.infra.render import limited
from app.infra.render.limited import LimitedRenderer
from app.infra.render.port import PdfDocument, RenderFailed, RenderFault, RenderLimits
from tests.letters.test_hostile import children

PATIENT = RenderLimits(wall_seconds=120)


def document(words: str = "one") -> PdfDocument:
    return PdfDocument(f"<p>{words}</p>", "t", "en", datetime(2026, 11, 20, tzinfo=UTC), b"{}")


def press_of(renderer: LimitedRenderer) -> int:
    """The process that waits for the next letter."""
    (press,) = renderer._idle
    return press._process.pid


def test_letters_share_a_press_and_nothing_else() -> None:
    renderer = LimitedRenderer(PATIENT)
    first, pid = renderer.pdf(document()), None
    pid = press_of(renderer)
    renderer.pdf(document("CANARY " * 50))

    again = renderer.pdf(document())

    assert press_of(renderer) == pid
    assert again == first
    renderer.close()


def test_a_letter_that_fails_leaves_the_press_to_the_next() -> None:
    renderer = LimitedRenderer(PATIENT)
    renderer.pdf(document())
    pid = press_of(renderer)

    with pytest.raises(RenderFailed) as error:
        renderer.pdf(document('<img src="file:///etc/hostname">'))

    assert error.value.fault is RenderFault.RESOURCE
    assert press_of(renderer) == pid
    assert renderer.pdf(document()).startswith(b"%PDF")
    renderer.close()


def test_after_enough_letters_another_press_takes_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limited, "MOST", 2)
    renderer = LimitedRenderer(PATIENT)
    renderer.pdf(document())
    first = press_of(renderer)
    renderer.pdf(document())
    assert renderer._idle == []

    renderer.pdf(document())

    assert press_of(renderer) != first
    renderer.close()


def test_a_press_that_was_killed_while_it_waited_is_replaced() -> None:
    renderer = LimitedRenderer(PATIENT)
    renderer.pdf(document())
    os.kill(press_of(renderer), signal.SIGKILL)

    assert renderer.pdf(document()).startswith(b"%PDF")
    renderer.close()


def test_two_threads_print_beside_each_other() -> None:
    renderer = LimitedRenderer(PATIENT)
    with ThreadPoolExecutor(2) as pool:
        pages = list(pool.map(lambda word: renderer.pdf(document(word)), ("one", "two", "one")))

    assert pages[0] == pages[2] != pages[1]
    renderer.close()


def test_no_press_is_left_when_its_renderer_is_closed_or_forgotten() -> None:
    before = children()
    closed, forgotten = LimitedRenderer(PATIENT), LimitedRenderer(PATIENT)
    closed.pdf(document())
    forgotten.pdf(document())

    closed.close()
    del forgotten

    assert children() == before
