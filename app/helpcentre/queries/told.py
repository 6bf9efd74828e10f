"""What readers said of articles, and how many cases the offers avoided."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.accounts.rules import Permission, require
from app.helpcentre.models import HelpFeedback, HelpOffer
from app.helpcentre.queries.articles import articles_in
from app.helpcentre.rules.articles import Article
from app.helpcentre.rules.offers import Avoided
from app.infra.db.transaction import Tx, house
from app.kernel.actor import Actor

ASKED_FOR = timedelta(days=90)
MOST_SHOWN = 5


def often_helpful(tx: Tx, language: str, now: datetime) -> tuple[Article, ...]:
    """What helped most readers in three months; where nobody said anything yet, the first of each shelf."""
    counted = (
        select(HelpFeedback.slug)
        .where(HelpFeedback.helped, HelpFeedback.at >= now - ASKED_FOR)
        .group_by(HelpFeedback.slug)
        .order_by(func.count().desc(), HelpFeedback.slug)
        .limit(MOST_SHOWN)
    )
    found = articles_in(language)
    named = [found[slug] for slug in tx.execute(counted).scalars() if slug in found]
    first = sorted(found.values(), key=lambda one: (one.order, one.category, one.slug))
    return tuple(dict.fromkeys([*named, *first]))[:MOST_SHOWN]


def offer_of(tx: Tx, draft_id: UUID) -> tuple[tuple[str, ...], str] | None:
    """Articles and fact that a draft was shown, or nothing yet. For the draft's owner, who was found before."""
    query = select(HelpOffer).where(HelpOffer.draft_id == draft_id)
    with house(tx):
        row = tx.scalars(query).first()
    return (tuple(row.slugs), row.fact) if row else None


def avoided_since(tx: Tx, actor: Actor, since: datetime) -> Avoided:
    """How many cases the offers avoided since *since*. Raises `Forbidden` for who may not read reports."""
    require(actor, Permission.REPORT_READ)
    counts = select(
        func.count(), func.count(HelpOffer.answered_at), func.count(HelpOffer.came_back_at)
    ).where(HelpOffer.shown_at >= since)
    shown, answered, back = tx.execute(counts).one()
    return Avoided(shown, answered, back)
