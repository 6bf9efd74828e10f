"""The words of a notice, the same in somebody's list and in their mail: a line, more about it, one button."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.infra.render.templates import DocumentTemplates
from app.notifications.rules import MailKind
from app.recompute.rules.words import FAULT_WORDS

TEMPLATES = DocumentTemplates(tables={"faults": FAULT_WORDS})


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """*line*: what happened, in one sentence. *more*: what to know. *go*: the words of the one button."""

    line: str
    more: str
    go: str


def words_of(kind: MailKind, values: Mapping[str, Any], language: str) -> NoticeWords:
    """What a notice says in *language*. Raises RenderFailed for a value that is missing."""
    return NoticeWords(*(_said(kind, name, values, language) for name in ("line", "more", "go")))


def line_of(kind: MailKind, values: Mapping[str, Any], language: str) -> str:
    """Only the sentence."""
    return _said(kind, "line", values, language)


def subject_of(kind: MailKind, values: Mapping[str, Any], language: str) -> str:
    """The subject of its mail: the sentence in short, with the reference."""
    return _said(kind, "subject", values, language)


def body_of(file: str, values: Mapping[str, Any], language: str) -> str:
    """A body with a template of its own, or the one that all notices share."""
    text = TEMPLATES.render(f"emails/{file}", values, language)
    return _tidy(text) if file.endswith(".txt") else text


def _said(kind: MailKind, name: str, values: Mapping[str, Any], language: str) -> str:
    return " ".join(TEMPLATES.render(f"emails/{kind}/{name}.txt", values, language).split())


def _tidy(text: str) -> str:
    """At most one empty line between paragraphs."""
    return re.sub(r"\n\s*\n+", "\n\n", text.strip()) + "\n"
