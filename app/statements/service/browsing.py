"""A page of the lines of a statement, read out of the store: filters, choices, and lines by their positions."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.infra.storage.port import Storage
from app.statements.formats.browsing import Sought, StatementLine, choices_of, lines_page
from app.statements.queries import PartRow
from app.statements.service.fetching import fetch_parts

SIZE = 100


@dataclass(frozen=True, slots=True)
class LinesPage:
    """*next*: the last position when there are more. *stores*, *months*: what the filters offer."""

    lines: tuple[StatementLine, ...]
    next: int | None
    stores: tuple[str, ...]
    months: tuple[str, ...]


def lines_of_part(storage: Storage, part: PartRow, sought: Sought, size: int = SIZE) -> LinesPage:
    """At most *size* lines behind a position. Raises `ObjectMissing`, `Unavailable`."""
    with tempfile.TemporaryDirectory(prefix="statement-lines-") as name:
        folder = Path(name)
        (path,) = fetch_parts(storage, (part,), folder, "lines")
        rows, further = lines_page(path, folder, sought, size)
        stores, months = choices_of(path, folder, sought.payees)
    return LinesPage(rows, further, stores, months)
