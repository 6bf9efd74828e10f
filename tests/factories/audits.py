"""A run of the audit for a case, kept from files: two payees, one wrong split, one territory left out, one match."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.sides import Side
from app.recompute.commands import AskAudit, AuditFiles, KeepFound
from app.recompute.service import audit_files
from app.recompute.service.keeping import keep_found
from app.recompute.service.runs import ask_audit, begin_run

SYSTEM = Actor.system("test:audits")
ADA, CY = "ada", "cy"
ISRC = "QZABC2600001"
SALES = """line_id,statement_month,sale_month,store,territory,isrc,usage,units,gross,currency
1,2026-09,2026-07,Spotify,DE,QZABC2600001,stream,184210,628.54,EUR
2,2026-09,2026-07,Spotify,DE,qz-abc-26-00001,stream,0,628.34,EUR
3,2026-09,2026-07,YouTube,ID,QZABC2600001,stream,96330,142.80,EUR
4,2026-08,2026-06,Deezer,FR,QZABC2600001,stream,12066,64.08,EUR
"""
SPLITS = """isrc,payee,share,territories,from_month,to_month
QZABC2600001,ada,0.5,WW,2026-04,
QZABC2600001,ada,0.25,WW,2026-01,2026-04
QZABC2600001,cy,0.5,WW,2026-01,
"""
PAID = """payee,statement_month,sale_month,store,territory,isrc,currency,amount
ada,2026-09,2026-07,Spotify,DE,QZABC2600001,EUR,314.22
ada,2026-08,2026-06,Deezer,FR,QZABC2600001,EUR,32.04
cy,2026-09,2026-07,Spotify,DE,QZABC2600001,EUR,628.44
cy,2026-09,2026-07,YouTube,ID,QZABC2600001,EUR,71.40
cy,2026-08,2026-06,Deezer,FR,QZABC2600001,EUR,32.04
"""
TERMS = {
    "deals": "isrc,fee_rate,from_month,to_month\n*,0,,\n",
    "splits": SPLITS,
    "payees": "payee,currency\nada,EUR\ncy,EUR\n",
    "withholding": "payee,territory,rate,from_month,to_month\n",
    "fx": "month,from_currency,to_currency,rate\n",
}


def make_files(folder: Path, *, paid: str = PAID, sales: str = SALES) -> AuditFiles:
    """The files, and what the audit says of them."""
    texts = {"sales": sales, "paid": paid} | TERMS
    for name, content in texts.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    path = {name: folder / f"{name}.csv" for name in texts}
    return AuditFiles(
        sales=(path["sales"],), deals=path["deals"], splits=path["splits"], payees=path["payees"],
        withholding=path["withholding"], fx=path["fx"], paid=(path["paid"],), out=folder / "out",
    )  # fmt: skip


def make_audit(
    case_id: UUID, clock: Clock, folder: Path, sides: Mapping[str, Side] | None = None, **files: str
) -> UUID:
    """A run that is done. Ada is the complainant, Cy the respondent, unless *sides* says otherwise."""
    given = {ADA: Side.COMPLAINANT, CY: Side.RESPONDENT} if sides is None else sides
    with transaction(SYSTEM) as tx:
        made = ask_audit(tx, AskAudit(case_id), SYSTEM, clock)
        begin_run(tx, made, SYSTEM, clock)
    wanted = make_files(folder, **files)
    control = audit_files(wanted)
    inputs = {
        "sales_lines": 4, "paid_lines": 5, "terms": {"version": 1, "digest": "0" * 64},
        "sides": {code: side.value for code, side in given.items()},
    }  # fmt: skip
    with transaction(SYSTEM) as tx:
        keep_found(tx, KeepFound(made, wanted, inputs, control, given), SYSTEM, clock)
    return made
