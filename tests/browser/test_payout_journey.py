"""The main job, thinly but truly: file, judge, decide, confirm, approve, export, acknowledge, read the letter."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from tests.browser.people import Visitor
from tests.browser.steps import (
    Filing,
    attaches,
    confirms_decision,
    decides,
    files_case,
    judges_everything,
    moves,
)
from tests.browser.test_money_screens import looks_all_around

Visit = Callable[..., Visitor]


@pytest.mark.parametrize("javascript", [True, False], ids=["with-js", "without-js"])
def test_a_payout_case_from_the_phone_to_the_letter(
    visit: Visit, tmp_path: Path, javascript: bool
) -> None:
    # Given an artist on a phone who files a case with an attachment
    artist = visit(390, javascript=javascript)
    artist.signs_in_as_artist("made")
    filing = Filing(
        "My payout is wrong or missing", f"Lampu Kota {'one' if javascript else 'two'}", "Made Wirawan",
        branch="Earnings are missing or too low", period=("2026-04-01", "2026-06-30"),
    )  # fmt: skip
    reference = files_case(artist, filing, attaches(tmp_path))
    artist.sees(reference)

    # When a reviewer takes it, judges the file and proposes a correction
    reviewer = visit(javascript=javascript)
    reviewer.signs_in_as_staff("leyla")
    moves(reviewer, reference, "take")
    moves(reviewer, reference, "start_audit")
    reviewer.reloads_until(lambda: reviewer.page.get_by_text("Evidence review").count() > 0)
    judges_everything(reviewer, reference)
    amount = "25.40" if javascript else "31.70"
    decides(reviewer, reference, payee="Made Wirawan", pays=amount)

    # And a second reviewer confirms, and finance approves what it sees
    second = visit(javascript=javascript)
    second.signs_in_as_staff("nino")
    confirms_decision(second, reference)
    approver = visit(javascript=javascript)
    approver.signs_in_as_staff("gus")
    approver.opens("/finance/corrections")
    approver.follows(re.compile(re.escape(amount)))
    approver.presses(f"Approve €{amount}")

    # And finance locks, exports and hears from its ledger
    preparer = visit(javascript=javascript)
    preparer.signs_in_as_staff("fay")
    batch = locks_batch(preparer)
    first, again = exports(visit(javascript=javascript), batch)
    assert first == again
    assert amount.encode() in first
    comes_back(preparer, batch, tmp_path, first, looked_at=javascript)
    preparer.types("Reference in your ledger", "GL-2026-11")
    preparer.presses("Mark as posted" if javascript else "Confirm")

    # Then the case completes and the artist reads the letter
    artist.opens(f"/cases/{reference}/decision")
    letter = artist.page.get_by_role("link", name="Download")
    artist.reloads_until(lambda: letter.count() > 0)
    assert artist.downloads("Download").startswith(b"%PDF-")
    artist.opens(f"/cases/{reference}")
    artist.reloads_until(lambda: artist.page.get_by_text("Resolved").count() > 0)


def comes_back(
    preparer: Visitor, batch: str, folder: Path, left: bytes, *, looked_at: bool
) -> None:
    """The ledger's file is compared with what left: the very rows, and one that nobody knows (F5).

    Somebody who looked at it answers by hand afterwards; otherwise its page waits for the confirmation.
    """
    file = folder / "ledger.csv"
    row = next(csv.DictReader(StringIO(left.decode("utf-8-sig"))))
    posted = f"{row['correction_id']},{row['gross_correction']},EUR,2026-11-30"
    file.write_text(
        f"correction_id,amount,currency,posted\n{posted}\nGL-7,-1234567890.12,EUR,2026-11-30\n"
    )
    preparer.opens(f"{batch}/reconciliation")
    preparer.presses("Compare")
    preparer.sees("Choose a file.")
    preparer.page.locator("input[type=file]").set_input_files(file)
    preparer.presses("Compare")
    preparer.sees("Unknown in this batch 1")
    if looked_at:
        looks_all_around(preparer, "finance-reconciled")
        preparer.opens(f"{batch}/reconciliation")
        looks_all_around(preparer, "finance-reconciliation")
        preparer.opens(f"{batch}/export")


def locks_batch(preparer: Visitor) -> str:
    """Lock the newest open batch; gives its path."""
    preparer.opens("/finance/batches")
    preparer.page.locator("main a[href*='/finance/batches/']").first.click()
    preparer.page.wait_for_url(re.compile("/finance/batches/[0-9a-f-]{36}"))
    preparer.presses(re.compile("^Lock"))
    return re.search(r"/finance/batches/[0-9a-f-]{36}", preparer.page.url)[0]  # type: ignore[index]


def exports(approver: Visitor, batch: str) -> tuple[bytes, bytes]:
    """Somebody else exports; the file, twice."""
    approver.signs_in_as_staff("gil")
    approver.opens(f"{batch}/export")
    approver.presses(re.compile("^Export"))
    approver.opens(f"{batch}/export")
    return approver.downloads("Download the file"), approver.downloads("Download the file")
