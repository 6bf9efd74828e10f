"""What happened to accounts. Secrets travel sealed: only the process that mails them opens them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kernel.events import Event


@dataclass(frozen=True, slots=True)
class SignInCodeIssued(Event):
    """Somebody asked for a link and a code. *sealed* holds both; open it with `service.sealed.open_code`."""

    person_id: UUID
    email: str
    purpose: str
    sealed: str


@dataclass(frozen=True, slots=True)
class PersonInvited(Event):
    """A member of staff was invited or has to set a new password. *sealed* holds the link's token."""

    person_id: UUID
    email: str
    sealed: str


@dataclass(frozen=True, slots=True)
class DelegateInvited(Event):
    """Somebody is asked to act for another. *sealed* holds the link's token; *name*: who asks."""

    invitation_id: UUID
    email: str
    name: str
    language: str
    sealed: str


@dataclass(frozen=True, slots=True)
class AccountNoticeRaised(Event):
    """Something the owner of an account should know: *kind* is a slug, *email* where it goes.

    email_changed, password_set, second_factor_set, second_factor_removed, recovery_code_used,
    invitation_misused, roles_changed, delegation_accepted, delegation_ended, bank_changed, webhook_added,
    webhook_disabled, webhook_rotated.
    """

    person_id: UUID
    email: str
    kind: str
