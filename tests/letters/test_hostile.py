"""Hostile words stay words; whatever gets past them is stopped by the child (E13)."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
import weasyprint
from weasyprint.urls import FatalURLFetchingError

from app.infra.render.child import TableFetcher
from app.infra.render.limited import LimitedRenderer
from app.infra.render.port import PdfDocument, RenderFailed, RenderFault, RenderLimits
from app.letters.rules.context import Finding, RemedyLine
from app.letters.rules.kinds import LetterKind
from app.letters.rules.readiness import MAX_CHARACTERS, MAX_ROWS, readiness
from tests.factories.letters import make_context, printed, text_of

CORPUS = (
    '<img src="file:///etc/hostname">',
    '<img src="http://127.0.0.1:{port}/x.png">',
    '<link rel="attachment" href="file:///etc/hostname">',
    '<style>@import url("http://127.0.0.1:{port}/x.css");</style>',
    '<p style="background:url(http://127.0.0.1:{port}/b.png)">x</p>',
    '<object data="http://127.0.0.1:{port}/o"></object>',
    '<svg><image href="http://127.0.0.1:{port}/s"/></svg>',
    "{{{{ self.__init__.__globals__ }}}}",
    "{{% include '/etc/hostname' %}}",
    "]]><!-- <base href='http://127.0.0.1:{port}/'>",
)


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """A port that notes every connection."""
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.02)
        done = threading.Event()

        def accept() -> None:
            while not done.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    seen.append(connection.recv(200))

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield server.getsockname()[1], seen
        finally:
            done.set()
            thread.join()


def document(html: str) -> PdfDocument:
    """A bare document, as if a hostile page had got past the templates."""
    return PdfDocument(html, "t", "en", datetime(2026, 11, 20, tzinfo=UTC), b"{}")


def children() -> set[str]:
    """Processes that this one started and has not taken leave of."""
    return {
        number
        for task in Path("/proc/self/task").iterdir()
        for number in (task / "children").read_text().split()
    }


def fault_of(html: str, **limits: float) -> RenderFailed:
    with pytest.raises(RenderFailed) as caught:
        LimitedRenderer(RenderLimits(**limits)).pdf(document(html))  # type: ignore[arg-type]
    return caught.value


def test_b175_markup_in_every_field_is_printed_as_words() -> None:
    with listening() as (port, seen):
        words = [line.format(port=port) for line in CORPUS]
        context = make_context(
            reasons="\n\n".join(words),
            findings=tuple(Finding(line, line, "established", (line,)) for line in words),
            remedies=tuple(RemedyLine("nothing", line) for line in words),
        )
        context = replace(context, case=replace(context.case, title=words[0], artist=words[3]))
        context = replace(context, recipient=replace(context.recipient, name=words[2]))
        pdf = printed(context)

    assert seen == []
    found = text_of(pdf).replace(" ", "")
    assert [line for line in words if line.replace(" ", "") not in found] == []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert list(opened.attachments) == ["context.json"]


FOREIGN = (
    '<img src="{0}/x.png">',
    '<link rel="stylesheet" href="{0}/x.css">',
    '<link rel="attachment" href="{0}/x">',
    '<style>@import url("{0}/x.css");</style>',
    '<style>@font-face {{ font-family: x; src: url("{0}/x.ttf") }} p {{ font-family: x }}</style>',
    '<p style="background: url({0}/b.png)">x</p>',
    "<style>@page {{ background: url({0}/p.png) }}</style>",
    '<object data="{0}/o.png"></object>',
    '<embed src="{0}/e.svg">',
)
PLACES = ("http://127.0.0.1:{port}", "file:///etc", "ftp://127.0.0.1:{port}", "letter:none")


@pytest.mark.parametrize("markup", FOREIGN)
@pytest.mark.parametrize("where", PLACES)
def test_b175_the_fetcher_stops_at_anything_foreign(markup: str, where: str) -> None:
    with listening() as (port, seen), pytest.raises(FatalURLFetchingError):
        weasyprint.HTML(
            string=f"<html><body><p>x</p>{markup.format(where.format(port=port))}</body></html>",
            base_url="letter:",
            url_fetcher=TableFetcher({}),
        ).write_pdf(pdf_variant="pdf/a-3a")

    assert seen == []


@pytest.mark.parametrize("markup", FOREIGN[:3])
def test_b175_a_page_that_names_anything_foreign_is_not_printed(markup: str) -> None:
    with listening() as (port, seen):
        error = fault_of(f"<p>x</p>{markup.format(f'http://127.0.0.1:{port}')}")

    assert error.fault is RenderFault.RESOURCE
    assert seen == []


def test_b175_data_addresses_are_foreign_too() -> None:
    assert fault_of('<img src="data:image/png;base64,AAAA">').fault is RenderFault.RESOURCE


def test_b176_long_texts_and_many_rows_never_reach_the_renderer() -> None:
    long = readiness(make_context(reasons="x" * MAX_CHARACTERS))
    many = readiness(
        make_context(remedies=tuple(RemedyLine("nothing", "x") for _ in range(MAX_ROWS)))
    )

    assert long.problems == ("too_long",)
    assert many.problems == ("too_many_rows",)


@pytest.mark.parametrize(
    ("html", "limits"),
    [
        ("<table>" + "<tr><td colspan=1000000>x</td></tr>" * 40 + "</table>", {"cpu_seconds": 3}),
        ("<p>word</p>" * 100_000, {"cpu_seconds": 3}),
        (
            '<div style="display:flex">' * 14 + "x" + "</div>" * 14,
            {"cpu_seconds": 2, "wall_seconds": 3.0},
        ),
    ],
)
def test_b176_a_page_without_end_is_killed_at_its_limit(
    html: str, limits: dict[str, float]
) -> None:
    begun = time.monotonic()

    error = fault_of(html, **limits)

    assert error.fault in {RenderFault.TIME, RenderFault.WALL, RenderFault.MEMORY}
    assert time.monotonic() - begun < RenderLimits().wall_seconds + 10


def test_b176_memory_has_an_end() -> None:
    error = fault_of("<p>word word</p>" * 60_000, memory_bytes=220_000_000, cpu_seconds=4)

    # A child without memory may be unable to say so: its end is then an unexplained one.
    ends = {RenderFault.MEMORY, RenderFault.TIME, RenderFault.WALL, RenderFault.CRASHED}
    assert error.fault in ends


def test_b176_no_process_is_left_behind() -> None:
    before = children()

    fault_of("<p>word</p>" * 100_000, cpu_seconds=10, wall_seconds=1.5)

    assert children() == before


def test_b177_header_rows_repeat_and_no_text_is_cut() -> None:
    rows = tuple(
        Finding(f"Question number {n}", "مرحبا " * 3 + f"end-{n}.", "established")
        for n in range(150)
    )
    text = text_of(printed(make_context(findings=rows)))

    assert text.count("What we found") > 3
    assert [n for n in range(150) if f"end-{n}." not in text] == []


def test_b178_a_context_with_a_missing_part_names_it() -> None:
    state = readiness(make_context(LetterKind.HOLD_NOTICE, ground=None, review_on=None))

    assert state.missing[:2] == ("ground.measure", "ground.ground")
    assert "review_on" in state.missing


def test_a_letter_waits_until_its_fonts_are_installed() -> None:
    error = fault_of('<p style="font-family: DejaVu Sans">Hello</p>')

    assert error.fault is RenderFault.FONTS
