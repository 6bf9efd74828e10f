"""Lines that lie in the store, as files on this machine."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from app.infra.storage.port import Storage
from app.statements.queries import PartRow


def fetch_parts(storage: Storage, rows: Iterable[PartRow], folder: Path, name: str) -> list[Path]:
    """The lines of *rows*, each in a file of its own, in their order. Raises `ObjectMissing`, `Unavailable`."""
    found = []
    for number, row in enumerate(rows):
        path = folder / f"{name}-{number:06d}.parquet"
        with path.open("wb") as file:
            file.writelines(storage.open(row.object_key))
        found.append(path)
    return found
