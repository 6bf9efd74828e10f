"""P1: the right start in ten seconds, a case by its reference, the language of the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from app.accounts.rules import own_path
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.refs import parse_ref
from app.policies.queries import PolicyView, policies_now
from app.policies.rules.clocks import ClockKind
from app.policies.rules.defaults import PolicyContent, default_policies
from app.web.public.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.navigation import staff_nav, works_here
from app.web.shared.policy import public
from app.web.shared.shell import can_choose

YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Start:
    """One large choice of the landing page."""

    title: str
    text: str
    icon: str
    href: str


def _starts() -> list[Start]:
    return [
        Start(_("My release was taken down"), _("A store or we removed or blocked it. See why, and answer."),
              "eye-off", "/cases/new?about=taken_down"),
        Start(_("My payout is wrong"), _("Missing, too low, wrong share, held back. We show the working."),
              "banknote", "/cases/new?about=payout"),
        Start(_("Somebody claims my music, or I claim theirs"), _("Ownership, shares, platform claims. Both sides are heard."),
              "scale", "/cases/new?about=claims"),
    ]  # fmt: skip


def _times(policies: Iterable[PolicyView | PolicyContent]) -> list[tuple[str, str]]:
    """What the policies in force promise, in words; before any is stored, what the defaults do."""
    shown = {
        "store_takedown": _("Takedown"),
        "missing_earnings": _("Payout"),
        "ownership": _("Rights claim"),
    }
    rows = []
    for policy in policies:
        first = policy.clocks.get(ClockKind.FIRST_RESPONSE)
        whole = policy.clocks.get(ClockKind.RESOLUTION)
        if policy.sub_kind in shown and first and whole:
            words = _(
                "First reply within %(first)s, decision within %(whole)s.",
                first=_length(first),
                whole=_length(whole),
            )
            rows.append((shown[policy.sub_kind], words))
    return rows


def _length(length: Any) -> str:
    hours = 8
    if str(length.unit) == "business_hours" and length.n % hours == 0:
        return (
            _("%(n)s working days", n=length.n // hours)
            if length.n > hours
            else _("one working day")
        )
    if str(length.unit) == "business_hours":
        return _("%(n)s working hours", n=length.n)
    return _("%(n)s days", n=length.n)


@bp.get("/")
@public()
def landing() -> Response | str:
    """The three starts; people who work here go to their first page."""
    actor = current_actor()
    if works_here(actor):
        nav = staff_nav(actor, "/")
        return redirect(nav[0].href if nav else "/me", 303)
    with transaction(Actor.anonymous(), read_only=True) as tx:
        times = _times(policies_now(tx, services().clock.now()) or default_policies().values())
    return render_template(
        "public/landing.html", starts=_starts(), times=times, problem="", typed_ref=""
    )


@bp.get("/find")
@public()
def find_case() -> Response | tuple[str, int]:
    """A reference in any spelling leads to its case; who may see it is decided there.

    Without signing in it leads to the question for the address that goes with it.
    """
    text = request.args.get("ref", "")
    page = "/cases/" if current_actor().is_person else "/status?ref="
    try:
        return redirect(f"{page}{parse_ref(text)}", 303)
    except Invalid as error:
        problem = translated(error.message)
    page = render_template(
        "public/landing.html", starts=_starts(), times=[], problem=problem, typed_ref=text[:60]
    )
    return page, 422


@bp.get("/language")
@public()
def choose_language() -> Response:
    """Keep the language of the page in a cookie; people signed in set it in their profile."""
    chosen = request.args.get("to", "")
    response = redirect(own_path(request.args.get("next", "/")), 303)
    if can_choose(chosen):
        response.set_cookie(
            "locale",
            chosen,
            max_age=YEAR,
            secure=services().settings.secure,
            httponly=True,
            samesite="Lax",
        )
    return response
