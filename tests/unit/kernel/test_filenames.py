"""File names from outside become safe to show and to send."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.filenames import MAX_LENGTH, content_disposition, extension_of, safe_name


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\split.pdf", "split.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("line\nbreak.pdf", "linebreak.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("...", "file"),
        ("", "file"),
        ("\u200b", "file"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("🎵 mix.wav", "🎵 mix.wav"),
        ("Ստորագրում.pdf", "Ստորագրում.pdf"),
        ("a<b>:c|d?.pdf", "a_b__c_d_.pdf"),
    ],
)
def test_b031_names_are_made_safe(raw: str, shown: str) -> None:
    assert safe_name(raw) == shown


def test_b031_a_name_of_300_characters_keeps_its_extension() -> None:
    shown = safe_name("x" * 300 + ".pdf")

    assert len(shown) == MAX_LENGTH
    assert shown.endswith("….pdf")


def test_b032_quotes_and_line_ends_do_not_leave_the_value() -> None:
    header = content_disposition('x"; filename=evil.exe\r\nSet-Cookie: a=b')

    assert header.count("filename=") == 1 + header.count("_ filename=")
    assert not re.search(r"[\r\n]", header)
    assert re.fullmatch(
        r"attachment; filename=\"[^\"\\;]+\"; filename\*=UTF-8''[^\s\";]+",
        header.replace("_ ", "_"),
    )


def test_b032_both_forms_are_given() -> None:
    header = content_disposition("Rëmix 東京.wav")

    assert 'filename="Remix .wav"' in header or 'filename="Remix' in header
    assert unquote(header.split("UTF-8''")[1]) == "Rëmix 東京.wav"


def test_inline_is_asked_for_by_name() -> None:
    assert content_disposition("a.pdf", inline=True).startswith('inline; filename="a.pdf"')


@pytest.mark.parametrize(
    ("name", "extension"), [("Plan.PDF", ".pdf"), ("plan", ""), (".env", ""), ("a.b c", "")]
)
def test_extensions_are_lower_case_letters(name: str, extension: str) -> None:
    assert extension_of(name) == extension


@given(st.text(max_size=400))
def test_any_name_gives_one_safe_header(raw: str) -> None:
    header = content_disposition(raw)

    assert re.fullmatch(
        r"attachment; filename=\"[A-Za-z0-9._ ()\-]+\"; filename\*=UTF-8''[\x21-\x7e]+", header
    )
    assert 0 < len(safe_name(raw)) <= MAX_LENGTH
    assert safe_name(safe_name(raw)) == safe_name(raw)
