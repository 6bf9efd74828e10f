"""A row of an export as it is kept with its batch: as a value, and in the one spelling that is hashed."""

from __future__ import annotations

from collections.abc import Mapping
from json.encoder import encode_basestring as quoted
from typing import Any

from app.exports.rules.rows import NeutralRow

FIELDS: tuple[str, ...] = tuple(NeutralRow.__dataclass_fields__)


def content_of(row: NeutralRow) -> dict[str, Any]:
    """*row* as it is kept."""
    return {name: getattr(row, name) for name in FIELDS}


def row_of(content: Mapping[str, Any]) -> NeutralRow:
    """The row that was kept as *content*; what rows had none of then is empty. Raises KeyError, TypeError for no row."""
    return NeutralRow(**{**content, "original_line_ids": tuple(content["original_line_ids"])})


def spelled(row: NeutralRow) -> bytes:
    """`canonical(content_of(row))`, written out: a batch is hashed row by row, and this is most of the work."""
    lines = ",".join(map(quoted, row.original_line_ids))
    return (
        f'{{"approver_1":{quoted(row.approver_1)},"approver_2":{quoted(row.approver_2)},"batch_id":{quoted(row.batch_id)},'
        f'"case_ref":{quoted(row.case_ref)},"correction_id":{quoted(row.correction_id)},'
        f'"counter_account":{quoted(row.counter_account)},"currency":{quoted(row.currency)},'
        f'"decision_id":{quoted(row.decision_id)},"exponent":{row.exponent},"gross":{row.gross},'
        f'"legal_name":{quoted(row.legal_name)},"original_line_ids":[{lines}],"payee_account":{quoted(row.payee_account)},'
        f'"payee_id":{quoted(row.payee_id)},"period":{quoted(row.period)},"posting_date":{quoted(row.posting_date)},'
        f'"reason_code":{quoted(row.reason_code)},"tax_account":{quoted(row.tax_account)},"withholding":{row.withholding}}}'
    ).encode()
