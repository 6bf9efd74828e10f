"""Reads of letters, and the same HTML that becomes the PDF for pages and previews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, true

from app.accounts.queries import case_scope, side_scope
from app.cases.models import Case, CaseParty, CaseTransition
from app.infra.db.binds import CASE, of_case
from app.infra.db.kept import ask, shared
from app.infra.db.transaction import Tx
from app.infra.render.templates import DocumentTemplates, Preview
from app.kernel.actor import Actor, Role
from app.kernel.errors import NotFound
from app.kernel.sides import Disclosure, Side
from app.letters.models import Letter
from app.letters.rules.context import CaseLine, LetterContext, Recipient, from_json
from app.letters.rules.kinds import ISSUED, SETTLED, LetterKind, LetterState
from app.letters.rules.readiness import Readiness, readiness
from app.policies.queries import policy_by_id
from app.recompute.rules.words import CAUSE_WORDS

DOCUMENTS = DocumentTemplates(tables={"causes": CAUSE_WORDS})


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter in a list. *printed_sha256* is empty until it is printed, *sha256* and *size* until it may leave."""

    id: UUID
    case_id: UUID
    audience: Side
    kind: LetterKind
    round: int
    state: LetterState
    number: str
    language: str
    dated_on: date | None
    version: int
    printed_sha256: str
    sha256: str
    size: int
    signer: str
    signed_at: datetime | None
    retained_until: datetime | None
    verify_code: str
    sent_at: datetime | None
    problem: str
    updated_at: datetime
    void_reason: str = ""
    proof_sha256: str = ""
    proof_size: int = 0
    proof_at: datetime | None = None
    is_proof_fresh: bool = False
    four_eyes: bool = False
    writer_ids: tuple[UUID, ...] = ()
    replaces_id: UUID | None = None

    @property
    def is_readable(self) -> bool:
        """True when the PDF can be opened."""
        return self.state in ISSUED and bool(self.sha256)


@dataclass(frozen=True, slots=True)
class LetterView:
    """One letter in full: *html* is the fragment for a page (A7), *context* what it says."""

    row: LetterRow
    context: LetterContext
    html: str
    storage_key: str
    printed_key: str
    printed_at: datetime | None
    readiness: Readiness
    proof_key: str = ""


@dataclass(frozen=True, slots=True)
class VerifiedLetter:
    """What anybody with the code may learn: nothing personal. *state*: issued or void.

    *certificate*: SHA-256 of the one that signed it, empty when it left unsigned; *storage_key* is for us.
    """

    number: str
    dated_on: date
    kind: LetterKind
    sha256: str
    printed_sha256: str
    signer: str
    certificate: str
    signed_at: datetime | None
    state: str
    storage_key: str
    replaced_by: str = ""


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """For guards: letters of a case, how many are not settled, when each side was last told."""

    total: int
    unsettled: int
    failed: int
    informed_at: datetime | None


@dataclass(frozen=True, slots=True)
class LetterStart:
    """What a new letter to a side is filled with from the case."""

    case: CaseLine
    recipient: Recipient
    language: str
    round: int


@dataclass(frozen=True, slots=True)
class LetterMove:
    """A move as its letters need it. *reason* is the desk's own and is never printed.

    *told*: words written for the letter; *failed*: what a notice lacks, a line each; *on*: its day, UTC.
    """

    step: str = ""
    reason: str = ""
    told: str = ""
    failed: tuple[str, ...] = ()
    limitation_on: date | None = None
    on: date | None = None


@cache
def _fingerprint(documents: DocumentTemplates) -> str:
    return documents.fingerprint("letters")


def wording() -> str:
    """SHA-256 over the templates of letters as this process knows them."""
    return _fingerprint(DOCUMENTS)


def letter_html(context: LetterContext, *, layout: str = "_page") -> str:
    """The letter as HTML: `_page` is what is printed, `_fragment` a part of a web page. Raises RenderFailed."""
    return DOCUMENTS.render(
        f"letters/{LetterKind(context.kind)}.html",
        {"letter": context, "layout": f"letters/{layout}.html"},
        context.language,
    )


