"""Settings: frozen, parsed once from the environment, all problems listed at once. No defaults for secrets."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from stdnum import iban
from stdnum.us import rtn

SHORTEST_SECRET = 32
_PLACEHOLDERS = ("change", "secret", "example", "default", "password")
_LEVELS = ("debug", "info", "warning", "error")


class SettingsError(ValueError):
    """Every problem of the environment, one a line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(
            "The settings have problems:\n" + "\n".join(f"  - {line}" for line in problems)
        )
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that differs between installations. The operator's page describes each variable."""

    # where we are
    port: int
    bind: str
    base_url: str
    trusted_hosts: tuple[str, ...]
    proxies: int
    data_dir: Path
    # the database, by role
    database_url: str = field(repr=False)
    database_owner_url: str = field(repr=False)
    database_auditor_url: str = field(repr=False)
    # the object store
    s3_endpoint: str
    s3_region: str
    s3_bucket: str
    s3_access_key: str
    s3_secret_key: str = field(repr=False)
    s3_purge_access_key: str
    s3_purge_secret_key: str = field(repr=False)
    s3_prefix: str
    s3_public_url: str
    # keys, one per purpose
    secret_key: str = field(repr=False)
    session_key: str = field(repr=False)
    link_key: str = field(repr=False)
    field_key: str = field(repr=False)
    # the signature on letters; without a key they leave unsigned
    signing_key_file: str
    signing_certificate_file: str
    signing_passphrase: str = field(repr=False)
    # mail
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str = field(repr=False)
    smtp_tls: str
    mail_from: str
    mailbox: bool
    # the product
    demo: bool
    demo_small: bool
    product_name: str
    pseudo_locales: bool
    webhook_loopback: bool
    # the account that pays; without it no payment file is written
    payer_name: str
    payer_iban: str
    # who sends to the ACH network; without it no ACH file is written
    ach_routing: str
    ach_company_id: str
    ach_bank_name: str
    # running it
    log_level: str
    web_workers: int
    web_threads: int
    upload_limit: int
    large_upload_limit: int
    queue_age_limit: int
    require_durable: bool

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Parse everything, then complain about everything. Raises `SettingsError`."""
        read = _Reader(os.environ if environ is None else environ)
        settings = cls(
            **_web(read),
            **_stores(read),
            **_keys(read),
            **_signing(read),
            **_mail(read),
            **_product(read),
        )
        if read.problems:
            raise SettingsError(read.problems)
        return settings

    @property
    def secure(self) -> bool:
        """True when people reach us by HTTPS: decides `__Host-` cookies and HSTS."""
        return self.base_url.startswith("https://")


class _Reader:
    """Reads variables by kind and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def text(self, name: str, default: str | None = None) -> str:
        """A word; *default* None means that it must be there."""
        value = self.environ.get(name, "").strip()
        if not value and default is None:
            self.problems.append(f"{name} is missing")
        return value or default or ""

    def secret(self, name: str, *, optional: bool = False) -> str:
        """From NAME_FILE when given, else NAME. Never both."""
        file = self.environ.get(f"{name}_FILE")
        if file and self.environ.get(name):
            self.problems.append(f"{name} and {name}_FILE are both set; keep one")
        if not file:
            return self.text(name, "" if optional else None)
        try:
            return Path(file).read_text("utf-8").strip()
        except OSError as problem:
            self.problems.append(f"{name}_FILE={file} cannot be read: {problem.strerror}")
            return ""

    def key(self, name: str) -> str:
        """A secret of our own: long, and nobody's example."""
        value = self.secret(name)
        if value and len(value) < SHORTEST_SECRET:
            self.problems.append(f"{name} is shorter than {SHORTEST_SECRET} characters")
        if value and (len(set(value)) < 8 or value.lower().startswith(_PLACEHOLDERS)):
            self.problems.append(f"{name} is a placeholder; make one with `openssl rand -hex 32`")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Exactly true or false."""
        value = self.environ.get(name, "") or ("true" if default else "false")
        if value not in ("true", "false"):
            self.problems.append(f"{name}={value} is neither true nor false")
        return value == "true"

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number within limits."""
        value = self.environ.get(name, "") or str(default)
        if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
            self.problems.append(f"{name}={value} is not a whole number from {low} to {high}")
            return default
        return int(value)

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        """One of *allowed*."""
        value = self.text(name, default)
        if value not in allowed:
            self.problems.append(f"{name}={value} is none of {', '.join(allowed)}")
        return value

    def address(self, name: str, default: str | None = None) -> str:
        """An http or https address without a path."""
        value = self.text(name, default).rstrip("/")
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path):
            self.problems.append(
                f"{name}={value} is not an address such as https://redress.example"
            )
        return value

    def database(self, name: str, *, optional: bool = False) -> str:
        """A postgresql:// address."""
        value = self.secret(name, optional=optional)
        if value and not value.startswith(("postgresql://", "postgres://")):
            self.problems.append(f"{name} does not start with postgresql://")
        return value


