"""Inserting a macro: it adds words to the composer; what else it proposes becomes links that a person follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import request, url_for

from app.cases.queries import parties_of
from app.cases.rules.actions import moves_of_role
from app.cases.rules.kinds import CaseEvent
from app.conversations.queries.macros import MacroView, macro_by_id
from app.conversations.rules.asking import template
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.web.desk.head import LoadedCase, action_link
from app.web.desk.macro_values import reader_side, rendered_for


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that the macro suggests; without *href* only in words."""

    text: str
    href: str = ""


def insert_macro(tx: Tx, case: LoadedCase, form: Any, actor: Actor) -> tuple[Proposal, ...]:
    """Add the chosen macro's words below what is typed. Raises Invalid naming the variable or the choice."""
    macro = _chosen(tx, actor)
    audience = form.audience
    wanted = reader_side(case, macro.audience)
    if audience != "note" and wanted is not None and wanted.value != audience:
        words = _(
            "This macro is written for another reader. Switch the reader or choose another macro."
        )
        raise Invalid("body", "macro_audience", words)
    if macro.audience.value == "note" and audience != "note":
        raise Invalid(
            "body", "macro_audience", _("This macro is an internal note. Switch to the note first.")
        )
    parties = parties_of(tx, actor, case.id)
    rendered = rendered_for(tx, case, macro, audience, parties, actor)
    typed = (form.body.data or "").rstrip()
    form.body.data = f"{typed}\n\n{rendered.text}" if typed else rendered.text
    missing = (
        [Proposal(_("Fill in: %(names)s", names=", ".join(rendered.missing)))]
        if rendered.missing
        else []
    )
    return (*missing, *_proposals(case, macro, audience, actor))


def _chosen(tx: Tx, actor: Actor) -> MacroView:
    try:
        return macro_by_id(tx, actor, UUID(request.form.get("macro", "")))
    except (ValueError, NotFound):
        raise Invalid("body", "macro", _("Choose a macro first.")) from None


def _proposals(case: LoadedCase, macro: MacroView, audience: str, actor: Actor) -> list[Proposal]:
    proposes, found = macro.proposes, []
    moves = set(moves_of_role(case.view, actor))
    items = [row for row in map(template, proposes.items) if row]
    if items:
        names = ", ".join(translated(row.label) for row in items)
        side = audience if audience != "note" else case.view.artist_side.value
        href = url_for(
            "desk.requests_new", ref=case.ref, side=side, item=[row.key for row in items]
        )
        found.append(Proposal(_("Ask for: %(items)s", items=names), href))
    if proposes.move in {move.value for move in moves}:
        link = action_link(case.ref, CaseEvent(proposes.move))
        found.append(Proposal(link.label, link.href))
    if proposes.tag:
        found.append(Proposal(_("Tag: %(name)s", name=proposes.tag)))
    if proposes.owner and CaseEvent.TAKE in moves:
        link = action_link(case.ref, CaseEvent.TAKE)
        found.append(Proposal(link.label, link.href))
    return found
