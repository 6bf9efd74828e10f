"""Each letter says exactly what it said when it was last read by a person.

To accept new words: REDRESS_WRITE_GOLDENS=1 pytest tests/letters/test_goldens.py, then read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.letters.queries import letter_html
from app.letters.rules.kinds import LetterKind
from app.letters.rules.samples import samples
from tests.factories.letters import fonts_of, make_context, printed, text_of, words_of

GOLDENS = Path(__file__).parent / "goldens"
SAMPLES = dict(samples())


@pytest.mark.parametrize("name", SAMPLES)
def test_letter_says_what_its_golden_text_says(name: str) -> None:
    golden = GOLDENS / f"{name}.txt"
    words = words_of(letter_html(SAMPLES[name]))
    if os.environ.get("REDRESS_WRITE_GOLDENS"):
        golden.write_text(words, "utf-8")

    assert words == golden.read_text("utf-8")


def test_every_golden_text_belongs_to_a_letter() -> None:
    assert {path.stem for path in GOLDENS.glob("*.txt")} == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_page_and_print_share_their_words(name: str) -> None:
    page = words_of(letter_html(SAMPLES[name], layout="_fragment")).splitlines()
    paper = words_of(letter_html(SAMPLES[name])).splitlines()

    assert set(page) <= set(paper)


@pytest.mark.parametrize("kind", LetterKind)
def test_pdf_of_each_kind_holds_its_words(kind: LetterKind) -> None:
    context = make_context(kind)
    found = text_of(printed(context)).replace(" ", "")

    missing = [
        line
        for line in words_of(letter_html(context)).splitlines()
        if line.replace(" ", "") not in found
    ]

    assert missing == []


@pytest.mark.parametrize("name", SAMPLES)
def test_no_letter_speaks_of_perjury(name: str) -> None:
    """DOMAIN 8 (17): never state perjury where none exists; no outgoing kind states it."""
    assert "perjury" not in words_of(letter_html(SAMPLES[name])).lower()


@pytest.mark.parametrize("language", ["az", "id", "hy", "zh", "kk", "ja", "ko", "th", "ar"])
def test_every_language_prints_with_embedded_fonts(language: str) -> None:
    texts = {
        "hy": "Որոշում",
        "zh": "决定",
        "ja": "決定",
        "ko": "결정",
        "th": "คำตัดสิน",
        "ar": "قرار",
        "kk": "Шешім",
    }
    pdf = printed(make_context(language=language, reasons=texts.get(language, "Qərar")))

    assert fonts_of(pdf)
    assert all(font.is_embedded for font in fonts_of(pdf))
    assert not [font.name for font in fonts_of(pdf) if "Noto" not in font.name]
