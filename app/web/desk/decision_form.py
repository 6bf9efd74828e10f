"""The form of S8: issues with findings on exhibits, outcome, remedies with dates, texts per side, money."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from app.cases.rules.kinds import Kind
from app.decisions.rules import (
    LONGEST_TEXT,
    MONEY_REMEDIES,
    MOST_ISSUES,
    MOST_REMEDIES,
    DecisionContent,
    Issue,
    Remedy,
)
from app.infra.i18n import gettext
from app.infra.i18n import lazy_gettext as __
from app.kernel.text import clean_text
from app.web.desk.choices import choices, named

RESULTS = (
    ("established", __("Established")),
    ("partly_established", __("Partly established")),
    ("not_established", __("Not established")),
    ("not_needed", __("Not needed")),
)
WEIGHTS = (("decisive", __("Decisive")), ("supporting", __("Supporting")), ("minor", __("Minor")))
OUTCOMES = (
    ("upheld", __("Upheld")),
    ("partly_upheld", __("Partly upheld")),
    ("not_upheld", __("Not upheld")),
    ("settled", __("Settled")),
    ("restored", __("Restored")),
    ("kept_down", __("Kept down")),
)
_OF_MATERIAL = frozenset({"restored", "kept_down"})
REMEDIES = (
    ("", __("Choose")),
    ("put_back", __("Put back")),
    ("keep_down", __("Keep down")),
    ("change_split", __("Change split")),
    ("pay", __("Pay")),
    ("take_back", __("Take back")),
    ("credit", __("Credit")),
    ("nothing", __("Nothing changes")),
)


class IssueForm(Form):
    """One question, what we found, and on which exhibits."""

    issue = StringField(__("Issue"), render_kw={"maxlength": "500"})
    finding = TextAreaField(__("Finding"), render_kw={"rows": "3"})
    result = SelectField(__("Result"), choices=choices([("", __("Choose")), *RESULTS]))
    weight = SelectField(__("Weight"), choices=choices(WEIGHTS))
    exhibits = SelectMultipleField(__("Exhibits"), choices=[])


class RemedyForm(Form):
    """What changes and from when."""

    kind = SelectField(__("Remedy"), choices=choices(REMEDIES))
    text = StringField(__("What exactly"))
    effective_on = DateField(__("Takes effect on"), [Optional()])


class DecisionForm(FlaskForm):
    """Half-filled is welcome: saving keeps it, sending for confirmation names what is missing."""

    version = HiddenField()
    issues = FieldList(FormField(IssueForm), max_entries=MOST_ISSUES)
    outcome = RadioField(__("Outcome"), choices=choices(OUTCOMES), validate_choice=False)
    remedies = FieldList(FormField(RemedyForm), max_entries=MOST_REMEDIES)
    audit_id = SelectField(
        __("Run of the payout audit that it rests on"),
        choices=[],
        validate_choice=False,
        description=__("Its working goes into the letters, whatever is computed later."),
    )
    money_moves = BooleanField(__("Money moves: a correction follows and finance approves it"))
    to_complainant = TextAreaField(
        __("Reasons for the complainant"),
        description=__(
            "Goes into their letter. Neutral words, no blame, no private facts of the other side."
        ),
        render_kw={"rows": "7"},
    )
    to_respondent = TextAreaField(
        __("Reasons for the respondent"),
        description=__("Goes into their letter only."),
        render_kw={"rows": "7"},
    )

    def offer_outcomes(self, kind: Kind) -> None:
        """Material is restored or kept down where it was taken down; what was chosen stays to be seen."""
        if kind is not Kind.TAKEDOWN:
            known = (
                pair
                for pair in OUTCOMES
                if pair[0] not in _OF_MATERIAL or pair[0] == self.outcome.data
            )
            self.outcome.choices = choices(known)

    def offer_exhibits(self, known: list[tuple[str, str]]) -> None:
        """The exhibits every issue may rest on: (id, label and name)."""
        for entry in self.issues:
            entry.form.exhibits.choices = named(known)

    def offer_audits(self, known: list[tuple[str, str]]) -> None:
        """The runs that it may rest on: (id, when); one that was chosen stays even where the reader sees none."""
        chosen = self.audit_id.data or ""
        if chosen and chosen not in {key for key, _text in known}:
            known = [*known, (chosen, gettext("The run chosen before"))]
        self.audit_id.choices = [*choices([("", __("None"))]), *named(known)]

    def to_content(self) -> DecisionContent:
        """What was typed; blank rows fall away. Raises Invalid for control characters and lengths."""
        return DecisionContent(
            outcome=self.outcome.data or "",
            issues=tuple(_issue(entry.form) for entry in self.issues if _is_filled(entry.form)),
            remedies=tuple(_remedy(entry.form) for entry in self.remedies if entry.form.kind.data),
            to_complainant=_text(self.to_complainant),
            to_respondent=_text(self.to_respondent),
            money_moves=bool(self.money_moves.data) or self._has_money_remedy(),
            audit_id=self.audit_id.data or "",
        )

    def _has_money_remedy(self) -> bool:
        return any(entry.form.kind.data in MONEY_REMEDIES for entry in self.remedies)


def start_data(content: DecisionContent | None, *, version: int) -> dict[str, Any]:
    """Data for a new form: what is stored, with one blank issue and one blank remedy at the end."""
    content = content or DecisionContent()
    issues = [
        {
            "issue": row.issue,
            "finding": row.finding,
            "result": str(row.result),
            "weight": str(row.weight),
            "exhibits": list(row.exhibits),
        }
        for row in content.issues
    ]
    remedies = [
        {"kind": str(row.kind), "text": row.text, "effective_on": row.effective_on}
        for row in content.remedies
    ]
    return {
        "version": str(version),
        "issues": [*issues, {"weight": "decisive"}],
        "outcome": str(content.outcome),
        "remedies": [*remedies, {}],
        "money_moves": content.money_moves,
        "audit_id": content.audit_id,
        "to_complainant": content.to_complainant,
        "to_respondent": content.to_respondent,
    }


def _is_filled(form: Any) -> bool:
    return bool((form.issue.data or "").strip() or (form.finding.data or "").strip())


def _issue(form: Any) -> Issue:
    return Issue(
        issue=_text(form.issue),
        finding=_text(form.finding),
        result=form.result.data or "",
        weight=form.weight.data or "decisive",
        exhibits=tuple(form.exhibits.data or ()),
    )


def _remedy(form: Any) -> Remedy:
    return Remedy(form.kind.data, _text(form.text), form.effective_on.data)


def _text(field: Any) -> str:
    return clean_text(field.data or "", field=field.name, max_length=LONGEST_TEXT)
