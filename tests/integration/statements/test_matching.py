"""Lines whose recording the catalogue does not have: found, matched by a person, remembered, taken back."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.catalogue.queries import recordings_by_isrc
from app.infra.jobs import run_task
from app.kernel.actor import Actor
from app.kernel.errors import Forbidden, NotFound, Refused
from app.statements.commands import MatchRecording, TakeMatchBack
from app.statements.formats.sales import write_sales
from app.statements.queries import (
    matched_isrcs,
    matches_of_key,
    suggestions_for,
    unmatched_counts,
    unmatched_page,
)
from app.statements.service.imports import import_statement
from app.statements.service.keeping import keep
from app.statements.service.matching import match_recording, take_match_back, unmatched_in
from app.statements.service.preparing import prepare
from tests.factories.accounts import make_person
from tests.factories.catalogue import NIGHT, NIGHT_TWO, make_catalogue
from tests.unit.statements.support import HEADER

SYSTEM = Actor.system("test")
FILES = Path(__file__).parents[2] / "unit" / "statements" / "files"
HEAD = f"{HEADER},upc,artist,title"
KNOWN = "1,2026-03,2026-01,spotify,DE,AZ-TW1-26-00418,stream,10,100.00,EUR,,Səbinə,Quiet Tide"
LOST = "2,2026-03,2026-01,deezer,FR,N/A,stream,1,0.25,EUR,36000291452,SABINA ALIYEVA,Salt Road"
AGAIN = "3,2026-03,2026-01,deezer,DE,N/A,stream,1,0.5,USD,36000291452,sabina aliyeva,SALT ROAD"
NONE = "4,2026-03,2026-01,deezer,DE,N/A,stream,1,0.75,EUR,,,"


@pytest.fixture
def fay(clock: Any) -> Any:
    make_person("ada")
    make_catalogue(NIGHT, NIGHT_TWO, clock=clock)
    return make_person("fay").actor


@pytest.fixture
def take(app: Any, tx_as: Any, clock: Any, tmp_path: Path) -> Any:
    """Take in a neutral file of these rows; (its id, its parts)."""

    def taking(*rows: str, content: bytes = b"", name: str = "a.csv") -> tuple[UUID, list[Path]]:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        (folder / "work").mkdir(parents=True)
        path = folder / name
        path.write_bytes(content or "\n".join((HEAD, *rows, "")).encode())
        prepared = prepare(path, folder / "work")
        with tx_as(SYSTEM) as tx:
            found = unmatched_in(tx, prepared.parts, folder, SYSTEM)
        command = keep(app.extensions["redress"].storage, prepared, clock, unmatched=found)
        with tx_as(SYSTEM) as tx:
            made = import_statement(tx, command, SYSTEM, clock)
        return made, [one.path for one in prepared.parts]

    return taking


def waiting(tx_as: Any, actor: Actor, made: UUID) -> list[Any]:
    with tx_as(actor) as tx:
        return [row for row, _match in unmatched_page(tx, actor, made).rows]


def matched(tx_as: Any, clock: Any, actor: Actor, made: UUID, isrc: str = "AZTW12500301") -> Any:
    """Match the only key that names something; its row."""
    (row,) = [one for one in waiting(tx_as, actor, made) if one.key]
    with tx_as(actor) as tx:
        recording = recordings_by_isrc(tx, actor, [isrc])[isrc]
        match_recording(tx, MatchRecording(made, row.id, recording.id), actor, clock)
    return row


def sold(parts: list[Path], out: Path, **more: Any) -> list[tuple[str, str]]:
    write_sales(parts, out, **more)
    with out.open(newline="") as file:
        return [(row["isrc"], row["gross"]) for row in csv.DictReader(file)]


def test_lines_without_a_recording_are_joined_by_what_they_say(
    take: Any, tx_as: Any, fay: Any
) -> None:
    made, _parts = take(KNOWN, LOST, AGAIN, NONE)

    lost, none = waiting(tx_as, fay, made)
    assert (lost.line_count, lost.sums, lost.said.title) == (
        2,
        {"EUR": "0.25", "USD": "0.5"},
        "SALT ROAD",
    )
    assert (none.key, none.line_count, none.sums) == ("", 1, {"EUR": "0.75"})
    with tx_as(fay) as tx:
        (found,) = suggestions_for(tx, fay, [lost, none])[lost.id]
    assert (found.recording.isrc, found.why) == ("AZTW12500301", "upc")


def test_nothing_is_matched_before_a_person_says_so(
    take: Any, tx_as: Any, fay: Any, clock: Any, tmp_path: Path
) -> None:
    made, parts = take(KNOWN, LOST)

    with tx_as(SYSTEM) as tx:
        assert matched_isrcs(tx) == {}
    assert ("N/A", "0.25") in sold(parts, tmp_path / "sales.csv")
    with pytest.raises(Forbidden):
        matched(tx_as, clock, SYSTEM, made)


def test_a_match_holds_for_later_files_is_remembered_and_taken_back(
    take: Any, tx_as: Any, fay: Any, clock: Any, tmp_path: Path
) -> None:
    made, _parts = take(KNOWN, LOST)
    row = matched(tx_as, clock, fay, made)
    later, parts = take(KNOWN, AGAIN)

    assert waiting(tx_as, fay, later) == []
    with tx_as(fay) as tx:
        (said,) = matches_of_key(tx, fay, row.key)
        counts = unmatched_counts(tx, fay, later)
        matches = matched_isrcs(tx)
    assert (counts.waiting, counts.matched) == (0, 1)
    assert (said.isrc, said.by, said.ended_at) == ("AZTW12500301", fay.name, None)
    assert ("AZTW12500301", "0.5") in sold(parts, tmp_path / "one.csv", matches=matches)

    with tx_as(fay) as tx:
        take_match_back(tx, TakeMatchBack(made, row.id, said.id), fay, clock)
    assert len(waiting(tx_as, fay, later)) == 1
    with tx_as(fay) as tx:
        (said,) = matches_of_key(tx, fay, row.key)
        assert said.ended_at == clock.now()
        assert matched_isrcs(tx) == {}
        verbs = tx.execute(text("select verb from history_entry where subject_kind = 'statement_match' order by n"))  # fmt: skip
        assert [verb for (verb,) in verbs] == ["statement.matched", "statement.match_taken_back"]


def test_a_match_is_changed_only_after_it_was_taken_back(
    take: Any, tx_as: Any, fay: Any, clock: Any
) -> None:
    made, _parts = take(LOST)
    row = matched(tx_as, clock, fay, made)

    with tx_as(fay) as tx:
        other = recordings_by_isrc(tx, fay, ["AZTW12600418"])["AZTW12600418"]
    with pytest.raises(Refused) as refused, tx_as(fay) as tx:
        match_recording(tx, MatchRecording(made, row.id, other.id), fay, clock)
    assert refused.value.code == "matched"
    with pytest.raises(Refused) as refused, tx_as(fay) as tx:
        take_match_back(tx, TakeMatchBack(made, row.id, row.id), fay, clock)
    assert refused.value.code == "changed"


def test_lines_that_name_nothing_and_lines_of_another_file_are_not_matched(
    take: Any, tx_as: Any, fay: Any, clock: Any
) -> None:
    made, _parts = take(NONE)
    other, _parts = take(LOST)
    (row,) = waiting(tx_as, fay, made)
    with tx_as(fay) as tx:
        recording = recordings_by_isrc(tx, fay, ["AZTW12600418"])["AZTW12600418"]

    with pytest.raises(Refused) as refused, tx_as(fay) as tx:
        match_recording(tx, MatchRecording(made, row.id, recording.id), fay, clock)
    assert refused.value.code == "nameless"
    with pytest.raises(NotFound), tx_as(fay) as tx:
        match_recording(tx, MatchRecording(other, row.id, recording.id), fay, clock)


def test_a_catalogue_that_learns_the_recording_needs_nobody(
    take: Any, tx_as: Any, fay: Any, clock: Any
) -> None:
    row = KNOWN.replace("AZ-TW1-26-00418", "AZTW12699999")
    made, _parts = take(row)
    assert len(waiting(tx_as, fay, made)) == 1

    make_catalogue(NIGHT.replace("AZTW12600418", "AZTW12699999"), clock=clock)

    assert waiting(tx_as, fay, made) == []


def test_parties_see_and_say_nothing_and_what_was_found_stays(
    take: Any, tx_as: Any, fay: Any, clock: Any
) -> None:
    made, _parts = take(LOST)
    bo = make_person("bo").actor

    assert waiting(tx_as, bo, made) == []
    with tx_as(bo) as tx:
        assert tx.execute(text("select count(*) from statement_unmatched")).scalar_one() == 0
    with pytest.raises(Forbidden):
        matched_by = make_person("gus").actor
        matched(tx_as, clock, matched_by, made)
    with pytest.raises(DBAPIError), tx_as(SYSTEM) as tx:
        tx.execute(text("update statement_unmatched set line_count = 9"))


def test_a_match_without_history_is_refused_by_the_database(
    take: Any, tx_as: Any, fay: Any, clock: Any
) -> None:
    made, _parts = take(LOST)
    matched(tx_as, clock, fay, made)

    with pytest.raises(DBAPIError), tx_as(fay) as tx:
        tx.execute(text("update statement_match set ended_at = now(), ended_by_id = by_id"))


def test_a_correction_run_that_says_lines_again_counts_them_once(
    take: Any, fay: Any, tmp_path: Path
) -> None:
    content = (FILES / "fuga_2026-03.csv").read_text()
    _made, march = take(content=content.encode(), name="fuga_2026-03.csv")
    changed = content.replace("-0.085", "-0.0425").replace(",R1,", ",R2,")
    _made, april = take(content=changed.encode(), name="CorrectionStatementRun_2026-04.csv")
    out = tmp_path / "sales.csv"

    alone = [gross for _isrc, gross in sold(april, out)]
    beside = [gross for _isrc, gross in sold(april, out, earlier=march)]
    whole = [gross for _isrc, gross in sold([*march, *april], out)]

    assert alone == ["0.08500000000000001", "-0.0425"]
    assert beside == ["-0.0425"]
    assert whole == ["0.08500000000000001", "-0.085", "-0.0425"]


def test_two_equal_lines_of_one_statement_stay_two(take: Any, fay: Any, tmp_path: Path) -> None:
    row = LOST.replace("2,2026-03", ",2026-03", 1)
    _made, parts = take(row, row)

    assert [gross for _isrc, gross in sold(parts, tmp_path / "sales.csv")] == ["0.25", "0.25"]


def test_old_objects_without_a_row_are_cleared_and_those_of_imports_stay(
    app: Any, take: Any, tx_as: Any, fay: Any, clock: Any, tmp_path: Path
) -> None:
    services = app.extensions["redress"]
    storage = services.storage
    take(LOST)
    for key in ("statement/lost/a.parquet", "statement-upload/nobody"):
        waiting_there = storage.put_quarantine(io.BytesIO(b"x"), 10)
        storage.accept(waiting_there.key, key)

    def keys() -> set[str]:
        return {
            one.key
            for prefix in ("statement/", "statement-upload/")
            for one in storage.list(prefix)
        }

    before = keys()
    run_task(services, "statements.sweep", {})
    assert keys() == before, "younger than a day: somebody may be taking them in"

    clock.advance(timedelta(days=365))  # The store's own clock is the real one.
    run_task(services, "statements.sweep", {})
    with tx_as(SYSTEM) as tx:
        named = set(tx.execute(text("select object_key from statement_part union select kept_key from statement_import")).scalars())  # fmt: skip
    assert not {"statement/lost/a.parquet", "statement-upload/nobody"} & keys()
    assert named <= keys()
