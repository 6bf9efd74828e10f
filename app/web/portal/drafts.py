"""A draft as the filing steps need it, and what is missing before a step may be opened (B010)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.cases.queries import case_by_id, filing_of
from app.cases.rules.filing import first_missing_part
from app.cases.rules.kinds import State
from app.cases.rules.views import CaseView
from app.catalogue.queries import subjects_of
from app.catalogue.rules.subjects import Subject
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.sides import Side
from app.policies.queries import PolicyView, policy_by_id
from app.policies.rules.forms import Field

STEPS = ("which", "what", "evidence", "check")
NUMBERS = {"about": 1, "which": 2, "what": 3, "evidence": 4, "check": 5}


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft or, when it was sent meanwhile, the case it became."""

    case: CaseView
    policy: PolicyView
    answers: dict[str, str]
    subjects: tuple[Subject, ...] = ()

    @property
    def id(self) -> UUID:
        """Its address."""
        return self.case.id

    @property
    def was_sent(self) -> bool:
        """True when it is a case by now: a second press, or another tab."""
        return self.case.state is not State.DRAFT

    def asked(self, part: str) -> tuple[Field, ...]:
        """The policy's questions of a step, in the branch that was chosen."""
        return tuple(
            field
            for field in self.policy.fields
            if field.part == part and field.applies(self.answers)
        )

    @property
    def picks_releases(self) -> bool:
        """True when the case is about something of the catalogue; support questions have a subject line."""
        return any(field.name == "subject_artist" for field in self.policy.fields)

    def first_gap(self, step: str) -> str | None:
        """The step to go to instead of *step*, because something before it is missing."""
        gap = first_missing_part(self.policy.fields, self.answers)
        if gap is None or gap not in STEPS or gap == "check":
            return None
        return gap if STEPS.index(gap) < STEPS.index(step) else None


def load_draft(tx: Tx, actor: Actor, draft_id: UUID) -> Draft:
    """The actor's draft. Raises `NotFound` for foreign and unknown ones alike."""
    case = case_by_id(tx, actor, draft_id)
    return Draft(
        case, policy_by_id(tx, case.policy_id), filing_of(tx, actor, draft_id, Side.COMPLAINANT),
        subjects_of(tx, actor, draft_id),
    )  # fmt: skip


def part_words(part: str) -> str:
    """Title of a step."""
    titles = {
        "which": _("Which release?"), "help": _("Before you go on"), "what": _("What happened?"), "evidence": _("Add your evidence"),
        "check": _("Check before you send"), "about": _("What is it about?"),
    }  # fmt: skip
    return titles[part]


__all__ = [
    "NUMBERS",
    "STEPS",
    "Draft",
    "load_draft",
    "part_words",
]
