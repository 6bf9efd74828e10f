"""How the job of an audit ends: what was found is kept, or people are told in words why nothing was."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from app.infra.storage.port import ObjectMissing
from app.kernel.errors import Invalid, Unavailable
from app.kernel.words import words as _

NOTHING = "nothing"
"""Code of an `Invalid` that says: there is nothing to compute."""
CANNOT_READ = _("The statement files could not be read. Try again, or ask whoever runs the system.")
Found = TypeVar("Found")


class Cancelled(Exception):
    """Nobody wants the run any more."""


def carry_out(
    prefix: str,
    compute: Callable[[Path], Found],
    keep: Callable[[Found], None],
    fail: Callable[[str, str], None],
) -> None:
    """Compute in a folder of its own and keep what was found before that folder goes.

    *fail*: told (why, code). A store that is away is raised, so that the job is tried again; what nobody foresaw is told and raised.
    """
    with tempfile.TemporaryDirectory(prefix=prefix) as name:
        try:
            found = compute(Path(name))
        except Cancelled:
            return
        except Invalid as error:
            fail(str(error.message), error.code)
            return
        except ObjectMissing as error:
            fail(CANNOT_READ, error.code)
            return
        except Unavailable:
            raise
        except Exception:
            fail(_("Something went wrong that nobody foresaw."), "failed")
            raise
        keep(found)
