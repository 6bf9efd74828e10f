"""The form of S9: only the blocks of a letter that a person may write."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import Length

from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.errors import Invalid
from app.kernel.sides import Side
from app.letters.commands import EditLetter
from app.letters.rules.blocks import LONGEST_BLOCK, blocks_of
from app.letters.rules.context import LetterContext
from app.letters.rules.kinds import LetterKind
from app.letters.rules.occasions import STARTED_BY_HAND
from app.web.desk.choices import choices
from app.web.desk.letter_words import BLOCKS, KINDS
from app.web.desk.rows import FieldRow
from app.web.desk.words import side_words

_MOST = Length(max=LONGEST_BLOCK)
_NAMES = {name: name.replace(".", "_") for name in BLOCKS}
"""Blocks by their name in the form."""


class LetterForm(FlaskForm):
    """All blocks there are; a letter shows its own."""

    version = HiddenField()
    ground_measure = TextAreaField(__("What we did"), [_MOST], render_kw={"rows": "3"})
    ground_facts = TextAreaField(__("Why"), [_MOST], render_kw={"rows": "6"})
    ground_ground = TextAreaField(__("On what ground"), [_MOST], render_kw={"rows": "3"})
    failed_elements = TextAreaField(__("Parts that are missing"), [_MOST], render_kw={"rows": "4"})
    reasons = TextAreaField(__("Why"), [_MOST], render_kw={"rows": "9"})

    def to_command(self, letter_id: UUID, context: LetterContext, version: int) -> EditLetter:
        """The words of the blocks that this letter has."""
        texts = {name: self._fields[_NAMES[name]].data or "" for name in blocks_of(context)}
        return EditLetter(letter_id, version, texts)

    def rows(self, context: LetterContext) -> list[FieldRow]:
        """The blocks of this letter with their hints."""
        return [
            FieldRow(self._fields[_NAMES[name]], str(BLOCKS[name][1]))
            for name in blocks_of(context)
        ]

    def mark(self, error: Invalid) -> None:
        """Put an error at its block."""
        field = self._fields.get(_NAMES.get(error.field, ""), self.reasons)
        field.errors = [*field.errors, error.message]


def filled(context: LetterContext, version: int) -> LetterForm:
    """The form with what the draft says."""
    values = {_NAMES[name]: text for name, text in blocks_of(context).items()}
    return LetterForm(formdata=None, data=values | {"version": str(version)})


class NewLetterForm(FlaskForm):
    """Which letter, to which side; what it says comes from the case."""

    idempotency_key = HiddenField()
    kind = SelectField(__("Letter"), validate_choice=False)
    side = RadioField(__("To"), validate_choice=False)

    def __init__(self, case_kind: str, **values: Any) -> None:
        super().__init__(**values)
        self.offered = frozenset(kind.value for kind in STARTED_BY_HAND[case_kind])
        self.kind.choices = choices((kind, KINDS[kind]) for kind in STARTED_BY_HAND[case_kind])
        self.side.choices = choices((s, side_words(s)) for s in (Side.COMPLAINANT, Side.RESPONDENT))

    def to_kind_and_side(self) -> tuple[LetterKind, Side]:
        """Raises Invalid naming what was not chosen."""
        if self.kind.data not in self.offered:
            raise Invalid("kind", "required", _("Choose the letter."))
        if self.side.data not in {Side.COMPLAINANT, Side.RESPONDENT}:
            raise Invalid("side", "required", _("Choose to whom it goes."))
        return LetterKind(self.kind.data), Side(self.side.data)
