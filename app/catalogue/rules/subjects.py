"""What a case may be about, as values: a release, a recording on a release, or something not in the list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

OTHER = "other"
"""Key of the subject that is not in the catalogue; a case has at most one."""


@dataclass(frozen=True, slots=True)
class Pick:
    """An item of the catalogue. *recording_id*: only this recording of the release."""

    release_id: UUID
    recording_id: UUID | None = None

    @property
    def key(self) -> str:
        """One word for forms and comparisons."""
        return (
            f"{self.release_id}.{self.recording_id}" if self.recording_id else str(self.release_id)
        )

    @classmethod
    def from_key(cls, key: str) -> Pick | None:
        """The pick a form names, or None for anything else."""
        release, _dot, recording = key.partition(".")
        try:
            return cls(UUID(release), UUID(recording) if recording else None)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject with its text at the time it was chosen. *pick*: None for words of the artist."""

    key: str
    title: str
    artist: str
    version: str
    isrc: str | None
    upc: str | None
    link: str
    pick: Pick | None

    @property
    def shown(self) -> str:
        """Title with its version in brackets."""
        return f"{self.title} ({self.version})" if self.version else self.title


def main_answers(subjects: Iterable[Subject]) -> dict[str, str]:
    """The first subject as answers of the form: what lists, letters and searches name the case by."""
    first = next(iter(subjects), None)
    if first is None:
        return {"subject_title": "", "subject_artist": "", "isrc": "", "upc": ""}
    return {
        "subject_title": first.shown, "subject_artist": first.artist,
        "isrc": first.isrc or "", "upc": first.upc or "",
    }  # fmt: skip


def kept_picks(
    stored: Iterable[str], shown: Iterable[str], ticked: Iterable[str]
) -> tuple[Pick, ...]:
    """What is chosen after a form came back: what was ticked, and what the form did not show.

    A page shows some of the catalogue; an item it did not show cannot have been unticked.
    """
    seen, ticks = set(shown), list(ticked)
    keys = [key for key in stored if key in ticks or key not in seen]
    keys += [key for key in ticks if key not in keys]
    found = (Pick.from_key(key) for key in keys)
    return tuple(pick for pick in found if pick is not None)
