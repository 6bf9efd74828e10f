"""What a party is asked for, and its answers."""

from __future__ import annotations

from app.accounts.rules import Permission, Scope
from app.api.face import bp
from app.api.frame.access import needs
from app.api.frame.context import bearer, services
from app.api.frame.once import once_per_key
from app.api.frame.spec import WRITES, answers
from app.api.shapes import conversations as shapes
from app.cases.queries import case_by_ref
from app.conversations.commands import AnswerItem
from app.conversations.queries.requests import requests_of
from app.infra.db.transaction import transaction
from app.kernel.errors import NotFound
from app.workflows.answer import answer

TAG = "requests"


@bp.get("/cases/<ref>/requests")
@needs(Scope.CASES_READ, Permission.MESSAGE_READ, other=Permission.PARTY_REQUEST_ANSWER, on="case")
@answers(shapes.Requests, tag=TAG)
def requests_list(ref: str) -> shapes.Requests:
    """List everything that was asked, the newest first."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        rows = requests_of(tx, actor, case_by_ref(tx, actor, ref).id)
    return shapes.Requests(items=[shapes.Request.of(row) for row in rows])


@bp.post("/cases/<ref>/requests/<int:number>/items/<int:position>/answer")
@needs(Scope.CASES_WRITE, Permission.PARTY_REQUEST_ANSWER, on="case")
@once_per_key
@answers(shapes.Request, status=201, tag=TAG, also=WRITES)
def request_answer(
    ref: str, number: int, position: int, json: shapes.GiveAnswer
) -> tuple[shapes.Request, int]:
    """Answer one item.

    With the last one that a case waits for, the case goes on by itself.
    """
    actor = bearer()
    with transaction(actor) as tx:
        case = case_by_ref(tx, actor, ref)
        found = [
            item.id
            for row in requests_of(tx, actor, case.id)
            for item in row.items
            if (row.number, row.side, item.position) == (number, case.side, position)
        ]
        if not found:
            raise NotFound
        command = AnswerItem(
            case.id, found[0], json.text, tuple(json.evidence), json.cannot_provide, json.version
        )
        row = answer(tx, command, actor, services().clock)
    return shapes.Request.of(row), 201
