"""Writes of the help centre: did it help, what a draft was shown, what answered it, who came back."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import select

from app.helpcentre.commands import NoteOffer, TakeAnswer, TellHelp
from app.helpcentre.models import HelpFeedback, HelpOffer
from app.helpcentre.queries.articles import article_of
from app.helpcentre.rules.offers import MISSING_MOST, is_coming_back
from app.history.service import record
from app.infra.db.transaction import Tx, house
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, NotFound
from app.kernel.text import clean_text


def tell_help(tx: Tx, command: TellHelp, actor: Actor, clock: Clock) -> UUID:
    """Keep what a reader said. Raises `NotFound` for no article of ours, `Invalid` for words that are too long."""
    article = article_of(command.language, command.slug)
    words = clean_text(command.missing, field="missing", max_length=MISSING_MOST, multiline=True)
    row = HelpFeedback(
        id=uuid4(), slug=article.slug, language=article.language, version=article.version,
        helped=command.helped, missing=words, at=clock.now(),
    )  # fmt: skip
    with house(tx):
        tx.add(row)
        record(tx, actor, clock, verb="help.told", subject=("help_feedback", row.id),
               data={"slug": row.slug, "version": row.version, "helped": row.helped})  # fmt: skip
    return row.id


def note_offer(tx: Tx, command: NoteOffer, actor: Actor, clock: Clock) -> None:
    """What the draft is shown now; shown again with other answers it is the newest that counts. Safe to repeat."""
    with house(tx):
        row = _offer(tx, command.draft_id)
        shown = (list(command.slugs), command.fact, command.sub_kind)
        if row is None:
            row = HelpOffer(
                id=uuid4(), draft_id=command.draft_id, person_id=actor.person_id,
                shown_at=clock.now(),
            )  # fmt: skip
            tx.add(row)
        elif row.answer is not None or (row.slugs, row.fact, row.sub_kind) == shown:
            return
        row.slugs, row.fact, row.sub_kind = shown
        record(tx, actor, clock, verb="help.offered", subject=("help_offer", row.id),
               data={"slugs": list(command.slugs), "fact": command.fact})  # fmt: skip


def take_answer(tx: Tx, command: TakeAnswer, actor: Actor, clock: Clock) -> None:
    """The person says what answered it. Raises `NotFound` without an offer, `Invalid` for what was not shown."""
    with house(tx):
        row = _offer(tx, command.draft_id)
        if row is None:
            raise NotFound("offer")
        if not command.answer or command.answer not in {*row.slugs, row.fact}:
            raise Invalid("answer", "choice", _("Choose what answered it."))
        row.answer, row.answered_at = command.answer, clock.now()
        record(tx, actor, clock, verb="help.answered", subject=("help_offer", row.id),
               data={"answer": command.answer})  # fmt: skip


def _offer(tx: Tx, draft_id: UUID) -> HelpOffer | None:
    query = select(HelpOffer).where(HelpOffer.draft_id == draft_id).with_for_update()
    return tx.scalars(query).first()


def note_filed(tx: Tx, case_id: UUID, sub_kind: str, actor: Actor, clock: Clock) -> int:
    """A case was filed: answers that its people took to the same question did not help. Returns how many."""
    owner = select(HelpOffer.person_id).where(HelpOffer.draft_id == case_id)
    rows = tx.scalars(
        select(HelpOffer)
        .where(
            HelpOffer.person_id.in_(owner),
            HelpOffer.draft_id != case_id,
            HelpOffer.sub_kind == sub_kind,
            HelpOffer.answered_at.is_not(None),
            HelpOffer.came_back_at.is_(None),
        )
        .with_for_update()
    ).all()
    now = clock.now()
    back = [row for row in rows if row.answered_at and is_coming_back(row.answered_at, now)]
    for row in back:
        row.came_back_at = now
        record(tx, actor, clock, verb="help.came_back", subject=("help_offer", row.id), data={})
    return len(back)
