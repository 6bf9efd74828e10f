"""Numbers of the navigation: one statement for all queues, kept for a minute per reader; unknown says nothing."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.queues.queries.conditions import Moments
from app.queues.queries.listing import queue_numbers
from app.queues.rules.filters import ListFilter, filter_args, parse_filter

KEPT_FOR = timedelta(seconds=60)
MOST_READERS = 500
_kept: OrderedDict[UUID, tuple[datetime, dict[str, int]]] = OrderedDict()


def numbers_of(tx: Tx, actor: Actor, queries: tuple[str, ...], at: Moments) -> dict[str, int]:
    """How many open cases each filter finds for this reader; a filter of all cases has no number."""
    assert actor.person_id is not None
    when, known = _kept.get(actor.person_id, (at.now, {}))
    wanted = {query: one for query in queries if (one := _countable(query)) is not None}
    if timedelta(0) <= at.now - when < KEPT_FOR and wanted.keys() <= known.keys():
        return known
    found = dict(zip(wanted, queue_numbers(tx, actor, tuple(wanted.values()), at), strict=True))
    _kept[actor.person_id] = at.now, found
    _kept.move_to_end(actor.person_id)
    while len(_kept) > MOST_READERS:
        _kept.popitem(last=False)
    return found


def forget_numbers(actor: Actor) -> None:
    """After an act of their own the reader sees it in the numbers at once."""
    if actor.person_id is not None:
        _kept.pop(actor.person_id, None)


@lru_cache(1024)
def _countable(query: str) -> ListFilter | None:
    try:
        wanted = parse_filter(filter_args(query))
    except Invalid:
        return None
    return wanted if wanted.open_only and "closed" not in wanted.states else None
