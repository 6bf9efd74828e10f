"""The side navigation of staff: only what the roles allow is there at all (design section 15)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.accounts.rules import Permission, permissions_of
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.actor import Actor, Role


@dataclass(frozen=True, slots=True)
class NavItem:
    """One line of the navigation."""

    text: str
    href: str
    icon: str
    current: bool


P = Permission
_Item = tuple[str, Any, str, str, Permission]
_ITEMS: tuple[_Item, ...] = (
    ("Desk", __("Desk"), "/desk", "inbox", P.CASE_LIST),
    ("Search", __("Search"), "/search", "search", P.CASE_LIST),
    ("Corrections", __("Payout corrections"), "/finance/corrections", "wallet", P.CORRECTION_READ),
    ("Batches", __("Batches"), "/finance/batches", "package", P.BATCH_READ),
    ("Statements", __("Statements"), "/finance/statements", "file-text", P.STATEMENT_READ),
    ("Terms", __("Terms"), "/finance/terms", "list", P.TERMS_READ),
    ("Events", __("Shared faults"), "/finance/parent-events", "users", P.PARENT_EVENT_READ),
    ("Holds", __("Held money"), "/finance/holds", "lock", P.HOLD_READ),
    ("People", __("People and roles"), "/admin/people", "users", P.PEOPLE_READ),
    ("History", __("History"), "/admin/history", "history", P.HISTORY_READ),
    ("Macros", __("Macros"), "/desk/macros", "zap", P.MESSAGE_SEND),
    ("Policies", __("Policies"), "/admin/policies", "scale", P.POLICY_READ),
    ("Books", __("Books"), "/finance/books", "landmark", P.BOOKS_READ),
    ("Health", __("Health"), "/admin/health", "shield-check", P.HEALTH_READ),
    ("Setup", __("Case setup"), "/admin/setup", "tag", P.POLICY_MANAGE),
    ("Webhooks", __("Webhooks"), "/admin/webhooks", "link", P.WEBHOOK_MANAGE),
    ("Jobs", __("Jobs"), "/admin/jobs", "settings", P.JOB_MANAGE),
    ("Parked", __("Parked jobs"), "/desk/jobs", "settings", P.JOB_READ),
    ("Mails", __("Mails"), "/desk/mails", "mail", P.JOB_READ),
    ("Audit", __("Audit view"), "/audit/cases", "eye", P.AUDIT_READ),
)


def works_here(actor: Actor) -> bool:
    """Whether the staff frame is the right one: staff, administrators and auditors."""
    return actor.is_staff or actor.has(Role.ADMIN, Role.AUDITOR)


def staff_nav(actor: Actor, path: str) -> list[NavItem]:
    """The lines this actor may use, the one of *path* marked."""
    nearest = nearest_line(actor, path)
    return [
        NavItem(str(words), href, icon, href == nearest)
        for _key, words, href, icon, _permission in _lines(actor.roles)
    ]


def nearest_line(actor: Actor, path: str) -> str:
    """Address of the line that *path* belongs to; empty when it belongs to none."""
    hrefs = (row[2] for row in _lines(actor.roles))
    here = [href for href in hrefs if path == href or path.startswith(f"{href}/")]
    return max(here, key=len, default="")


@lru_cache(200)
def _lines(roles: frozenset[Role]) -> tuple[_Item, ...]:
    mine = permissions_of(roles)
    return tuple(row for row in _ITEMS if row[-1] in mine and not _is_covered(mine, row[0]))


def _is_covered(mine: frozenset[Permission], key: str) -> bool:
    """Whoever looks after all jobs sees the parked ones there."""
    return key == "Parked" and P.JOB_MANAGE in mine


def role_words(actor: Actor) -> str:
    """The roles in words, for the foot of the navigation."""
    return role_names(actor.roles)


def role_names(roles: Iterable[Role]) -> str:
    """Roles in words, in the order of the list."""
    held = frozenset(roles)
    names = {
        Role.ARTIST: _("Artist"), Role.AGENT: _("Agent"), Role.REVIEWER: _("Reviewer"), Role.LEAD: _("Lead"),
        Role.FINANCE_PREPARER: _("Finance, prepares"), Role.FINANCE_APPROVER: _("Finance, approves"),
        Role.ADMIN: _("Administrator"), Role.AUDITOR: _("Auditor"),
    }  # fmt: skip
    return " · ".join(names[role] for role in Role if role in held)
