"""What a counter-notice must contain, in the order of its pages. Source: 17 U.S.C. 512(g)(3)(A) to (D)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.kernel.text import is_blank
from app.kernel.words import words as _
from app.policies.rules.forms import Field, FieldType

STEPS = ("about", "material", "mistake", "you", "sign")
UNITED_STATES = "us"
_T = FieldType

FIELDS: tuple[Field, ...] = (
    Field("understood", _("I understand that the claimant gets a copy with my name, address and telephone number."),
          _T.CONFIRM, required=True, part="about"),
    Field("material", _("What was removed?"), _T.TEXT, required=True, max_length=5_000, part="material",
          help=_("Title, artist, and ISRC or UPC if you know them. Name only what was removed by mistake.")),
    Field("locations", _("Where was it before it was removed?"), _T.TEXT, required=True, max_length=5_000, part="material",
          help=_("One place a line: the address of each page, or the store and the name of the release there.")),
    Field("ground", _("Why was it wrong?"), _T.CHOICE, required=True, part="mistake",
          choices=(("mistake", _("By mistake: I may use this material")),
                   ("misidentification", _("Misidentified: it was taken for something else")))),
    Field("explanation", _("Say why, in your words"), _T.TEXT, required=True, max_length=4_000, part="mistake",
          help=_("For example a licence, your own recording, or fair use. The claimant reads this.")),
    Field("agrees_mistake", _("I declare this under penalty of perjury."), _T.CONFIRM, required=True, part="mistake"),
    Field("full_name", _("Full name"), _T.LINE, required=True, part="you"),
    Field("address", _("Postal address"), _T.TEXT, required=True, max_length=1_000, part="you"),
    Field("place", _("Where is this address?"), _T.CHOICE, required=True, part="you",
          choices=((UNITED_STATES, _("In the United States")), ("elsewhere", _("Outside the United States")))),
    Field("phone", _("Telephone number"), _T.PHONE, required=True, max_length=60, part="you",
          help=_("With its country code.")),
    Field("agrees_jurisdiction", _("I consent to this."), _T.CONFIRM, required=True, part="you"),
)  # fmt: skip
"""Every question; the last page asks for the signature alone."""
NAMES = tuple(field.name for field in FIELDS)
STATEMENT_OF = {"agrees_mistake": "mistake", "agrees_jurisdiction": "jurisdiction"}
"""Which statement of the policy a tick stands for."""
PLACES = (UNITED_STATES, "elsewhere")
GROUNDS = ("mistake", "misidentification")


@dataclass(frozen=True, slots=True)
class Element:
    """One element of the law. *letter*: of 512(g)(3); *needs*: questions that must be answered; *step*: where."""

    letter: str
    name: str
    step: str
    needs: tuple[str, ...]


ELEMENTS: tuple[Element, ...] = (
    Element("B", _("What was removed and where it was"), "material", ("material", "locations")),
    Element("C", _("The statement that it was a mistake, under penalty of perjury"), "mistake",
            ("ground", "explanation", "agrees_mistake")),
    Element("D", _("Name, address and telephone number"), "you", ("full_name", "address", "place", "phone")),
    Element("D", _("Consent to the court, and to accept its papers"), "you", ("agrees_jurisdiction",)),
)  # fmt: skip
"""(A), the signature, is given with the last press."""


def fields_of(step: str) -> tuple[Field, ...]:
    """The questions of a page."""
    return tuple(field for field in FIELDS if field.part == step)


def unanswered(answers: Mapping[str, str]) -> tuple[str, ...]:
    """Questions without an answer, in the order of the pages."""
    return tuple(f.name for f in FIELDS if f.required and is_blank(answers.get(f.name, "")))


def missing_elements(answers: Mapping[str, str]) -> tuple[Element, ...]:
    """Elements of the law that are not complete; none means that it can be signed."""
    open_ones = set(unanswered(answers))
    return tuple(element for element in ELEMENTS if open_ones.intersection(element.needs))


def first_gap(answers: Mapping[str, str], step: str) -> str | None:
    """The earlier page that is not complete yet, instead of *step*."""
    parts = {field.name: field.part for field in FIELDS}
    gaps = {parts[name] for name in unanswered(answers)}
    before = STEPS[: STEPS.index(step)]
    return next((one for one in before if one in gaps), None)


def is_complete(answers: Mapping[str, str]) -> bool:
    """Every question is answered, the one about what is disclosed too."""
    return not unanswered(answers)
