"""Permissions, freshness, session limits, passwords, own paths."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from app.accounts.adapters.authenticator import code_at, new_secret, step_of
from app.accounts.adapters.passwords import hash_password, is_guessable, verify_password
from app.accounts.adapters.vault import Vault
from app.accounts.rules import (
    MATRIX,
    PARTY_LIMITS,
    STAFF_LIMITS,
    Permission,
    conflicting_roles,
    is_fresh,
    is_live,
    may,
    needs_second_factor,
    normal_email,
    own_path,
    password_problem,
    permissions_of,
    require,
    session_limits,
)
from app.kernel.actor import Actor, ActorKind, Role
from app.kernel.errors import Forbidden

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
P = Permission


def person(*roles: Role, proven_at: datetime | None = None) -> Actor:
    return Actor(ActorKind.PERSON, uuid4(), "P", frozenset(roles), proven_at=proven_at)


def test_matrix_names_every_role_and_every_permission_has_a_holder() -> None:
    assert set(MATRIX) == set(Role)
    assert permissions_of(frozenset(Role)) == set(Permission)


def test_b150_admin_holds_no_word_about_cases() -> None:
    words = {permission.value.split(".")[0] for permission in MATRIX[Role.ADMIN]}

    # A webhook's address and log: the identifiers in it are kept from administrators.
    assert words == {"people", "policy", "books", "codes", "job", "health", "history", "webhook"}


def test_b149_auditor_holds_reading_words_only() -> None:
    assert {p.value.split(".")[1] for p in MATRIX[Role.AUDITOR]} == {"read", "verify"}


def test_b152_agent_sees_no_amounts_no_letters_and_opens_no_evidence() -> None:
    refused = {
        P.PAYOUT_READ,
        P.EVIDENCE_OPEN,
        P.LETTER_READ,
        P.HOLD_READ,
        P.CORRECTION_READ,
        P.BATCH_READ,
    }

    assert not refused & MATRIX[Role.AGENT]
    assert P.EVIDENCE_LIST in MATRIX[Role.AGENT]


def test_four_eyes_permissions_are_apart() -> None:
    assert P.CORRECTION_PREPARE not in MATRIX[Role.FINANCE_APPROVER]
    holders = {role for role in Role if P.CORRECTION_APPROVE in MATRIX[role]}
    assert holders == {Role.FINANCE_APPROVER}


def test_parties_and_the_house_share_no_permission() -> None:
    house = permissions_of(frozenset(Role) - {Role.ARTIST})

    assert not house & MATRIX[Role.ARTIST]


def test_nobody_may_nothing_and_the_system_everything() -> None:
    assert not any(may(Actor.anonymous(), permission) for permission in Permission)
    assert all(may(Actor.system("x"), permission) for permission in Permission)


def test_require_raises_forbidden() -> None:
    with pytest.raises(Forbidden):
        require(person(Role.ARTIST), P.CASE_READ)


@pytest.mark.parametrize(
    ("roles", "conflict"),
    [
        ({Role.FINANCE_PREPARER, Role.FINANCE_APPROVER}, True),
        ({Role.ADMIN, Role.REVIEWER}, True),
        ({Role.AUDITOR, Role.LEAD}, True),
        ({Role.ARTIST, Role.AGENT}, True),
        ({Role.AGENT, Role.REVIEWER, Role.LEAD}, False),
        ({Role.ARTIST}, False),
    ],
)
def test_b096_conflicting_roles(roles: set[Role], conflict: bool) -> None:
    assert bool(conflicting_roles(frozenset(roles))) is conflict


@pytest.mark.parametrize(("minutes", "fresh"), [(0, True), (5, True), (5.01, False), (-1, False)])
def test_proof_holds_five_minutes(minutes: float, fresh: bool) -> None:
    actor = person(Role.FINANCE_APPROVER, proven_at=NOW - timedelta(minutes=minutes))

    assert is_fresh(actor, NOW) is fresh


def test_no_proof_is_never_fresh() -> None:
    assert not is_fresh(person(Role.FINANCE_APPROVER), NOW)


def test_limits_by_role() -> None:
    assert session_limits(frozenset({Role.ARTIST})) == PARTY_LIMITS
    assert session_limits(frozenset({Role.AUDITOR})) == STAFF_LIMITS
    assert needs_second_factor(frozenset({Role.ADMIN}))
    assert not needs_second_factor(frozenset({Role.ARTIST}))


@pytest.mark.parametrize(
    ("seen", "expires", "live"),
    [(29, 60, True), (30, 60, False), (1, 0, False), (1, -1, False)],
)
def test_session_ends_idle_and_absolutely(seen: int, expires: int, live: bool) -> None:
    start, idle = NOW - timedelta(hours=1), timedelta(minutes=30)
    seen_at, ends = NOW - timedelta(minutes=seen), NOW + timedelta(minutes=expires)

    assert is_live(start, seen_at, ends, idle, NOW) is live


def test_session_of_the_future_is_dead() -> None:
    later = NOW + timedelta(hours=1)

    assert not is_live(later, later, later + timedelta(hours=8), timedelta(hours=1), NOW)


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("a" * 14, "too_short"),
        ("a" * 15, None),
        ("e\u0301" * 15, None),
        ("e\u0301" * 14, "too_short"),
        ("\N{GRINNING FACE} \N{MUSICAL NOTE}" * 43, None),
        ("x" * 1024, None),
        ("x" * 1025, "too_long"),
    ],
)
def test_b120_password_length_counts_code_points_of_the_normal_form(
    password: str, problem: str | None
) -> None:
    assert password_problem(password) == problem


def test_b120_spaces_emoji_and_other_normal_form_verify() -> None:
    stored = hash_password("cafe\u0301 \N{MUSICAL NOTE} und ein langer Satz")

    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert verify_password(stored, "caf\u00e9 \N{MUSICAL NOTE} und ein langer Satz")
    assert not verify_password(stored, "cafe \N{MUSICAL NOTE} und ein langer Satz")


def test_b120_over_1024_is_refused_before_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.accounts.adapters import passwords

    monkeypatch.setattr(passwords, "_hasher", None)

    assert not verify_password("$argon2id$", "x" * 1025)


def test_unknown_account_costs_a_hash_and_is_wrong() -> None:
    assert not verify_password(None, "nobody has this password")


@pytest.mark.parametrize("word", ["passwordpassword", "qwertyuiopasdfghjk", "aaaaaaaaaaaaaaaaaaaa"])
def test_easy_passwords_are_guessable(word: str) -> None:
    assert is_guessable(word, ())


def test_own_name_does_not_make_a_password() -> None:
    assert is_guessable("adaambergadaamberg", ("Ada Amberg", "adaamberg@example.com"))
    assert not is_guessable("velvet orbit lantern moss", ("Ada Amberg",))


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/%5cevil", "/%2fevil",
     "/a\nSet-Cookie: x", "", "evil", "/" + "a" * 2001, "/\t/evil.example"],
)  # fmt: skip
def test_next_never_leads_away(target: str) -> None:
    assert own_path(target) == "/"


def test_next_keeps_own_pages() -> None:
    assert own_path("/cases/RD-7K4M-29QX?part=1#x") == "/cases/RD-7K4M-29QX?part=1#x"


def test_addresses_have_one_form() -> None:
    assert normal_email("  ADA@Example.COM ") == "ada@example.com"


def test_code_is_right_for_three_steps_only() -> None:
    secret = new_secret()
    code = code_at(secret, NOW)
    step = int(NOW.timestamp()) // 30

    assert step_of(secret, code, NOW) == step
    assert step_of(secret, code, NOW + timedelta(seconds=30)) == step
    assert step_of(secret, code, NOW + timedelta(seconds=90)) is None


def test_vault_opens_what_an_older_key_sealed_and_nothing_else() -> None:
    old, new = Vault(["o" * 40]), Vault(["n" * 40, "o" * 40])
    sealed = old.seal("totp", "secret")

    assert new.unseal("totp", sealed) == "secret"
    assert new.unseal("mail", sealed) is None
    assert Vault(["n" * 40]).unseal("totp", sealed) is None
    assert new.unseal("totp", sealed[:-4] + "AAAA") is None


def test_short_keys_are_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        Vault(["short"])
