"""Keys of the staff pages: the page that changes them (works without JavaScript), the list behind `?`, the command palette."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app.accounts.rules import Permission, may
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.kernel.actor import Actor
from app.kernel.errors import InvalidMany
from app.kernel.refs import PREFIX
from app.queues.commands import KeepShortcuts
from app.queues.queries.conditions import Asked, moments_of
from app.queues.queries.listing import list_page
from app.queues.rules.filters import ListFilter
from app.queues.rules.order import Sort
from app.queues.rules.shortcuts import TABLE, Kept, Region
from app.queues.rules.views import CaseRow
from app.queues.service.shortcuts import keep_shortcuts
from app.search.commands import Subject
from app.search.queries import Found
from app.search.rules import ask
from app.web.account.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.keys import (
    GOES,
    REGION_NAMES,
    act_words,
    chord_words,
    goes_here,
    kept,
    own_keys,
)
from app.web.shared.navigation import staff_nav
from app.web.shared.policy import policy
from app.web.shared.ratelimit import PALETTE, limited
from app.web.shared.state_words import state_words
from app.workflows.find import Look, find

_MOST = 8
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One act on the page: *chord* as typed or kept, *standard* and *shown* on key caps."""

    name: str
    words: str
    chord: str
    standard: str
    shown: str
    is_fixed: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PaletteRow:
    """A line of the palette and where it leads."""

    words: str
    more: str
    href: str
    icon: str


_SYSTEM = Actor.system("web:keys")
_HERE = policy(Permission.CASE_LIST, other=Permission.PEOPLE_READ)
"""Everybody who works here: the desk and finance, administrators and auditors. Parties have no keys."""


@bp.get("/me/keys")
@_HERE
def shortcuts_show() -> str:
    """Every key with what it does, by the part of the page where it works."""
    return _page(kept())


@bp.post("/me/keys")
@_HERE
def shortcuts_save() -> Response | tuple[str, int]:
    """Keep them, or go back to the standard; a key that is taken is named at both acts."""
    actor, form = current_actor(), request.form
    typed = (
        {}
        if "standard" in form
        else {one.name: form[one.name] for one in TABLE if one.name in form}
    )
    command = KeepShortcuts("standard" in form or "single" in form, typed)
    try:
        with transaction(_SYSTEM) as tx:
            keep_shortcuts(tx, command, actor, services().clock)
    except InvalidMany as problem:
        said = {one.field: translated(one.message) for one in problem.errors}
        return _page(Kept(command.single, typed), said), 422
    flash(_("Your keys are kept."), "ok")
    return redirect("/me/keys", 303)


def _page(own: Kept, problems: dict[str, str] | None = None) -> str:
    problems = problems or {}
    groups = [(str(REGION_NAMES[region]()), _rows(region, own, problems)) for region in Region]
    first = [(name, f"{act_words(name)}: {words}") for name, words in problems.items()]
    return render_template(
        "account/me/keys.html", groups=groups, single=own.single, problems=first,
        longer=any(own.chords) or not own.single,
    )  # fmt: skip


def _rows(region: Region, own: Kept, problems: dict[str, str]) -> list[KeyRow]:
    return [
        KeyRow(
            one.name, act_words(one.name), _typed(own.chords.get(one.name, one.chord)), one.chord, chord_words(one.chord),
            one.is_fixed, problems.get(one.name, ""),
        )
        for one in TABLE
        if one.region is region
    ]  # fmt: skip


def _typed(chord: str) -> str:
    """As people write it."""
    return chord.replace("Control+", "Ctrl+")


@bp.get("/me/keys/list")
@_HERE
def shortcuts_list() -> str:
    """What `?` shows: the keys of the regions that the page has. The page hides acts that it does not offer."""
    asked = set(request.args.get("in", "").split(",")) | {Region.EVERYWHERE.value}
    keys, own = own_keys(), kept()
    going = goes_here()
    groups = [
        (str(REGION_NAMES[region]()), [
            (one.name, act_words(one.name), chord_words(keys[one.name]).split())
            for one in TABLE
            if one.region is region and one.name in keys and (one.name not in GOES or one.name in going)
        ])
        for region in Region if region.value in asked
    ]  # fmt: skip
    return render_template("account/me/_keys_list.html", groups=groups, single=own.single)


@bp.get("/palette")
@_HERE
@limited(PALETTE)
def palette_find() -> str:
    """Cases by reference or words, and pages, for what is typed; acts of the page are added by the page itself."""
    actor, typed = current_actor(), request.args.get("q", "").strip()[:_LONGEST]
    cases: list[PaletteRow] = []
    if len(typed) > 1 and may(actor, Permission.CASE_LIST):
        with transaction(actor, read_only=True) as tx:
            cases = _cases(tx, typed, actor)
    groups = [(_("Cases"), cases), (_("Pages"), _pages(typed, actor))]
    return render_template(
        "components/_palette_rows.html", groups=[one for one in groups if one[1]]
    )


def _cases(tx: Tx, typed: str, actor: Actor) -> list[PaletteRow]:
    """By the beginning of a reference, else by words; within what exists for this reader."""
    if typed.upper().startswith(PREFIX):
        asked = Asked(ListFilter(text=typed, open_only=False), moments_of(services().clock.now(), actor.zone), Sort.UPDATED)  # fmt: skip
        rows, _more = list_page(tx, actor, asked, limit=_MOST)
        if rows:
            return [_case(row.title, row) for row in rows]
    hits = find(tx, Look(ask(typed), frozenset({Subject.CASE})), actor, size=_MOST).page.rows
    return [_case(row.title or row.case_title, row) for row in hits]


def _case(title: str, row: CaseRow | Found) -> PaletteRow:
    stage = state_words(row.state, "staff", outcome=row.outcome, sub_kind=row.sub_kind).words
    return PaletteRow(title or row.ref, f"{row.ref} · {stage}", f"/desk/cases/{row.ref}", "inbox")


_ALSO = (
    (__("Profile"), "/me", "user"),
    (__("Keys"), "/me/keys", "keyboard"),
    (__("Sign-in and security"), "/me/security", "key-round"),
    (__("Notifications"), "/notifications", "bell"),
)


def _pages(typed: str, actor: Actor) -> list[PaletteRow]:
    """Pages of the navigation and of the account whose name has the words."""
    mine = [(item.text, item.href, item.icon) for item in staff_nav(actor, "")]
    mine += [(act_words(name), href, "arrow-right") for name, href in goes_here().items() if name in {"go.mine", "case.new"}]  # fmt: skip
    mine += [(str(words), href, icon) for words, href, icon in _ALSO]
    wanted = typed.casefold().split()
    return [
        PaletteRow(words, "", href, icon)
        for words, href, icon in mine
        if all(part in words.casefold() for part in wanted)
    ][: 2 * _MOST]
