"""The composer: one text, an audience that is hard to mistake, words kept while they are typed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField

from app.accounts.rules import Permission, may
from app.cases.commands import ApplyEvent
from app.cases.rules.actions import moves_of_role
from app.cases.rules.kinds import CaseEvent
from app.cases.rules.views import PartyRow
from app.conversations import service as conversations
from app.conversations.commands import AddNote, KeepComposer, SendMessage
from app.conversations.queries import composer_draft
from app.conversations.queries.frame import Frame, Newer
from app.conversations.queries.requests import case_state
from app.conversations.rules.audience import Audience
from app.conversations.rules.requests import ItemKind
from app.conversations.rules.slips import Slip
from app.conversations.service.messages import require_fresh
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, Stale
from app.kernel.sides import Side
from app.web.desk.face import bp
from app.web.desk.head import LoadedCase, load_case, seen_version
from app.web.desk.macro_insert import Proposal, insert_macro
from app.web.desk.readers import Reader, audience_words, reader_of, reader_of_notes
from app.web.desk.slips import slip_words, slips_for, slips_key
from app.web.shared.context import current_actor, services
from app.web.shared.policy import policy
from app.workflows.act import act

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_ASKS = {Side.COMPLAINANT: CaseEvent.ASK_COMPLAINANT, Side.RESPONDENT: CaseEvent.ASK_RESPONDENT}
_KEPT: dict[str, Any] = {"kept_at": None, "other": "", "problem": "", "kept_slips": []}
LONGEST_REQUEST = 4000
"""Characters of the reason of a request; longer words are sent as a message."""


class MessageForm(FlaskForm):
    """What is written, and who reads it. *slips_seen*: which warning was read."""

    idempotency_key = HiddenField()
    version = HiddenField()
    draft_seen = HiddenField()
    slips_seen = HiddenField()
    body = TextAreaField(__("Message"))

    @property
    def audience(self) -> str:
        """The chosen reader as sent."""
        return request.form.get("audience", "")

    def to_draft(self, case: LoadedCase) -> KeepComposer:
        """The words as they are. Raises Invalid without a reader."""
        return KeepComposer(case.id, _audience(self.audience), self.body.data or "", self.seen())

    def to_message(self, case: LoadedCase, actor: Actor) -> SendMessage:
        """The message. Raises Invalid without a reader."""
        version = seen_version(self.version.data, -1)
        return SendMessage(
            case.id, _audience(self.audience), self.body.data or "", actor.locale,
            None if version < 0 else version,
        )  # fmt: skip

    def seen(self) -> datetime | None:
        """When this page last saved or read the draft."""
        try:
            return datetime.fromisoformat(self.draft_seen.data or "")
        except ValueError:
            return None


@dataclass(slots=True)
class Typed:
    """A message that is still on the page, and what the page says about it."""

    form: MessageForm
    is_preview: bool = False
    slips: tuple[Slip, ...] = ()
    since: int | None = None
    proposals: tuple[Proposal, ...] = ()


def _audience(typed: str) -> Audience:
    try:
        return Audience(typed)
    except ValueError:
        raise Invalid("body", "audience", _("Choose who reads this.")) from None


def composer_parts(
    case: LoadedCase, actor: Actor, frame: Frame, parties: tuple[PartyRow, ...], typed: Typed | None
) -> dict[str, Any]:
    """The box with the readers the role may write to, filled with what was typed or kept."""
    kept = frame.draft
    asked = request.form.get("audience") or request.args.get("audience", "")
    readers = _readers(case, actor, parties, asked or (kept.box if kept else ""))
    if not readers:
        return {"composer": None}
    form = typed.form if typed else MessageForm(formdata=None)
    if not typed and kept:
        form.body.data = kept.body
    form.draft_seen.data = kept.kept_at.isoformat() if kept else ""
    form.idempotency_key.data, form.version.data = str(uuid4()), str(frame.version)
    chosen = next(one for one in readers if one.checked)
    slips = typed.slips if typed else ()
    form.slips_seen.data = slips_key(chosen.value, slips) if slips else ""
    return {
        **_KEPT, "composer": form, "readers": readers, "chosen_reader": chosen, "kept_at": kept.kept_at if kept and not typed else None,
        "send_href": url_for("desk.messages_send", ref=case.ref), "keep_href": url_for("desk.messages_keep", ref=case.ref),
        "macros": frame.macros, "proposals": typed.proposals if typed else (),
        "slip_lines": slip_words(slips), "preview": form.body.data if typed and typed.is_preview else "",
        "writer": actor.name, "now": services().clock.now(),
    }  # fmt: skip


def _readers(
    case: LoadedCase, actor: Actor, parties: tuple[PartyRow, ...], chosen: str
) -> list[Reader]:
    found: list[Reader] = []
    if may(actor, Permission.MESSAGE_SEND):
        moves = (
            set(moves_of_role(case.view, actor)) if may(actor, Permission.REQUEST_ASK) else set()
        )
        there = {row.side for row in parties} or {Side.COMPLAINANT}
        for side in sorted(there - {Side.DESK}, key=lambda one: one is not case.view.artist_side):
            reader = reader_of(case.view, side, parties)
            found.append(reader if _ASKS[side] in moves else replace(reader, wait=""))
    if may(actor, Permission.NOTE_ADD):
        found.append(reader_of_notes())
    known = chosen if chosen in {one.value for one in found} else found[0].value if found else ""
    return [replace(one, checked=one.value == known) for one in found]


def newer_lines(case: LoadedCase, newer: tuple[Newer, ...]) -> list[dict[str, Any]]:
    """Messages that came while somebody typed, for the notice above the composer."""
    return [
        {"who": one.by or _("Somebody"), "more": audience_words(case.view, one.audience),
         "text": one.body, "lang": one.language, "at": one.at, "is_note": one.audience is Audience.NOTE}
        for one in newer
    ]  # fmt: skip


def send_typed(
    tx: Tx, case: LoadedCase, form: MessageForm, actor: Actor, todo: str
) -> Typed | None:
    """Send the words, alone or as a request that the case waits for. Gives the page's state when they wait.

    Raises Invalid, Stale, and what the rooms raise.
    """
    audience = _audience(form.audience)
    if todo == "insert":
        return Typed(form, proposals=insert_macro(tx, case, form, actor))
    slips = slips_for(tx, case.view, audience.value, form.body.data or "", actor)
    if todo == "preview" or (slips and form.slips_seen.data != slips_key(audience.value, slips)):
        return Typed(form, is_preview=todo == "preview", slips=slips)
    clock = services().clock
    if audience is Audience.NOTE:
        conversations.add_note(tx, AddNote(case.id, form.body.data or ""), actor, clock)
    elif todo == "wait":
        _send_and_wait(tx, case, form, actor)
    else:
        conversations.send_message(tx, form.to_message(case, actor), actor, clock)
    conversations.forget_sent(tx, form.to_draft(case), actor)
    return None


def _send_and_wait(tx: Tx, case: LoadedCase, form: MessageForm, actor: Actor) -> None:
    """One question with the words as its reason: the case waits for that side, its own clock rests."""
    body = (form.body.data or "").strip()
    if not body:
        raise Invalid("body", "required", _("Write what you want to know."))
    if len(body) > LONGEST_REQUEST:
        words = _("This is too long to wait for. Send it as a message, then request info.")
        raise Invalid("body", "too_long", words)
    case_state(tx, actor, case.id)
    require_fresh(tx, form.to_message(case, actor), actor)
    event = _ASKS.get(Side(_audience(form.audience).value))
    if event not in moves_of_role(case.view, actor) or event is None:
        raise Invalid(
            "body",
            "not_now",
            _("The case cannot wait for them at this stage. Send it without waiting."),
        )
    data: dict[str, object] = {
        "items": [_("Your answer to our message")],
        "item_kind": ItemKind.QUESTION.value,
    }
    act(tx, ApplyEvent(case.id, event, case.view.version, body, data), actor, services().clock)


@bp.post("/desk/cases/<ref>/draft")
@policy(Permission.NOTE_ADD, on="case")
def messages_keep(ref: str) -> ResponseReturnValue:
    """Keep what is typed, 1.5 s after the last key. Two windows of one person never overwrite each other."""
    actor, form = current_actor(), MessageForm()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
        slips = slips_for(tx, case.view, form.audience, form.body.data or "", actor)
    parts: dict[str, Any] = _KEPT | {"kept_slips": slip_words(slips)}
    try:
        with transaction(actor) as tx:
            command = form.to_draft(case)
            if request.form.get("mine"):
                command = replace(command, seen=_stored(tx, case, actor))
            parts["kept_at"] = conversations.keep_composer(tx, command, actor, services().clock)
    except Stale as error:
        return render_template(
            "desk/conversations/_kept.html", **parts | {"other": error.theirs}
        ), 409
    except Invalid as error:
        problem = parts | {"problem": translated(error.message)}
        return render_template("desk/conversations/_kept.html", **problem), 422
    return render_template("desk/conversations/_kept.html", **parts)


def _stored(tx: Tx, case: LoadedCase, actor: Actor) -> datetime | None:
    """When the stored words were saved, for somebody who read them and keeps their own."""
    kept = composer_draft(tx, actor, case.id)
    return kept.kept_at if kept else None


def sent_words(form: MessageForm) -> str:
    """What the page says after sending."""
    return _("Saved.") if form.audience == "note" else _("Sent.")


def after_sending(ref: str, form: MessageForm) -> ResponseReturnValue:
    """Back to the case, at its newest line."""
    flash(sent_words(form), "ok")
    return redirect(url_for("desk.cases_show", ref=ref), 303)
