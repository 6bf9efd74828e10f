"""What a route is asked about: its parameters filled with objects in reach, foreign, crossed and missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from tests.web.authz.world import HOUSE, LEFT, World

PARAMETER = re.compile(r"<(?:[^<>:]+:)?([a-z_]+)>")
NOWHERE = UUID("00000000-0000-4000-8000-000000000000")
MISSING: dict[str, Any] = {
    "ref": "RD-0000-0000", "label": "E77", "number": 77, "n": 77, "position": 77, "event": "take",
    "token": "x" * 43, "job_id": 2_000_000_000, "name": "what", "code": "AAAA-AAAA-AAAA", "slug": "nothing", "lang": "en", "article": "nothing", "step": "material",
}  # fmt: skip
COMPLAINANTS_OWN = frozenset({"item_id", "label"})
# Addresses that name nothing in this world even for their owners: no decision was made, no letter
# printed, no batch locked, and no act waits. Their faces prove them; here they must look like nothing.
ABSENT = (
    "/desk/cases/<ref>/counter-notice", "/cases/<ref>/counter-notice", "/cases/<ref>/counter-notice/<any(about, material, mistake, you):step>", "/cases/<ref>/counter-notice/sign",
    "/cases/<ref>/decision", "/cases/<ref>/second-review", "/cases/<ref>/rate", "/desk/cases/<ref>/confirm",
    "/cases/<ref>/letters/<uuid:letter_id>", "/files/cases/<ref>/letters/<uuid:letter_id>",
    "/files/cases/<ref>/copy/<uuid:file_id>", "/finance/batches/<uuid:batch_id>/export", "/finance/batches/<uuid:batch_id>/export/file",
    "/finance/batches/<uuid:batch_id>/stop", "/api/v1/batch-runs/<uuid:run_id>", "/api/v1/batch-runs/<uuid:run_id>/stop",
    "/finance/batches/<uuid:batch_id>/reconciliation", "/finance/batches/reconciliations/<uuid:reconciliation_id>", "/finance/batches/reconciliations/<uuid:reconciliation_id>/lines.csv",
    "/finance/batches/reconciliations/<uuid:reconciliation_id>/matches", "/finance/batches/reconciliations/<uuid:reconciliation_id>/matches/<uuid:correction_id>/undo",
    "/api/v1/reconciliations/<uuid:reconciliation_id>/matches", "/api/v1/reconciliations/<uuid:reconciliation_id>/matches/<uuid:correction_id>/undo",
    "/api/v1/reconciliations/<uuid:reconciliation_id>", "/api/v1/reconciliations/<uuid:reconciliation_id>/lines",
    "/files/cases/<ref>/letters/<uuid:letter_id>/proof", "/desk/cases/<ref>/payout/lines.csv", "/cases/<ref>/payout/lines.csv",
    "/desk/cases/<ref>/actions/<event>", "/cases/<ref>/actions/<name>", "/files/audit/cases/<ref>/letters/<uuid:letter_id>",
    "/api/v1/cases/<ref>/letters/<uuid:letter_id>/file", "/api/v1/cases/<ref>/letters/<uuid:letter_id>/proof", "/api/v1/batches/<uuid:batch_id>/export",
    "/finance/statements/<uuid:import_id>", "/finance/statements/uploads/<uuid:incoming_id>",
    "/finance/statements/<uuid:import_id>/lines", "/finance/statements/<uuid:import_id>/lines/<uuid:mark_id>/unmark",
    "/finance/statements/<uuid:import_id>/matching", "/finance/statements/<uuid:import_id>/matching/<uuid:unmatched_id>",
    "/finance/statements/<uuid:import_id>/matching/<uuid:unmatched_id>/take-back",
    "/finance/statements/uploads/<uuid:incoming_id>/cancel", "/finance/statements/uploads/<uuid:incoming_id>/mapping",
    "/finance/statements/formats/<uuid:profile_id>/withdraw", "/finance/statements/uploads/<uuid:incoming_id>/problems.csv",
    "/api/v1/statement-uploads/<uuid:incoming_id>", "/api/v1/statement-uploads/<uuid:incoming_id>/mapping", "/api/v1/statement-uploads/<uuid:incoming_id>/mapping/previews",
    "/api/v1/statements/<uuid:import_id>/unmatched", "/api/v1/statements/<uuid:import_id>/unmatched/<uuid:unmatched_id>",
    "/api/v1/statements/<uuid:import_id>/unmatched/<uuid:unmatched_id>/match", "/api/v1/statements/<uuid:import_id>/unmatched/<uuid:unmatched_id>/unmatch",
    "/api/v1/payout-audits/<uuid:audit_id>", "/api/v1/payout-audits/<uuid:audit_id>/lines",
    "/finance/parent-events/<uuid:event_id>", "/finance/parent-events/<uuid:event_id>/lines",
    "/finance/parent-events/<uuid:event_id>/corrections", "/api/v1/parent-events/<uuid:event_id>/corrections",
    "/finance/parent-events/<uuid:event_id>/cases", "/finance/parent-events/<uuid:event_id>/dismiss",
    "/api/v1/parent-events/<uuid:event_id>", "/api/v1/parent-events/<uuid:event_id>/payees", "/api/v1/parent-events/<uuid:event_id>/lines",
    "/finance/terms/changes/<int:number>", "/finance/terms/rows/<uuid:row_id>/end",
    "/api/v1/terms/rows/<uuid:row_id>", "/api/v1/terms/rows/<uuid:row_id>/end",
)  # fmt: skip
PERSONAL = frozenset(
    {"upload_id", "payee_id", "endpoint_id", "delivery_id"}
)  # bound to one person, not to the side
DESK_OWN = frozenset({"hold_id", "letter_id", "request_id"})


@dataclass(frozen=True, slots=True)
class Target:
    """An address and who reaches what it names. *kind*: real, crossed or missing."""

    kind: str
    name: str
    path: str
    values: tuple[str, ...]
    reach: frozenset[str]


def parameters(rule: str) -> list[str]:
    """Names of the parameters of a rule."""
    return PARAMETER.findall(rule)


def fill(rule: str, values: dict[str, Any]) -> str:
    """The address. Raises `KeyError` for a parameter the world does not know: teach it there."""
    return PARAMETER.sub(lambda match: quote(str(values[match[1]]), safe=""), rule)


def missing_values(names: list[str]) -> dict[str, Any]:
    """Values that name nothing."""
    return {name: MISSING.get(name, NOWHERE) for name in names}


def targets_of(rule: str, world: World) -> Iterator[Target]:
    """Every object a rule can be asked about."""
    names = parameters(rule)
    if not names:
        yield Target("real", "only", rule, (), frozenset(world.people) | {"nobody", "enrolling"})
        return
    nothing = missing_values(names)
    yield _target("missing", "nothing", rule, nothing, frozenset())
    if "ref" in names:
        yield from _of_cases(rule, names, nothing, world)
    for name in names:
        for owner, value in world.loose.get(name, {}).items():
            reach = frozenset({"ada", "bo"} if owner == "ada" else {owner} & {"cy"})
            reach = HOUSE | {"adi"} if owner == "real" else reach
            reach &= {owner} if name in PERSONAL else reach
            inner = set(names) - {name, "name", "lang"}
            yield _target(
                "crossed" if inner else "real", owner, rule, nothing | {name: value}, reach
            )


def _of_cases(
    rule: str, names: list[str], nothing: dict[str, Any], world: World
) -> Iterator[Target]:
    for name, things in world.things.items():
        ids = things.ids | (
            {"item_id": things.ids["request_item_id"]} if "request_id" in names else {}
        )
        own = {key: value for key, value in ids.items() if key in names}
        reach = things.reach
        if COMPLAINANTS_OWN & set(names):
            reach &= HOUSE | LEFT[name]
        if DESK_OWN & set(names):
            reach &= HOUSE
        yield _target("real", name, rule, nothing | own | {"ref": things.case.ref}, reach)
        if set(own) & {"item_id", "hold_id", "letter_id", "request_id"}:
            other = world.things["two" if name == "three" else "three"]
            crossed = nothing | own | {"ref": other.case.ref}
            yield _target("crossed", name, rule, crossed, frozenset())


def _target(
    kind: str, name: str, rule: str, values: dict[str, Any], reach: frozenset[str]
) -> Target:
    words = tuple(
        sorted({str(value) for key, value in values.items() if key not in {"event", "name"}})
    )
    return Target(kind, name, fill(rule, values), words, reach)
