"""Words of the desk: made and retired by administrators, put on cases by whoever does triage."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import select

from app.accounts.rules import Permission, require
from app.cases.service.moves import lock_case
from app.history.service import record
from app.infra.db.transaction import Tx, house
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, NotFound, Stale
from app.kernel.text import clean_text
from app.kernel.words import words as _
from app.queues.commands import ChangeTag, TagCase
from app.queues.models import CaseTag, Tag
from app.queues.rules.views import TagRow


def make_tag(tx: Tx, name: str, actor: Actor, clock: Clock) -> TagRow:
    """A new word. Raises `Invalid` (empty, comma, taken), `Forbidden`."""
    require(actor, Permission.POLICY_MANAGE)
    word = _word(name)
    with house(tx):
        _require_free(tx, word)
        row = Tag(
            id=uuid4(), name=word, version=1, created_by=actor.person_id, created_at=clock.now()
        )
        tx.add(row)
        tx.flush()
        _note(tx, row, "tag.made", actor, clock)
        return TagRow(row.id, row.name, row.version)


def change_tag(tx: Tx, command: ChangeTag, actor: Actor, clock: Clock) -> TagRow:
    """Rename, retire or bring back. Cases keep the word. Raises `NotFound`, `Stale`, `Invalid`, `Forbidden`."""
    require(actor, Permission.POLICY_MANAGE)
    with house(tx):
        row = tx.execute(
            select(Tag).where(Tag.id == command.tag_id).with_for_update()
        ).scalar_one_or_none()
        if row is None:
            raise NotFound("tag")
        if row.version != command.version:
            raise Stale(
                _("Somebody changed this tag meanwhile."), theirs=row.name, version=row.version
            )
        if command.name is not None and (word := _word(command.name)) != row.name:
            _require_free(tx, word)
            row.name = word
        if command.is_retired is not None:
            row.retired_at = clock.now() if command.is_retired else None
        row.version += 1
        tx.flush()
        _note(tx, row, "tag.changed", actor, clock)
        return TagRow(row.id, row.name, row.version, row.retired_at is not None)


def tag_case(tx: Tx, command: TagCase, actor: Actor, clock: Clock) -> bool:
    """Put a word on a case; False when it stood there. Raises `NotFound`, `Invalid` (retired), `Forbidden`."""
    word = _may_tag(tx, command, actor)
    if word.retired_at is not None:
        raise Invalid("tag", "retired", _("This tag is not offered any more."))
    row = tx.get(CaseTag, (command.case_id, command.tag_id))
    if row is not None and row.removed_at is None:
        return False
    if row is None:
        row = CaseTag(case_id=command.case_id, tag_id=word.id)
        tx.add(row)
    row.added_at, row.added_by, row.removed_at = clock.now(), actor.person_id, None
    tx.flush()
    _note_case(tx, command.case_id, word, "case.tagged", actor, clock)
    return True


def untag_case(tx: Tx, command: TagCase, actor: Actor, clock: Clock) -> bool:
    """Take a word off; False when it did not stand there. Raises `NotFound`, `Forbidden`."""
    word = _may_tag(tx, command, actor)
    row = tx.get(CaseTag, (command.case_id, command.tag_id))
    if row is None or row.removed_at is not None:
        return False
    row.removed_at = clock.now()
    tx.flush()
    _note_case(tx, command.case_id, word, "case.untagged", actor, clock)
    return True


def _may_tag(tx: Tx, command: TagCase, actor: Actor) -> Tag:
    """The word, once the actor may and the case is locked, so that two hands follow one another."""
    if not actor.is_system:
        require(actor, Permission.CASE_TRIAGE)
    lock_case(tx, actor, command.case_id)
    word = tx.get(Tag, command.tag_id)
    if word is None:
        raise NotFound("tag")
    return word


def _word(name: str) -> str:
    word = clean_text(name, field="name", max_length=40, required=True, multiline=False).lower()
    if "," in word:
        raise Invalid("name", "comma", _("A tag may not hold a comma."))
    return word


def _require_free(tx: Tx, word: str) -> None:
    if tx.execute(select(Tag.id).where(Tag.name == word)).first() is not None:
        raise Invalid("name", "taken", _("There is a tag with this name already."))


def _note(tx: Tx, row: Tag, verb: str, actor: Actor, clock: Clock) -> None:
    data = {"name": row.name, "version": row.version, "retired": row.retired_at is not None}
    record(tx, actor, clock, verb=verb, subject=("tag", row.id), data=data)


def _note_case(tx: Tx, case_id: UUID, word: Tag, verb: str, actor: Actor, clock: Clock) -> None:
    record(
        tx, actor, clock, verb=verb, subject=("case", case_id), case_id=case_id,
        data={"tag": word.name, "tag_id": str(word.id)},
    )  # fmt: skip
