"""What travels in events and jobs in sealed form: addresses, links and codes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from app.accounts.adapters.vault import Vault
from app.accounts.rules import CODE_LIVES, INVITATION_LIVES


@dataclass(frozen=True, slots=True)
class SignInSecret:
    """The two ways in that one mail carries. *token* goes into a link, *code* is typed."""

    token: str
    code: str


def seal_code(links: Vault, secret: SignInSecret) -> str:
    """For the event; only `open_code` reads it."""
    return links.seal("mail:code", json.dumps(asdict(secret)))


def open_code(links: Vault, sealed: str) -> SignInSecret | None:
    """The secret, or nothing once it is older than the code itself."""
    text = links.unseal("mail:code", sealed, within=CODE_LIVES)
    return SignInSecret(**json.loads(text)) if text else None


def seal_invitation(links: Vault, token: str) -> str:
    """For the event; only `open_invitation` reads it."""
    return links.seal("mail:invitation", token)


def open_invitation(links: Vault, sealed: str) -> str | None:
    """The token, or nothing once the invitation is over."""
    return links.unseal("mail:invitation", sealed, within=INVITATION_LIVES)


def seal_status_code(links: Vault, code: str) -> str:
    """For the mail; only `open_status_code` reads it."""
    return links.seal("mail:status", code)


def open_status_code(links: Vault, sealed: str) -> str | None:
    """The six digits, or nothing once they are older than a code may be."""
    return links.unseal("mail:status", sealed, within=CODE_LIVES)
