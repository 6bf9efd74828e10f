"""A case was filed: the numbers that its form names are noted, and cases with the same number are linked (B110)."""

from __future__ import annotations

from app.cases.events import CaseSubmitted
from app.cases.queries import filing_of
from app.infra.jobs import Run
from app.kernel.errors import Invalid
from app.kernel.sides import Side
from app.references.commands import AddReference
from app.references.rules import FIELDS, normal_reference
from app.references.service import add_reference


def note_filed(run: Run, event: CaseSubmitted) -> None:
    """Safe to repeat: a number is noted once. One that is no number is left in the form, where the desk reads it."""
    assert event.case_id is not None
    with run.transaction() as tx:
        answers = filing_of(tx, run.actor, event.case_id, Side.COMPLAINANT)
        for name, kind in FIELDS.items():
            if _is_number(answers.get(name, "")):
                noted = AddReference(event.case_id, Side.COMPLAINANT, kind, answers[name])
                add_reference(tx, noted, run.actor, run.clock)


def _is_number(text: str) -> bool:
    try:
        return bool(normal_reference(text))
    except Invalid:
        return False
