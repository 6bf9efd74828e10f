"""Run the audit of files. One implementation for the command line, the job of a case and the API."""

from __future__ import annotations

from typing import Any

from app.kernel.words import words as _
from app.recompute.adapters import duckdb_engine
from app.recompute.commands import AuditFiles
from app.recompute.rules.inputs import BadInput

ENGINES = {"duckdb": duckdb_engine.run}


def audit_files(command: AuditFiles) -> dict[str, Any]:
    """Write discrepancies, totals, suspense and control; the control figures. The same files, the same bytes.

    Raises BadInput for a missing file or column, contradictory terms or an unknown engine.
    """
    run = ENGINES.get(command.engine)
    if run is None:
        raise BadInput(
            "engine", "unknown", _("There is no engine %(name)s here.", name=command.engine)
        )
    return run(command)
