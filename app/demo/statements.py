"""The demo's statements: one recording that was paid by an old split and an old fee, and a month in which tax was taken from many.

The house found the second by itself: it stands among the shared faults until a lead decides. Two files of today wait for
finance: one whose columns nobody knows, and one with lines whose recording nobody knows.
"""

from __future__ import annotations

import io
import tempfile
from dataclasses import replace
from pathlib import Path

from app.demo.stage import Stage
from app.infra.db.transaction import transaction
from app.infra.jobs import Run
from app.statements.commands import HandInStatement
from app.statements.jobs import read_upload
from app.statements.service.imports import import_statement
from app.statements.service.keeping import keep
from app.statements.service.preparing import prepare
from app.statements.service.uploads import READ, hand_in
from app.workflows.sweep_payouts import check_again, sweep_month

SALES = """line_id,statement_month,sale_month,store,territory,isrc,usage,units,gross,currency
1,2026-09,2026-07,Spotify,DE,IDA012600321,stream,184210,1396.533333,EUR
2,2026-09,2026-07,YouTube Music,ID,IDA012600321,stream,96330,158.666667,EUR
3,2026-08,2026-06,Deezer,FR,IDA012600321,stream,1206,4.044444,EUR
4,2026-08,2026-06,Spotify,ID,IDA012600321,stream,158440,544.2,EUR
"""
PAID = """payee,statement_month,sale_month,store,territory,isrc,currency,amount
made,2026-09,2026-07,Spotify,DE,IDA012600321,EUR,314.219999925
made,2026-08,2026-06,Deezer,FR,IDA012600321,EUR,1.8199998
made,2026-08,2026-06,Spotify,ID,IDA012600321,EUR,217.68
rauf,2026-09,2026-07,Spotify,DE,IDA012600321,EUR,942.659999775
rauf,2026-09,2026-07,YouTube Music,ID,IDA012600321,EUR,71.40000015
rauf,2026-08,2026-06,Deezer,FR,IDA012600321,EUR,1.8199998
rauf,2026-08,2026-06,Spotify,ID,IDA012600321,EUR,244.89
"""
TAXED = "2026-10"
"""The month in which 30 % tax was taken on plays in the US from artists who owe none."""
TAXED_SALES = """line_id,statement_month,sale_month,store,territory,isrc,usage,units,gross,currency
1,2026-10,2026-08,Spotify,US,AZTW12500301,stream,160557,1204.18,EUR
2,2026-10,2026-08,Spotify,US,AZTW12600011,stream,42453,318.4,EUR
3,2026-10,2026-08,Spotify,US,AM0012500007,stream,93728,702.96,EUR
4,2026-10,2026-08,Spotify,US,JPA012500201,stream,12733,95.5,EUR
5,2026-10,2026-08,Spotify,US,IDA012500111,stream,20144,151.08,EUR
"""
TAXED_PAID = """payee,statement_month,sale_month,store,territory,isrc,currency,amount
sabina,2026-10,2026-08,Spotify,US,AZTW12500301,EUR,716.4871
rauf,2026-10,2026-08,Spotify,US,AZTW12600011,EUR,189.448
ani,2026-10,2026-08,Spotify,US,AM0012500007,EUR,418.2612
haru,2026-10,2026-08,Spotify,US,JPA012500201,JPY,9409.6355325
made,2026-10,2026-08,Spotify,US,IDA012500111,EUR,89.8926
"""
UNKNOWN = """Kontor Digitalvertrieb;Abrechnung Juli 2026
Monat;Laden;Land;Titel;Interpret;ISRC;Menge;Netto EUR;Kundin
2026-05;Kontor Store;DE;Salt Road;Sabina Aliyeva;AZTW12500301;1.204;1.018,44;Berta Muster
2026-05;Kontor Store;AT;Oil Lights;Sabina Aliyeva;AZTW12500302;311;262,96;Berta Muster
2026-05;Kontor Store;CH;Boulevard at Six;Sabina Aliyeva;AZTW12500303;88;74,41;Ernst Beispiel
2026-05;Kontor Store;DE;Boulevard at Six;Sabina Aliyeva;AZTW12500303;-2;-1,69;Ernst Beispiel
"""
"""A table of a shop that no format knows, with names of customers."""
LOOSE = """line_id,statement_month,sale_month,store,territory,isrc,usage,units,gross,currency,upc,artist,title
1,2026-07,2026-05,Deezer,FR,IDA012600321,stream,904,3.03,EUR,,,
2,2026-07,2026-05,Deezer,FR,N/A,stream,48211,161.42,EUR,860017001113,SABINA ALIYEVA,Salt Road
3,2026-07,2026-05,Deezer,BE,N/A,stream,6120,20.5,EUR,860017001113,SABINA ALIYEVA,Salt Road
4,2026-07,2026-05,TIDAL,DE,,stream,3377,11.3,EUR,,Səbinə Əliyeva,Oil Lights
5,2026-07,2026-05,TIDAL,DE,QZTW92600001,stream,1809,6.05,EUR,,Tide Pool,Harbour Lamps
6,2026-07,2026-05,TIDAL,NL,,stream,77,0.26,EUR,,,
"""
"""Lines that name a recording without its ISRC, one that the catalogue does not have, one that names nothing."""
LEFT = (("kontor-2026-07.csv", UNKNOWN), ("small-stores-2026-07.csv", LOOSE))
"""Their month has no paid statement, so that no check of the house begins with them."""


def report_and_pay(stage: Stage) -> None:
    """Finance takes in the report of the stores, and what our own statements said."""
    files = (
        ("stores-2026-q3.csv", SALES), ("paid-2026-q3.csv", PAID),
        ("stores-2026-10.csv", TAXED_SALES), ("paid-2026-10.csv", TAXED_PAID),
    )  # fmt: skip
    actor = stage.actor("fay")
    for name, content in files:
        with tempfile.TemporaryDirectory(prefix="statements-") as folder:
            path, work = Path(folder) / name, Path(folder) / "work"
            path.write_text(content, encoding="utf-8")
            work.mkdir()
            command = keep(stage.services.storage, prepare(path, work), stage.clock)
        with transaction(actor) as tx:
            import_statement(tx, command, actor, stage.clock)
    with transaction(actor) as tx:
        audit_id = check_again(tx, TAXED, actor, stage.clock)
    sweep_month(
        Run("payouts.sweep_month", replace(stage.services, clock=stage.clock)), str(audit_id)
    )


def leave_for_finance(stage: Stage) -> None:
    """Two files are handed in and read as from the page: what they ask waits for the visitor."""
    actor, storage = stage.actor("fay"), stage.services.storage
    for name, content in LEFT:
        file = content.encode()
        waiting = storage.put_quarantine(io.BytesIO(file), len(file))
        command = HandInStatement(name, len(file), waiting.key, {})
        with transaction(actor) as tx:
            made = hand_in(tx, command, storage, actor, stage.clock)
        read_upload(Run(READ, replace(stage.services, clock=stage.clock)), str(made))
        stage.later(minutes=4)
