"""How fast statements are read: each format's own file made long, read and kept as an import keeps it, without a database.

python -m bench.imports [--lines 20000] [--format onerpm_2026-03.xlsx --format neutral.csv] [--out FOLDER]

A file is the fixture of its format with one earnings row said again and again, its ISRC and id counted up. Each is read in a process
of its own. CPU is of that process; memory is how far it rose above what it held before the reading.
"""

from __future__ import annotations

import argparse
import codecs
import json
import resource
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

from app.kernel.reading.encodings import encoding_of
from app.kernel.reading.sources import Source
from app.statements.rules.reading import Asked
from app.statements.service.preparing import BadStatement, prepare

FILES = Path(__file__).parents[1] / "tests" / "unit" / "statements" / "files"
ISRC, MOST_ISRCS = "QZABC2600001", 90_000
ROWS = {
    "neutral.csv": 2, "paid.csv": 2, "distrokid-since-mid-2025.csv": 2, "tunecore-24.csv": 2, "believe.csv": 2, "fuga_2026-03.csv": 2,
    "orchard-new.csv": 2, "symphonic.csv": 2, "cdbaby.txt": 2, "youtube_2026-01.csv": 3, "spotify-since.csv": 4, "merlin.csv": 2,
    "mlc-detail_2026-03.tsv": 2, "bandcamp-52.csv": 2, "sonosuite.csv": 2, "onerpm_2026-03.xlsx": 2,
}  # fmt: skip
"""Fixture → physical line of the row that is said again."""
IDS = {"neutral.csv": "1", "fuga_2026-03.csv": "S1", "sonosuite.csv": "77"}
"""What its rows must not say twice."""
DOLLARS = frozenset({"youtube_2026-01.csv", "sonosuite.csv", "onerpm_2026-03.xlsx"})


@dataclass(frozen=True)
class Read:
    """What one reading cost. *megabytes*: of the file; *growth*: MB of memory."""

    name: str
    format: str
    lines: int
    megabytes: float
    cpu: float
    growth: float

    @property
    def speed(self) -> float:
        """Lines per CPU second."""
        return self.lines / self.cpu


def make(name: str, lines: int, folder: Path) -> Path:
    """The long file of the fixture *name*."""
    folder.mkdir()
    made, fixture = folder / name, FILES / name
    if fixture.suffix == ".xlsx":
        _make_workbook(fixture, made, ROWS[name], lines)
        return made
    raw = fixture.read_bytes()
    encoding = encoding_of(Source.of_bytes(name, raw))
    begun = raw.decode(encoding).splitlines(keepends=True)[: ROWS[name]]
    row, known = begun.pop(), IDS.get(name, "")
    with made.open("w", encoding=encoding, newline="") as file:
        if raw.startswith(codecs.BOM_UTF8):
            file.write("\ufeff" if encoding == "utf-8" else "")
        file.writelines(begun)
        for number in range(lines):
            said = row.replace(ISRC, _isrc(number))
            file.write(said.replace(known, f"{known}{number}", 1) if known else said)
    return made


def _isrc(number: int) -> str:
    return f"{ISRC[:7]}{10_000 + number % MOST_ISRCS:05d}"


def _make_workbook(fixture: Path, made: Path, row: int, lines: int) -> None:
    """The first sheet long, the others as they are; words in a table of their own, as spreadsheets write them."""
    import openpyxl
    import xlsxwriter

    with xlsxwriter.Workbook(made) as long:
        for place, sheet in enumerate(openpyxl.load_workbook(fixture).worksheets):
            rows = list(sheet.iter_rows(values_only=True))
            out = long.add_worksheet(sheet.title)
            if place == 0:
                again = rows[row - 1]
                rows = rows[: row - 1] + [
                    tuple(_isrc(number) if cell == ISRC else cell for cell in again)
                    for number in range(lines)
                ]
            for number, cells in enumerate(rows):
                out.write_row(number, 0, cells)


def read(path: Path, folder: Path) -> Read:
    """Read *path* as an import reads it, in this process."""
    asked = Asked(currency="USD" if path.name in DOLLARS else "", totals_reason="made long")
    folder.mkdir()
    Path("/proc/self/clear_refs").write_text("5")  # the mark of the most memory begins anew
    held, before = _kb("VmRSS"), _own()
    try:
        prepared = prepare(path, folder, asked)
    except BadStatement as error:
        raise RuntimeError(str(error.problems[:3])) from None  # the error itself does not travel
    cpu, growth = _own() - before, (_kb("VmHWM") - held) / 1024
    size = path.stat().st_size / 1e6
    return Read(path.name, prepared.formats[0], prepared.line_count, size, cpu, growth)


def _own() -> float:
    use = resource.getrusage(resource.RUSAGE_SELF)
    return use.ru_utime + use.ru_stime


def _kb(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def run(names: list[str], lines: int, folder: Path) -> list[Read]:
    """Each file made and read, one after the other, in a process of its own."""
    found = []
    for number, name in enumerate(names):
        made = make(name, lines, folder / f"{number}-file")
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as own:
            found.append(own.submit(read, made, folder / f"{number}-work").result())
        made.unlink()
    return found


def table(found: list[Read]) -> str:
    """What was measured, as a table of the page on performance."""
    rows = [
        "| Format | File | Lines | MB | CPU s | Lines per CPU s | Memory grew by MB |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    rows += [
        f"| {one.format} | {one.name} | {one.lines:,} | {one.megabytes:.1f} | {one.cpu:.2f} | {one.speed:,.0f} | {one.growth:.0f} |"
        for one in sorted(found, key=lambda one: one.speed)
    ]
    return "\n".join(rows)


def main() -> int:
    """Measure, print and keep; 1 when a file was not read whole."""
    parser = argparse.ArgumentParser(prog="bench.imports")
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--format", action="append", choices=sorted(ROWS), help="a fixture; all without it")  # fmt: skip
    parser.add_argument("--out", type=Path, help="folder for imports.json")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-imports-") as folder:
        found = run(said.format or list(ROWS), said.lines, Path(folder))
    sys.stdout.write(f"{table(found)}\n")
    if said.out:
        said.out.mkdir(parents=True, exist_ok=True)
        kept = json.dumps([asdict(one) for one in found], indent=1)
        (said.out / "imports.json").write_text(kept, encoding="utf-8")
    return 0 if all(one.lines >= said.lines for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
