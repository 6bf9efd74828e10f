"""Proving who one is: link or code by e-mail, password, authenticator, recovery code.

Every function does the same work for unknown accounts (ASVS 6.3.8) and returns an outcome instead of
raising, so that counted attempts are committed.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select, text, update

from app.accounts.adapters import authenticator
from app.accounts.adapters.passwords import verify_password
from app.accounts.adapters.vault import Keys, Vault, same, token_hash
from app.accounts.events import AccountNoticeRaised, SignInCodeIssued
from app.accounts.models import (
    Credential,
    LoginSession,
    Person,
    RecoveryCode,
    RoleGrant,
    SignInCode,
    TotpSecret,
)
from app.accounts.rules import (
    CODE_LIVES,
    CODE_TRIES,
    PersonStatus,
    needs_second_factor,
    normal_email,
)
from app.accounts.service.sealed import SignInSecret, seal_code
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.jobs import defer
from app.infra.outbox import emit
from app.kernel.actor import Actor, Role
from app.kernel.clock import Clock

_SYSTEM = Actor.system("signin")
_KEPT = timedelta(days=1)


def request_code(tx: Tx, email: str, links: Vault) -> UUID:
    """Ask for a link and a code by mail. Returns the id of the request, also for unknown addresses.

    Whether there is an account is found out by a job: here every address costs the same.
    """
    code_id = uuid4()
    sealed = links.seal("job:email", normal_email(email))
    defer(tx, "accounts.issue_code", {"code_id": str(code_id), "sealed": sealed})
    return code_id


def issue_code(tx: Tx, code_id: UUID, sealed: str, clock: Clock, links: Vault) -> None:
    """Make the code of a request when its address belongs to an active party. Safe to repeat.

    People of the house get none: e-mail is no second factor (RELIABILITY B4).
    """
    email = links.unseal("job:email", sealed, within=CODE_LIVES)
    if email is None or tx.get(SignInCode, code_id) is not None:
        return
    person = tx.execute(select(Person).where(Person.email == email)).scalar_one_or_none()
    if person is None or person.status != PersonStatus.ACTIVE:
        return
    if needs_second_factor(roles_of(tx, person.id)):
        return
    add_code(tx, CodeWanted(code_id, "sign_in", email), person, clock, links)


def issue_own_code(tx: Tx, actor: Actor, clock: Clock, links: Vault) -> UUID:
    """A code for somebody signed in: a fresh proof by the address on record."""
    person = tx.get_one(Person, actor.person_id)
    code_id = uuid4()
    add_code(tx, CodeWanted(code_id, "sign_in", person.email), person, clock, links)
    return code_id


@dataclass(frozen=True, slots=True)
class CodeWanted:
    """Which code is to be made: *purpose* is sign_in or email, *email* where it goes."""

    id: UUID
    purpose: str
    email: str


def add_code(tx: Tx, wanted: CodeWanted, person: Person, clock: Clock, links: Vault) -> None:
    """Older unused codes of the same purpose end: one mail at a time is good."""
    now = clock.now()
    secret = SignInSecret(secrets.token_urlsafe(32), f"{secrets.randbelow(1_000_000):06d}")
    tx.execute(
        update(SignInCode)
        .where(
            SignInCode.person_id == person.id,
            SignInCode.purpose == wanted.purpose,
            SignInCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    tx.add(
        SignInCode(
            id=wanted.id, person_id=person.id, purpose=wanted.purpose, email=wanted.email,
            link_hash=token_hash(secret.token), code_hash=links.digest(f"code:{wanted.id}", secret.code),
            attempts=0, created_at=now, expires_at=now + CODE_LIVES,
        )
    )  # fmt: skip
    tx.flush()
    sealed = seal_code(links, secret)
    emit(tx, SignInCodeIssued(None, person.id, wanted.email, wanted.purpose, sealed))


def redeem_code(
    tx: Tx, code_id: UUID, code: str, clock: Clock, links: Vault, *, purpose: str = "sign_in"
) -> UUID | None:
    """The person whose code this is; the code is used up. Five wrong tries end it."""
    row = tx.execute(
        select(SignInCode).where(SignInCode.id == code_id).with_for_update()
    ).scalar_one_or_none()
    given = links.digest(f"code:{code_id}", "".join(code.split()))
    if row is None or row.purpose != purpose or not _is_open(row, clock):
        return None
    row.attempts += 1
    if not same(given, row.code_hash):
        return None
    return _use(tx, row, clock)


def redeem_link(tx: Tx, token: str, clock: Clock) -> UUID | None:
    """The person whose link this is; it is used up. Only ever called from a button, not by opening it."""
    query = select(SignInCode).where(
        SignInCode.link_hash == token_hash(token), SignInCode.purpose == "sign_in"
    )
    row = tx.execute(query.with_for_update()).scalar_one_or_none()
    if row is None or not _is_open(row, clock):
        return None
    return _use(tx, row, clock)


def _is_open(row: SignInCode, clock: Clock) -> bool:
    return row.used_at is None and row.attempts < CODE_TRIES and clock.now() < row.expires_at


def _use(tx: Tx, row: SignInCode, clock: Clock) -> UUID | None:
    row.used_at = clock.now()
    tx.flush()
    person = tx.get_one(Person, row.person_id)
    return person.id if person.status == PersonStatus.ACTIVE else None


def check_password(tx: Tx, email: str, password: str) -> UUID | None:
    """The active person of the house whose password this is. Unknown addresses cost the same hashing."""
    query = (
        select(Person.id, Person.status, Credential.password_hash)
        .join(Credential, Credential.person_id == Person.id)
        .where(Person.email == normal_email(email))
    )
    row = tx.execute(query).one_or_none()
    right = verify_password(row.password_hash if row else None, password)
    if row is None or not right or row.status != PersonStatus.ACTIVE:
        return None
    person_id: UUID = row.id
    return person_id


def has_authenticator(tx: Tx, person_id: UUID) -> bool:
    """True when a second factor is set up and confirmed."""
    row = tx.get(TotpSecret, person_id)
    return row is not None and row.confirmed_at is not None


def check_authenticator(tx: Tx, person_id: UUID, code: str, clock: Clock, keys: Keys) -> bool:
    """Whether the six digits are right and were never taken before, also not at the same moment."""
    row = tx.get(TotpSecret, person_id)
    if row is None or row.confirmed_at is None:
        return False
    return take_step(tx, row, code, clock, keys)


def take_step(tx: Tx, row: TotpSecret, code: str, clock: Clock, keys: Keys) -> bool:
    """Use up the time step of *code*: the database lets one of several parallel tries win (ASVS 6.5.1)."""
    secret = keys.fields.unseal("totp", row.secret.decode())
    step = authenticator.step_of(secret, "".join(code.split()), clock.now()) if secret else None
    if step is None:
        return False
    won = tx.execute(
        text(
            "update totp_secret set last_step = :step "
            "where person_id = :person and last_step < :step returning person_id"
        ),
        {"step": step, "person": row.person_id},
    )
    return won.first() is not None


def use_recovery_code(tx: Tx, person_id: UUID, code: str, clock: Clock, keys: Keys) -> bool:
    """Whether this is an unused recovery code; it is used up and its owner is told."""
    plain = "".join(char for char in code.upper() if char.isalnum())
    used = tx.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person_id,
            RecoveryCode.code_hash == keys.links.digest("recovery", plain),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .returning(RecoveryCode.id)
    )
    if used.first() is None:
        return False
    record(tx, _SYSTEM, clock, verb="person.recovery_code_used", subject=("person", person_id))
    person = tx.get_one(Person, person_id)
    emit(tx, AccountNoticeRaised(None, person_id, person.email, "recovery_code_used"))
    return True


def prove_session(tx: Tx, session_id: UUID, clock: Clock) -> None:
    """A fresh proof was given in this session."""
    query = update(LoginSession).where(LoginSession.id == session_id)
    tx.execute(query.values(proven_at=clock.now()))


def roles_of(tx: Tx, person_id: UUID) -> frozenset[Role]:
    """The roles held now."""
    query = select(RoleGrant.role).where(
        RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None)
    )
    return frozenset(Role(role) for role in tx.execute(query).scalars())


def sweep_codes(tx: Tx, clock: Clock) -> None:
    """Forget codes a day after their end. Safe to repeat."""
    tx.execute(delete(SignInCode).where(SignInCode.expires_at < clock.now() - _KEPT))
