"""Letters for tests: a sample context, its document, and the text that people read in it."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pikepdf
import pytest
from flask import Flask

from app.infra.render.limited import LimitedRenderer
from app.infra.render.port import PdfDocument, RenderFailed, RenderFault, RenderLimits
from app.infra.services import Services
from app.infra.sign.pades import PadesSigner
from app.letters.jobs import letter_document
from app.letters.rules.context import LetterContext
from app.letters.rules.kinds import LetterKind
from app.letters.rules.samples import sample


def make_context(kind: LetterKind = LetterKind.DECISION, **changes: Any) -> LetterContext:
    """A complete context of *kind*; *changes* replace its fields."""
    return replace(sample(kind), **changes)


@cache
def printed(context: LetterContext) -> bytes:
    """The PDF of *context*, printed once per run."""
    return LimitedRenderer(RenderLimits(wall_seconds=120)).pdf(letter_document(context))


class QuickRenderer:
    """A stand-in for the printing child: a blank page that carries the context, and faults on demand."""

    def __init__(self, *faults: RenderFault) -> None:
        self.faults = list(faults)
        self.printed = 0

    def pdf(self, document: PdfDocument) -> bytes:
        """A small sound PDF that differs by context, or the next fault."""
        if self.faults:
            raise RenderFailed(self.faults.pop(0))
        self.printed += 1
        out = io.BytesIO()
        with pikepdf.new() as pdf:
            pdf.add_blank_page()
            pdf.Root.Words = pdf.make_stream(document.attachment)
            pdf.save(out, deterministic_id=True)
        return out.getvalue()


def make_signer() -> PadesSigner:
    """A signer with the key of this run."""
    from tests.support.application import signing

    files = signing()
    return PadesSigner(files["REDRESS_SIGNING_KEY_FILE"], files["REDRESS_SIGNING_CERTIFICATE_FILE"])


@cache
def signed(context: LetterContext) -> bytes:
    """The PDF of *context* with a signature, made once per run."""
    return make_signer().sign(printed(context), datetime(2026, 11, 30, tzinfo=UTC)).pdf


@dataclass(frozen=True)
class Font:
    """A font of a PDF."""

    name: str
    is_embedded: bool


def fonts_of(pdf: bytes) -> list[Font]:
    """Every font that a page of the PDF names."""
    found: dict[str, Font] = {}
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            for font in page.resources.get("/Font", {}).values():
                inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
                descriptor = inner.get("/FontDescriptor", {})
                embedded = any(
                    key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")
                )
                found[str(font.BaseFont)] = Font(str(font.BaseFont), embedded)
    return list(found.values())


class _Words(HTMLParser):
    """Collects what is shown, a line for each block."""

    BLOCKS = frozenset({"p", "h1", "h2", "li", "tr", "td", "th", "br", "div", "header", "section"})

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._hidden += tag in {"head", "style"}
        if tag in self.BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"head", "style"}
        if tag in self.BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data.replace("\n", " "))


def words_of(html: str) -> str:
    """The text of a page, one block a line, without empty lines."""
    reader = _Words()
    reader.feed(html)
    lines = (re.sub(r"\s+", " ", line).strip() for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line) + "\n"


def text_of(pdf: bytes) -> str:
    """Text of a PDF as a reader program finds it; bidi marks and line ends made plain."""
    out = run_tool("pdftotext", pdf, "-raw", "FILE", "-")
    return re.sub(r"\s+", " ", re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", out))


def run_tool(name: str, data: bytes, *args: str) -> str:
    """A PDF tool's output with *data* as FILE; the test is skipped, saying so, where it is not installed."""
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed (make setup installs it on Debian and Ubuntu)")
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(data)
        file.flush()
        words = [file.name if word == "FILE" else word for word in args]
        return subprocess.run([name, *words], capture_output=True, check=True).stdout.decode()


@contextmanager
def with_services(app: Flask, **ports: Any) -> Iterator[Services]:
    """Other ports for the running application, put back at the end."""
    before: Services = app.extensions["redress"]
    app.extensions["redress"] = replace(before, **ports)
    try:
        yield app.extensions["redress"]
    finally:
        kept = {name: getattr(before, name) for name in ports}
        app.extensions["redress"] = replace(app.extensions["redress"], **kept)
