"""The import file: read whole, or refused with every line and column that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.catalogue.rules.table import NEEDED, read_table
from app.kernel.errors import Invalid, InvalidMany

HEADER = "artist_code,artist,upc,release_title,recording_title,isrc,stores,seconds,released_on"
GOOD = "T1,Ada,036000291452,Low Tide,Low Tide,us-rc1-76-07839,Spotify|Deezer|Spotify,201,2026-03-01"


def problems(*lines: str, header: str = HEADER) -> list[tuple[str, str]]:
    with pytest.raises(InvalidMany) as caught:
        read_table("\n".join((header, *lines)).encode())
    return [(one.field, one.code) for one in caught.value.errors]


def test_a_good_line_comes_out_canonical() -> None:
    (line,) = read_table(f"\ufeff{HEADER}\n{GOOD}\n".encode())

    assert (line.isrc, line.upc, line.seconds) == ("USRC17607839", "00036000291452", 201)
    assert (line.stores, line.position, line.release_kind) == (("Spotify", "Deezer"), 1, "single")
    assert line.released_on is not None


def test_every_problem_names_its_line_and_column() -> None:
    found = problems(
        GOOD,
        "T2,,036000291453,X,Y,nonsense,,0,2026-13-01",
        GOOD.replace("201", "2o1"),
    )

    assert found == [
        ("line 3, artist", "required"),
        ("line 3, upc", "upc_check"),
        ("line 3, isrc", "isrc_length"),
        ("line 3, released_on", "date"),
        ("line 3, seconds", "number"),
        ("line 4, seconds", "number"),
    ]


def test_lines_that_contradict_each_other_are_refused() -> None:
    other = GOOD.replace("Ada", "Eva").replace("2026-03-01", "2025-03-01")

    assert problems(GOOD, other) == [
        ("line 3, artist", "disagrees"),
        ("line 3, released_on", "disagrees"),
    ]


@pytest.mark.parametrize("name", NEEDED)
def test_a_missing_column_is_named(name: str) -> None:
    header = ",".join("more" if column == name else column for column in HEADER.split(","))

    assert (f"line 1, {name}", "column_missing") in problems(GOOD, header=header)


def test_unknown_columns_short_lines_and_empty_files_are_refused() -> None:
    assert problems(header=HEADER) == [("line 1, file", "empty")]
    assert problems("T1,Ada") == [("line 2, file", "columns")]
    assert ("line 1, colour", "column_unknown") in problems(header=f"{HEADER},colour")


def test_another_encoding_is_refused_with_its_line() -> None:
    with pytest.raises(Invalid) as caught:
        read_table(f"{HEADER}\n{GOOD}\nT2,Zoë".encode("latin-1"))

    assert (caught.value.field, caught.value.code) == ("line 3, file", "encoding")


def test_the_demo_catalogue_is_a_good_file() -> None:
    lines = read_table(Path("app/demo/catalogue.csv").read_bytes())

    assert len({line.artist_code for line in lines}) == 6
    assert all(line.stores and line.holder_email for line in lines)