def letter_preview(context: LetterContext) -> Preview:
    """The fragment with missing parts marked, and their names: for the composer."""
    return DOCUMENTS.preview(
        f"letters/{LetterKind(context.kind)}.html",
        {"letter": context, "layout": "letters/_fragment.html"},
        context.language,
    )


def _scope(actor: Actor) -> ColumnElement[bool]:
    """The desk reads all letters of its cases, a side those written to it once they are stored."""
    if actor.is_system or actor.is_staff or actor.has(Role.AUDITOR):
        return case_scope(actor, Letter.case_id)
    return and_(side_scope(actor, Letter), Letter.disclosure == Disclosure.PRIVATE)


def letter_row(row: Letter) -> LetterRow:
    """The list row of a letter."""
    return LetterRow(
        id=row.id,
        case_id=row.case_id,
        audience=Side(row.audience),
        kind=LetterKind(row.kind),
        round=row.round,
        state=LetterState(row.state),
        number=row.number or "",
        language=row.language,
        dated_on=row.dated_on,
        version=row.version,
        printed_sha256=row.printed_sha256 or "",
        sha256=row.sha256 or "",
        size=row.size or 0,
        signer=row.signer or "",
        signed_at=row.signed_at,
        retained_until=row.retained_until,
        verify_code=row.verify_code or "",
        sent_at=row.sent_at,
        problem=row.problem,
        updated_at=row.updated_at,
        void_reason=row.void_reason,
        proof_sha256=row.proof_sha256 or "",
        proof_size=row.proof_size or 0,
        proof_at=row.proof_at,
        is_proof_fresh=row.proof_version == row.version and row.proof_hash == wording(),
        four_eyes=row.four_eyes,
        writer_ids=tuple(row.writer_ids),
        replaces_id=row.replaces_id,
    )


@shared(256)
def _of_case(actor: Actor) -> Select[Letter]:
    of_this = and_(Letter.case_id == CASE, _scope(actor))
    return select(Letter).where(of_this).order_by(Letter.created_at.desc(), Letter.id).limit(200)


def letters_of(tx: Tx, actor: Actor, case_id: UUID) -> tuple[LetterRow, ...]:
    """Letters of a case that the actor may read, newest first; at most 200."""
    rows = ask(tx, _of_case(actor), of_case(case_id))
    return tuple(letter_row(row) for row in rows)


def letter_view(tx: Tx, actor: Actor, letter_id: UUID) -> LetterView:
    """One letter with its text. A draft with missing parts shows them marked. Raises NotFound."""
    row = tx.scalars(select(Letter).where(and_(Letter.id == letter_id, _scope(actor)))).first()
    if row is None:
        raise NotFound("letter")
    context = from_json(row.context)
    drafted = row.state == LetterState.DRAFTED
    html = letter_preview(context).html if drafted else letter_html(context, layout="_fragment")
    return LetterView(
        letter_row(row), context, html, row.storage_key or "", row.printed_key or "",
        row.rendered_at, readiness(context), row.proof_key or "",
    )  # fmt: skip


def letters_with_problems(tx: Tx, actor: Actor, limit: int = 50) -> tuple[LetterRow, ...]:
    """Numbered letters whose printing or signing failed: the desk's "needs attention" list, oldest first."""
    rows = tx.scalars(
        select(Letter)
        .where(and_(Letter.number.is_not(None), Letter.problem != "", _scope(actor)))
        .order_by(Letter.numbered_at, Letter.id)
        .limit(limit)
    )
    return tuple(letter_row(row) for row in rows)


def letter_by_code(tx: Tx, code: str) -> VerifiedLetter | None:
    """What the public page shows for a code. *tx* must be the system's; nothing else of the row leaves."""
    row = tx.scalars(select(Letter).where(Letter.verify_code == code)).first()
    if row is None or not (row.sha256 is not None or row.state == LetterState.VOID):
        return None
    assert row.number is not None
    assert row.dated_on is not None
    return VerifiedLetter(
        number=row.number,
        dated_on=row.dated_on,
        kind=LetterKind(row.kind),
        sha256=row.sha256 or "",
        printed_sha256=row.printed_sha256 or "",
        signer=row.signer or "",
        certificate=row.certificate or "",
        signed_at=row.signed_at,
        state="void" if row.state == LetterState.VOID else "issued",
        storage_key=row.storage_key or "",
        replaced_by=_replaced_by(tx, row.id),
    )