def _web(read: _Reader) -> dict[str, Any]:
    port = read.number("PORT", 8000, 1, 65535)
    base_url = read.address("REDRESS_BASE_URL", f"http://localhost:{port}")
    own = urlsplit(base_url).hostname or "localhost"
    hosts = tuple(read.text("REDRESS_TRUSTED_HOSTS", own).replace(",", " ").split())
    demo = read.flag("REDRESS_DEMO", default=False)
    loopback = {"localhost", "127.0.0.1"}
    if base_url.startswith("http://") and not (demo and own in loopback):
        read.problems.append(
            f"REDRESS_BASE_URL={base_url}: plain HTTP is for the demo on loopback only; use https://"
        )
    return {
        "port": port,
        "bind": read.text("REDRESS_BIND", "127.0.0.1"),
        "base_url": base_url,
        "trusted_hosts": tuple(sorted(set(hosts) | (loopback if own in loopback else set()))),
        "proxies": read.number("REDRESS_PROXIES", 0, 0, 5),
        "data_dir": Path(read.text("REDRESS_DATA", "./var")).absolute(),
        "demo": demo,
        "demo_small": read.flag("REDRESS_DEMO_SMALL", default=False),
    }


def _stores(read: _Reader) -> dict[str, Any]:
    access = read.text("S3_ACCESS_KEY_ID")
    secret = read.secret("S3_SECRET_ACCESS_KEY")
    return {
        "database_url": read.database("DATABASE_URL"),
        "database_owner_url": read.database("DATABASE_OWNER_URL", optional=True),
        "database_auditor_url": read.database("DATABASE_AUDITOR_URL", optional=True),
        "s3_endpoint": read.address("S3_ENDPOINT_URL"),
        "s3_region": read.text("S3_REGION", "us-east-1"),
        "s3_bucket": read.text("S3_BUCKET"),
        "s3_access_key": access,
        "s3_secret_key": secret,
        "s3_purge_access_key": read.text("S3_PURGE_ACCESS_KEY_ID", ""),
        "s3_purge_secret_key": read.secret("S3_PURGE_SECRET_ACCESS_KEY", optional=True),
        "s3_prefix": read.text("S3_PREFIX", ""),
        "s3_public_url": read.address("S3_PUBLIC_URL", ""),
    }


def _keys(read: _Reader) -> dict[str, Any]:
    names = ("secret_key", "session_key", "link_key", "field_key")
    keys = {name: read.key(f"REDRESS_{name.upper()}") for name in names}
    given = [value for value in keys.values() if value]
    if len(set(given)) < len(given):
        read.problems.append(
            "two of the REDRESS_…_KEY values are equal; each purpose needs its own"
        )
    return dict(keys)


def _signing(read: _Reader) -> dict[str, Any]:
    key = read.text("REDRESS_SIGNING_KEY_FILE", "")
    certificate = read.text("REDRESS_SIGNING_CERTIFICATE_FILE", "")
    if bool(key) != bool(certificate):
        read.problems.append(
            "REDRESS_SIGNING_KEY_FILE and REDRESS_SIGNING_CERTIFICATE_FILE go together; set both or none"
        )
    return {
        "signing_key_file": key,
        "signing_certificate_file": certificate,
        "signing_passphrase": read.secret("REDRESS_SIGNING_PASSPHRASE", optional=True),
    }


