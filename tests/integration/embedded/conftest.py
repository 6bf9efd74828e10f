"""Servers of their own: these tests are about starting and stopping, so the shared ones are of no use."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.infra.embedded.postgres import EmbeddedPostgres, shelter_of
from app.infra.embedded.s3 import EmbeddedS3


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that the server's account can walk to (pytest's own are closed)."""
    path = Path(tempfile.mkdtemp(prefix="redress-embedded-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)
    shutil.rmtree(shelter_of(path), ignore_errors=True)


@pytest.fixture
def postgres(folder: Path) -> Iterator[EmbeddedPostgres]:
    """Not started; stopped afterwards."""
    server = EmbeddedPostgres(folder)
    yield server
    server.stop()


@pytest.fixture
def s3(folder: Path) -> Iterator[EmbeddedS3]:
    """Not started; killed afterwards."""
    server = EmbeddedS3(folder, durable=False)
    yield server
    server.stop()