def _replaced_by(tx: Tx, letter_id: UUID) -> str:
    """Number of the issued letter that took the place of this one; empty when none did."""
    newer = select(Letter.number).where(
        Letter.replaces_id == letter_id,
        Letter.sha256.is_not(None),
        Letter.state != LetterState.VOID,
    )
    return tx.scalar(newer) or ""


def letter_facts(tx: Tx, actor: Actor, case_id: UUID, round_: int | None = None) -> LetterFacts:
    """Facts of the issued letters of a case (of one round when given); drafts do not count."""
    settled = [state.value for state in SETTLED]
    row = tx.execute(
        select(
            func.count().label("total"),
            func.count().filter(Letter.state.not_in(settled)).label("unsettled"),
            func.count().filter(Letter.problem != "").label("failed"),
            func.max(func.coalesce(Letter.sent_at, Letter.bounced_at)).label("informed_at"),
        ).where(
            and_(
                Letter.case_id == case_id,
                Letter.state.not_in([LetterState.DRAFTED.value, LetterState.VOID.value]),
                Letter.round == round_ if round_ is not None else true(),
                _scope(actor),
            )
        )
    ).one()
    return LetterFacts(row.total, row.unsettled, row.failed, row.informed_at)


def letter_move(tx: Tx, transition_id: UUID) -> LetterMove:
    """What a move left for its letters. For the system. Raises NotFound."""
    row = tx.get(CaseTransition, transition_id)
    if row is None:
        raise NotFound("move")
    failed, limitation = str(row.data.get("failed") or ""), row.data.get("limitation_on")
    return LetterMove(
        row.event,
        row.reason,
        str(row.data.get("told") or "").strip(),
        tuple(line.strip() for line in failed.splitlines() if line.strip()),
        date.fromisoformat(limitation) if isinstance(limitation, str) else None,
        row.at.date(),
    )


def needs_second_pair(tx: Tx, case_id: UUID) -> bool:
    """True when the policy of the case wants a second person on whatever leaves."""
    policy_id = tx.execute(select(Case.policy_id).where(Case.id == case_id)).scalar_one()
    return policy_by_id(tx, policy_id).second_pair


def replacement_of(tx: Tx, actor: Actor, letter_id: UUID) -> LetterRow | None:
    """The letter that takes the place of this one, drafted or issued."""
    row = tx.scalars(
        select(Letter).where(
            and_(Letter.replaces_id == letter_id, Letter.state != LetterState.VOID, _scope(actor))
        )
    ).first()
    return letter_row(row) if row else None


def letter_start(tx: Tx, actor: Actor, case_id: UUID, side: Side) -> LetterStart | None:
    """Case line, recipient and language for a new letter to *side*; None when that side has no party."""
    case = tx.scalars(
        select(Case).where(and_(Case.id == case_id, case_scope(actor, Case.id)))
    ).first()
    if case is None or case.submitted_at is None:
        raise NotFound("case")
    party = tx.scalars(
        select(CaseParty)
        .where(
            and_(CaseParty.case_id == case_id, CaseParty.side == side, side_scope(actor, CaseParty))
        )
        .order_by(CaseParty.created_at, CaseParty.id)
        .limit(1)
    ).first()
    if party is None:
        return None
    pairs = (("ISRC", case.isrc), ("UPC", case.upc))
    line = CaseLine(
        ref=case.ref or "",
        kind=case.kind,
        sub_kind=case.sub_kind,
        title=case.subject_title,
        artist=case.subject_artist,
        submitted_on=case.submitted_at.date(),
        identifiers=tuple((label, value) for label, value in pairs if value),
    )
    return LetterStart(line, Recipient(party.display_name, side.value), party.language, case.round)
