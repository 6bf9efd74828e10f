"""Fields and statements of filing forms: what is asked, what must be there, what is signed.

Field names of `COLUMNS` are kept as columns of the case; all others stay in its `form`. A statement
is stored with the exact text shown, its language and version (DOMAIN 8.9). Notices under EU law
carry no perjury text (DOMAIN 1.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.kernel.words import words as _


class FieldType(StrEnum):
    """How a field is asked and checked."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"
    MONEY = "money"
    ISRC = "isrc"
    UPC = "upc"
    LINKS = "links"
    EMAIL = "email"
    PHONE = "phone"
    SHARE = "share"
    CONFIRM = "confirm"


def plain_text(text: str) -> str:
    """English text without its translation memory, as stored."""
    return "".join(text)


@dataclass(frozen=True, slots=True)
class Field:
    """One question. *choices*: (value, label); *part*: which step of the form asks it.

    *group*: under which heading the answer is read back; *branch*: asked only when the answer to the
    question named `branch` is this word, in sub-kinds that two branches lead to.
    """

    name: str
    label: str
    type: FieldType
    required: bool = False
    help: str = ""
    max_length: int = 200
    choices: tuple[tuple[str, str], ...] = ()
    part: str = "what"
    group: str = ""
    branch: str = ""

    def applies(self, answers: Mapping[str, str]) -> bool:
        """False for a question of the other branch."""
        return not self.branch or answers.get("branch") == self.branch

    def as_json(self) -> dict[str, Any]:
        """For the policy row."""
        return {
            "name": self.name,
            "label": plain_text(self.label),
            "type": self.type.value,
            "required": self.required,
            "help": plain_text(self.help),
            "max_length": self.max_length,
            "choices": [[value, plain_text(label)] for value, label in self.choices],
            "part": self.part,
            "group": self.group,
            "branch": self.branch,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Field:
        """The opposite of `as_json`."""
        choices = tuple((str(v), str(label)) for v, label in stored.get("choices", ()))
        return cls(**(stored | {"type": FieldType(stored["type"]), "choices": choices}))


@dataclass(frozen=True, slots=True)
class Statement:
    """A text somebody signs by name. *side*: who signs it; *step*: table event that needs it."""

    code: str
    text: str
    version: int = 1
    side: str = "complainant"
    step: str = "submit"

    def as_json(self) -> dict[str, Any]:
        """For the policy row."""
        return {
            "code": self.code,
            "text": plain_text(self.text),
            "version": self.version,
            "side": self.side,
            "step": self.step,
        }


COLUMNS = frozenset(
    {
        "subject_title", "subject_artist", "isrc", "upc", "store", "period_start", "period_end",
        "disputed_amount", "summary",
    }
)  # fmt: skip

TRUE = Statement(
    "truth",
    _("What I wrote is true, and I may act for the people named in this case."),
    version=2,
)
GOOD_FAITH = Statement(
    "good_faith",
    _(
        "I have a good faith belief that use of the material in the manner complained of is not "
        "authorized by the copyright owner, its agent, or the law."
    ),
)
AUTHORITY = Statement(
    "authority",
    _(
        "The information in this notice is accurate and, under penalty of perjury, I am authorized "
        "to act on behalf of the owner of an exclusive right that is allegedly infringed."
    ),
)
BONA_FIDE = Statement(
    "bona_fide",
    _(
        "I confirm in good faith that the information and allegations in this notice are accurate and complete."
    ),
)
MISTAKE = Statement(
    "mistake",
    _(
        "Under penalty of perjury, I have a good faith belief that the material was removed or "
        "disabled as a result of mistake or misidentification of the material."
    ),
    side="respondent",
    step="counter",
)
JURISDICTION = Statement(
    "jurisdiction",
    _(
        "I consent to the jurisdiction of the Federal District Court for the judicial district in "
        "which my address is located or, if it is outside the United States, for any judicial "
        "district in which the service provider may be found, and I will accept service of process "
        "from the person who sent the notice or their agent."
    ),
    side="respondent",
    step="counter",
)
"""17 U.S.C. 512(c)(3)(A), 512(g)(3); Regulation (EU) 2022/2065 Art. 16(2)(d)."""
