"""Acts on many cases: what and for whom, what would become of each, then the run with its results and its way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, flash, redirect, render_template, request
from werkzeug.datastructures import MultiDict

from app.accounts.queries import names_of
from app.accounts.rules import Permission
from app.cases.rules.kinds import CaseEvent
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import ngettext, translated
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.queues.queries.bulk import rows_of_run, run_of
from app.queues.queries.conditions import Asked, moments_of
from app.queues.queries.listing import matching
from app.queues.rules.bulk import (
    AT_ONCE,
    UNDOABLE,
    BulkAct,
    Chosen,
    Result,
    RunState,
    RunView,
    most_of,
)
from app.queues.rules.filters import filter_args
from app.web.desk.bulk_choices import ask_of, given_of, macro_of, words_of
from app.web.desk.face import bp
from app.web.desk.list_address import link, read_address
from app.web.desk.list_counts import forget_numbers
from app.web.desk.list_filters import back_to_list
from app.web.desk.words import action_words
from app.web.shared.context import current_actor, services
from app.web.shared.policy import policy
from app.workflows import bulk

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_SHOWN = 100
_SAID: dict[BulkAct, Any] = {
    BulkAct.LINK: __("Link with %(other_ref)s"),
    BulkAct.DUPLICATE: __("Merge into %(other_ref)s"),
    BulkAct.DEADLINE: __("%(days)s days more for the parties"),
    BulkAct.MACRO: __("Send the macro “%(name)s”"),
}
_NOT_DONE = (Result.REFUSED, Result.STALE)


@bp.post("/desk/bulk")
@policy(Permission.CASE_TRIAGE, other=Permission.CASE_ACT)
def bulk_plan() -> ResponseReturnValue:
    """Ask what is still missing (to whom, which word, which step), then look at every case."""
    actor, form = current_actor(), request.form
    act = _act(form.get("act", ""))
    with transaction(actor) as tx:
        address = read_address(MultiDict(filter_args(form.get("query", ""))), (), lenient=True)
        try:
            if "target" not in form:
                return _choose(tx, actor, act)
            given = given_of(tx, actor, act, form)
            chosen = _chosen(tx, actor, act, Asked(address.wanted, _now(actor), address.sort))
            query = address.query if form.get("all") else ""
            words = (
                words_of(tx, actor, macro_of(tx, actor, given["macro"]))
                if act is BulkAct.MACRO
                else None
            )
            wanted = bulk.Wanted(act, given, query, words)
            run_id = bulk.look_at(tx, wanted, chosen, actor, services().clock)
        except Invalid as error:
            return _choose(tx, actor, act, translated(error.message)), 422
    return _to_run(run_id, link(address.query))


@bp.get("/desk/bulk/<uuid:run_id>")
@policy(Permission.CASE_TRIAGE, on="run", other=Permission.CASE_ACT)
def bulk_show(run_id: UUID) -> ResponseReturnValue:
    """The run as it stands: looked at, under way, or done. A fragment while it is under way."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        run = run_of(tx, actor, run_id)
        missed = rows_of_run(tx, run_id, _NOT_DONE, most=_SHOWN)
        what = _what(tx, run)
    page = {
        "run": run, "what": what, "undoable": run.act in UNDOABLE, "missed": missed, "counts": {one.value: run.counts.get(one, 0) for one in Result},
        "can_undo": run.can_be_undone(services().clock.now()), "at_once": AT_ONCE, "lines": _lines(run),
        "next": back_to_list(request.args.get("next", "")),
    }  # fmt: skip
    if not request.headers.get("HX-Request"):
        return render_template("desk/bulk/show.html", **page)
    if run.state is not RunState.RUNNING:  # the whole page has something new to say
        return Response(headers={"HX-Refresh": "true"})
    return render_template("desk/bulk/_progress.html", **page)


@bp.post("/desk/bulk/<uuid:run_id>/start")
@policy(Permission.CASE_TRIAGE, on="run", other=Permission.CASE_ACT)
def bulk_start(run_id: UUID) -> ResponseReturnValue:
    """Do it: at once when it is little, else in the background."""
    actor = current_actor()
    bulk.start(run_id, actor, services().clock)
    forget_numbers(actor)
    return _to_run(run_id, request.form.get("next", ""))


