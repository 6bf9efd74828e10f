"""Terms that contradict themselves end an audit before anything is written."""

from __future__ import annotations

import duckdb

from app.kernel.words import words as _
from app.recompute.rules.inputs import BadInput

_OVERLAPS = (
    (
        "deals",
        (
            "select a.isrc from (select *, row_number() over () as n from deals) a "
            "join (select *, row_number() over () as n from deals) b "
            "on a.isrc = b.isrc and a.n < b.n and {touch} order by 1 limit 1"
        ),
        _("Two rows of the deals for %(what)s overlap in time."),
    ),
    (
        "withholding",
        (
            "select a.payee || ' ' || a.territory from (select *, row_number() over () as n from withholding) a "
            "join (select *, row_number() over () as n from withholding) b "
            "on a.payee = b.payee and a.territory = b.territory and a.n < b.n and {touch} order by 1 limit 1"
        ),
        _("Two rows of the withholding for %(what)s overlap in time."),
    ),
    (
        "fx",
        (
            "select month || ' ' || from_currency || ' ' || to_currency as what from fx group by all "
            "having count(*) > 1 order by 1 limit 1"
        ),
        _("The exchange rate for %(what)s is there twice."),
    ),
    (
        "payees",
        "select payee from payees group by payee having count(*) > 1 order by 1 limit 1",
        _("The payee %(what)s is there twice."),
    ),
)
_TOUCH = (
    "(b.to_month = '' or a.from_month < b.to_month) and (a.to_month = '' or b.from_month < a.to_month) "
    "and (a.to_month = '' or a.from_month < a.to_month) and (b.to_month = '' or b.from_month < b.to_month)"
)


def check_terms(con: duckdb.DuckDBPyConnection) -> None:
    """Raises BadInput when terms contradict themselves; nothing is written then."""
    for table, query, message in _OVERLAPS:
        row = con.execute(query.format(touch=_TOUCH)).fetchone()
        if row is not None:
            raise BadInput(table, "overlap", _(message, what=row[0]))
