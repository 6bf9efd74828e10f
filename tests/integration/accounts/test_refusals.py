"""What accounts refuse about roles, profiles, passwords and invitations, each with its word and its field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.accounts.adapters.vault import keys_from
from app.accounts.commands import (
    ChangeRoles,
    CreatePerson,
    InviteDelegate,
    InviteStaff,
    UpdateProfile,
)
from app.accounts.rules import Permission, Theme, require
from app.accounts.service.delegates import invite_delegate
from app.accounts.service.people import change_roles, create_person, invite_staff, update_profile
from app.accounts.service.secrets import set_password
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor, Role
from app.kernel.clock import FixedClock
from app.kernel.errors import Forbidden, Invalid, RedressError, Stale
from tests.factories.accounts import NOON, make_cast

CLOCK = FixedClock(NOON)


@pytest.fixture
def cast(app: Any) -> Any:
    return make_cast("ada", "cy", "adi", "rio")


@pytest.fixture
def refused(app: Any) -> Callable[..., RedressError]:
    """`refused(actor, act, Invalid)`: what the act of that person was answered; nothing was kept."""

    def answer(actor: Actor, act: Callable[[Any], Any], kind: type[RedressError]) -> RedressError:
        with pytest.raises(kind) as caught, transaction(actor) as tx:
            act(tx)
        return caught.value

    return answer


@pytest.mark.parametrize(
    ("roles", "code"),
    [
        (frozenset(), "role_needed"),
        (
            frozenset({Role.ARTIST, Role.ADMIN, Role.FINANCE_APPROVER, Role.AUDITOR}),
            "roles_conflict",
        ),
    ],
)
def test_roles_that_nobody_can_hold(
    cast: Any, refused: Any, roles: frozenset[Role], code: str
) -> None:
    adi = cast["adi"].actor
    change = ChangeRoles(cast["rio"].id, roles)
    create = CreatePerson("new@example.com", "New", roles)

    for act in (
        lambda tx: change_roles(tx, change, adi, CLOCK),
        lambda tx: create_person(tx, create, adi, CLOCK),
    ):
        error = refused(adi, act, Invalid)
        assert (error.field, error.code) == ("roles", code)


def test_b136_nobody_changes_their_own_roles(cast: Any, refused: Any) -> None:
    adi = cast["adi"].actor
    command = ChangeRoles(cast["adi"].id, frozenset({Role.ADMIN, Role.ARTIST}))

    error = refused(adi, lambda tx: change_roles(tx, command, adi, CLOCK), Forbidden)

    assert error.code == "own_roles"


@pytest.mark.parametrize("who", ["ada", "rio"])
def test_people_are_managed_by_administrators_alone(cast: Any, refused: Any, who: str) -> None:
    actor = cast[who].actor
    command = ChangeRoles(cast["cy"].id, frozenset({Role.ADMIN}))

    assert (
        refused(actor, lambda tx: change_roles(tx, command, actor, CLOCK), Forbidden).code
        == "permission"
    )
    with pytest.raises(Forbidden) as caught:
        require(actor, Permission.PEOPLE_MANAGE)
    assert caught.value.code == "permission"


def test_an_artist_is_no_member_of_staff(cast: Any, refused: Any, app: Any) -> None:
    adi, vault = cast["adi"].actor, keys_from(app.extensions["redress"].settings).links
    command = InviteStaff("new@example.com", "New", frozenset({Role.ARTIST}))

    error = refused(adi, lambda tx: invite_staff(tx, command, adi, CLOCK, vault), Invalid)

    assert error.code == "staff_role_needed"


def test_a_profile_changed_in_another_window_is_not_overwritten(cast: Any, refused: Any) -> None:
    ada = cast["ada"].actor
    command = UpdateProfile("Ada B.", "en", "UTC", Theme.SYSTEM, version=99)

    error = refused(ada, lambda tx: update_profile(tx, command, ada, CLOCK), Stale)

    assert error.yours == "Ada B."
    nobody = Actor.anonymous()
    assert (
        refused(nobody, lambda tx: update_profile(tx, command, nobody, CLOCK), Forbidden).code
        == "signed_in"
    )


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "too_short"),
        ("x" * 1_025, "too_long"),
        ("passwordpassword", "guessable"),
    ],
)
def test_weak_passwords_are_refused(cast: Any, refused: Any, password: str, code: str) -> None:
    rio = cast["rio"]

    error = refused(
        Actor.system("test"),
        lambda tx: set_password(tx, rio.id, password, CLOCK, product="Redress"),
        Invalid,
    )

    assert (error.field, error.code) == ("password", code)


def test_an_invitation_needs_another_person_and_an_end_to_come(
    cast: Any, refused: Any, app: Any
) -> None:
    ada, vault = cast["ada"], keys_from(app.extensions["redress"].settings).links
    later = NOON + timedelta(days=30)
    cases = (
        (InviteDelegate(ada.email.upper(), NOON, later), "same_person"),
        (InviteDelegate("new@example.com", NOON, NOON), "ends_before_start"),
        (InviteDelegate("new@example.com", NOON - timedelta(days=9), NOON - timedelta(days=1)), "ends_before_start"),
    )  # fmt: skip

    for command, code in cases:
        error = refused(
            ada.actor,
            lambda tx, c=command: invite_delegate(tx, c, ada.actor, CLOCK, vault),
            Invalid,
        )
        assert error.code == code
