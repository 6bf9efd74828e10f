"""Passwords, authenticators, recovery codes and the address of an account: set by their owner alone."""

from __future__ import annotations

import secrets
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update

from app.accounts.adapters import authenticator
from app.accounts.adapters.passwords import hash_password, is_guessable
from app.accounts.adapters.vault import Keys, Vault, token_hash
from app.accounts.events import AccountNoticeRaised
from app.accounts.models import Credential, Invitation, Person, RecoveryCode, SignInCode, TotpSecret
from app.accounts.rules import PersonStatus, normal_email, password_problem
from app.accounts.service.people import end_sessions, person_for_update, valid_email
from app.accounts.service.signin import CodeWanted, add_code, redeem_code, take_step
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, Refused

_SYSTEM = Actor.system("signin")
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
RECOVERY_CODES = 10


def open_invitation_of(tx: Tx, token: str, clock: Clock) -> Invitation | None:
    """The invitation behind a link while it may be used, or nothing."""
    row = tx.execute(
        select(Invitation).where(Invitation.token_hash == token_hash(token)).with_for_update()
    ).scalar_one_or_none()
    if row is None or row.used_at or row.void_at or clock.now() >= row.expires_at:
        return None
    return row


def accept_invitation(
    tx: Tx, token: str, email: str, password: str, clock: Clock, *, product: str
) -> UUID | None:
    """Set the first password. Returns the person, or nothing when the link is not for this address.

    Bound to the address: another one is refused and whoever invited is told (B154).
    Raises `Invalid` for a password that is too short, too long or easy to guess.
    """
    row = open_invitation_of(tx, token, clock)
    if row is None:
        return None
    person = person_for_update(tx, row.person_id)
    if normal_email(email) != normal_email(row.email) or person.status == PersonStatus.DISABLED:
        _tell_inviter(tx, row)
        return None
    store_password(tx, person, password, clock, product)
    row.used_at = clock.now()
    person.status = PersonStatus.ACTIVE
    tx.flush()
    record(tx, _SYSTEM, clock, verb="person.invitation_accepted", subject=("person", person.id))
    return person.id


def _tell_inviter(tx: Tx, row: Invitation) -> None:
    inviter = tx.get(Person, row.invited_by) if row.invited_by else None
    if inviter is not None:
        notice = AccountNoticeRaised(None, inviter.id, inviter.email, "invitation_misused")
        emit(tx, notice)


def set_password(tx: Tx, person_id: UUID, password: str, clock: Clock, *, product: str) -> None:
    """A new password for oneself; every session ends, also this one. Raises `Invalid`."""
    person = person_for_update(tx, person_id)
    store_password(tx, person, password, clock, product)
    end_sessions(tx, person)
    record(tx, _SYSTEM, clock, verb="person.password_set", subject=("person", person_id))
    emit(tx, AccountNoticeRaised(None, person_id, person.email, "password_set"))


def store_password(tx: Tx, person: Person, password: str, clock: Clock, product: str) -> None:
    """Judge and hash a password. Raises `Invalid`; the caller records it and ends sessions."""
    problem = password_problem(password)
    if problem == "too_long":
        raise Invalid("password", problem, _("Use at most 1,024 characters."))
    if problem == "too_short":
        raise Invalid("password", problem, _("Use at least 15 characters, for example four words."))
    if is_guessable(password, (person.name, person.email, product)):
        raise Invalid(
            "password", "guessable", _("This password is easy to guess. Use other, longer words.")
        )
    row = tx.get(Credential, person.id)
    if row is None:
        row = Credential(person_id=person.id, password_hash="", set_at=clock.now())
        tx.add(row)
    row.password_hash, row.set_at = hash_password(password), clock.now()
    tx.flush()


def start_authenticator(tx: Tx, person_id: UUID, clock: Clock, keys: Keys) -> str:
    """The secret to scan: the one under way, or a new one. A confirmed one is never shown again.

    Raises `Refused` when a second factor is set up already.
    """
    row = tx.get(TotpSecret, person_id)
    if row is not None and row.confirmed_at is not None:
        raise Refused("enrolled", _("An authenticator app is set up already. Remove it first."))
    if row is not None and (secret := keys.fields.unseal("totp", row.secret.decode())):
        return secret
    if row is not None:
        tx.delete(row)
        tx.flush()
    secret = authenticator.new_secret()
    sealed = keys.fields.seal("totp", secret).encode()
    tx.add(TotpSecret(person_id=person_id, secret=sealed, last_step=0, created_at=clock.now()))
    tx.flush()
    return secret


