"""Exhibits at the desk: list rows, the page of one, its verdict, sharing and withdrawal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, TextAreaField

from app.accounts.rules import Permission, may
from app.evidence import service as evidence_service
from app.evidence.commands import RecordVerdict, ShareItem, UnshareItem
from app.evidence.queries import CustodyRow, ItemRow, custody_of, item_by_label
from app.evidence.rules.items import CustodyStep, ItemState, RejectReason, VerdictKind
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.sides import Side
from app.web.desk.choices import choices
from app.web.desk.face import bp
from app.web.desk.head import load_case
from app.web.desk.rows import ActionLink, CustodyLine, ExhibitRow
from app.web.desk.words import side_words
from app.web.shared.context import current_actor, services
from app.web.shared.form_errors import mark
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_VERDICTS: dict[VerdictKind, tuple[Any, str, str]] = {
    VerdictKind.SUPPORTS_ARTIST: (__("Supports artist"), "check", "ok"),
    VerdictKind.NEUTRAL: (__("Neutral"), "minus", ""),
    VerdictKind.AGAINST: (__("Against"), "x", "warn"),
    VerdictKind.REJECT: (__("Reject"), "circle-x", "danger"),
}
_REASONS: dict[str, Any] = {
    RejectReason.ALTERED: __("Altered"),
    RejectReason.UNREADABLE: __("Unreadable"),
    RejectReason.UNRELATED: __("Unrelated"),
    RejectReason.DUPLICATE: __("Duplicate"),
    RejectReason.OTHER: __("Something else, say what"),
}
_ICONS = {
    "document": "file-text", "image": "image", "audio": "audio-lines", "video": "film", "table": "file-text",
    "mail": "mail", "archive": "package",
}  # fmt: skip
_STEPS: dict[str, Any] = {
    CustodyStep.UPLOADED: __("Uploaded"),
    CustodyStep.CHECKED: __("Checked"),
    CustodyStep.ACCEPTED: __("Accepted"),
    CustodyStep.BLOCKED: __("Blocked"),
    CustodyStep.SEALED: __("Sealed"),
    CustodyStep.OPENED: __("Opened"),
    CustodyStep.VERDICT: __("Judged"),
    CustodyStep.SHARED: __("Shown to the other side"),
    CustodyStep.UNSHARED: __("No longer shown to the other side"),
    CustodyStep.WITHDRAWN: __("Withdrawn by its side"),
    CustodyStep.VERIFIED: __("Seal verified"),
    CustodyStep.MISMATCH: __("Seal does not match"),
    CustodyStep.MISSING: __("Not found in the store"),
}


class VerdictForm(FlaskForm):
    """One judgement of one exhibit."""

    verdict = RadioField(__("Verdict"), validate_choice=False)
    because = SelectField(__("Reason for rejecting"), validate_choice=False)
    note = TextAreaField(__("Note"), render_kw={"rows": "2", "maxlength": "4000"})

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.verdict.choices = choices((key, words[0]) for key, words in _VERDICTS.items())
        self.because.choices = choices([("", _("Only with Reject")), *_REASONS.items()])

    def as_segments(self) -> list[dict[str, Any]]:
        """The verdicts as one switch."""
        return [
            {
                "value": key.value,
                "text": str(words),
                "icon": icon,
                "checked": self.verdict.data == key,
            }
            for key, (words, icon, _tone) in _VERDICTS.items()
        ]

    def to_command(self, row: ItemRow) -> RecordVerdict:
        """The verdict as typed. Raises Invalid when nothing known was chosen."""
        try:
            kind = VerdictKind(self.verdict.data or "")
        except ValueError:
            raise Invalid("verdict", "required", _("Choose a verdict.")) from None
        reason = RejectReason(self.because.data) if self.because.data in _REASONS else None
        if kind is not VerdictKind.REJECT:
            reason = None
        return RecordVerdict(row.case_id, row.id, kind, reason, (self.note.data or "").strip())


def verdict_form(row: ItemRow) -> VerdictForm:
    """The form filled with the newest verdict."""
    form = VerdictForm()
    if row.verdict and not form.is_submitted():
        form.verdict.data = row.verdict.kind
        form.because.data = row.verdict.reason or ""
        form.note.data = row.verdict.note
    return form


def exhibit_row(
    ref: str, row: ItemRow, actor: Actor, custody: tuple[CustodyRow, ...] = ()
) -> ExhibitRow:
    """An exhibit in words. *custody*: only for the chosen one."""
    kind = row.verdict.kind if row.verdict else None
    words, mark, tone = _VERDICTS[kind] if kind else (_("Not reviewed"), "minus", "")
    judge = row.state is ItemState.ACCEPTED and may(actor, Permission.EVIDENCE_JUDGE)
    return ExhibitRow(
        label=row.label,
        name=row.filename,
        href=url_for("desk.evidence_show", ref=ref, label=row.label),
        icon=_ICONS.get(row.kind, "file-text"),
        verdict=kind.value if kind else "",
        verdict_words=str(words),
        mark=mark,
        tone=tone,
        facts=_facts(row),
        open_href=f"/files/cases/{ref}/evidence/{row.label}" if row.can_open else "",
        verdict_href=url_for("desk.evidence_verdict", ref=ref, label=row.label) if judge else "",
        acts=_acts(ref, row) if judge and row.side is not Side.DESK else (),
        custody=tuple(_custody_line(step) for step in custody),
    )


def _facts(row: ItemRow) -> tuple[tuple[str, Any], ...]:
    facts: list[tuple[str, Any]] = [(_("From"), side_words(row.side))]
    if row.uploaded_by:
        facts.append((_("By"), row.uploaded_by))
    shown = _("Both sides") if row.is_shared else _("Its own side and the desk")
    facts += [
        (_("Seen by"), shown),
        (_("Type"), row.sniffed_type),
        (_("SHA-256"), f"{row.sha256[:12]}…"),
    ]
    if row.duplicate_of:
        facts.append((_("Same bytes as"), row.duplicate_of))
    if row.was_withdrawn:
        facts.append((_("Withdrawn"), _("Its side took it back; it stays on file.")))
    if row.verdict:
        facts.append((_("Judged by"), row.verdict.by))
    return tuple(facts)


def _acts(ref: str, row: ItemRow) -> tuple[ActionLink, ...]:
    if row.is_shared:
        href = url_for("desk.evidence_unshare", ref=ref, label=row.label)
        return (ActionLink("unshare", _("Stop showing to the other side"), href, "eye-off"),)
    href = url_for("desk.evidence_share", ref=ref, label=row.label)
    return (ActionLink("share", _("Show to the other side"), href, "eye"),)


def _custody_line(step: CustodyRow) -> CustodyLine:
    words = str(_STEPS.get(step.step, step.step.value))
    if step.by:
        words = _("%(step)s by %(who)s", step=words, who=step.by)
    return CustodyLine(step.at, words)


@bp.get("/desk/cases/<ref>/evidence/<label>")
@policy(Permission.EVIDENCE_LIST, on="case")
def evidence_show(ref: str, label: str) -> ResponseReturnValue:
    """One exhibit by itself: what a phone opens, and what a link in a letter draft points to."""
    return _page(ref, label, None)


@bp.post("/desk/cases/<ref>/evidence/<label>/verdict")
@policy(Permission.EVIDENCE_JUDGE, on="case")
def evidence_verdict(ref: str, label: str) -> ResponseReturnValue:
    """Record a verdict; several may follow each other, the newest counts."""
    actor, form = current_actor(), VerdictForm()
    try:
        with transaction(actor) as tx:
            case = load_case(tx, actor, ref)
            row = item_by_label(tx, actor, case.id, label)
            evidence_service.record_verdict(tx, form.to_command(row), actor, services().clock)
    except Invalid as error:
        mark(form, error, "note", {"reason": "because"})
        return _page(ref, label, form), 422
    flash(_("Verdict on %(label)s saved.", label=label), "ok")
    return _to_exhibit(ref, label)


@bp.post("/desk/cases/<ref>/evidence/<label>/share")
@policy(Permission.EVIDENCE_JUDGE, on="case")
def evidence_share(ref: str, label: str) -> ResponseReturnValue:
    """Let the other side read it, exactly as it is now."""
    actor = current_actor()
    with transaction(actor) as tx:
        case = load_case(tx, actor, ref)
        row = item_by_label(tx, actor, case.id, label)
        evidence_service.share_item(tx, ShareItem(case.id, row.id), actor, services().clock)
    flash(_("The other side can read %(label)s now.", label=label), "ok")
    return _to_exhibit(ref, label)


@bp.post("/desk/cases/<ref>/evidence/<label>/unshare")
@policy(Permission.EVIDENCE_JUDGE, on="case")
def evidence_unshare(ref: str, label: str) -> ResponseReturnValue:
    """End the other side's sight; the record that they had it stays."""
    actor = current_actor()
    with transaction(actor) as tx:
        case = load_case(tx, actor, ref)
        row = item_by_label(tx, actor, case.id, label)
        evidence_service.unshare_item(tx, UnshareItem(case.id, row.id), actor, services().clock)
    flash(_("The other side no longer sees %(label)s.", label=label), "ok")
    return _to_exhibit(ref, label)


def _to_exhibit(ref: str, label: str) -> ResponseReturnValue:
    return redirect(
        url_for("desk.cases_show", ref=ref, exhibit=label, pane="evidence", _anchor="exhibit"), 303
    )


def _page(ref: str, label: str, form: VerdictForm | None) -> str:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
        row = item_by_label(tx, actor, case.id, label)
        custody = custody_of(tx, actor, case.id, row.id)
    chosen = exhibit_row(ref, row, actor, custody)
    shown = form or (verdict_form(row) if chosen.verdict_href else None)
    return render_template(
        "desk/evidence/show.html", case=case.head, chosen=chosen, verdict_form=shown
    )
