"""The file itself: the same bytes each time, tagged, sound, and named after the product alone."""

from __future__ import annotations

import io
import json
import re

import pikepdf
import pytest

from app.infra.render.limited import LimitedRenderer
from app.infra.render.port import RenderLimits
from app.letters.jobs import letter_document
from app.letters.rules.context import from_json, to_json
from app.letters.rules.kinds import LetterKind
from tests.factories.letters import fonts_of, make_context, printed, run_tool, text_of


def test_same_context_gives_the_same_bytes() -> None:
    context = make_context()

    assert LimitedRenderer(RenderLimits(wall_seconds=120)).pdf(letter_document(context)) == printed(
        context
    )


def test_another_context_gives_other_bytes() -> None:
    assert printed(make_context(reasons="Something else.")) != printed(make_context())


def test_b182_metadata_names_the_product_alone() -> None:
    with pikepdf.open(io.BytesIO(printed(make_context()))) as pdf:
        info = {key: str(value) for key, value in pdf.docinfo.items()}
        xmp = pdf.Root.Metadata.read_bytes().decode()

    assert info == {
        "/Title": "L-2026-000042 RD-7K4M-29QX",
        "/Author": "Tidewater Music",
        "/Producer": "Redress",
        "/Creator": "Redress",
        "/CreationDate": "D:20261130000000Z",
        "/ModDate": "D:20261130000000Z",
    }
    assert not re.search(r"weasyprint|pikepdf|qpdf|/home|/work|/tmp", xmp, re.IGNORECASE)


def test_b182_no_library_or_path_stands_anywhere_in_the_bytes() -> None:
    pdf = printed(make_context())

    assert not re.search(rb"weasyprint|pikepdf|/home/|site-packages", pdf, re.IGNORECASE)


def test_file_claims_and_is_built_as_archival_and_accessible() -> None:
    with pikepdf.open(io.BytesIO(printed(make_context()))) as pdf:
        xmp = pdf.Root.Metadata.read_bytes().decode()
        assert 'pdfaid:part="3"' in xmp
        assert 'pdfaid:conformance="A"' in xmp
        assert 'pdfuaid:part="1"' in xmp
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle


def test_every_header_cell_says_what_it_heads() -> None:
    with pikepdf.open(io.BytesIO(printed(make_context()))) as pdf:
        headers = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/TH"
        ]
        scopes = {str(item.A.Scope) for item in headers}

    assert len(headers) >= 10
    assert scopes == {"/Row", "/Column"}


def test_picture_of_the_code_has_words() -> None:
    with pikepdf.open(io.BytesIO(printed(make_context()))) as pdf:
        figures = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"
        ]

    assert [str(figure.Alt) for figure in figures] == [
        "Code that opens the page where this letter can be checked"
    ]


def test_context_is_the_only_thing_attached() -> None:
    context = make_context()
    with pikepdf.open(io.BytesIO(printed(context))) as pdf:
        names = list(pdf.attachments)
        data = json.loads(pdf.attachments["context.json"].get_file().read_bytes())
        associated = len(pdf.Root.AF)

    assert names == ["context.json"]
    assert associated == 1
    assert from_json(data) == context
    assert data == to_json(context)


def test_fonts_are_embedded() -> None:
    fonts = fonts_of(printed(make_context()))

    assert fonts
    assert all(font.is_embedded for font in fonts)


def test_file_is_sound() -> None:
    pdf = printed(make_context())

    assert "No syntax or stream encoding errors found" in run_tool("qpdf", pdf, "--check", "FILE")


@pytest.mark.parametrize("kind", [LetterKind.DECISION, LetterKind.HOLD_NOTICE])
def test_number_stands_on_every_page(kind: LetterKind) -> None:
    context = make_context(kind, reasons="A long reason.\n\n" * 150)
    with pikepdf.open(io.BytesIO(printed(context))) as pdf:
        pages = len(pdf.pages)

    assert pages >= 1
    assert text_of(printed(context)).count("L-2026-000042") >= pages


def test_b117_no_character_of_a_name_is_dropped() -> None:
    name = "Ǽgir 青木 Հակոբյան қазақ"

    pdf = printed(make_context(reasons=f"We write to {name}."))

    assert name in " ".join(text_of(pdf).split())
