"""Laws of reading: pieces of bytes do not matter, order is kept, sums hold, a neutral file comes back as it went."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from decimal import Decimal
from typing import BinaryIO

from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.reading.sources import Source
from app.statements.formats import PROFILES
from app.statements.rules.occurrences import Occurrences
from app.statements.rules.reading import read_whole
from tests.unit.statements.support import HEADER, lines_of, reading_of

TEXT = st.text(alphabet="aä夜Ж,;\"'\t\n =", max_size=12).map(str.strip).filter(bool)
AMOUNT = st.decimals(
    allow_nan=False, allow_infinity=False, places=8, min_value=-(10**6), max_value=10**6
)
ROW = st.fixed_dictionaries(
    {
        "statement_month": st.sampled_from(["2026-03", "2026-04"]),
        "sale_month": st.sampled_from(["2025-12", "2026-01"]),
        "store": TEXT,
        "territory": st.sampled_from(["DE", "ZZ", "US"]),
        "isrc": st.sampled_from(["QZABC2600001", "QZABC2600002", ""]),
        "usage": st.sampled_from(["stream", "download", ""]),
        "units": st.integers(-5, 10**9).map(str),
        "gross": AMOUNT.map(lambda value: f"{value:f}"),
        "currency": st.sampled_from(["EUR", "USD", "JPY"]),
    }
)
ROWS = st.lists(ROW, min_size=1, max_size=12)


def written(rows: list[dict[str, str]], delimiter: str = ",") -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, HEADER.split(","), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    for number, row in enumerate(rows):
        writer.writerow({"line_id": str(number), **row})
    return buffer.getvalue().encode()


class Pieces(io.RawIOBase):
    """A stream that hands out as many bytes as it likes, never more than asked."""

    def __init__(self, content: bytes, sizes: list[int]) -> None:
        super().__init__()
        self._inner, self._sizes, self._turn = io.BytesIO(content), sizes, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        self._turn += 1
        piece = self._inner.read(min(len(buffer), self._sizes[self._turn % len(self._sizes)]))
        buffer[: len(piece)] = piece
        return len(piece)

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._inner.seek(offset, whence)

    def tell(self) -> int:
        return self._inner.tell()


def in_pieces(content: bytes, sizes: list[int]) -> Source:
    def opened() -> BinaryIO:
        return io.BufferedReader(Pieces(content, sizes), buffer_size=max(sizes))

    return Source("a.csv", opened)


@settings(max_examples=60)
@given(
    ROWS, st.lists(st.integers(1, 40), min_size=1, max_size=6), st.sampled_from(["utf-8", "utf-16"])
)
def test_any_pieces_of_the_bytes_give_the_same_lines(
    rows: list[dict[str, str]], sizes: list[int], encoding: str
) -> None:
    content = written(rows).decode().encode(encoding)
    packed = gzip.compress(content)

    whole = lines_of(content)

    assert read_whole(in_pieces(content, sizes), PROFILES) == (whole, ())
    assert read_whole(in_pieces(packed, sizes), PROFILES) == (whole, ())


@settings(max_examples=60)
@given(ROWS, st.sampled_from([",", ";", "\t", "|"]))
def test_a_neutral_file_comes_back_as_it_went(rows: list[dict[str, str]], delimiter: str) -> None:
    rows = [
        {**row, "store": row["store"].replace("\n", " ").replace('"', "") or "x"} for row in rows
    ]
    if delimiter == "\t":
        rows = [{**row, "store": row["store"].replace("\t", " ")} for row in rows]

    lines = lines_of(written(rows, delimiter))

    assert [
        {
            "statement_month": one.statement_month,
            "sale_month": one.sale_month,
            "store": one.store,
            "territory": one.territory,
            "isrc": one.isrc,
            "usage": one.usage,
            "units": one.cells[7],
            "gross": one.amount_text,
            "currency": one.currency,
        }
        for one in lines
    ] == [{**row, "store": row["store"].strip()} for row in rows]


@settings(max_examples=60)
@given(ROWS)
def test_order_is_kept_and_sums_are_exact(rows: list[dict[str, str]]) -> None:
    reading = reading_of(written(rows))

    sums: Counter[str] = Counter()
    for row in rows:
        sums[row["currency"]] += Decimal(row["gross"])  # type: ignore[assignment]
    assert reading.sums.by_currency == dict(sums)
    assert [one.native_id for one in reading.read] == [str(n) for n in range(len(rows))]  # type: ignore[attr-defined]
    assert reading.problems == []


@settings(max_examples=40)
@given(ROWS, st.integers(1, 400))
def test_i18_a_file_that_is_cut_never_gives_more_than_it_says(
    rows: list[dict[str, str]], cut: int
) -> None:
    content = written(rows)
    short = content[: max(len(content) - cut, 0)]

    whole, _problems = read_whole(Source.of_bytes("a.csv", content), PROFILES)
    lines, problems = read_whole(Source.of_bytes("a.csv", short), PROFILES)

    assert lines == () or problems == ()
    assert [one.native_id for one in lines] == [one.native_id for one in whole[: len(lines)]]


@given(st.lists(st.integers(1, 2**64 - 1) | st.integers(1, 60), max_size=300))
def test_occurrences_count_like_a_dictionary(numbers: list[int]) -> None:
    table = Occurrences(bits=2)

    said = [table.add(number.to_bytes(8, "little") + bytes(8)) for number in numbers]

    assert said == [numbers[: place + 1].count(number) for place, number in enumerate(numbers)]
