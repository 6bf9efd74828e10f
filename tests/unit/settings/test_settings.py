"""Settings: all problems at once, strict booleans, secrets from files, no placeholders."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from config import Settings, SettingsError

KEYS = {
    f"REDRESS_{name}_KEY": f"9f86d081884c7d659a2feaa0c55ad015-{name}"
    for name in ("SECRET", "SESSION", "LINK", "FIELD")
}
GOOD = KEYS | {
    "DATABASE_URL": "postgresql://redress_app:word@db.example/redress",
    "S3_ENDPOINT_URL": "https://s3.example",
    "S3_BUCKET": "redress",
    "S3_ACCESS_KEY_ID": "app",
    "S3_SECRET_ACCESS_KEY": "app-secret-word",
    "SMTP_HOST": "mail.example",
    "REDRESS_MAIL_FROM": "desk@label.example",
    "REDRESS_BASE_URL": "https://redress.label.example",
}


def problems(**changed: str) -> str:
    """What is said about an environment."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(GOOD | changed)
    return "\n".join(caught.value.problems)


def test_a_good_environment_is_read_and_frozen() -> None:
    settings = Settings.from_env(GOOD)

    assert settings.secure
    assert settings.trusted_hosts == ("redress.label.example",)
    assert settings.upload_limit == 100 * 1024 * 1024
    assert settings.demo is settings.mailbox is False
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.port = 1  # type: ignore[misc]


def test_an_empty_environment_lists_everything_that_is_missing_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({})

    said = str(caught.value)
    for name in ("DATABASE_URL", "S3_BUCKET", "SMTP_HOST", *KEYS):
        assert f"{name} is missing" in said
    assert "plain HTTP" in said


@pytest.mark.parametrize("word", ["yes", "1", "True", "on"])
def test_booleans_are_true_or_false_and_nothing_else(word: str) -> None:
    assert f"REDRESS_DEMO={word}" in problems(REDRESS_DEMO=word)


@pytest.mark.parametrize("number", ["0", "65536", "-1", "8000.5", "１２", "eight"])
def test_numbers_are_whole_and_within_limits(number: str) -> None:
    assert f"PORT={number}" in problems(PORT=number)


def test_keys_are_long_different_and_no_placeholders() -> None:
    assert "shorter than 32" in problems(REDRESS_LINK_KEY="short")
    assert "placeholder" in problems(REDRESS_LINK_KEY="changeme" * 6)
    assert "placeholder" in problems(REDRESS_LINK_KEY="a" * 64)
    assert "equal" in problems(REDRESS_LINK_KEY=KEYS["REDRESS_FIELD_KEY"])


def test_secrets_come_from_files_but_not_from_both(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("from-a-file-0123456789abcdef0123456789\n")
    without = {name: word for name, word in GOOD.items() if name != "REDRESS_LINK_KEY"}

    read = Settings.from_env(without | {"REDRESS_LINK_KEY_FILE": str(file)})

    assert read.link_key == "from-a-file-0123456789abcdef0123456789"
    assert "keep one" in problems(REDRESS_LINK_KEY_FILE=str(file))
    with pytest.raises(SettingsError, match="cannot be read"):
        Settings.from_env(without | {"REDRESS_LINK_KEY_FILE": str(tmp_path / "none")})


def test_plain_http_is_for_the_demo_on_loopback_only() -> None:
    demo = {"REDRESS_DEMO": "true", "REDRESS_BASE_URL": "http://localhost:8000"}

    assert not Settings.from_env(GOOD | demo).secure
    assert "plain HTTP" in problems(REDRESS_DEMO="true", REDRESS_BASE_URL="http://desk.example")
    assert "plain HTTP" in problems(REDRESS_BASE_URL="http://localhost:8000")


def test_secrets_do_not_show_in_logs() -> None:
    shown = repr(Settings.from_env(GOOD))

    assert "word@" not in shown
    assert not [word for word in (*KEYS.values(), "app-secret-word") if word in shown]


def test_other_addresses_and_choices_are_checked() -> None:
    said = problems(
        DATABASE_URL="mysql://x",
        S3_ENDPOINT_URL="s3.example",
        SMTP_TLS="maybe",
    )

    for name in ("DATABASE_URL", "S3_ENDPOINT_URL", "SMTP_TLS"):
        assert name in said


def test_webhooks_to_this_machine_are_for_the_demo_alone() -> None:
    assert not Settings.from_env(GOOD).webhook_loopback
    assert "REDRESS_WEBHOOK_LOOPBACK" in problems(REDRESS_WEBHOOK_LOOPBACK="true")
    assert Settings.from_env(
        GOOD | {"REDRESS_WEBHOOK_LOOPBACK": "true", "REDRESS_DEMO": "true"}
    ).webhook_loopback


def test_the_account_that_pays_is_named_whole_and_its_digits_are_checked() -> None:
    named = {"REDRESS_PAYER_NAME": "Tidewater", "REDRESS_PAYER_IBAN": "DE89 3704 0044 0532 0130 00"}

    assert Settings.from_env(GOOD).payer_iban == ""
    assert Settings.from_env(GOOD | named).payer_iban == "DE89370400440532013000"
    assert "REDRESS_PAYER_NAME" in problems(REDRESS_PAYER_NAME="Tidewater")
    wrong = problems(**(named | {"REDRESS_PAYER_IBAN": "DE88 3704 0044 0532 0130 00"}))
    assert "REDRESS_PAYER_IBAN" in wrong


def test_who_sends_to_the_ach_network_is_named_whole_and_its_digits_are_checked() -> None:
    named = {
        "REDRESS_PAYER_NAME": "Tidewater",
        "REDRESS_ACH_ROUTING": "021000021",
        "REDRESS_ACH_COMPANY_ID": "1234567890",
    }

    found = Settings.from_env(GOOD | named)
    assert (found.payer_iban, found.ach_routing, found.ach_company_id) == (
        "",
        "021000021",
        "1234567890",
    )
    assert Settings.from_env(GOOD).ach_routing == ""
    for name, wrong in (
        ("REDRESS_ACH_ROUTING", "021000012"),
        ("REDRESS_ACH_ROUTING", ""),
        ("REDRESS_ACH_COMPANY_ID", ""),
        ("REDRESS_ACH_COMPANY_ID", "12345678901"),
        ("REDRESS_PAYER_NAME", ""),
    ):
        assert name in problems(**(named | {name: wrong}))
