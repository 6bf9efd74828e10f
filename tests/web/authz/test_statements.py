"""HOUSE: at most twelve statements a page. Every GET of the table is opened, so a new page is covered by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.cases.rules.kinds import Kind, State
from app.cases.rules.lifecycle import rows_from
from tests.web.authz.table import Entry, stored
from tests.web.authz.targets import targets_of
from tests.web.authz.world import World, build_world
from tests.web.desk.pages import statements

MOST = 12
READERS = ("ada", "cy", "dee", "rio", "eli", "fay", "gus", "adi", "aud", "enrolling", "nobody")
OBJECTS = {"only", "one", "ada", "real"}
# Pages that show nothing in this world: they need a decision, a closed case, a printed letter, a locked batch, a run, a name or a code
# that was sent, answer without a body, or lead on at once. Their own tests count them.
UNSHOWN = {
    "/api/v1/batch-runs/<uuid:run_id>",
    "/api/v1/batches/<uuid:batch_id>/export",
    "/api/v1/cases/<ref>/letters/<uuid:letter_id>/file",
    "/api/v1/cases/<ref>/letters/<uuid:letter_id>/proof",
    "/api/v1/letters/<code>",
    "/api/v1/parent-events/<uuid:event_id>",
    "/api/v1/terms/rows/<uuid:row_id>",
    "/api/v1/parent-events/<uuid:event_id>/corrections",
    "/api/v1/parent-events/<uuid:event_id>/lines",
    "/api/v1/parent-events/<uuid:event_id>/payees",
    "/api/v1/payout-audits/<uuid:audit_id>",
    "/api/v1/payout-audits/<uuid:audit_id>/lines",
    "/api/v1/reconciliations/<uuid:reconciliation_id>",
    "/api/v1/reconciliations/<uuid:reconciliation_id>/lines",
    "/api/v1/statement-uploads/<uuid:incoming_id>",
    "/api/v1/statement-uploads/<uuid:incoming_id>/mapping",
    "/api/v1/statements/<uuid:import_id>/unmatched",
    "/api/v1/statements/<uuid:import_id>/unmatched/<uuid:unmatched_id>",
    "/admin/policies/<slug>",
    "/cases/<ref>/actions/<name>",
    "/cases/<ref>/counter-notice",
    "/cases/<ref>/counter-notice/<any(about, material, mistake, you):step>",
    "/cases/<ref>/counter-notice/sign",
    "/cases/<ref>/decision",
    "/cases/<ref>/letters/<uuid:letter_id>",
    "/cases/<ref>/payout/lines.csv",
    "/cases/<ref>/rate",
    "/cases/<ref>/second-review",
    "/cases/new/<uuid:draft_id>/about",
    "/delegation/<token>",
    "/desk/bulk/<uuid:run_id>",
    "/desk/cases/<ref>/confirm",
    "/desk/cases/<ref>/counter-notice",
    "/desk/cases/<ref>/payout/lines.csv",
    "/desk/changes",
    "/desk/new/<uuid:draft_id>",
    "/files/audit/cases/<ref>/letters/<uuid:letter_id>",
    "/files/cases/<ref>/copy/<uuid:file_id>",
    "/files/cases/<ref>/letters/<uuid:letter_id>",
    "/files/cases/<ref>/letters/<uuid:letter_id>/proof",
    "/files/drafts/<uuid:draft_id>/evidence/<uuid:item_id>",
    "/finance/batches/<uuid:batch_id>/export",
    "/finance/batches/<uuid:batch_id>/export/file",
    "/finance/parent-events/<uuid:event_id>",
    "/finance/parent-events/<uuid:event_id>/corrections",
    "/finance/parent-events/<uuid:event_id>/lines",
    "/finance/batches/<uuid:batch_id>/reconciliation",
    "/finance/batches/reconciliations/<uuid:reconciliation_id>",
    "/finance/batches/reconciliations/<uuid:reconciliation_id>/lines.csv",
    "/finance/statements/<uuid:import_id>",
    "/finance/statements/<uuid:import_id>/lines",
    "/finance/statements/<uuid:import_id>/matching",
    "/finance/statements/<uuid:import_id>/matching/<uuid:unmatched_id>",
    "/finance/statements/uploads/<uuid:incoming_id>",
    "/finance/statements/uploads/<uuid:incoming_id>/mapping",
    "/finance/statements/uploads/<uuid:incoming_id>/problems.csv",
    "/finance/terms/changes/<int:number>",
    "/finance/terms/rows/<uuid:row_id>/end",
    "/find",
    "/help",
    "/help/<article>",
    "/invitation/<token>",
    "/language",
    "/me/email/code",
    "/mail/choices/<token>",
    "/mail/unsubscribe/<token>",
    "/readyz",
    "/signin/code",
    "/signin/link/<token>",
    "/signin/second",
    "/status/case",
    "/status/code",
    "/verify/<code>",
}


def test_every_page_takes_at_most_twelve_statements(app: Any, pg: Any) -> None:
    world = build_world(app, pg)
    over, shown = [], set()

    for entry, actor, address in questions(world):
        with statements() as seen:
            answer = world.client(actor, entry).get(address, buffered=True)
        if answer.status_code == 200:
            shown.add(entry.rule)
            over += [f"{len(seen)} {actor} {address}"] if len(seen) > MOST else []

    assert not over, "\n".join(over)
    assert {entry.rule for entry in pages()} - shown == UNSHOWN


def pages() -> list[Entry]:
    """Every GET of the checked-in table."""
    return [entry for entry in stored() if entry.method == "GET"]


def questions(world: World) -> Iterator[tuple[Entry, str, str]]:
    """Every page about one object of each sort in reach, by one of each role that may."""
    for entry in pages():
        for target in targets_of(entry.rule, world):
            asked = target.kind == "real" and target.name in OBJECTS
            for actor in READERS if asked else ():
                if actor in target.reach and may(actor, entry, world):
                    yield from ((entry, actor, path) for path in addresses(entry.rule, target.path))


def addresses(rule: str, path: str) -> list[str]:
    """The address; of a page that stands for every move, one a move of the state."""
    if not rule.endswith(("/actions/<event>", "/actions/<name>")):
        return [path]
    moves = rows_from(Kind.RIGHTS_CLAIM, State.SUBMITTED)
    return [f"{path.rpartition('/')[0]}/{row.event.value}" for row in moves]


def may(actor: str, entry: Entry, world: World) -> bool:
    """Whether the table lets the actor in."""
    person = world.people.get(actor)
    held = {role.value for role in person.roles} if person else set()
    return entry.access != "permission" or bool(held & set(entry.roles))
