"""Tables of conversations; written by this room's service alone. Words once sent never change."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base, SideScoped, case_fk, uuid_pk

_PLACES = "(side = 'desk' and disclosure in ('internal', 'shared')) or (side <> 'desk' and disclosure = 'private')"
_PARTY_ROW = "side in ('complainant', 'respondent') and disclosure = 'private'"
_STATES = "'asked', 'answered', 'cannot_provide', 'lapsed', 'accepted', 'asked_again', 'waived'"


def _person(comment: str) -> Any:
    return mapped_column(ForeignKey("person.id"), comment=comment)


class Message(SideScoped, Base):
    """Words between the desk and a side, or an internal note."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("side in ('complainant', 'respondent', 'desk')", name="side_known"),
        CheckConstraint(_PLACES, name="disclosure_fits_side"),
        CheckConstraint(
            "sender_side = 'desk' or (sender_side = side and disclosure = 'private')",
            name="parties_write_from_their_side",
        ),
        CheckConstraint("channel in ('portal', 'mail', 'phone', 'system')", name="channel_known"),
        CheckConstraint("length(body) between 1 and 20000", name="body_length"),
        UniqueConstraint("case_id", "sender_id", "client_key"),
        Index("ix_message_case_at", "case_id", "at", "id"),
        {"comment": "messages and internal notes, append-only"},
    )

    id: Mapped[UUID] = uuid_pk()
    sender_id: Mapped[UUID | None] = _person("who wrote; none for the system")
    sender_side: Mapped[str] = mapped_column(Text(), comment="on whose behalf it was written")
    body: Mapped[str] = mapped_column(comment="the words, as typed")
    language: Mapped[str] = mapped_column(comment="language of the words")
    channel: Mapped[str] = mapped_column(comment="how they came or went")
    client_key: Mapped[str | None] = mapped_column(
        comment="key of the form, so that a repeat adds nothing"
    )
    request_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("request.id"), index=True, comment="the request that these words introduce"
    )
    at: Mapped[datetime] = mapped_column(comment="when")


class ReadMark(Base):
    """How far a person has read a case."""

    __tablename__ = "read_mark"
    __table_args__ = ({"comment": "how far a person has read a case"},)

    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("case.id"), primary_key=True, comment="the case"
    )
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id"), primary_key=True, comment="who"
    )
    seen_at: Mapped[datetime] = mapped_column(comment="everything up to here was on their screen")


class CasePresence(Base):
    """Somebody of the desk who has the case open."""

    __tablename__ = "case_presence"
    __table_args__ = (
        CheckConstraint("doing in ('reading', 'writing')", name="doing_known"),
        {"comment": "staff who have a case open; counts for 90 seconds"},
    )

    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("case.id"), primary_key=True, comment="the case"
    )
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id"), primary_key=True, comment="who has it open"
    )
    doing: Mapped[str] = mapped_column(comment="reading or writing")
    seen_at: Mapped[datetime] = mapped_column(comment="last sign of life of the page")


class DraftText(Base):
    """Words not sent yet, kept per case, person and box."""

    __tablename__ = "draft_text"
    __table_args__ = (
        CheckConstraint("length(body) <= 20000", name="body_length"),
        CheckConstraint("length(box) between 1 and 60", name="box_length"),
        {"comment": "words typed and not sent yet, seen by their author alone"},
    )

    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("case.id"), primary_key=True, comment="the case"
    )
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id"), primary_key=True, comment="who types"
    )
    box: Mapped[str] = mapped_column(
        primary_key=True, comment="which box: an audience or request:<n>"
    )
    body: Mapped[str] = mapped_column(comment="the words so far")
    updated_at: Mapped[datetime] = mapped_column(comment="last keystroke saved")


class Macro(Base):
    """Words that staff reuse."""

    __tablename__ = "macro"
    __table_args__ = (
        CheckConstraint("audience in ('artist', 'other', 'note', 'any')", name="audience_known"),
        CheckConstraint("length(name) between 1 and 120", name="name_length"),
        CheckConstraint("length(body) between 1 and 8000", name="body_length"),
        CheckConstraint("version > 0", name="version_positive"),
        Index(
            "uq_macro_name",
            text("coalesce(owner_id, '00000000-0000-0000-0000-000000000000'::uuid)"),
            text("lower(name)"),
            "language",
            unique=True,
            postgresql_where=text("retired_at is null"),
        ),
        {"comment": "words that staff reuse, own or of the team"},
    )

    id: Mapped[UUID] = uuid_pk()
    owner_id: Mapped[UUID | None] = _person("whose own; none for the team")
    name: Mapped[str] = mapped_column(comment="what the list calls it")
    language: Mapped[str] = mapped_column(comment="language of the words")
    audience: Mapped[str] = mapped_column(comment="artist, other, note or any")
    body: Mapped[str] = mapped_column(comment="the words, with variables in braces")
    proposes: Mapped[dict[str, Any]] = mapped_column(
        comment="request items, move, tag and owner it proposes"
    )
    version: Mapped[int] = mapped_column(comment="counts changes")
    created_at: Mapped[datetime] = mapped_column(comment="when it was written")
    updated_at: Mapped[datetime] = mapped_column(comment="last change")
    retired_at: Mapped[datetime | None] = mapped_column(comment="since when nobody is offered it")


