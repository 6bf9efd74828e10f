"""The world of RELIABILITY F3.2: cases of several parties, everybody who may ask, and canaries.

Every private text carries a word of its own; `sees` says who may ever read it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from app.accounts.rules import Scope
from app.accounts.service.delegations import revoke_delegation
from app.accounts.service.people import disable_person
from app.cases.commands import WallOff
from app.cases.rules.kinds import SubKind
from app.cases.rules.views import CaseView
from app.cases.service.people import wall_off_person
from app.conversations.commands import AddNote, AskedItem, AskItems, SaveMacro, SendMessage
from app.conversations.rules.audience import Audience
from app.conversations.rules.macros import MacroAudience
from app.conversations.rules.requests import ItemKind
from app.conversations.service.macros import save_macro
from app.conversations.service.messages import add_note, send_message
from app.conversations.service.requests import ask
from app.evidence.commands import ReceiveUpload
from app.evidence.service.intake import receive_upload
from app.infra.db.transaction import Tx, transaction
from app.kernel.actor import Actor, Role
from app.kernel.clock import FixedClock
from app.kernel.sides import Side
from app.letters.commands import DraftLetter
from app.letters.service.drafts import draft_letter
from app.webhooks.service.deliveries import send_test
from tests.factories.accounts import (
    CAST,
    NOON,
    TestPerson,
    bearer_client,
    make_delegation,
    make_person,
    make_token,
    sign_in,
    trust,
)
from tests.factories.cases import make_case, make_draft
from tests.factories.corrections import Desk, make_batch, make_correction
from tests.factories.ledger import make_hold, make_money_case, make_payee
from tests.factories.letters import make_context
from tests.factories.uploads import Sender
from tests.factories.webhooks import make_endpoint
from tests.web.authz.table import Entry

SYSTEM = Actor.system("test:world")
CLOCK = FixedClock(NOON)
STAFF = frozenset({"dee", "rio", "rae", "eli", "fay", "gus", "gil"})
HOUSE = STAFF | {"aud"}
LEFT = {
    "one": frozenset({"ada", "bo"}),
    "two": frozenset({"cy"}),
    "three": frozenset({"ada", "bo"}),
}
ACTORS = ("nobody", *(key for key in CAST if key != "gil"), "zed", "mia", "ned", "enrolling")


@dataclass
class Canary:
    """A word that only *sees* may ever read, on any page, header or file name."""

    word: str
    sees: frozenset[str]


@dataclass
class Things:
    """What hangs on one case: identifiers by the name of a route's parameter."""

    case: CaseView
    reach: frozenset[str]
    ids: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    """Everything a route may be asked about. *things*: by case; *loose*: ids that belong to no case."""

    people: dict[str, TestPerson]
    things: dict[str, Things]
    canaries: list[Canary]
    loose: dict[str, dict[str, Any]]
    clients: dict[str, Any]
    programs: dict[str, Any] = field(default_factory=dict)

    def client(self, actor: str, entry: Entry) -> Any:
        """A browser of the actor, or a program with their token where the route is for programs."""
        return (self.programs if entry.is_for_programs else self.clients)[actor]

    def foreign_words(self, actor: str) -> list[str]:
        """Canaries that *actor* must never see."""
        return [canary.word for canary in self.canaries if actor not in canary.sees]


