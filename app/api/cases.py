"""Cases: listed and read."""

from __future__ import annotations

from app.accounts.rules import Permission, Scope
from app.api.face import bp
from app.api.frame.access import needs
from app.api.frame.context import bearer, services
from app.api.frame.paging import cursor_in, cursor_to, placed
from app.api.frame.spec import answers
from app.api.shapes.cases import Case, CaseLine, Cases, CasesQuery, Deadline, case_of
from app.cases.queries import case_by_ref, clocks_of, my_cases, queue_page
from app.cases.rules.views import CaseView, MyFilter, QueueFilter
from app.infra.db.transaction import Tx, transaction
from app.kernel.actor import Actor

TAG = "cases"


@bp.get("/cases")
@needs(Scope.CASES_READ, Permission.CASE_LIST, other=Permission.PARTY_CASE_READ)
@answers(Cases, tag=TAG)
def cases_list(query: CasesQuery) -> Cases:
    """List cases.

    People who work here get filed cases, soonest due first; parties get their own cases and drafts, what they must do first.
    """
    actor, place = bearer(), cursor_in(query)
    with transaction(actor, read_only=True) as tx, placed():
        found = (
            _queue(tx, actor, query, place) if actor.is_staff else _mine(tx, actor, query, place)
        )
    items, following = found
    return Cases(items=items, next_cursor=cursor_to(query, following))


def _queue(
    tx: Tx, actor: Actor, query: CasesQuery, place: str | None
) -> tuple[list[CaseLine], str | None]:
    wanted = QueueFilter(
        kinds=(query.kind,) if query.kind else (),
        states=(query.state,) if query.state else (),
        owner=query.owner or "",
        text=query.q or "",
        open_only=False,
    )
    page = queue_page(tx, actor, wanted, place, services().clock)
    return [CaseLine.of_queue(row) for row in page.rows], page.next_cursor


def _mine(
    tx: Tx, actor: Actor, query: CasesQuery, place: str | None
) -> tuple[list[CaseLine], str | None]:
    page = my_cases(tx, actor, place, MyFilter(query.q or "", query.need))
    return [CaseLine.of_mine(row) for row in page.rows], page.next_cursor


@bp.get("/cases/<ref>")
@needs(Scope.CASES_READ, Permission.CASE_READ, other=Permission.PARTY_CASE_READ, on="case")
@answers(Case, tag=TAG)
def case_show(ref: str) -> Case:
    """Read a case."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        return shown_case(tx, actor, case_by_ref(tx, actor, ref))


def shown_case(tx: Tx, actor: Actor, view: CaseView) -> Case:
    """The case as this reader sees it: what its ETag is made of."""
    clocks = clocks_of(tx, actor, view.id)
    deadlines = [
        Deadline(
            kind=one.kind, side=one.side, state=one.state, due_at=one.due_at,
            paused_because=one.pause_reason,
        )
        for one in clocks
    ]  # fmt: skip
    return case_of(view, deadlines)
