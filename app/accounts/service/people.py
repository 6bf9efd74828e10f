"""People and their roles: creating, inviting, changing, disabling. Nobody sets another's password."""

from __future__ import annotations

import secrets
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update

from app.accounts.adapters.vault import Vault, token_hash
from app.accounts.commands import ChangeRoles, CreatePerson, InviteStaff, UpdateProfile
from app.accounts.events import AccountNoticeRaised, PersonInvited
from app.accounts.models import (
    Credential,
    Invitation,
    Person,
    RecoveryCode,
    RoleGrant,
    SignInCode,
    TotpSecret,
)
from app.accounts.rules import (
    INVITATION_LIVES,
    Permission,
    PersonStatus,
    conflicting_roles,
    needs_second_factor,
    normal_email,
    require,
)
from app.accounts.service.sealed import seal_invitation
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.outbox import emit
from app.kernel.actor import Actor, Role
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.text import clean_text
from app.kernel.zones import zone_names


def create_person(tx: Tx, command: CreatePerson, actor: Actor, clock: Clock) -> UUID:
    """A new account with its roles. Raises `Invalid` for a bad or taken address, `Forbidden`."""
    require(actor, Permission.PEOPLE_MANAGE)
    _check_roles(command.roles)
    person = Person(
        id=uuid4(),
        email=_free_email(tx, command.email),
        name=clean_text(command.name, field="name", max_length=200, required=True),
        locale=command.locale,
        zone=_known_zone(command.zone),
        theme="system",
        status=command.status.value,
        session_version=1,
        version=1,
        created_at=clock.now(),
    )
    tx.add(person)
    tx.flush()
    record(
        tx,
        actor,
        clock,
        verb="person.created",
        subject=("person", person.id),
        data={"roles": sorted(command.roles), "status": command.status.value},
        private={"email": person.email, "name": person.name},
    )
    _set_roles(tx, person.id, command.roles, actor, clock)
    return person.id


def invite_staff(tx: Tx, command: InviteStaff, actor: Actor, clock: Clock, links: Vault) -> UUID:
    """A new member of staff, who sets a password through the mailed link. Raises as `create_person`."""
    if not needs_second_factor(command.roles):
        raise Invalid("roles", "staff_role_needed", _("Choose at least one role of the house."))
    create = CreatePerson(
        command.email,
        command.name,
        command.roles,
        command.locale,
        command.zone,
        PersonStatus.INVITED,
    )
    person_id = create_person(tx, create, actor, clock)
    send_invitation(tx, person_id, actor, clock, links)
    return person_id


def send_invitation(tx: Tx, person_id: UUID, actor: Actor, clock: Clock, links: Vault) -> None:
    """Void the open invitations of a person and mail a new one: 72 hours, single use."""
    require(actor, Permission.PEOPLE_MANAGE)
    person = person_for_update(tx, person_id)
    now = clock.now()
    tx.execute(
        update(Invitation)
        .where(
            Invitation.person_id == person_id,
            Invitation.used_at.is_(None),
            Invitation.void_at.is_(None),
        )
        .values(void_at=now)
    )
    token = secrets.token_urlsafe(32)
    tx.add(
        Invitation(
            id=uuid4(),
            person_id=person_id,
            email=person.email,
            token_hash=token_hash(token),
            invited_by=actor.person_id,
            created_at=now,
            expires_at=now + INVITATION_LIVES,
        )
    )
    record(tx, actor, clock, verb="person.invited", subject=("person", person_id))
    emit(tx, PersonInvited(None, person_id, person.email, seal_invitation(links, token)))


def change_roles(tx: Tx, command: ChangeRoles, actor: Actor, clock: Clock) -> None:
    """Exactly these roles from now on; open sessions end. Nobody changes the own roles."""
    require(actor, Permission.PEOPLE_MANAGE)
    if command.person_id == actor.person_id:
        raise Forbidden(_("Another administrator has to change your roles."), code="own_roles")
    _check_roles(command.roles)
    person = person_for_update(tx, command.person_id)
    before = _live_roles(tx, person.id)
    if before == command.roles:
        return
    _set_roles(tx, person.id, command.roles, actor, clock)
    end_sessions(tx, person)
    record(
        tx,
        actor,
        clock,
        verb="person.roles_changed",
        subject=("person", person.id),
        data={"before": sorted(before), "after": sorted(command.roles)},
    )
    emit(tx, AccountNoticeRaised(None, person.id, person.email, "roles_changed"))


def disable_person(tx: Tx, person_id: UUID, actor: Actor, clock: Clock) -> None:
    """No sign-in and no session from the next request on. Safe to repeat. Not oneself."""
    require(actor, Permission.PEOPLE_MANAGE)
    if person_id == actor.person_id:
        raise Refused("own_account", _("Another administrator has to disable your account."))
    person = person_for_update(tx, person_id)
    if person.status == PersonStatus.DISABLED:
        return
    person.status = PersonStatus.DISABLED
    end_sessions(tx, person)
    record(tx, actor, clock, verb="person.disabled", subject=("person", person_id))


