"""Text for people that no translator would ever see: found in syntax trees and in templates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

from jinja2 import Environment

TRANSLATES = frozenset({"_", "__", "gettext", "lazy_gettext", "ngettext", "words"})
SILENT_CALLS = frozenset(
    {"CheckConstraint", "debug", "info", "warning", "error", "exception", "text", "command", "TypeError"}
)  # fmt: skip
SILENT_KEYWORDS = frozenset({"comment", "help", "server_default"})
SENTENCE = re.compile(r"[A-Z][a-z]+(?:['’]\w+)?[,.:]? +[\w%€(“]")
PIECE = re.compile(r"(?:^|\s)[a-z]{3,}(?:\s|$)|[A-Z][a-z]+ [a-z]")
SHOWN = ("aria-label", "title", "placeholder", "alt", "aria-description", "aria-valuetext")
LETTERS = re.compile(r"[^\W\d_]{2}")
SKIPPED = re.compile(r"<\w+|\w+=\"[^\"]*\"|[/?][\w/=-]+")
"""Tags and attributes that an expression cut in two, and parts of addresses."""
LABEL = re.compile(r"^[A-Z][a-z]+(\s|$|[.,!?])|[a-z]{2} [a-z]{2}")
CONTROL = frozenset({"block", "extends", "include", "import", "from"})
_ENGINE = Environment(extensions=["jinja2.ext.i18n"])


def in_python(source: str, *, pieces: bool = True) -> list[tuple[int, str]]:
    """Line and text of each sentence outside a translating call; *pieces*: also those put together with values."""
    return [
        (line, text) for line, text in _search(ast.parse(source)) if pieces or SENTENCE.match(text)
    ]


def _search(node: ast.AST) -> Iterator[tuple[int, str]]:
    if _is_silent(node):
        return
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and SENTENCE.match(node.value)
    ):
        yield node.lineno, node.value
    if isinstance(node, ast.JoinedStr):
        parts = [part.value for part in node.values if isinstance(part, ast.Constant)]
        if any(PIECE.search(str(part)) for part in parts):
            yield node.lineno, "…".join(map(str, parts))
        return
    for child in ast.iter_child_nodes(node):
        yield from _search(child)


def _is_silent(node: ast.AST) -> bool:
    """Docstrings, translating calls, logs, constraints and comments of columns."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.keyword):
        return node.arg in SILENT_KEYWORDS
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        return name in TRANSLATES | SILENT_CALLS
    return False


class _Markup(HTMLParser):
    """Texts and spoken attributes of a template whose expressions are blanked."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"script", "style", "svg", "code", "kbd"}
        for name, value in attrs:
            if value and name in SHOWN and LETTERS.search(value):
                self.found.append((self.getpos()[0], f"{name}={value}"))

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "style", "svg", "code", "kbd"}

    def handle_data(self, data: str) -> None:
        if not self.silent and LETTERS.search(SKIPPED.sub("", data)):
            self.found.append((self.getpos()[0], data.strip()))


def in_template(source: str, *, markup: bool = True) -> list[tuple[int, str]]:
    """Line and text of each bare text, spoken attribute and literal label."""
    plain, labels = _blanked(source)
    if not markup:
        bare = LETTERS.search(SKIPPED.sub("", plain))
        return [*([(1, plain.strip())] if bare else []), *labels]
    reader = _Markup()
    reader.feed(plain)
    return [*reader.found, *labels]


def _blanked(source: str) -> tuple[str, list[tuple[int, str]]]:
    """The text outside of Jinja and of `trans`, and the literals inside that look like labels."""
    out: list[str] = []
    labels: list[tuple[int, str]] = []
    tokens: list[str] = []
    silent = ""
    for line, kind, value in _ENGINE.lex(source):
        if kind == "data":
            out.append(re.sub(r"[^\n]", "", value) if silent else value)
        elif kind in {"block_begin", "variable_begin"}:
            tokens = []
        elif kind == "block_end":
            silent = _silence(silent, tokens, out)
        elif kind == "variable_end":
            out.append("·")
        elif kind in {"comment", "whitespace"}:
            out.append("\n" * value.count("\n"))
        else:
            if kind == "string" and LABEL.search(value[1:-1]) and not _is_said(tokens):
                labels.append((line, value))
            tokens.append(value)
    return "".join(out), labels


def _silence(silent: str, tokens: list[str], out: list[str]) -> str:
    """Text of `trans` is translated, and short blocks (names of icons, classes) are no text."""
    head = tokens[0] if tokens else ""
    if head == "trans":
        return "trans"
    if head == "block" and len(tokens) > 1 and re.search(r"class|icon|tone|region", tokens[1]):
        return "block"
    if head in {"endtrans", "endblock"} and silent == head.removeprefix("end"):
        return ""
    if not silent and head not in CONTROL:
        out.append("·")
    return silent


def _is_said(tokens: list[str]) -> bool:
    """Whether the literal after *tokens* stands in a translating call, or is compared and not shown."""
    calls: list[str] = []
    for before, token in pairwise(["", *tokens]):
        if token == "(":
            calls.append(before)
        elif token == ")" and calls:
            calls.pop()
    return bool({"_", "ngettext"} & set(calls)) or tokens[-1:] in (["=="], ["!="], ["["], ["~"])


def files(folder: Path, *endings: str) -> list[Path]:
    """Files below *folder* by ending, without caches."""
    return sorted(
        path for path in folder.rglob("*") if path.suffix in endings and "__pycache__" not in path.parts
    )  # fmt: skip
