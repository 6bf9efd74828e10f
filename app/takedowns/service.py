"""Counter-notices: saved page by page with their version, signed once, shared with the claimant when accepted."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

from sqlalchemy import func, select

from app.accounts.queries import writer_side
from app.cases.queries import case_by_id
from app.cases.rules.kinds import State, SubKind
from app.history.service import record
from app.infra.db.transaction import Tx, house
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Invalid, InvalidMany, Refused, Stale
from app.kernel.sides import Disclosure, Side
from app.kernel.text import clean_text
from app.policies.rules.forms import Field, FieldType
from app.takedowns.commands import SaveCounter, SignCounter
from app.takedowns.models import CounterNotice
from app.takedowns.queries import CounterView, counter_view
from app.takedowns.rules import FIELDS, NAMES, missing_elements, unanswered

_TICKS = frozenset(field.name for field in FIELDS if field.type is FieldType.CONFIRM)


def save_counter(tx: Tx, command: SaveCounter, actor: Actor, clock: Clock) -> CounterView:
    """Keep what was typed; nothing else of the draft changes. Saved words are never lost.

    Raises `Stale` with both texts, `Invalid` naming the question, `Forbidden`, `Refused` (not possible now).
    """
    _require_open(tx, actor, command.case_id)
    cleaned = _cleaned(command.answers)
    row = _draft(tx, command.case_id)
    if row is None:
        row = _new(tx, command.case_id, clock)
    elif row.version != command.version and (theirs := _differing(row, cleaned)):
        raise Stale(
            _("Somebody of your side changed this counter-notice meanwhile."),
            theirs="\n\n".join(theirs.values()), yours="\n\n".join(cleaned[name] for name in theirs),
            version=row.version, fields={name: (text, cleaned[name]) for name, text in theirs.items()},
        )  # fmt: skip
    changed = _differing(row, cleaned)
    if changed or row.version == 0:
        for name in changed:
            setattr(row, name, cleaned[name] == "yes" if name in _TICKS else cleaned[name])
        row.version, row.saved_at = row.version + 1, clock.now()
        record(tx, actor, clock, verb="counter_notice.saved", subject=("counter_notice", row.id),
               case_id=row.case_id, data={"fields": sorted(changed), "version": row.version})  # fmt: skip
    return counter_view(row)


def sign_counter(tx: Tx, command: SignCounter, actor: Actor, clock: Clock) -> CounterView:
    """Sign the draft as it was read; from then on it never changes.

    Raises `InvalidMany` naming each statutory element that is missing, `Invalid` for the signature, `Stale`.
    """
    _require_open(tx, actor, command.case_id)
    name = clean_text(command.signature, field="signature", max_length=200, required=True, multiline=False)  # fmt: skip
    row = _draft(tx, command.case_id)
    answers = counter_view(row).answers if row is not None else {}
    if row is None or unanswered(answers):
        raise InvalidMany(
            [Invalid(one.step, "missing_element", one.name) for one in missing_elements(answers)]
            or [Invalid("about", "missing_element", _("What the claimant gets"))]
        )
    if row.version != command.version:
        raise Stale(_("The counter-notice changed after you opened this page. Read it once more."))
    row.signature, row.signer_id, row.sent_at = name, actor.person_id, clock.now()
    record(tx, actor, clock, verb="counter_notice.signed", subject=("counter_notice", row.id),
           case_id=row.case_id, data={"attempt": row.attempt, "version": row.version},
           private={"signature": name})  # fmt: skip
    return counter_view(row)


def share_counter(tx: Tx, case_id: UUID, actor: Actor, clock: Clock) -> None:
    """The claimant gets the copy that the law asks for, 17 U.S.C. 512(g)(2)(B). Safe to repeat."""
    with house(tx):
        row = tx.scalars(
            select(CounterNotice)
            .where(CounterNotice.case_id == case_id, CounterNotice.sent_at.is_not(None))
            .order_by(CounterNotice.attempt.desc())
            .limit(1)
            .with_for_update()
        ).first()
        if row is None or row.disclosure == Disclosure.SHARED:
            return
        row.disclosure = Disclosure.SHARED
        record(tx, actor, clock, verb="counter_notice.shared", subject=("counter_notice", row.id),
               case_id=case_id, data={"attempt": row.attempt})  # fmt: skip


def _require_open(tx: Tx, actor: Actor, case_id: UUID) -> None:
    """The respondent of a restricted case under a notice of United States law, who may act."""
    case = case_by_id(tx, actor, case_id)
    if writer_side(tx, actor, case_id) is not Side.RESPONDENT:
        raise Forbidden("the respondent answers", code="other_side")
    if case.state is not State.RESTRICTED or case.sub_kind is not SubKind.DMCA_NOTICE:
        raise Refused("no_counter", _("A counter-notice is not possible now."))


def _draft(tx: Tx, case_id: UUID) -> CounterNotice | None:
    return tx.scalars(
        select(CounterNotice)
        .where(CounterNotice.case_id == case_id, CounterNotice.sent_at.is_(None))
        .with_for_update()
    ).first()


def _new(tx: Tx, case_id: UUID, clock: Clock) -> CounterNotice:
    """An empty draft; not flushed before its first words are in it."""
    query = select(func.count()).where(CounterNotice.case_id == case_id)
    now, blank = clock.now(), {name: (False if name in _TICKS else "") for name in NAMES}
    row = CounterNotice(
        id=uuid4(), case_id=case_id, side=Side.RESPONDENT, disclosure=Disclosure.PRIVATE,
        attempt=(tx.scalar(query) or 0) + 1, version=0, signature="", started_at=now, saved_at=now, **blank,
    )  # fmt: skip
    tx.add(row)
    return row


def _differing(row: CounterNotice, cleaned: Mapping[str, str]) -> dict[str, str]:
    """What is stored now where it is not what was sent."""
    stored = counter_view(row).answers
    return {name: stored[name] for name, text in cleaned.items() if stored[name] != text}


def _cleaned(answers: Mapping[str, str]) -> dict[str, str]:
    known = {field.name: field for field in FIELDS}
    return {name: _clean(known[name], text) for name, text in answers.items() if name in known}


def _clean(field: Field, text: str) -> str:
    if field.type is FieldType.CONFIRM:
        return "yes" if text == "yes" else ""
    if field.choices:
        if text and text not in {value for value, _label in field.choices}:
            raise Invalid(field.name, "choice", _("Choose one of the list."))
        return text
    multiline = field.type is FieldType.TEXT
    return clean_text(text, field=field.name, max_length=field.max_length, multiline=multiline)