class _Builder:
    """Makes the world through the services."""

    def __init__(self, app: Any, pg: dict[str, Any]) -> None:
        self.storage = app.extensions["redress"].storage
        self.pg = pg
        self.canaries: list[Canary] = []
        self.people = {key: make_person(key) for key in (*CAST, "zed", "mia", "ned")}
        self.people["eno"] = make_person("eno", roles={Role.AGENT})

    def word(self, name: str, sees: frozenset[str]) -> str:
        """A new canary."""
        made = f"zq{name}canary"
        self.canaries.append(Canary(made, sees))
        return made

    def case(
        self, name: str, owner: str, other: str | None, sees: dict[Side, frozenset[str]]
    ) -> Things:
        """A filed case with a private and an internal text, a file, a request, a hold and a letter a side."""
        everybody = frozenset().union(*sees.values()) | HOUSE - _walled(name)
        title = self.word(f"{name}title", everybody)
        respondent = self.people[other] if other else None
        view = make_case(
            self.people[owner], SubKind.OWNERSHIP, respondent=respondent, subject_title=title
        )
        things = Things(view, everybody)
        with transaction(SYSTEM) as tx:
            for side, people in sees.items():
                self._side(tx, name, things, side, people | HOUSE - _walled(name))
            note = self.word(f"{name}note", HOUSE - _walled(name))
            add_note(tx, AddNote(view.id, note), self.people["rio"].actor, CLOCK)
        self._files(name, owner, things, sees[Side.COMPLAINANT] | HOUSE - _walled(name))
        self._desk_things(name, view.id, things)
        return things

    def _side(self, tx: Tx, name: str, things: Things, side: Side, sees: frozenset[str]) -> None:
        case_id = things.case.id
        words = self.word(f"{name}{side.value[:4]}message", sees)
        rio = self.people["rio"].actor
        send_message(tx, SendMessage(case_id, Audience(side.value), words), rio, CLOCK)
        title = self.word(f"{name}{side.value[:4]}ask", sees)
        items = (AskedItem(ItemKind.QUESTION, title),)
        due = NOON + timedelta(days=7)
        asked = ask(tx, AskItems(case_id, side, items, due, "We need it."), rio, CLOCK)
        if side is Side.COMPLAINANT:
            things.ids |= {"request_id": asked.id, "request_item_id": asked.items[0].id}
            things.ids |= {"number": asked.number, "position": asked.items[0].position}

    def _files(self, name: str, owner: str, things: Things, sees: frozenset[str]) -> None:
        filename = self.word(f"{name}file", sees) + ".txt"
        actor, case_id = self.people[owner].actor, things.case.id
        with transaction(actor) as tx:
            command = ReceiveUpload(case_id, Side.COMPLAINANT, filename, "text/plain")
            received = receive_upload(
                tx, command, io.BytesIO(filename.encode()), self.storage, actor, CLOCK
            )
        things.ids |= {"item_id": received.id, "label": "E1"}

    def _desk_things(self, name: str, case_id: UUID, things: Things) -> None:
        words = self.word(f"{name}hold", LEFT[name] | HOUSE - _walled(name))
        rio = self.people["rio"].actor
        things.ids["hold_id"] = make_hold(case_id, rio, explanation=words)
        with transaction(rio) as tx:
            row = draft_letter(tx, DraftLetter(case_id, make_context()), rio, CLOCK)
        things.ids["letter_id"] = row.id

    def money(self) -> dict[str, dict[str, Any]]:
        """A correction that waits and a batch, below the walls of any party."""
        people = self.people
        desk = Desk(
            people["fay"], people["gus"], people["gil"], make_payee(), make_money_case(self.pg)
        )
        waiting, batch = make_correction(desk), make_batch(desk)
        return {"correction_id": {"real": waiting}, "batch_id": {"real": batch}}

    def macro(self) -> UUID:
        """A macro of the team."""
        words = SaveMacro(None, "Hello", "en", MacroAudience.NOTE, "About {title}", is_team=True)
        with transaction(SYSTEM) as tx:
            return save_macro(tx, words, SYSTEM, CLOCK)

    def webhooks(self, app: Any) -> dict[str, dict[str, Any]]:
        """An endpoint of each side with something in its log; only owners and administrators see the address."""
        made, told = {}, {}
        for key in ("ada", "cy"):
            person, words = self.people[key], self.word(f"{key}hook", frozenset({key, "adi"}))
            endpoint = make_endpoint(app, person, f"https://hooks.example/{words}").endpoint_id
            with transaction(person.actor) as tx:
                told[key] = send_test(tx, endpoint, person.actor, CLOCK)
            made[key] = endpoint
        return {
            "endpoint_id": made,
            "delivery_id": told,
            "webhook_id": {"real": made["ada"]},
            "sent_id": {"real": told["ada"]},
        }


