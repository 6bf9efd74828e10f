"""B037 in the browser: a large file on a slow line, broken off, found again after a reload, and finished with the rest alone."""

from __future__ import annotations

import re
import secrets
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Request, expect

from tests.browser.people import Visitor
from tests.browser.steps import Filing, files_case

MIB = 1024 * 1024
FILING = Filing("Something else", "Night Ferry", "青木 春", branch="A technical problem")


@pytest.fixture
def stems(tmp_path: Path) -> Path:
    """A ZIP of 40 MiB that nothing makes smaller."""
    file = tmp_path / "night-ferry-stems.zip"
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("stems.raw", secrets.token_bytes(40 * MIB))
    return file


def line_of(artist: Visitor) -> Callable[..., None]:
    """The line of this window: `line(bytes a second upwards)`, 0 for no brake, `line(off=True)` for none at all."""
    session = artist.page.context.new_cdp_session(artist.page)
    session.send("Network.enable")

    def line(upwards: int = 0, *, off: bool = False) -> None:
        speed = {"downloadThroughput": -1, "uploadThroughput": upwards or -1}
        session.send("Network.emulateNetworkConditions", {"offline": off, "latency": 20, **speed})

    return line


def counts_parts(artist: Visitor) -> list[str]:
    """The parts that leave from now on."""
    sent: list[str] = []

    def hear(request: Request) -> None:
        if request.method == "PUT":
            sent.append(re.findall(r"partNumber=(\d+)", request.url)[0])

    artist.page.on("request", hear)
    return sent


def test_a_large_file_survives_a_reload_and_sends_only_the_rest(
    visit: Callable[..., Visitor], stems: Path
) -> None:
    artist = visit(390)
    artist.signs_in_as_artist("made")
    reference = files_case(artist, FILING)
    artist.opens(f"/cases/{reference}")
    rows = artist.page.locator("file-uploads [data-rows] > li")
    line = line_of(artist)
    line(4 * MIB)

    artist.page.locator("#file").set_input_files(stems)
    expect(rows.first).to_contain_text(
        re.compile(r"(2[6-9]|3\d) MB of 42 MB, about"), timeout=60_000
    )
    artist.page.once("dialog", lambda dialog: dialog.accept())
    artist.page.reload()

    expect(rows.first).to_contain_text("Choose the same file to go on.")
    sent = counts_parts(artist)
    line()
    artist.page.locator("#file").set_input_files(stems)
    listed = artist.page.locator("#files-part").get_by_text(stems.name)
    expect(listed).to_be_visible(timeout=90_000)

    assert 0 < len(sent) < 6, sent
    expect(rows).to_have_count(0)
    artist.finds_nothing_with_axe()


def test_pausing_cancelling_and_refusals_in_words(
    visit: Callable[..., Visitor], stems: Path, tmp_path: Path
) -> None:
    artist = visit(390, dark=True)
    artist.signs_in_as_artist("ani")
    reference = files_case(artist, FILING)
    artist.opens(f"/cases/{reference}")
    page = artist.page
    rows = page.locator("file-uploads [data-rows] > li")
    line = line_of(artist)
    line(2 * MIB)
    beat, empty = tmp_path / "beat.flp", tmp_path / "empty.pdf"
    beat.write_bytes(b"FLhd")
    empty.write_bytes(b"")

    page.locator("#file").set_input_files([stems, beat, empty])
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text(
        "We cannot open .flp files. Put it in a ZIP and add it again."
    )
    expect(rows.nth(2)).to_contain_text("empty.pdf is empty.")
    page.locator("#file").set_input_files(stems)
    expect(page.locator("file-uploads [data-says]")).to_contain_text("is here already")
    page.get_by_role("button", name=f"Pause {stems.name}").click()
    expect(rows.first).to_contain_text("Paused.")
    artist.finds_nothing_with_axe()
    artist.never_scrolls_sideways()
    page.get_by_role("button", name=f"Go on with {stems.name}").click()
    expect(rows.first).to_contain_text("of 42 MB")
    for name in (stems.name, beat.name, empty.name):
        page.get_by_role("button", name=f"Cancel {name}").click()

    expect(rows).to_have_count(0)
    page.reload()
    expect(page.locator("file-uploads")).to_be_visible()
    expect(rows).to_have_count(0)


def test_a_line_that_breaks_is_said_and_goes_on_by_itself(
    visit: Callable[..., Visitor], stems: Path
) -> None:
    artist = visit(1440)
    artist.signs_in_as_artist("haru")
    reference = files_case(artist, FILING)
    artist.opens(f"/cases/{reference}")
    row = artist.page.locator("file-uploads [data-rows] > li").first
    line = line_of(artist)
    line(4 * MIB)

    artist.page.locator("#file").set_input_files(stems)
    expect(row).to_contain_text("of 42 MB, about", timeout=60_000)
    line(off=True)
    expect(row).to_contain_text("Connection lost.", timeout=30_000)
    line()

    listed = artist.page.locator("#files-part").get_by_text(stems.name)
    expect(listed).to_be_visible(timeout=90_000)
