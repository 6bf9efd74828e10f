"""The address of a list: read strictly, written in one form, its page cursor signed for one reader, filter and order."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import structlog
from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, NotFound

from app.edge.cursors import place_in, signed
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.queues.rules.filters import NAMES, ListFilter, canonical, filter_args, parse_filter
from app.queues.rules.order import Place, Sort, parse_sort, read_place, written_place
from app.queues.rules.views import ViewRow
from app.web.shared.context import services

log = structlog.get_logger()
PATH = "/desk"
_OTHER = frozenset({"view", "sort", "after", "column", "case", "since", "rows"})


@dataclass(frozen=True, slots=True)
class Address:
    """What a list is asked for. *args*: its filters in words of the address; *view*: the saved one behind them."""

    args: dict[str, str]
    sort: Sort
    wanted: ListFilter
    view: ViewRow | None = None
    after: str = ""
    problem: Invalid | None = None

    @property
    def query(self) -> str:
        """The filter and order as a view keeps them."""
        return "&".join(part for part in (canonical(self.args), self._order()) if part)

    def _order(self) -> str:
        return "" if self.sort is Sort.DUE else f"sort={self.sort.value}"

    def href(self, **changes: str) -> str:
        """The address with *changes*; an empty one takes the filter away. Starts on the first page."""
        args = {key: value for key, value in (self.args | changes).items() if value}
        sort = args.pop("sort", self.sort.value)
        order = {} if sort == Sort.DUE.value else {"sort": sort}
        return link(canonical(args), order)

    @property
    def here(self) -> str:
        """The first page of the list, by its view's name when it is one."""
        return link("", {"view": self.view.slug}) if self.view else self.href()

    def page(self, cursor: str) -> str:
        """A later page of this list."""
        base = self.here
        return f"{base}{'&' if '?' in base else '?'}after={cursor}"


def link(query: str, more: dict[str, str] | None = None) -> str:
    """A list's address from its parts."""
    parts = [part for part in (query, urlencode(more or {})) if part]
    return f"{PATH}?{'&'.join(parts)}" if parts else PATH


def read_address(
    given: MultiDict[str, str], views: tuple[ViewRow, ...], *, lenient: bool = False
) -> Address:
    """What *given* asks for. One name twice is 400 (B012); unknown names are ignored and logged (B011).

    A value nobody knows is kept as *problem* with nothing listed (B013).
    """
    _refuse_twice(given)
    args = {name: given[name] for name in NAMES if given.get(name, "").strip()}
    view = _view(given.get("view", ""), views)
    order = given.get("sort", "")
    if view is not None:
        args = filter_args(view.query) | args
        order = order or _order_of(view.query)
    try:
        return Address(args, parse_sort(order), parse_filter(args), view, given.get("after", ""))
    except Invalid as problem:
        if lenient:
            raise
        return Address(args, Sort.DUE, ListFilter(), view, "", problem)


def _refuse_twice(given: MultiDict[str, str]) -> None:
    for name, values in given.lists():
        if (name in NAMES or name in _OTHER - {"case"}) and len(values) > 1:
            raise BadRequest
    unknown = sorted(set(given) - set(NAMES) - _OTHER - {"csrf_token"})
    if unknown and request.method == "GET":
        log.info("unknown_fields", count=len(unknown), endpoint=request.endpoint)


def _view(slug: str, views: tuple[ViewRow, ...]) -> ViewRow | None:
    if not slug:
        return None
    found = next((view for view in views if view.slug == slug), None)
    if found is None:
        raise NotFound
    return found


def _order_of(query: str) -> str:
    return next((part[5:] for part in query.split("&") if part.startswith("sort=")), "")


def sign_place(place: Place, address: Address, actor: Actor) -> str:
    """The cursor of the next page, good for this reader, filter and order only."""
    return signed(services().settings.link_key, written_place(place), *_bound(address, actor))


def read_signed(address: Address, actor: Actor) -> Place | None:
    """The place that the address names. Tampered, of another order, filter or reader: 400 (B163)."""
    if not address.after:
        return None
    text = place_in(services().settings.link_key, address.after, *_bound(address, actor))
    try:
        return read_place(text, address.sort)
    except Invalid as error:
        raise BadRequest from error


def _bound(address: Address, actor: Actor) -> tuple[object, ...]:
    return ("desk-list", address.sort.value, canonical(address.args), actor.person_id)