def enable_person(tx: Tx, person_id: UUID, actor: Actor, clock: Clock) -> None:
    """Back to active; staff without a password need a new invitation. Safe to repeat."""
    require(actor, Permission.PEOPLE_MANAGE)
    person = person_for_update(tx, person_id)
    if person.status != PersonStatus.DISABLED:
        return
    has_password = tx.get(Credential, person_id) is not None
    staff = needs_second_factor(_live_roles(tx, person_id))
    person.status = PersonStatus.INVITED if staff and not has_password else PersonStatus.ACTIVE
    record(tx, actor, clock, verb="person.enabled", subject=("person", person_id))


def reset_sign_in(tx: Tx, person_id: UUID, actor: Actor, clock: Clock, links: Vault) -> None:
    """Take away password, authenticator, recovery codes and sessions, and mail a new invitation.

    The second factor is enrolled again, never skipped; the administrator learns no secret (ASVS 6.4.6).
    """
    require(actor, Permission.PEOPLE_MANAGE)
    if person_id == actor.person_id:
        raise Refused("own_account", _("Another administrator has to reset your sign-in."))
    person = person_for_update(tx, person_id)
    for proof in (Credential, TotpSecret, RecoveryCode, SignInCode):
        tx.execute(delete(proof).where(proof.person_id == person_id))
    end_sessions(tx, person)
    if needs_second_factor(_live_roles(tx, person_id)):
        if person.status != PersonStatus.DISABLED:
            person.status = PersonStatus.INVITED
        send_invitation(tx, person_id, actor, clock, links)
    record(tx, actor, clock, verb="person.sign_in_reset", subject=("person", person_id))


def update_profile(tx: Tx, command: UpdateProfile, actor: Actor, clock: Clock) -> None:
    """The own name, language, zone and theme. Raises `Stale` when it was changed elsewhere."""
    if actor.person_id is None:
        raise Forbidden(code="signed_in")
    person = person_for_update(tx, actor.person_id)
    if person.version != command.version:
        raise Stale(
            _("Your profile was changed elsewhere."), theirs=person.name, yours=command.name
        )
    before = (person.name, person.locale, person.zone, person.theme)
    person.name = clean_text(command.name, field="name", max_length=200, required=True)
    person.locale, person.zone = command.locale, _known_zone(command.zone)
    person.theme = command.theme.value
    if before == (person.name, person.locale, person.zone, person.theme):
        return
    person.version += 1
    record(
        tx,
        actor,
        clock,
        verb="person.profile_changed",
        subject=("person", person.id),
        data={"locale": person.locale, "zone": person.zone, "theme": person.theme},
        private={"name": person.name, "before": before[0]},
    )


def person_for_update(tx: Tx, person_id: UUID) -> Person:
    """The row, locked. Raises `NotFound`."""
    person = tx.execute(
        select(Person).where(Person.id == person_id).with_for_update()
    ).scalar_one_or_none()
    if person is None:
        raise NotFound
    return person


def end_sessions(tx: Tx, person: Person) -> None:
    """Every session of an older number is dead at its next request."""
    person.session_version += 1
    tx.flush()


def _check_roles(roles: frozenset[Role]) -> None:
    if not roles:
        raise Invalid("roles", "role_needed", _("Choose at least one role."))
    if pair := conflicting_roles(roles):
        names = ", ".join(sorted(pair))
        raise Invalid(
            "roles",
            "roles_conflict",
            _("One person cannot hold these together: %(roles)s.", roles=names),
        )


def _live_roles(tx: Tx, person_id: UUID) -> frozenset[Role]:
    query = select(RoleGrant.role).where(
        RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None)
    )
    return frozenset(Role(role) for role in tx.execute(query).scalars())


def _set_roles(tx: Tx, person_id: UUID, roles: frozenset[Role], actor: Actor, clock: Clock) -> None:
    """End what is no longer held first, so that the exclusion trigger sees only the new set."""
    now = clock.now()
    live = select(RoleGrant).where(RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None))
    held = {Role(grant.role): grant for grant in tx.execute(live).scalars()}
    for role in sorted(held.keys() - roles):
        held[role].revoked_at = now
        tx.flush()
        record(tx, actor, clock, verb="role.revoked", subject=("role_grant", held[role].id),
               data={"person_id": str(person_id), "role": role})  # fmt: skip
    for role in sorted(roles - held.keys()):
        grant = RoleGrant(
            id=uuid4(),
            person_id=person_id,
            role=role.value,
            granted_by=actor.person_id,
            granted_at=now,
        )
        tx.add(grant)
        tx.flush()
        record(tx, actor, clock, verb="role.granted", subject=("role_grant", grant.id),
               data={"person_id": str(person_id), "role": role})  # fmt: skip


def _free_email(tx: Tx, text: str) -> str:
    email = valid_email(text)
    taken = tx.execute(select(func.count()).select_from(Person).where(Person.email == email))
    if taken.scalar_one():
        raise Invalid("email", "email_taken", _("There is an account with this address already."))
    return email


def valid_email(text: str) -> str:
    """The address in its stored form. Raises `Invalid` unless it is one plain address."""
    email = normal_email(text)
    local, at, host = email.rpartition("@")
    plain = all(" " < char != "\x7f" for char in email) and not set(email) & set('<>(),;:\\"[]')
    if (
        not (at and local and "." in host.strip(".") and plain and len(email) <= 254)
        or "@" in local
    ):
        raise Invalid("email", "email", _("Enter an e-mail address such as name@example.com."))
    return email


def _known_zone(zone: str) -> str:
    if zone not in zone_names():
        raise Invalid("zone", "zone", _("Choose a time zone from the list."))
    return zone