def confirm_authenticator(
    tx: Tx, person_id: UUID, code: str, clock: Clock, keys: Keys
) -> list[str] | None:
    """Switch the second factor on with its first code. Returns new recovery codes, or nothing when wrong."""
    row = tx.get(TotpSecret, person_id, with_for_update=True)
    if row is None or row.confirmed_at is not None or not take_step(tx, row, code, clock, keys):
        return None
    row.confirmed_at = clock.now()
    record(tx, _SYSTEM, clock, verb="person.second_factor_set", subject=("person", person_id))
    person = tx.get_one(Person, person_id)
    emit(tx, AccountNoticeRaised(None, person_id, person.email, "second_factor_set"))
    return new_recovery_codes(tx, person_id, clock, keys)


def new_recovery_codes(tx: Tx, person_id: UUID, clock: Clock, keys: Keys) -> list[str]:
    """Ten codes that replace all older ones; shown once, stored hashed."""
    tx.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = ["".join(secrets.choice(_ALPHABET) for _i in range(16)) for _j in range(RECOVERY_CODES)]
    for code in codes:
        tx.add(
            RecoveryCode(
                id=uuid4(),
                person_id=person_id,
                code_hash=keys.links.digest("recovery", code),
                created_at=clock.now(),
            )
        )
    tx.flush()
    record(tx, _SYSTEM, clock, verb="person.recovery_codes_made", subject=("person", person_id))
    return ["-".join(code[i : i + 4] for i in range(0, 16, 4)) for code in codes]


def remove_authenticator(tx: Tx, person_id: UUID, clock: Clock) -> None:
    """Take the second factor away; every session ends and the next sign-in enrols again."""
    person = person_for_update(tx, person_id)
    tx.execute(delete(TotpSecret).where(TotpSecret.person_id == person_id))
    tx.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    end_sessions(tx, person)
    record(tx, _SYSTEM, clock, verb="person.second_factor_removed", subject=("person", person_id))
    emit(tx, AccountNoticeRaised(None, person_id, person.email, "second_factor_removed"))


def recovery_codes_left(tx: Tx, person_id: UUID) -> int:
    """How many unused ones there are."""
    query = select(func.count()).select_from(RecoveryCode)
    left = query.where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return tx.execute(left).scalar_one()


def request_email_change(tx: Tx, actor: Actor, email: str, clock: Clock, links: Vault) -> UUID:
    """Send a code to the new address. An address that is taken gets none, and looks the same here.

    The caller demands a fresh proof (B155). Raises `Invalid`.
    """
    wanted = valid_email(email)
    person = tx.get_one(Person, actor.person_id)
    code_id = uuid4()
    taken = tx.execute(select(Person.id).where(Person.email == wanted)).first()
    if taken is None:
        add_code(tx, CodeWanted(code_id, "email", wanted), person, clock, links)
    return code_id


def confirm_email_change(
    tx: Tx, code_id: UUID, code: str, actor: Actor, clock: Clock, links: Vault
) -> bool:
    """Move the account to the address that got the code: old address told, open links and sessions ended."""
    person_id = redeem_code(tx, code_id, code, clock, links, purpose="email")
    if person_id is None or person_id != actor.person_id:
        return False
    wanted = tx.get_one(SignInCode, code_id).email
    person = person_for_update(tx, person_id)
    taken = tx.execute(select(Person.id).where(Person.email == wanted)).first()
    if taken is not None:
        return False
    before, person.email = person.email, wanted
    now = clock.now()
    for link in (SignInCode, Invitation):
        open_ones = update(link).where(link.person_id == person_id, link.used_at.is_(None))
        tx.execute(open_ones.values(used_at=now))
    end_sessions(tx, person)
    record(tx, actor, clock, verb="person.email_changed", subject=("person", person_id),
           private={"before": before, "after": wanted})  # fmt: skip
    emit(tx, AccountNoticeRaised(None, person_id, before, "email_changed"))
    return True
