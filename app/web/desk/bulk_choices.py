"""The second question of a bulk act: to whom, which tag, which step, which other case, how many days, which macro."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from app.accounts.rules import Permission, may
from app.cases.queries import case_by_ref, parties_of
from app.cases.rules.guards import NEEDS
from app.cases.rules.kinds import CaseEvent
from app.conversations.queries.macros import MacroView, macro_by_id, macros_of
from app.conversations.rules.macros import MacroAudience
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.queues.queries.kept import desk_people, tags_offered
from app.queues.rules.bulk import STAGE_MOVES, BulkAct
from app.queues.rules.views import CaseRow
from app.web.desk.head import load_case
from app.web.desk.macro_values import reader_side, rendered_for
from app.web.desk.slips import slips_for
from app.web.desk.words import action_words


@dataclass(frozen=True, slots=True)
class Ask:
    """What the page asks. *kind*: select, text or number; *more*: a second choice; *asks_reason*: with every case."""

    title: str
    label: str
    options: list[tuple[str, Any]]
    kind: str = "select"
    hint: str = ""
    more: tuple[str, list[tuple[str, Any]]] | None = None
    asks_reason: bool = False
    empty: str = ""


def ask_of(tx: Tx, actor: Actor, act: BulkAct) -> Ask:
    """The question that belongs to *act*."""
    return _ASKS[act](tx, actor)


def _owners(tx: Tx, actor: Actor) -> Ask:
    """Everybody of the desk for whoever assigns, else oneself and nobody."""
    found: list[tuple[str, Any]] = [("me", _("Me")), ("nobody", _("Nobody"))]
    if may(actor, Permission.CASE_ASSIGN):
        found += [(str(key), name) for key, name in desk_people(tx) if key != actor.person_id]
    return Ask(_("Assign cases"), _("To whom"), found)


def _tags(title: Callable[[], str]) -> Callable[[Tx, Actor], Ask]:
    def ask(tx: Tx, actor: Actor) -> Ask:
        del actor
        none = _("There is no tag yet. An administrator makes them under Case setup.")
        found = [(tag.name, tag.name) for tag in tags_offered(tx)]
        return Ask(title(), _("Which tag"), found, empty=none)

    return ask


def _steps(tx: Tx, actor: Actor) -> Ask:
    del tx, actor
    found = [(event.value, action_words(event).label) for event in STAGE_MOVES]
    return Ask(_("Move cases on"), _("Which step"), found, asks_reason=True)


def _link(tx: Tx, actor: Actor) -> Ask:
    del tx, actor
    relations = [
        ("related", _("Related")), ("possible_duplicate", _("Possible duplicate")), ("counter_of", _("Counter claim")),
    ]  # fmt: skip
    return Ask(
        _("Link cases"), _("Reference of the other case"), [], "text", more=(_("How they belong together"), relations)
    )  # fmt: skip


def _duplicate(tx: Tx, actor: Actor) -> Ask:
    del tx, actor
    hint = _("The chosen cases are closed as duplicates of this one. Their holds move to it.")
    return Ask(
        _("Merge into another case"), _("Reference of the case that stays open"), [], "text", hint, asks_reason=True
    )  # fmt: skip


def _deadline(tx: Tx, actor: Actor) -> Ask:
    del tx, actor
    hint = _("Every party that the case waits for has so many days more, and is told.")
    return Ask(_("Change deadlines"), _("Days more"), [], "number", hint, asks_reason=True)


def _macro(tx: Tx, actor: Actor) -> Ask:
    found = [(str(one.id), f"{one.name} ({one.language})") for one in macros_of(tx, actor)]
    none = _("There is no macro yet. Write one under Macros.")
    hint = _("Everybody gets the words with the values of their own case.")
    return Ask(_("Send a macro"), _("Which macro"), found, hint=hint, empty=none)


_ASKS: dict[BulkAct, Callable[[Tx, Actor], Ask]] = {
    BulkAct.ASSIGN: _owners, BulkAct.TAG: _tags(lambda: _("Tag cases")), BulkAct.UNTAG: _tags(lambda: _("Remove a tag")),
    BulkAct.STAGE: _steps, BulkAct.LINK: _link, BulkAct.DUPLICATE: _duplicate, BulkAct.DEADLINE: _deadline,
    BulkAct.MACRO: _macro,
}  # fmt: skip


def given_of(tx: Tx, actor: Actor, act: BulkAct, form: MultiDict[str, str]) -> dict[str, str]:
    """What was answered. Raises `Invalid` naming the field."""
    target, reason = form.get("target", "").strip(), form.get("reason", "")
    if act is BulkAct.ASSIGN:
        return {"owner": _owner(target, actor)}
    if not target:
        raise Invalid("target", "required", _("Please choose."))
    if act is BulkAct.STAGE:
        needs = NEEDS.get(CaseEvent(target), ()) if target in set(CaseEvent) else ()
        if "reason" in needs and not reason.strip():
            raise Invalid("reason", "required", _("This step needs a reason."))
        return {"event": target, "reason": reason}
    if act in {BulkAct.TAG, BulkAct.UNTAG}:
        return {"tag": target}
    if act is BulkAct.DEADLINE:
        return {"days": target, "reason": reason}
    if act is BulkAct.MACRO:
        macro = macro_of(tx, actor, target)
        return {"macro": str(macro.id), "name": macro.name}
    return _other(tx, actor, target) | {"relation": form.get("more", "related"), "reason": reason}


def _owner(target: str, actor: Actor) -> str:
    if target in {"", "nobody"}:
        return ""
    try:
        return str(actor.person_id if target == "me" else UUID(target))
    except ValueError as error:
        raise Invalid("target", "unknown", _("Choose a person of the list.")) from error


def _other(tx: Tx, actor: Actor, ref: str) -> dict[str, str]:
    try:
        case = case_by_ref(tx, actor, ref)
    except (Invalid, NotFound):
        raise Invalid("target", "not_found", _("There is no case with this reference.")) from None
    return {"other_id": str(case.id), "other_ref": case.ref or ""}


def macro_of(tx: Tx, actor: Actor, key: str) -> MacroView:
    """The chosen macro. Raises `Invalid`."""
    try:
        return macro_by_id(tx, actor, UUID(key))
    except (ValueError, NotFound):
        raise Invalid("target", "unknown", _("Choose a macro of the list.")) from None


def words_of(
    tx: Tx, actor: Actor, macro: MacroView
) -> Callable[[CaseRow], tuple[dict[str, Any], str]]:
    """For each case what would be sent to whom, or why a person has to look at it first."""

    def words(row: CaseRow) -> tuple[dict[str, Any], str]:
        case = load_case(tx, actor, row.ref)
        parties = parties_of(tx, actor, case.id)
        side = reader_side(case, macro.audience) or case.view.artist_side
        audience = "note" if macro.audience is MacroAudience.NOTE else side.value
        if audience != "note" and side not in {party.side for party in parties}:
            return {}, _("There is nobody on that side.")
        try:
            rendered = rendered_for(tx, case, macro, audience, parties, actor)
        except Invalid as problem:
            return {}, translated(problem.message)
        if rendered.missing:
            return {}, _("The case has no value for: %(names)s", names=", ".join(rendered.missing))
        if slips_for(tx, case.view, audience, rendered.text, actor):
            return {}, _("It would tell more than they know. Write to them from the case.")
        return {"audience": audience, "text": rendered.text}, ""

    return words
