"""D8: who did what, filtered, and whether the record is whole. No case content for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from flask import render_template, request

from app.accounts.queries import names_of, person_by_email
from app.accounts.rules import Permission, may
from app.cases.queries import case_by_ref
from app.edge.limits import EXPORTS
from app.history.queries import HistoryFilter, HistoryRow, history_page
from app.history.rules import Break
from app.history.service import verify
from app.infra.db.transaction import Tx, transaction
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.web.admin.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.policy import policy
from app.web.shared.ratelimit import limited

PAGE = 50
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """An entry with the name of who did it; *detail* only where it is no case content."""

    row: HistoryRow
    who: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What Verify found: the first break, or none; *entries* is how far it looked."""

    found: Break | None
    at: datetime
    scope: str


@bp.get("/admin/history")
@policy(Permission.HISTORY_READ)
def history_list() -> str:
    """The newest entries first, fifty a page."""
    return _page(None)


@bp.post("/admin/history/verify")
@policy(Permission.HISTORY_VERIFY)
@limited(EXPORTS)
def history_verify() -> str:
    """Recompute every link of all chains (or of one case) and name the first broken one."""
    ref = request.form.get("case", "")[:40].strip()
    with transaction(Actor.system("history:verify"), read_only=True) as tx:
        case_id = _case_id(tx, ref) if ref else None
        found = None if case_id == _NOBODY else verify(tx, case_id=case_id)
    return _page(Verified(found, services().clock.now(), ref))


def _page(verified: Verified | None) -> str:
    actor, values = current_actor(), request.values
    given = {
        key: values.get(key, "")[:100].replace("\x00", "")
        for key in ("person", "case", "verb", "since", "until")
    }
    with transaction(Actor.system("history:read"), read_only=True) as tx:
        rows = history_page(tx, _filter(tx, given), limit=PAGE)
        names = names_of(tx, [row.actor_id for row in rows])
    lines = [_line(row, names, actor) for row in rows[:PAGE]]
    following = None
    if len(rows) > PAGE:
        kept = {key: value for key, value in given.items() if value}
        following = "/admin/history?" + urlencode(kept | {"before": str(rows[PAGE - 1].id)})
    return render_template(
        "admin/history/list.html", lines=lines, next_page=following, given=given, verified=verified
    )


def _filter(tx: Tx, given: dict[str, str]) -> HistoryFilter:
    before = request.values.get("before", "")
    return HistoryFilter(
        actor_id=_person_id(tx, given["person"]) if given["person"] else None,
        case_id=_case_id(tx, given["case"]) if given["case"] else None,
        verb=given["verb"].strip(),
        since=_day(given["since"]),
        until=_day(given["until"], after=True),
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None,
    )


def _person_id(tx: Tx, words: str) -> UUID:
    try:
        return UUID(words)
    except ValueError:
        found = person_by_email(tx, words)
        return found.id if found else _NOBODY


def _case_id(tx: Tx, ref: str) -> UUID:
    """Only the identifier is used: the record itself says no more than that there was a case."""
    try:
        return case_by_ref(tx, Actor.system("history:read"), ref).id
    except NotFound:
        return _NOBODY


def _day(words: str, *, after: bool = False) -> datetime | None:
    try:
        day = date.fromisoformat(words)
        start = datetime.combine(day, time(), UTC)
        return start + timedelta(days=1) if after else start
    except (ValueError, OverflowError):
        return None


def _line(row: HistoryRow, names: dict[UUID, str], actor: Actor) -> HistoryLine:
    who = names.get(row.actor_id, row.actor) if row.actor_id else row.actor
    tellable = may(actor, Permission.AUDIT_READ) or row.case_id is None
    detail = ", ".join(f"{key}: {value}" for key, value in sorted(row.data.items()))
    return HistoryLine(row, who, detail[:500] if tellable else "")