@bp.post("/desk/bulk/<uuid:run_id>/undo")
@policy(Permission.CASE_TRIAGE, on="run", other=Permission.CASE_ACT)
def bulk_undo(run_id: UUID) -> ResponseReturnValue:
    """Put everything back that nobody changed since."""
    actor = current_actor()
    bulk.undo(run_id, actor, services().clock)
    forget_numbers(actor)
    flash(_("Taken back."), "ok")
    return _to_run(run_id, request.form.get("next", ""))


def _to_run(run_id: UUID, following: str) -> ResponseReturnValue:
    return redirect(f"/desk/bulk/{run_id}?{urlencode({'next': back_to_list(following)})}", 303)


def _act(name: str) -> BulkAct:
    try:
        return BulkAct(name)
    except ValueError as error:
        names = ", ".join(BulkAct)
        raise Invalid("act", "unknown", _("Choose one of: %(names)s.", names=names)) from error


def _now(actor: Actor) -> Any:
    return moments_of(services().clock.now(), actor.zone)


def _chosen(tx: Tx, actor: Actor, act: BulkAct, asked: Asked) -> tuple[Chosen, ...]:
    """What the boxes say, or every case that matches. Raises `NotFound` for what is no case at all."""
    if request.form.get("all"):
        return matching(tx, actor, asked, most=most_of(act))
    found: dict[UUID, int] = {}
    for one in request.form.getlist("case"):
        key, _colon, version = one.partition(":")
        try:
            found[UUID(key)] = int(version)
        except ValueError as error:
            raise NotFound("case") from error
    return tuple(Chosen(key, version) for key, version in found.items())


def _choose(tx: Tx, actor: Actor, act: BulkAct, problem: str = "") -> str:
    """The second question, with everything that was chosen kept in the form."""
    form, ask = request.form, ask_of(tx, actor, act)
    kept = list(dict.fromkeys(form.getlist("case")))
    return render_template(
        "desk/bulk/choose.html", act=act.value, ask=ask, problem=problem,
        kept=kept, all=form.get("all", ""), query=form.get("query", ""), next=back_to_list(form.get("next", "")),
        target=form.get("target", ""), more=form.get("more", ""), reason=form.get("reason", ""),
        summary=_("All cases that match") if form.get("all") else ngettext("%(num)s case", "%(num)s cases", len(kept)),
    )  # fmt: skip


def _what(tx: Tx, run: RunView) -> str:
    """The act in words."""
    if run.act is BulkAct.ASSIGN:
        owner = run.given.get("owner")
        name = names_of(tx, [UUID(owner)]).get(UUID(owner), "") if owner else _("nobody")
        return _("Assign to %(name)s", name=name)
    if run.act is BulkAct.STAGE:
        return action_words(CaseEvent(run.given["event"])).label
    if run.act in _SAID:
        return str(_SAID[run.act]) % run.given
    words = (
        _("Put the tag “%(tag)s” on") if run.act is BulkAct.TAG else _("Take the tag “%(tag)s” off")
    )
    return words % {"tag": run.given["tag"]}


def _lines(run: RunView) -> list[str]:
    """The numbers in sentences; what is none is not said."""
    count = {one: run.counts.get(one, 0) for one in Result}
    said = (
        (count[Result.WAITING], ngettext("%(num)s case will change.", "%(num)s cases will change.", count[Result.WAITING])),
        (count[Result.CHANGED], ngettext("%(num)s case was changed.", "%(num)s cases were changed.", count[Result.CHANGED])),
        (count[Result.UNDONE], ngettext("%(num)s case was put back.", "%(num)s cases were put back.", count[Result.UNDONE])),
        (count[Result.SAME], ngettext("%(num)s case is so already.", "%(num)s cases are so already.", count[Result.SAME])),
        (count[Result.REFUSED], ngettext("%(num)s case is refused.", "%(num)s cases are refused.", count[Result.REFUSED])),
        (count[Result.STALE], ngettext("%(num)s case was changed by somebody else and is left alone.",
                                       "%(num)s cases were changed by somebody else and are left alone.", count[Result.STALE])),
    )  # fmt: skip
    return [words for number, words in said if number]
