"""Screens of the terms: every table, changes, conflicts, a row added and ended, a file taken in.

Finance that prepares looks at each in both widths and both themes, and does by keys alone what can be done there.
"""

from __future__ import annotations

import pytest

from tests.browser.keyboard import Typist
from tests.browser.people import Visitor
from tests.browser.test_money_screens import Visit, looks_at

ISRC = "QZTRM2699001"
OTHER = "QZTRM2699002"
FILE = f"isrc,fee_rate,from_month,to_month\n{OTHER},0.2,2031-01,\n"
BROKEN = f"isrc,fee_rate,from_month,to_month\n{OTHER},a fifth,2031-01,\n"


@pytest.fixture
def fay(visit: Visit) -> Visitor:
    staff = visit()
    staff.signs_in_as_staff("fay")
    return staff


@pytest.mark.parametrize(
    "table", ["deals", "splits", "payees", "withholding", "fx", "balances", "conflicts", "changes"]
)
def test_every_tab_of_the_terms_is_reached_by_keys(fay: Visitor, table: str) -> None:
    keys = Typist(fay)
    words = {
        "deals": "Commissions?$|Deals$", "splits": "Splits$|Shares$", "payees": "Payees$", "withholding": "Tax withheld$",
        "fx": "Rates$", "balances": "Balances$", "conflicts": "Conflicts$", "changes": "Changes$",
    }  # fmt: skip
    fay.opens("/finance/terms/changes" if table != "changes" else "/finance/terms/conflicts")
    keys.reaches(words[table])
    keys.goes("Enter")
    assert table in fay.page.url
    looks_at(fay)


def test_a_row_is_added_and_ended_by_keys(fay: Visitor) -> None:
    keys = Typist(fay)
    fay.opens("/finance/terms?table=deals")
    keys.reaches("Add a row")
    keys.goes("Enter")
    looks_at(fay)
    keys.fills("Commission, as a fraction", "a fifth")
    keys.sends()
    assert fay.page.title().startswith("Error: ")
    looks_at(fay)

    fay.opens("/finance/terms/new?table=deals")
    keys.fills(r"Recording \(ISRC\)", ISRC)
    keys.fills("Commission, as a fraction", "0.2")
    keys.fills("From month", "2031-01")
    keys.fills("Why", "Agreed by phone")
    keys.sends()
    fay.opens(f"/finance/terms?table=deals&find={ISRC}")
    fay.sees(ISRC)
    keys.reaches(r"Version \d+")
    keys.goes("Enter")
    fay.sees("Agreed by phone")
    looks_at(fay)

    fay.opens(f"/finance/terms?table=deals&find={ISRC}")
    keys.reaches("End$")
    keys.goes("Enter")
    looks_at(fay)
    keys.fills("Why", "Typed by mistake")
    keys.sends()
    fay.opens(f"/finance/terms?table=deals&find={ISRC}")
    fay.sees("Nothing like that is in force.")
    looks_at(fay)


def test_a_file_is_looked_at_before_it_counts(fay: Visitor) -> None:
    keys = Typist(fay)
    fay.opens("/finance/terms?table=deals")
    keys.reaches("Take in a file")
    keys.goes("Enter")
    looks_at(fay)
    _chooses_file(fay, BROKEN)
    keys.reaches("Look at what changes")
    keys.goes("Enter")
    fay.sees("Nothing was changed. Mend this in the file and choose it again.")
    looks_at(fay)

    _chooses_file(fay, FILE)
    keys.reaches("Look at what changes")
    keys.goes("Enter")
    fay.sees(OTHER)
    looks_at(fay)
    keys.reaches("Let it count")
    keys.goes("Enter")
    fay.opens(f"/finance/terms?table=deals&find={OTHER}")
    fay.sees("2031-01")


def _chooses_file(fay: Visitor, content: str) -> None:
    """The system's own window chooses it; no page has keys for that."""
    fay.page.locator("#file").set_input_files(
        {"name": "deals.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
