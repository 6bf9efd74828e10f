"""Tables of letters; written by this room's service alone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base, SideScoped, uuid_pk

KINDS = (
    "'decision', 'out_of_scope', 'withdrawn', 'no_response', 'statement_of_reasons', 'notice_rejected', "
    "'counter_received', 'counter_rejected', 'hold_notice', 'left_to_parties', "
    "'counter_receipt', 'counter_forwarded', 'restoration', 'kept_down', 'exchange', 'hold_ended', "
    "'window_stopped'"
)
STATES = "'drafted', 'numbered', 'rendered', 'signed', 'sent', 'delivered', 'bounced', 'void'"
FINAL = "'signed', 'sent', 'delivered', 'bounced'"


class LetterSeries(Base):
    """The counter of a series in a year; locked while a letter takes its number."""

    __tablename__ = "letter_series"
    __table_args__ = (
        CheckConstraint("series ~ '^[A-Z]{1,4}$'", name="series_is_capitals"),
        CheckConstraint("last_counter >= 0", name="counts_from_nothing"),
        {"comment": "the last number given out, by series and year"},
    )

    series: Mapped[str] = mapped_column(primary_key=True, comment="prefix of the numbers")
    year: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="calendar year, UTC"
    )
    last_counter: Mapped[int] = mapped_column(comment="highest number given out")


class Letter(SideScoped, Base):
    """One letter to one side. Desk-internal until its bytes are stored, then private to that side."""

    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint(f"kind in ({KINDS})", name="kind_known"),
        CheckConstraint(f"state in ({STATES})", name="state_known"),
        CheckConstraint("audience in ('complainant', 'respondent')", name="audience_is_a_party"),
        CheckConstraint(
            "(side = 'desk' and disclosure = 'internal') or (side = audience and disclosure = 'private')",
            name="internal_or_private_to_audience",
        ),
        CheckConstraint("disclosure = 'internal' or sha256 is not null", name="shown_when_stored"),
        CheckConstraint(
            "(state <> 'drafted' or number is null) and (state in ('drafted', 'void') or number is not null) "
            "and (number is null) = (counter is null) "
            "and (number is null) = (verify_code is null) and (number is null) = (numbered_at is null) "
            "and (number is null) = (dated_on is null) and (number is null) = (year is null)",
            name="numbered_whole",
        ),
        CheckConstraint(
            f"(state <> 'rendered' or printed_sha256 is not null) "
            f"and (state not in ({FINAL}) or sha256 is not null)",
            name="issued_has_hash",
        ),
        CheckConstraint(
            "(printed_sha256 is null) = (printed_key is null) "
            "and (printed_sha256 is null) = (rendered_at is null) "
            "and (printed_sha256 is null) = (template_hash is null)",
            name="printed_whole",
        ),
        CheckConstraint(
            "(sha256 is null) = (storage_key is null) and (sha256 is null) = (size is null) "
            "and (sha256 is null or printed_sha256 is not null)",
            name="stored_whole",
        ),
        CheckConstraint(
            "(signed_at is null) = (signer is null) and (signed_at is null) = (certificate is null) "
            "and (signed_at is null or sha256 <> printed_sha256) "
            "and (state <> 'signed' or signed_at is not null)",
            name="signed_whole",
        ),
        CheckConstraint("sha256 is null or sha256 ~ '^[0-9a-f]{64}$'", name="sha256_is_hex"),
        CheckConstraint(
            "(state = 'void') = (voided_at is not null and void_reason <> '')",
            name="void_has_reason",
        ),
        CheckConstraint(
            "state not in ('sent', 'delivered') or sent_at is not null", name="sent_has_time"
        ),
        CheckConstraint("round >= 1 and version >= 1", name="counters_positive"),
        CheckConstraint(
            "(proof_sha256 is null) = (proof_key is null) and (proof_sha256 is null) = (proof_size is null) "
            "and (proof_sha256 is null) = (proof_version is null) "
            "and (proof_sha256 is null) = (proof_hash is null) and (proof_sha256 is null) = (proof_at is null)",
            name="proof_whole",
        ),
        CheckConstraint(
            "not four_eyes or issued_by is null or issued_by <> all (writer_ids)",
            name="sent_by_another",
        ),
        Index(
            "uq_letter_replaces_id",
            "replaces_id",
            unique=True,
            postgresql_where=text("replaces_id is not null and state <> 'void'"),
        ),
        UniqueConstraint("series", "year", "counter"),
        Index("ix_letter_case_id", "case_id", "audience"),
        Index("ix_letter_state", "state"),
        {"comment": "letters: drafted, numbered without gaps, stored once, never changed"},
    )

    id: Mapped[UUID] = uuid_pk()
    audience: Mapped[str] = mapped_column(comment="side that it is written to")
    kind: Mapped[str] = mapped_column(comment="which template and which required parts")
    round: Mapped[int] = mapped_column(comment="round of the case")
    decision_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("decision.id"), index=True, comment="decision that it tells"
    )
    state: Mapped[str] = mapped_column(
        comment="drafted, numbered, rendered, signed, sent … or void"
    )
    version: Mapped[int] = mapped_column(comment="counts saves of the draft")
    language: Mapped[str] = mapped_column(comment="language that it is written in")
    context: Mapped[dict[str, Any]] = mapped_column(
        comment="everything it says; frozen with the number"
    )
    series: Mapped[str] = mapped_column(comment="prefix of the number")
    year: Mapped[int | None] = mapped_column(comment="year of the number")
    counter: Mapped[int | None] = mapped_column(comment="count within series and year")
    number: Mapped[str | None] = mapped_column(unique=True, comment="the number as people read it")
    verify_code: Mapped[str | None] = mapped_column(
        unique=True, comment="128 random bits: anybody may check it"
    )
    dated_on: Mapped[date | None] = mapped_column(comment="day printed on it")
    numbered_at: Mapped[datetime | None] = mapped_column(comment="when it took its number")
    template_hash: Mapped[str | None] = mapped_column(
        comment="SHA-256 of the templates that printed it"
    )
    printed_sha256: Mapped[str | None] = mapped_column(
        comment="SHA-256 of the bytes as printed, before a signature"
    )
    printed_key: Mapped[str | None] = mapped_column(comment="where the printed bytes lie")
    rendered_at: Mapped[datetime | None] = mapped_column(
        comment="when the printed bytes were stored"
    )
    sha256: Mapped[str | None] = mapped_column(comment="SHA-256 of the bytes that leave")
    size: Mapped[int | None] = mapped_column(comment="length of the bytes that leave")
    storage_key: Mapped[str | None] = mapped_column(comment="where the bytes that leave lie")
    retained_until: Mapped[datetime | None] = mapped_column(
        comment="until when the store refuses to delete them"
    )
    signed_at: Mapped[datetime | None] = mapped_column(
        comment="time in the signature; none: the letter leaves without one"
    )
    signer: Mapped[str | None] = mapped_column(comment="name in the certificate that signed it")
    certificate: Mapped[str | None] = mapped_column(
        comment="SHA-256 of the certificate that signed it"
    )
    sent_at: Mapped[datetime | None] = mapped_column(comment="when the side was told")
    bounced_at: Mapped[datetime | None] = mapped_column(comment="when telling failed for good")
    voided_at: Mapped[datetime | None] = mapped_column(comment="when the number was given up")
    void_reason: Mapped[str] = mapped_column(
        server_default="", comment="why the number was given up"
    )
    problem: Mapped[str] = mapped_column(
        server_default="", comment="why no bytes came out, for the desk"
    )
    proof_version: Mapped[int | None] = mapped_column(
        comment="version of the draft that the proof shows"
    )
    proof_sha256: Mapped[str | None] = mapped_column(comment="SHA-256 of the newest proof")
    proof_key: Mapped[str | None] = mapped_column(comment="where the newest proof lies")
    proof_size: Mapped[int | None] = mapped_column(comment="length of the newest proof")
    proof_hash: Mapped[str | None] = mapped_column(
        comment="SHA-256 of the templates that printed the proof"
    )
    proof_at: Mapped[datetime | None] = mapped_column(comment="when the proof was printed")
    four_eyes: Mapped[bool] = mapped_column(
        server_default="false", comment="true when nobody who wrote its words may send it"
    )
    writer_ids: Mapped[list[UUID]] = mapped_column(
        ARRAY(Uuid()), server_default="{}", comment="everybody who wrote words of it"
    )
    replaces_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("letter.id"), comment="issued letter that it takes the place of"
    )
    created_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="who drafted it; none for the system"
    )
    issued_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="who gave it its number; none for the system"
    )
    created_at: Mapped[datetime] = mapped_column(comment="when it was drafted")
    updated_at: Mapped[datetime] = mapped_column(comment="last change")
