"""Invariants of statements: a file is there wholly, and history says so."""

from __future__ import annotations

from app.infra.checks import Check

CHECKS: tuple[Check, ...] = (
    Check(
        id="I18",
        name="the parts of a statement file add up to its lines, and history has the import",
        sql="""select i.id from statement_import i
            where i.line_count <> (select coalesce(sum(p.line_count), 0) from statement_part p
                                   where p.import_id = i.id)
               or not exists (select 1 from history_entry h where h.subject_kind = 'statement_import'
                              and h.subject_id = i.id::text and h.verb = 'statement.imported')""",
    ),
)
