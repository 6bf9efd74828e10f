"""Holds at the desk: what is held, why and since when; placing one on the disputed part, releasing with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.accounts.rules import Permission, may
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.kernel.period import Period
from app.kernel.share import Share
from app.kernel.sides import Side
from app.kernel.territory import Territory
from app.ledger.commands import PlaceHold, ReleaseHold
from app.ledger.queries.holds import HoldRow, holds_of
from app.ledger.rules.holds import LIVE_HOLDS, AssetKind, HoldReason, HoldScope, HoldState
from app.ledger.service import holds
from app.web.desk.choices import choices
from app.web.desk.face import bp
from app.web.desk.head import LoadedCase, load_case, seen_version
from app.web.desk.rows import FieldRow, HoldLine, Line
from app.web.desk.words import side_words
from app.web.shared.context import current_actor, services
from app.web.shared.form_errors import mark
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

REASONS: dict[str, Any] = {
    HoldReason.OWNERSHIP_CONFLICT: __("Two people claim it"),
    HoldReason.SPLIT_DISPUTED: __("The split is disputed"),
    HoldReason.TAKEDOWN_NOTICE: __("A takedown notice"),
    HoldReason.PAYOUT_DISPUTED: __("The payout is disputed"),
    HoldReason.SUSPECTED_STREAMS: __("Suspected artificial streams"),
    HoldReason.COURT: __("A court case"),
    HoldReason.APPEAL: __("A second review"),
}
_ASSETS: dict[str, Any] = {
    AssetKind.RECORDING: __("Recording (ISRC)"),
    AssetKind.RELEASE: __("Release (UPC)"),
    AssetKind.WORK: __("Work (ISWC)"),
    AssetKind.CASE: __("The subject of this case"),
}
_STATES: dict[str, Any] = {
    HoldState.PROPOSED: __("Proposed"),
    HoldState.PLACED: __("Held"),
    HoldState.RELEASED: __("Released"),
    HoldState.MOVED: __("Moved"),
}


class HoldForm(FlaskForm):
    """The disputed part and no more: asset, share, place, period, reason."""

    idempotency_key = HiddenField()
    side = RadioField(__("Whose earnings"), validate_choice=False)
    reason = SelectField(__("Why"))
    asset_kind = SelectField(__("What"))
    asset_ref = StringField(__("Its number or name"), [Length(max=200)])
    share = StringField(__("Share in percent"), default="100")
    territory = StringField(__("Territories"), default="WW")
    starts_on = DateField(__("Earned from"), [Optional()])
    ends_on = DateField(__("Earned until, that day included"), [Optional()])
    review_on = DateField(__("Look again on"), [Optional()])
    explanation = TextAreaField(__("What the owner of the money reads"), [Length(max=2000)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.side.choices = choices((s, side_words(s)) for s in (Side.COMPLAINANT, Side.RESPONDENT))
        self.reason.choices = choices(REASONS.items())
        self.asset_kind.choices = choices(_ASSETS.items())

    def to_command(self, case_id: UUID) -> PlaceHold:
        """Strings become shares, territories, periods here. Raises Invalid naming the field."""
        if self.side.data not in {Side.COMPLAINANT, Side.RESPONDENT}:
            raise Invalid("side", "required", _("Choose whose earnings are held."))
        return PlaceHold(
            case_id=case_id,
            side=Side(self.side.data),
            reason=HoldReason(self.reason.data),
            scope=HoldScope(
                AssetKind(self.asset_kind.data),
                (self.asset_ref.data or "").strip(),
                Share.from_percent(self.share.data or ""),
                Territory.parse(self.territory.data or ""),
                self._period(),
            ),
            explanation=(self.explanation.data or "").strip(),
            review_on=self.review_on.data,
        )

    def _period(self) -> Period:
        last = self.ends_on.data
        end = Period.through(last, last).end if last else None
        return Period(self.starts_on.data, end)


class ReleaseForm(FlaskForm):
    """Why the money is free again."""

    idempotency_key = HiddenField()
    version = HiddenField()
    reason = TextAreaField(__("Reason"), [Length(max=2000)])


def hold_lines(ref: str, rows: tuple[HoldRow, ...], actor: Actor) -> tuple[HoldLine, ...]:
    """Holds of a case in words."""
    release = may(actor, Permission.HOLD_RELEASE)
    return tuple(
        HoldLine(
            what=_what(row),
            why=row.explanation or str(REASONS.get(row.reason, row.reason)),
            since=row.since,
            state=str(_STATES[row.state]),
            amount=row.amount,
            release_href=url_for("desk.holds_release", ref=ref, hold_id=row.id)
            if release and row.state in LIVE_HOLDS
            else "",
        )
        for row in rows
    )


def _what(row: HoldRow) -> str:
    share = Share(row.share)
    what = row.asset_ref if row.territory == "WW" else f"{row.asset_ref}, {row.territory}"
    side = side_words(row.side)
    if share.value == 1:
        return _("%(what)s (%(side)s)", what=what, side=side)
    return _(
        "%(percent)s %% of %(what)s (%(side)s)", percent=f"{share.percent:f}", what=what, side=side
    )


@bp.get("/desk/cases/<ref>/holds/new")
@policy(Permission.HOLD_PLACE, on="case")
def holds_new(ref: str) -> ResponseReturnValue:
    """The form, filled with the subject of the case."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
    form = HoldForm(data=_suggestion(case))
    return _hold_page(case, form)