def _mail(read: _Reader) -> dict[str, Any]:
    mailbox = read.flag("REDRESS_MAILBOX", default=False)
    return {
        "mailbox": mailbox,
        "smtp_host": read.text("SMTP_HOST", "" if mailbox else None),
        "smtp_port": read.number("SMTP_PORT", 587, 1, 65535),
        "smtp_user": read.text("SMTP_USER", ""),
        "smtp_password": read.secret("SMTP_PASSWORD", optional=True),
        "smtp_tls": read.choice("SMTP_TLS", "starttls", ("none", "starttls", "tls")),
        "mail_from": read.text("REDRESS_MAIL_FROM", "desk@redress.invalid" if mailbox else None),
    }


def _payer(read: _Reader) -> dict[str, Any]:
    name, number = read.text("REDRESS_PAYER_NAME", ""), read.text("REDRESS_PAYER_IBAN", "")
    ach = _ach(read)
    if bool(name) != bool(number or ach["ach_routing"]):
        read.problems.append(
            "REDRESS_PAYER_NAME goes with REDRESS_PAYER_IBAN, REDRESS_ACH_ROUTING or both; "
            "set the name and one of them, or none"
        )
    if number and not iban.is_valid(number):
        read.problems.append(f"REDRESS_PAYER_IBAN={number}: a digit is wrong or missing")
    return {"payer_name": name, "payer_iban": iban.compact(number), **ach}


def _ach(read: _Reader) -> dict[str, Any]:
    routing, company = read.text("REDRESS_ACH_ROUTING", ""), read.text("REDRESS_ACH_COMPANY_ID", "")
    if bool(routing) != bool(company):
        read.problems.append(
            "REDRESS_ACH_ROUTING and REDRESS_ACH_COMPANY_ID go together; set both or none"
        )
    if routing and not rtn.is_valid(routing):
        read.problems.append(f"REDRESS_ACH_ROUTING={routing}: a digit is wrong or missing")
    if company and not (company.isascii() and company.isalnum() and len(company) <= 10):
        read.problems.append(
            f"REDRESS_ACH_COMPANY_ID={company} is not up to ten letters and digits"
        )
    return {
        "ach_routing": routing,
        "ach_company_id": company,
        "ach_bank_name": read.text("REDRESS_ACH_BANK_NAME", ""),
    }


def _product(read: _Reader) -> dict[str, Any]:
    loopback = read.flag("REDRESS_WEBHOOK_LOOPBACK", default=False)
    if loopback and read.environ.get("REDRESS_DEMO") != "true":
        read.problems.append(
            "REDRESS_WEBHOOK_LOOPBACK=true is for the demo and tests: it lets webhooks reach this machine"
        )
    return {
        "webhook_loopback": loopback,
        **_payer(read),
        "product_name": read.text("REDRESS_PRODUCT_NAME", "Redress"),
        "pseudo_locales": read.flag("REDRESS_PSEUDO_LOCALES", default=False),
        "log_level": read.choice("REDRESS_LOG_LEVEL", "info", _LEVELS),
        "web_workers": read.number("REDRESS_WEB_WORKERS", 2, 1, 64),
        "web_threads": read.number("REDRESS_WEB_THREADS", 16, 1, 256),
        "upload_limit": read.number("REDRESS_UPLOAD_LIMIT", 100 * 1024 * 1024, 1024, 10 * 1024**3),
        "large_upload_limit": read.number(
            "REDRESS_LARGE_UPLOAD_LIMIT", 5_000_000_000, 1024, 5 * 1024**3
        ),
        "queue_age_limit": read.number("REDRESS_QUEUE_AGE_LIMIT", 900, 1, 86_400),
        "require_durable": read.flag("REDRESS_REQUIRE_DURABLE", default=True),
    }
