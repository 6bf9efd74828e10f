"""What notes say: a note is a code with values, so that each reader gets it in their language."""

from __future__ import annotations

from collections.abc import Mapping

from app.kernel.words import Words
from app.kernel.words import words as _

NOTES: dict[str, Words] = {
    "aside": _("Says again what the archive's other files say."),
    "columns": _("More columns than known."),
    "header_again": _("The header stands here again."),
    "left_out": _("None of the known formats: left out."),
    "nothing": _("The statement says that nothing was earned."),
    "relation": _("Does not follow from the other columns."),
    "skipped": _("Rows that are no earnings: left out."),
    "territory": _("No known territory: kept as ZZ."),
    "totals": _("The file states %(stated)s here, its lines add up to %(sum)s. A person let it pass."),
    "totals_none": _("The file states %(stated)s here, and none of its lines is of that currency. A person let it pass."),
}  # fmt: skip
"""Code → sentence with its values' names."""
_VALUES = frozenset({"stated", "sum"})


def said_of(code: str, values: Mapping[str, object], otherwise: str = "") -> Words:
    """The sentence of a note. *otherwise*: what stands where the code, or its values, are not known."""
    known = NOTES.get(code)
    if known is None or any(f"%({name})s" in known.template for name in _VALUES - set(values)):
        return Words(otherwise or code, {})
    return Words(known.template, dict(values))
