"""A statement in the browser: handed in without a script too, refused with its problems, taken in, and looked at."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.people import Visitor
from tests.browser.test_screens import looks
from tests.unit.statements.support import FIRST, HEADER, SECOND, table
from tests.unit.statements.test_mapping import CHOSEN, FILE

Visit = Callable[..., Visitor]
FILES = Path(__file__).parents[1] / "unit" / "statements" / "files"


def hands_in(visitor: Visitor, file: Path, **said: str) -> None:
    """Choose the file, answer, send, and wait until it was read."""
    visitor.opens("/finance/statements")
    visitor.follows("Hand in a file")
    for label, text in said.items():
        visitor.types(label, text)
    visitor.page.get_by_label("Statement file").set_input_files(file)
    visitor.presses("Hand in")
    ended = visitor.page.get_by_text(
        re.compile("All of it was taken in|Nothing of it was used|taken in already")
    )
    expect(ended.first).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("width", [390, 1440])
def test_a_statement_is_handed_in_and_looked_at(visit: Visit, tmp_path: Path, width: int) -> None:
    staff = visit(width)
    staff.signs_in_as_staff("fay")
    bad, good = tmp_path / f"bad-{width}.csv", tmp_path / f"north-{width}.csv"
    bad.write_text(table(FIRST.replace("100.00", "1e3"), SECOND.replace("2026-01", "01/02/2026")))
    good.write_text(table(FIRST.replace("spotify", f"spotify {width}"), SECOND))

    hands_in(staff, bad)
    staff.sees("2 problems")
    looks(staff, "finance-statement-problems", width)
    hands_in(staff, good)
    staff.follows("Look at its months and sums")
    staff.sees("2026-03")
    looks(staff, "finance-statement", width)
    staff.opens("/finance/statements")
    looks(staff, "finance-statements", width)
    staff.follows("Hand in a file")
    looks(staff, "finance-statement-new", width)


def test_a_statement_is_handed_in_without_scripts(visit: Visit, tmp_path: Path) -> None:
    staff = visit(1440, javascript=False)
    staff.signs_in_as_staff("fay")
    file = tmp_path / "plain.csv"
    file.write_text(table(FIRST.replace("spotify", "tidal")))

    hands_in(staff, file)

    staff.sees("All of it was taken in.")


@pytest.mark.parametrize("width", [390, 1440])
def test_lines_without_a_recording_are_matched(visit: Visit, tmp_path: Path, width: int) -> None:
    staff = visit(width)
    staff.signs_in_as_staff("fay")
    file = tmp_path / f"lost-{width}.csv"
    file.write_text(
        table(
            f"{FIRST.replace('QZABC2600001', 'N/A')},,Səbinə,Unheard {width}",
            header=f"{HEADER},upc,artist,title",
        )
    )

    hands_in(staff, file)
    staff.follows("Look at its months and sums")
    staff.follows("Say what they mean")
    staff.sees(f"Unheard {width}")
    looks(staff, "finance-matching", width)
    staff.page.get_by_role("link", name=f"Unheard {width}").click()
    staff.types("Title, artist, ISRC or UPC", "a")
    staff.presses("Search")
    staff.page.get_by_role("button", name=re.compile("This is it")).first.click()
    staff.sees("Matched. Lines that say the same mean this recording")
    staff.follows("Matched")
    staff.page.get_by_role("link", name=f"Unheard {width}").click()
    looks(staff, "finance-match", width)
    staff.presses("Take it back")
    staff.sees("Taken back. These lines wait again.")


@pytest.mark.parametrize(("width", "scripts"), [(390, True), (1440, True), (1440, False)])
def test_an_unknown_file_is_mapped_and_read(
    visit: Visit, tmp_path: Path, width: int, *, scripts: bool
) -> None:
    staff = visit(width, javascript=scripts)
    staff.signs_in_as_staff("fay")
    file = tmp_path / f"kontor-{width}-{scripts}.csv"
    file.write_text(FILE.replace("Monat", f"Monat {width} {scripts}"))

    staff.opens("/finance/statements/new")
    staff.page.get_by_label("Statement file").set_input_files(file)
    staff.presses("Hand in")
    expect(staff.page.get_by_text("No known format fits.")).to_be_visible(timeout=60_000)
    staff.follows("Say what its columns mean")
    for place, field in enumerate(CHOSEN):
        staff.page.locator(f"select[name=c{place}]").select_option(field)
    staff.page.get_by_label("1.234,50").check()
    staff.page.get_by_label("5 April").check()
    staff.types("Statement month of this file", "2026-03")
    staff.presses("Show the first lines")
    staff.sees("or say which one it is")
    staff.types("Currency, where no column says it", "EUR")
    staff.presses("Show the first lines")
    staff.sees("1234.50 EUR")
    if scripts:
        looks(staff, "finance-mapping", width)
    staff.types("Name of this format", f"Kontor {width} {scripts}")
    staff.presses("Save and read the file")
    expect(staff.page.get_by_text("All of it was taken in.")).to_be_visible(timeout=60_000)
    staff.opens("/finance/statements/formats")
    staff.sees(f"kontor-{width}-{scripts}".lower())
    if scripts:
        looks(staff, "finance-own-formats", width)
