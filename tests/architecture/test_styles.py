"""Styles work in both directions of writing and name no colour outside the tokens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, shown

STYLES = sorted((ROOT / "static" / "css").rglob("*.css"))

PHYSICAL = re.compile(
    r"(?<![-\w])(?:(?:margin|padding|border)-(?:left|right)(?:-\w+)?|left|right"
    r"|border-(?:top|bottom)-(?:left|right)-radius)\s*:"
    r"|(?<![-\w])(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
)
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(")


def test_no_style_names_left_or_right() -> None:
    assert _found(STYLES, PHYSICAL) == []


def test_colours_come_from_the_tokens() -> None:
    pages = [path for path in STYLES if path.name != "tokens.css"]

    assert _found(pages, COLOUR) == []


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("margin-left: 1rem;", True),
        ("  left: 0;", True),
        ("text-align: right", True),
        ("border-top-left-radius: 2px", True),
        ("margin-inline-start: 1rem;", False),
        ("inset-inline-end: 0;", False),
        ("text-align: end", False),
        ("transform-origin: left;", False),
    ],
)
def test_the_pattern_catches_physical_properties(line: str, caught: bool) -> None:
    assert bool(PHYSICAL.search(line)) is caught


def _found(paths: list[Path], pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{shown(path)}:{number} {line.strip()}"
        for path in paths
        for number, line in enumerate(_without_comments(path).splitlines(), start=1)
        if pattern.search(line) and "::backdrop" not in line  # has no tokens in older browsers
    ]


def _without_comments(path: Path) -> str:
    return re.sub(
        r"/\*.*?\*/",
        lambda found: "\n" * found.group().count("\n"),
        path.read_text(),
        flags=re.DOTALL,
    )
