"""What this environment lacks, made up for: embedded servers, and for the demo keys, a mailbox and an account that pays."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from app.infra.clock import SystemClock
from app.infra.embedded.children import read_json, write_private_json
from app.infra.embedded.postgres import DatabaseUrls, EmbeddedPostgres, running_urls
from app.infra.embedded.s3 import EmbeddedS3, S3Endpoint

KEYS = ("SECRET", "SESSION", "LINK", "FIELD")
PAYER = {"REDRESS_PAYER_NAME": "Tidewater (demo)", "REDRESS_PAYER_IBAN": "DE50000000000123456789"}
"""Who pays in the demo. The check digits are right; the account is nobody's, as no bank has the code 00000000."""


class EmbeddedStack:
    """Starts only what has no address in *environ*; gives back an environment in which nothing is missing."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = dict(environ)
        self.data_dir = data_folder(environ)
        self.postgres = None if environ.get("DATABASE_URL") else EmbeddedPostgres(self.data_dir)
        self.s3 = (
            None
            if environ.get("S3_ENDPOINT_URL")
            else EmbeddedS3(self.data_dir, origins=own_origins(environ))
        )

    def launch(self) -> dict[str, str]:
        """Start both; the database is ready on return, the store may still be starting."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        environ = self.environ | demo_settings(self.environ, self.data_dir)
        if self.s3 is not None:
            self.s3.launch()
            environ |= _of_store(self.s3.endpoint())
        if self.postgres is not None:
            environ |= _of_database(self.postgres.start())
        return environ

    def ready(self) -> None:
        """Wait for the store."""
        if self.s3 is not None:
            self.s3.ready()

    def revive(self) -> list[str]:
        """Start again what died; the names of what was started. Addresses stay the same while ports are free."""
        revived = []
        if self.postgres is not None and self.postgres.died:
            self.postgres.stop()
            self.postgres.start()
            revived.append("PostgreSQL")
        if self.s3 is not None and self.s3.died:
            self.s3.stop()
            self.s3.launch()
            revived.append("S3 store")
        return revived

    def stop(self, until: float) -> None:
        """Both at once; *until* is a monotonic instant after which the store is killed."""
        for server in (self.s3, self.postgres):
            if server is not None:
                server.ask_to_stop()
        if self.postgres is not None:
            self.postgres.stop(grace=max(1.0, until - time.monotonic()))
        if self.s3 is not None:
            self.s3.stop(grace=max(0.5, until - time.monotonic()))


def own_origins(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Where our pages come from: the base address, and the loopback names under which a demo answers."""
    port = environ.get("PORT") or "8000"
    own = environ.get("REDRESS_BASE_URL", "").rstrip("/")
    loopback = () if own.startswith("https://") else ("localhost", "127.0.0.1")
    names = [own, *(f"http://{host}:{port}" for host in loopback)]
    return tuple(dict.fromkeys(name for name in names if name))


def data_folder(environ: Mapping[str, str]) -> Path:
    """REDRESS_DATA."""
    return Path(environ.get("REDRESS_DATA") or "./var").absolute()


def demo_settings(environ: Mapping[str, str], data_dir: Path) -> dict[str, str]:
    """Without a database address this is a demo: keys of its own, kept in the data folder, a mailbox, a made-up payer."""
    demo = environ.get("REDRESS_DEMO") or ("false" if environ.get("DATABASE_URL") else "true")
    if demo != "true":
        return {"REDRESS_DEMO": demo}
    file = data_dir / "secrets.json"
    known = {name: str(word) for name, word in read_json(file).items()}
    missing = [f"REDRESS_{name}_KEY" for name in KEYS if f"REDRESS_{name}_KEY" not in known]
    if missing:
        known |= {name: secrets.token_hex(32) for name in missing}
        write_private_json(file, known)
    filled = {
        name: word
        for name, word in known.items()
        if name not in environ and f"{name}_FILE" not in environ
    }
    if "SMTP_HOST" not in environ:
        filled.setdefault("REDRESS_MAILBOX", environ.get("REDRESS_MAILBOX", "true"))
    filled.setdefault("REDRESS_WEBHOOK_LOOPBACK", environ.get("REDRESS_WEBHOOK_LOOPBACK", "true"))
    signer = _demo_signer(environ, data_dir)
    return {"REDRESS_DEMO": "true", **filled, **_demo_payer(environ), **signer}


def _demo_payer(environ: Mapping[str, str]) -> dict[str, str]:
    """An account that pays, unless the environment says anything about who does."""
    said = any(environ.get(name) for name in (*PAYER, "REDRESS_ACH_ROUTING"))
    return {} if said else PAYER


def _demo_signer(environ: Mapping[str, str], data_dir: Path) -> dict[str, str]:
    """A key and a self-signed certificate of its own, unless the environment names some."""
    if environ.get("REDRESS_SIGNING_KEY_FILE"):
        return {}
    from app.infra.sign.certificates import make_self_signed

    data_dir.mkdir(parents=True, exist_ok=True)
    name = f"{environ.get('REDRESS_PRODUCT_NAME') or 'Redress'} (demo)"
    key, certificate = make_self_signed(data_dir, name, SystemClock().now())
    return {
        "REDRESS_SIGNING_KEY_FILE": str(key),
        "REDRESS_SIGNING_CERTIFICATE_FILE": str(certificate),
    }


@contextmanager
def completed(environ: Mapping[str, str], *, store: bool = False) -> Iterator[dict[str, str]]:
    """For one command: the servers of a running copy on this data folder, else our own for its duration.

    *store*: the command really uses the object store, so start one when none runs.
    """
    folder = data_folder(environ)
    whole = dict(environ)
    urls = None if environ.get("DATABASE_URL") else running_urls(folder)
    if urls is not None:
        whole |= demo_settings(environ, folder) | _of_database(urls)
    if not environ.get("S3_ENDPOINT_URL"):
        found = EmbeddedS3.running(folder)
        if found is None and not store:
            found = EmbeddedS3(folder).endpoint()
        whole |= _of_store(found) if found else {}
    stack = EmbeddedStack(whole)
    try:
        whole = stack.launch()
        stack.ready()
        yield whole
    finally:
        stack.stop(time.monotonic() + 2.0)


def _of_database(urls: DatabaseUrls) -> dict[str, str]:
    return {
        "DATABASE_URL": urls.app,
        "DATABASE_OWNER_URL": urls.owner,
        "DATABASE_AUDITOR_URL": urls.auditor,
    }


def _of_store(store: S3Endpoint) -> dict[str, str]:
    return {
        "S3_ENDPOINT_URL": store.url,
        "S3_BUCKET": store.bucket,
        "S3_ACCESS_KEY_ID": store.access_key,
        "S3_SECRET_ACCESS_KEY": store.secret_key,
        "S3_PURGE_ACCESS_KEY_ID": store.purge_access_key,
        "S3_PURGE_SECRET_ACCESS_KEY": store.purge_secret_key,
    }


def clean_environment() -> dict[str, str]:
    """Our own environment without what would change how Python or the servers start."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
