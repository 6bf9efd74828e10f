"""Lines of a run as a file: page by page, so that a million of them need no memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flask import Response, stream_with_context

from app.exports.rules.cells import csv_line, text_cell
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.filenames import content_disposition
from app.recompute.queries import Wanted, lines_page

COLUMNS = (
    "payee", "currency", "statement_month", "sale_month", "store", "territory", "isrc", "units", "expected", "paid",
    "delta", "reason", "detail",
)  # fmt: skip


def lines_file(actor: Actor, wanted: Wanted, ref: str) -> Response:
    """Every line of a payee that *actor* may read; nothing in it runs in a spreadsheet (B183)."""
    name = content_disposition(f"{ref}-{wanted.payee}-{wanted.currency}-lines.csv")
    return Response(
        stream_with_context(_csv(actor, wanted)),
        mimetype="text/csv", headers={"Content-Disposition": name},
    )  # fmt: skip


def _csv(actor: Actor, wanted: Wanted) -> Iterator[bytes]:
    yield csv_line(list(COLUMNS)).encode("utf-8-sig")
    after = 0
    while True:
        with transaction(actor, read_only=True) as tx:
            rows = lines_page(tx, actor, replace(wanted, after=after))
        if not rows:
            return
        after = rows[-1][1].number
        yield "".join(
            csv_line([
                text_cell(group.payee), group.currency, group.statement_month, line.sale_month, text_cell(group.store),
                group.territory, text_cell(line.isrc), f"{line.units.normalize():f}", f"{line.expected:f}", f"{line.paid:f}",
                f"{line.delta:f}", line.reason, text_cell(line.detail),
            ])
            for group, line in rows
        ).encode()  # fmt: skip
