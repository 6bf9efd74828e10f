"""What somebody asks of a case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NewType
from uuid import UUID

from app.cases.rules.kinds import CaseEvent, SubKind
from app.catalogue.commands import OtherSubject
from app.catalogue.rules.subjects import Pick
from app.kernel.sides import Disclosure, Side

CaseId = NewType("CaseId", UUID)


@dataclass(frozen=True, slots=True)
class StartDraft:
    """A new draft. *for_person*: the principal of a delegate, or the artist for whom the desk files.

    *consent*: recorded when the desk files on behalf.
    *channel*: the way it reached us.
    """

    sub_kind: SubKind
    language: str = "en"
    zone: str = "UTC"
    country: str | None = None
    for_person: UUID | None = None
    consent: bool = False
    channel: str = "portal"


@dataclass(frozen=True, slots=True)
class Subjects:
    """Items of the catalogue, and something that is not in it when it was named."""

    picks: tuple[Pick, ...] = ()
    other: OtherSubject | None = None


@dataclass(frozen=True, slots=True)
class SaveDraft:
    """Keep *answers* (by field name; only those named change). *version*: what was read.

    *window*: a random word of the page that saves. *forgives*: a window whose saves since then do not make
    this one stale: Continue forgives the autosaves of its own page. An autosave forgives nothing, so one
    that arrives late changes nothing. *subjects*: what the case is about from now on; None leaves it.
    """

    case_id: UUID
    version: int
    answers: dict[str, str]
    sub_kind: SubKind | None = None
    window: str = ""
    forgives: str = ""
    subjects: Subjects | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """A statement that was shown in full and signed by name."""

    code: str
    signer_name: str
    capacity: str = ""


@dataclass(frozen=True, slots=True)
class SubmitCase:
    """File a draft. *version*: what was read."""

    case_id: UUID
    version: int
    signatures: tuple[Signature, ...] = ()


@dataclass(frozen=True, slots=True)
class ApplyEvent:
    """Make a move of the lifecycle table. *version*: what was read; None only for the system.

    *data*: named values such as `items`, `days`, `until`, `other_case_id`, `outcome`; JSON values.
    """

    case_id: UUID
    event: CaseEvent
    version: int | None
    reason: str = ""
    data: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AssignCase:
    """Give a case to *owner_id*, or to nobody."""

    case_id: UUID
    owner_id: UUID | None
    version: int


@dataclass(frozen=True, slots=True)
class AddParty:
    """A party as displayed, with how to reach them (private) and their account if known."""

    case_id: UUID
    side: Side
    display_name: str
    party_kind: str = "artist"
    person_id: UUID | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    country: str | None = None
    zone: str = "UTC"
    language: str = "en"
    disclosure: Disclosure = Disclosure.SHARED


@dataclass(frozen=True, slots=True)
class AddMember:
    """Let a person act (or read) on a side. Refused when they stand on the other side."""

    case_id: UUID
    person_id: UUID
    side: Side
    capability: str = "act"


@dataclass(frozen=True, slots=True)
class RevokeMember:
    """End a person's sight of a case at once."""

    case_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class WallOff:
    """Keep a member of staff away from a case."""

    case_id: UUID
    person_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class SignStatement:
    """Sign a statement of the policy for a later step, such as a counter-notice."""

    case_id: UUID
    side: Side
    step: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class EditFacts:
    """Correct facts. *answers*: field -> text as forms hand it on; *source*: where the new values come from."""

    case_id: UUID
    version: int
    answers: dict[str, str]
    source: str


@dataclass(frozen=True, slots=True)
class SetLegalHold:
    """Keep all data of a case whatever retention, erasure or its parties say; or let go again."""

    case_id: UUID
    version: int
    is_on: bool
    reason: str


@dataclass(frozen=True, slots=True)
class LinkCase:
    """Two cases that belong together. *relation*: related, possible_duplicate or counter_of."""

    case_id: UUID
    other_id: UUID
    relation: str