def _walled(name: str) -> frozenset[str]:
    return frozenset({"rae"}) if name == "one" else frozenset()


def build_world(app: Any, pg: dict[str, Any]) -> World:
    """Ada against Cy, Cy against Mia, Ada alone; Bo acts for Ada, Zed did; Rae is walled off the first."""
    make = _Builder(app, pg)
    people = make.people
    make_delegation(people["ada"], people["bo"])
    ended = make_delegation(people["ada"], people["zed"])
    with transaction(SYSTEM) as tx:
        revoke_delegation(tx, ended, people["ada"].actor, CLOCK)
    left, right = frozenset({"ada", "bo"}), frozenset({"cy"})
    things = {
        "one": make.case("one", "ada", "cy", {Side.COMPLAINANT: left, Side.RESPONDENT: right}),
        "two": make.case(
            "two", "cy", "mia", {Side.COMPLAINANT: right, Side.RESPONDENT: frozenset({"mia"})}
        ),
        "three": make.case("three", "ada", None, {Side.COMPLAINANT: left}),
    }
    with transaction(SYSTEM) as tx:
        wall_off_person(
            tx, WallOff(things["one"].case.id, people["rae"].id, "cousin"), SYSTEM, CLOCK
        )
    drafts = {}
    for owner, sees in (("ada", left), ("cy", right)):
        words = make.word(f"{owner}draft", sees)
        drafts[owner] = make_draft(people[owner], SubKind.OWNERSHIP, subject_title=words)
    uploads = {
        owner: Sender(people[owner].actor, draft, b"song").begin().id
        for owner, draft in drafts.items()
    }
    clients = _clients(app, people) if app.blueprints else {}
    programs = _programs(app, people) if app.blueprints else {}
    loose = make.money() | {"draft_id": drafts, "macro_id": {"real": make.macro()}}
    loose |= {"case_id": drafts, "upload_id": uploads}
    loose |= {
        "payee_id": {
            key: make_payee(make.word(f"{key}payee", HOUSE | {key}), person_id=people[key].id)
            for key in ("ada", "cy")
        },
        "person_id": {"real": people["dee"].id},
        "lang": {"real": "en"},
        "article": {"real": "counter-notice"},
    }
    loose |= make.webhooks(app)
    with transaction(SYSTEM) as tx:
        disable_person(tx, people["ned"].id, SYSTEM, CLOCK)
    return World(people, things, make.canaries, loose, clients, programs)


def _clients(app: Any, people: dict[str, TestPerson]) -> dict[str, Any]:
    """A browser for everybody; the rooms without faces have none."""
    clients = {key: client_of(app, person) for key, person in people.items()}
    clients["nobody"] = trust(app.test_client())
    clients["enrolling"] = client_of(app, people["eno"], enrolling=True)
    return clients


def _programs(app: Any, people: dict[str, TestPerson]) -> dict[str, Any]:
    """A program with every scope for everybody, used once so that its last use is known; two people have no token."""
    programs = {
        key: bearer_client(app, make_token(person, *Scope).secret)
        for key, person in people.items()
        if key != "eno"
    }
    for program in programs.values():
        program.get("/api/v1/cases")
    return programs | {key: app.test_client(use_cookies=False) for key in ("nobody", "enrolling")}


def client_of(app: Any, person: TestPerson, *, enrolling: bool = False) -> Any:
    """A client with a session of *person*; *enrolling* while the second factor is still missing."""
    client = app.test_client()
    sign_in(client, person, enrolling=enrolling)
    return client
