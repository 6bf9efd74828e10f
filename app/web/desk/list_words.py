"""The list in words: queues of the navigation, filters as chips, columns, stretches of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cases.rules.kinds import Kind, State, SubKind
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.queues.queries.conditions import Moments
from app.queues.rules.columns import Column
from app.queues.rules.filters import Channel, Due, ListFilter, Needs
from app.queues.rules.order import Sort
from app.web.desk.words import kind_words, state_name, sub_kind_words

# Queues that every desk has: words, icon, filter. What administrators add stands below them.
QUEUES: tuple[tuple[Any, str, str], ...] = (
    (__("Mine"), "user", "owner=me"),
    (__("Overdue"), "circle-alert", "due=late"),
    (__("Needs first reply"), "message-square", "state=notice_review,submitted"),
    (__("Statutory clocks"), "scale", "state=restoration_window"),
    (__("Waiting on a party"), "hourglass", "needs=parties"),
    (__("Ready to decide"), "gavel", "state=appeal_review,review"),
    (__("To confirm"), "users", "state=confirmation"),
    (__("Needs attention"), "triangle-alert", "due=attention"),
)
LATE = "due=late"
TODAY = "due=today"

OWNERS = {"me": __("me"), "nobody": __("nobody")}
DUE = {
    Due.LATE: __("late"), Due.TODAY: __("today"), Due.WEEK: __("this week"), Due.NONE: __("none"),
    Due.ATTENTION: __("needs attention"),
}  # fmt: skip
CHANNELS = {
    Channel.PORTAL: __("the portal"), Channel.EMAIL: __("e-mail"), Channel.PHONE: __("telephone"),
    Channel.STORE: __("a store"), Channel.API: __("the interface"), Channel.HOUSE: __("our own check"),
}  # fmt: skip
NEEDS = {
    Needs.PARTIES: __("a party"), Needs.DESK: __("the desk"), Needs.FINANCE: __("finance"), Needs.STORE: __("a store"),
}  # fmt: skip
COLUMNS: dict[Column, Any] = {
    Column.KIND: __("Kind"), Column.SUB_KIND: __("Sub-kind"), Column.COUNTRY: __("Country"),
    Column.STAGE: __("Stage"), Column.OWNER: __("Owner"), Column.TAGS: __("Tags"), Column.STORE: __("Store"),
    Column.CHANNEL: __("Channel"), Column.STAKE: __("At stake"), Column.OPENED: __("Opened"),
    Column.UPDATED: __("Updated"),
}  # fmt: skip
SORTS = {
    Sort.DUE: __("next deadline"), Sort.UPDATED: __("last change, newest first"),
    Sort.UPDATED_OLDEST: __("last change, oldest first"), Sort.OPENED: __("opening, newest first"),
    Sort.OPENED_OLDEST: __("opening, oldest first"), Sort.STAKE: __("amount as stated, highest first"),
}  # fmt: skip
FIELDS: dict[str, Any] = {
    "status": __("Status"), "state": __("Stage"), "kind": __("Kind"), "sub_kind": __("Sub-kind"), "needs": __("Waits for"),
    "owner": __("Owner"), "due": __("Deadline"), "country": __("Country"), "language": __("Language"),
    "store": __("Store"), "channel": __("Channel"), "tag": __("Tag"), "stake": __("At stake at least"),
    "currency": __("Currency"), "opened_from": __("Opened from"), "opened_to": __("Opened until"),
    "q": __("Text"), "sort": __("Order"), "after": __("Page"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in words and its name in the address."""

    name: str
    field: str
    value: str


def chips_of(wanted: ListFilter, owner_name: str = "") -> list[Chip]:
    """Every filter in words, in the order of the address."""
    states, kinds = map(state_name, wanted.states), map(kind_words, wanted.kinds)
    owner = str(OWNERS.get(wanted.owner, owner_name or _("somebody"))) if wanted.owner else ""
    shown = (
        ("state", _("Stage is"), _listed(states)),
        ("status", _("Status is"), _("open") if wanted.open_only and not wanted.states else ""),
        ("kind", _("Kind is"), _listed(kinds)),
        ("sub_kind", _("Sub-kind is"), _listed(map(sub_kind_words, wanted.sub_kinds))),
        ("needs", _("Waits for"), str(NEEDS[wanted.needs]) if wanted.needs else ""),
        ("owner", _("Owner is"), owner),
        ("due", _("Deadline is"), str(DUE[wanted.due]) if wanted.due else ""),
        ("country", _("Country is"), _listed(wanted.countries)),
        ("language", _("Language is"), _listed(wanted.languages)),
        ("store", _("Store is"), _listed(wanted.stores)),
        ("channel", _("Came by"), _listed(str(CHANNELS[one]) for one in wanted.channels)),
        ("tag", _("Tag is"), _listed(wanted.tags)),
        ("stake", _("At stake at least"), "" if wanted.stake is None else f"{wanted.stake:f}"),
        ("currency", _("Currency is"), wanted.currency),
        ("opened_from", _("Opened from"), str(wanted.opened_from or "")),
        ("opened_to", _("Opened until"), str(wanted.opened_to or "")),
        ("q", _("Text has"), wanted.text),
    )  # fmt: skip
    return [Chip(name, field, value) for name, field, value in shown if value]


def _listed(words: Any) -> str:
    return ", ".join(words)


def stretch(due: datetime | None, at: Moments) -> str:
    """Which group of the list a deadline falls into."""
    if due is None:
        return "none"
    if due < at.now:
        return "late"
    if due <= at.day_end:
        return "today"
    return "week" if due <= at.week_end else "later"


def stretch_words(name: str) -> str:
    """The group's title."""
    return {
        "none": _("Without a deadline"), "late": _("Overdue"), "today": _("Due today"),
        "week": _("This week"), "later": _("Later"),
    }[name]  # fmt: skip


def field_choices(name: str) -> list[tuple[str, Any]]:
    """What a filter with fixed values may be, in words."""
    return {
        "state": [(s.value, state_name(s)) for s in State if s not in {State.NONE, State.DRAFT, State.DELETED}],
        "kind": [(kind.value, kind_words(kind)) for kind in Kind],
        "sub_kind": [(kind.value, sub_kind_words(kind)) for kind in SubKind],
        "needs": [(one.value, words) for one, words in NEEDS.items()],
        "due": [(one.value, words) for one, words in DUE.items()],
        "channel": [(one.value, words) for one, words in CHANNELS.items()],
    }[name]  # fmt: skip
