"""Templates carry no script, style or trust of their own, and none lies about unused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, TEMPLATES, shown, sources

PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if path.is_file())
# Letters are rendered by the letter child with their own frozen context, mails are no web pages.
WEB_PAGES = [
    p for p in PAGES if not shown(p).startswith(("templates/letters/", "templates/emails/"))
]

FAULTS = {
    "inline style": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "inline script": re.compile(
        r"<script\b(?![^>]*\b(src|type=\"application/json\"))", re.IGNORECASE
    ),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "trusted text": re.compile(r"\|\s*safe\b"),
    "autoescape off": re.compile(r"autoescape\s+false", re.IGNORECASE),
    "raw amount": re.compile(r"\{\{-?\s*[\w.]*amount\s*-?\}\}"),
    "htmx script": re.compile(r"hx-on[:\s=]|hx-vals\s*=\s*['\"]js:", re.IGNORECASE),
}


# Macros are handed words that a filter has made already.
MACROS = {("components", "raw amount")}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_page_has(fault: str) -> None:
    found = [
        f"{shown(path)}:{number}"
        for path in WEB_PAGES
        for number, line in enumerate(_without_comments(path).splitlines(), start=1)
        if FAULTS[fault].search(line) and (shown(path).split("/")[1], fault) not in MACROS
    ]

    assert found == []


def test_every_template_is_used() -> None:
    code = "\n".join(path.read_text() for path in sources())
    markup = "\n".join(path.read_text() for path in PAGES)

    unused = [
        name for name in _names() if not _is_mentioned(name, code) and f'"{name}"' not in markup
    ]

    assert unused == []


def test_every_template_named_in_code_exists() -> None:
    named = {
        match
        for path in sources(ROOT / "app" / "web")
        for match in re.findall(r"render_template\(\s*\"([^\"{]+)\"", path.read_text())
    }

    assert sorted(name for name in named if not (TEMPLATES / name).exists()) == []


def test_every_form_that_posts_carries_a_token() -> None:
    open_forms = [
        shown(path)
        for path in WEB_PAGES
        for form in re.findall(
            r"<form\b[^>]*method=\"post\".*?</form>", path.read_text(), re.DOTALL | re.IGNORECASE
        )
        if not re.search(r"csrf|hidden_tag|caller\(\)", form)
    ]

    assert open_forms == []


def test_every_form_made_by_a_macro_is_handed_its_token() -> None:
    open_calls = [
        shown(path)
        for path in WEB_PAGES
        for block in re.findall(r"\{%-?\s*call\s.*?endcall", path.read_text(), re.DOTALL)
        if re.search(r"call\s+(composer|answer_form|post_form)\(", block)
        and not re.search(r"csrf|hidden_tag|hidden_fields", block)
    ]

    assert open_calls == []


def _names() -> list[str]:
    return [path.relative_to(TEMPLATES).as_posix() for path in PAGES]


def _is_mentioned(name: str, code: str) -> bool:
    """Named whole; letters, mails and error pages are found by kind, so by file or stem."""
    folder, _slash, file = name.rpartition("/")
    if folder == "errors" and file[:3].isdigit():
        return re.search(rf"\b{file[:3]}\b", code) is not None
    by_kind = folder.split("/")[0] in {"letters", "emails", "errors"}
    forms = [name, file, file.partition(".")[0], folder.rpartition("/")[2]] if by_kind else [name]
    return any(f'"{form}"' in code or f"'{form}'" in code for form in forms)


def _without_comments(path: Path) -> str:
    """Jinja comments blanked, line numbers kept."""
    return re.sub(
        r"\{#.*?#\}",
        lambda found: "\n" * found.group().count("\n"),
        path.read_text(),
        flags=re.DOTALL,
    )