class Request(SideScoped, Base):
    """Items asked of one side at once, with one deadline and what silence does."""

    __tablename__ = "request"
    __table_args__ = (
        CheckConstraint(_PARTY_ROW, name="of_one_party"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("due_at >= first_due_at", name="never_shorter"),
        CheckConstraint("(extended_at is null) = (due_at = first_due_at)", name="extension_whole"),
        CheckConstraint("length(reason) between 1 and 4000", name="reason_length"),
        UniqueConstraint("case_id", "side", "number"),
        {"comment": "items asked of one side at once"},
    )

    id: Mapped[UUID] = uuid_pk()
    number: Mapped[int] = mapped_column(comment="1, 2, … within the side")
    reason: Mapped[str] = mapped_column(comment="why we ask, in words for the party")
    silence: Mapped[str] = mapped_column(
        comment="what happens without an answer, in words for the party"
    )
    first_due_at: Mapped[datetime] = mapped_column(comment="deadline when asked")
    due_at: Mapped[datetime] = mapped_column(comment="deadline now")
    asked_by: Mapped[UUID | None] = _person("who asked")
    asked_at: Mapped[datetime] = mapped_column(comment="when")
    extended_at: Mapped[datetime | None] = mapped_column(comment="when more time was given")
    extension_reason: Mapped[str] = mapped_column(comment="why more time was needed")
    version: Mapped[int] = mapped_column(comment="counts changes")


class RequestItem(SideScoped, Base):
    """One thing asked for."""

    __tablename__ = "request_item"
    __table_args__ = (
        CheckConstraint(_PARTY_ROW, name="of_one_party"),
        CheckConstraint(
            "kind in ('document', 'question', 'choice', 'confirmation', 'signature')",
            name="kind_known",
        ),
        CheckConstraint(f"state in ({_STATES})", name="state_known"),
        CheckConstraint("length(title) between 1 and 300", name="title_length"),
        UniqueConstraint("request_id", "position"),
        Index("ix_request_item_case_id", "case_id", "state"),
        {"comment": "one thing asked for"},
    )

    id: Mapped[UUID] = uuid_pk()
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id"), comment="the request")
    position: Mapped[int] = mapped_column(comment="1, 2, … within the request")
    kind: Mapped[str] = mapped_column(
        comment="document, question, choice, confirmation or signature"
    )
    title: Mapped[str] = mapped_column(comment="what is asked")
    hint: Mapped[str] = mapped_column(comment="why, and a good example")
    options: Mapped[list[Any]] = mapped_column(comment="choices, for a choice")
    state: Mapped[str] = mapped_column(comment="where the item stands")
    note: Mapped[str] = mapped_column(comment="the desk's last word on it, for the party")
    version: Mapped[int] = mapped_column(comment="counts changes")


class RequestAnswer(SideScoped, Base):
    """An answer, or why none can be given; earlier ones stay."""

    __tablename__ = "request_answer"
    __table_args__ = (
        CheckConstraint(_PARTY_ROW, name="of_one_party"),
        CheckConstraint("kind in ('answer', 'decline')", name="kind_known"),
        CheckConstraint("length(body) <= 20000", name="body_length"),
        CheckConstraint("kind = 'answer' or length(body) > 0", name="decline_has_reason"),
        UniqueConstraint("item_id", "by_id", "client_key"),
        {"comment": "answers to request items, append-only"},
    )

    id: Mapped[UUID] = uuid_pk()
    case_id: Mapped[UUID] = case_fk()
    item_id: Mapped[UUID] = mapped_column(
        ForeignKey("request_item.id"), index=True, comment="the item"
    )
    kind: Mapped[str] = mapped_column(comment="answer or decline")
    body: Mapped[str] = mapped_column(comment="text, choice, confirmation, or why not")
    evidence_ids: Mapped[list[UUID]] = mapped_column(
        ARRAY(Uuid()), comment="files that came with it"
    )
    by_id: Mapped[UUID | None] = _person("who answered")
    client_key: Mapped[str | None] = mapped_column(
        comment="key of the form, so that a repeat adds nothing"
    )
    at: Mapped[datetime] = mapped_column(comment="when")
