"""What readers tell the help centre, and what filing asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TellHelp:
    """Did an article answer it? *missing*: what it did not say, in the reader's words."""

    slug: str
    language: str
    helped: bool
    missing: str = ""


@dataclass(frozen=True, slots=True)
class NoteOffer:
    """What a draft was shown before it went on. *slugs*: articles, in order; *fact*: which live fact, or none."""

    draft_id: UUID
    sub_kind: str
    slugs: tuple[str, ...]
    fact: str = ""


@dataclass(frozen=True, slots=True)
class TakeAnswer:
    """The person said that this answered it. *answer*: a slug that was shown, or the name of the fact."""

    draft_id: UUID
    answer: str
