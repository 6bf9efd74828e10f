"""S1 as a board: stages as columns, each with pages of its own. Moving is a button and a key, never dragging alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import render_template, request

from app.accounts.rules import Permission
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import lazy_gettext as __
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.queues.queries.board import Column, board_columns
from app.queues.queries.conditions import Asked, moments_of
from app.queues.queries.kept import preference_of, views_of
from app.queues.queries.listing import tags_on
from app.queues.rules.board import Stage, states_in
from app.queues.rules.order import Place, Sort
from app.web.desk.cases import Loaded, counted_queries, held_among, list_page_of, owner_name_of
from app.web.desk.face import bp
from app.web.desk.list_address import Address, read_address, read_signed, sign_place
from app.web.desk.list_counts import numbers_of
from app.web.desk.list_rows import ListPage, ListRow, reader_of, rows_of
from app.web.shared.context import current_actor, services
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

NAMES: dict[Stage, Any] = {
    Stage.NEW: __("New"), Stage.TRIAGE: __("Triage"), Stage.REVIEW: __("Review"), Stage.PARTIES: __("Waiting on others"),
    Stage.STATUTORY: __("Statutory clock"), Stage.DECIDING: __("Deciding"), Stage.APPROVAL: __("Approval"),
    Stage.DECIDED: __("Decided"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A column in words. *more*, *first*: its own later page, its first one."""

    stage: str
    name: str
    total: int
    cards: tuple[ListRow, ...]
    more: str
    first: str


@bp.get("/desk/board")
@policy(Permission.CASE_LIST)
def board_show() -> ResponseReturnValue:
    """The open cases of a filter by stage."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        loaded, columns = _load(tx, actor)
    page = _on_board(list_page_of(loaded, reader_of(actor, loaded.at), ()))
    shown = [_column(one, loaded, actor) for one in columns]
    answer = render_template(
        "desk/cases/board.html", page=page, columns=shown, list_href=loaded.address.here
    )
    return answer, 422 if page.problem else 200


def _load(tx: Tx, actor: Actor) -> tuple[Loaded, tuple[Column, ...]]:
    at = moments_of(services().clock.now(), actor.zone)
    views = views_of(tx, actor)
    address = read_address(request.args, views)
    columns: tuple[Column, ...] = ()
    if address.problem is None:
        try:
            asked = Asked(replace(address.wanted, open_only=True), at, address.sort)
            columns = board_columns(tx, actor, asked, _places(address, actor))
        except Invalid as problem:  # a column that the reader may not see
            address = Address(address.args, Sort.DUE, address.wanted, address.view, "", problem)
    numbers = numbers_of(tx, actor, counted_queries(views), at)
    loaded = Loaded(
        address, at, views, preference_of(tx, actor), tuple(row for one in columns for row in one.rows), None, None,
        tags_on(tx, actor, [row.id for one in columns for row in one.rows]), numbers, owner_name_of(tx, address),
        held_among(tx, actor, tuple(row for one in columns for row in one.rows)),
    )  # fmt: skip
    return loaded, columns


def _places(address: Address, actor: Actor) -> dict[Stage, Place]:
    """Where the named column goes on; a cursor belongs to its column, reader, order and filter."""
    name = request.args.get("column", "")
    if name not in set(Stage) or not address.after:
        return {}
    place = read_signed(_of_column(address, Stage(name)), actor)
    return {Stage(name): place} if place else {}


def _of_column(address: Address, stage: Stage) -> Address:
    states = states_in(stage, address.wanted.states)
    return replace(address, args=address.args | {"state": ",".join(states)})


def _column(one: Column, loaded: Loaded, actor: Actor) -> BoardColumn:
    address = loaded.address
    here = on_board(address.here)
    glue = "&" if "?" in here else "?"
    cursor = sign_place(one.place, _of_column(address, one.stage), actor) if one.place else ""
    later = request.args.get("column") == one.stage and bool(address.after)
    cards = rows_of(one.rows, loaded.tags, frozenset(), reader_of(actor, loaded.at), loaded.held)
    return BoardColumn(
        one.stage.value, str(NAMES[one.stage]), one.total, tuple(cards),
        f"{here}{glue}column={one.stage}&after={cursor}" if cursor else "", here if later else "",
    )  # fmt: skip


def on_board(href: str) -> str:
    """The same filter as a board."""
    return href.replace("/desk", "/desk/board", 1)


def _on_board(page: ListPage) -> ListPage:
    # The board is about open cases: "open" is no filter that somebody could take away.
    chips = tuple(
        {**chip, "remove": on_board(chip["remove"])}
        for chip in page.chips
        if "status=all" not in chip["remove"]
    )
    return replace(page, here=on_board(page.here), chips=chips, groups=(), next="", first="")
