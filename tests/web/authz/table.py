"""The checked-in table of every route, its policy and the roles it lets in; written from the URL map.

`REDRESS_WRITE_AUTHZ=1 pytest tests/web/authz -k table` rewrites it. A change of a route, a policy or the matrix of roles
shows as a change of this file, and the matrix test asks the running application by *this file*.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.accounts.rules import MATRIX
from app.edge.access import API, Access, policy_of
from app.kernel.actor import Role

TABLE = Path(__file__).with_name("authz.toml")
HOW = "REDRESS_WRITE_AUTHZ=1 pytest tests/web/authz -k table, then read the diff"
HEAD = f"# Every route and who may use it. Rewrite with: {HOW}\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """One (endpoint, method). *roles*: who gets past the policy; empty when *access* is not permission."""

    endpoint: str
    method: str
    rule: str
    access: str
    permission: str
    on: str
    fresh: bool
    roles: tuple[str, ...]
    scope: str = ""

    @property
    def key(self) -> str:
        """`GET /desk`."""
        return f"{self.method} {self.rule}"

    @property
    def is_for_programs(self) -> bool:
        """Opened by a token instead of a session."""
        return self.rule.startswith(API)


def entries_of(app: Any) -> list[Entry]:
    """The table as the application is now."""
    found = []
    for rule in app.url_map.iter_rules():
        declared = policy_of(app.view_functions[rule.endpoint])
        if declared is None:
            continue
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        found += [_entry(rule, method, declared) for method in methods]
    return sorted(found, key=lambda entry: (entry.rule, entry.method))


def _entry(rule: Any, method: str, declared: Any) -> Entry:
    held = set(declared.permissions)
    roles = [role.value for role in Role if held & MATRIX[role]]
    return Entry(
        rule.endpoint, method, rule.rule, declared.access.value,
        " or ".join(declared.permissions), declared.on or "", declared.fresh, tuple(roles),
        declared.scope.value if declared.scope else "",
    )  # fmt: skip


def written(entries: Iterable[Entry]) -> str:
    """The file's text."""
    parts = [HEAD]
    for entry in entries:
        lines = [f'["{entry.key}"]', f'endpoint = "{entry.endpoint}"', f'access = "{entry.access}"']
        if entry.access == Access.PERMISSION:
            roles = ", ".join(f'"{role}"' for role in entry.roles)
            lines += [f'permission = "{entry.permission}"', f"roles = [{roles}]"]
        lines += [f'on = "{entry.on}"'] if entry.on else []
        lines += ["fresh = true"] if entry.fresh else []
        lines += [f'scope = "{entry.scope}"'] if entry.scope else []
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def stored() -> list[Entry]:
    """The checked-in table."""
    found = []
    for key, row in tomllib.loads(TABLE.read_text("utf-8")).items():
        method, _, rule = key.partition(" ")
        found.append(
            Entry(row["endpoint"], method, rule, row["access"], row.get("permission", ""),
                  row.get("on", ""), row.get("fresh", False), tuple(row.get("roles", ())),
                  row.get("scope", ""))
        )  # fmt: skip
    return found