@bp.post("/desk/cases/<ref>/holds/new")
@policy(Permission.HOLD_PLACE, on="case")
@once_per_key
def holds_place(ref: str) -> ResponseReturnValue:
    """Place the hold; exactly the disputed part."""
    actor, form = current_actor(), HoldForm()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
    try:
        command = form.to_command(case.id)
        with transaction(actor) as tx:
            holds.place_hold(tx, command, actor, services().clock)
    except Invalid as error:
        mark(form, error, "reason", {"period": "ends_on"})
        return _hold_page(case, form), 422
    flash(_("The hold is placed."), "ok")
    return redirect(url_for("desk.cases_show", ref=ref, pane="facts"), 303)


@bp.get("/desk/cases/<ref>/holds/<uuid:hold_id>/release")
@policy(Permission.HOLD_RELEASE, on="case")
def holds_release(ref: str, hold_id: UUID) -> ResponseReturnValue:
    """What is released, and the reason."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
        row = _hold(holds_of(tx, actor, case.id), hold_id)
    return _release_page(case, row, ReleaseForm(data={"version": str(row.version)}))


@bp.post("/desk/cases/<ref>/holds/<uuid:hold_id>/release")
@policy(Permission.HOLD_RELEASE, on="case")
@once_per_key
def holds_free(ref: str, hold_id: UUID) -> ResponseReturnValue:
    """Release it."""
    actor, form = current_actor(), ReleaseForm()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
        row = _hold(holds_of(tx, actor, case.id), hold_id)
    version = seen_version(form.version.data, row.version)
    command = ReleaseHold(hold_id, form.reason.data or "", version=version)
    try:
        with transaction(actor) as tx:
            holds.release_hold(tx, command, actor, services().clock)
    except Invalid as error:
        mark(form, error, "reason", {"period": "ends_on"})
        return _release_page(case, row, form), 422
    flash(_("The hold is released."), "ok")
    return redirect(url_for("desk.cases_show", ref=ref, pane="facts"), 303)


def _hold(rows: tuple[HoldRow, ...], hold_id: UUID) -> HoldRow:
    found = next((row for row in rows if row.id == hold_id), None)
    if found is None:
        raise NotFound(str(hold_id))
    return found


def _suggestion(case: LoadedCase) -> dict[str, str]:
    kind, ref = AssetKind.CASE, case.view.subject_title
    if case.view.isrc:
        kind, ref = AssetKind.RECORDING, case.view.isrc
    elif case.view.upc:
        kind, ref = AssetKind.RELEASE, case.view.upc
    return {"asset_kind": kind.value, "asset_ref": ref}


def _hold_page(case: LoadedCase, form: HoldForm) -> str:
    optional = {form.starts_on, form.ends_on, form.review_on}
    hints = {
        "territory": _(
            "WW is the whole world, WW-US-CA the world without the two, US CA only these."
        ),
        "share": _("Only the disputed share, for example 50."),
        "review_on": _("Without a day we look again in 90 days."),
    }
    names = [
        "side", "reason", "asset_kind", "asset_ref", "share", "territory", "starts_on", "ends_on", "review_on",
        "explanation",
    ]  # fmt: skip
    fields = [
        FieldRow(form._fields[n], hints.get(n, ""), form._fields[n] in optional, n in {"share", "starts_on", "ends_on", "review_on"})
        for n in names
    ]  # fmt: skip
    return render_template(
        "desk/cases/form.html", case=case.head, form=form, fields=fields, facts=(),
        heading=_("Place a hold"), submit=_("Place hold"), icon_name="lock",
        lines=[Line(_("Hold the disputed part only. The owner of the money is told why and since when."))],
        action=url_for("desk.holds_place", ref=case.ref),
    )  # fmt: skip


def _release_page(case: LoadedCase, row: HoldRow, form: ReleaseForm) -> str:
    facts = [(_("Held"), _what(row)), (_("Why"), str(REASONS.get(row.reason, row.reason)))]
    if row.payee_name:
        facts.append((_("Payee"), row.payee_name))
    return render_template(
        "desk/cases/form.html", case=case.head, form=form, fields=[FieldRow(form.reason)], facts=facts,
        heading=_("Release a hold"), submit=_("Release hold"), icon_name="check", lines=[],
        action=url_for("desk.holds_free", ref=case.ref, hold_id=row.id),
    )  # fmt: skip
