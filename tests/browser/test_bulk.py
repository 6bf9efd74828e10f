"""Acts on many cases: chosen across pages, looked at first, refused with a reason, run as a job, read row by row, taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.people import Visitor
from tests.browser.stage import TITLE
from tests.browser.test_screens import looks

Visit = Callable[..., Visitor]
MANY = 52
LIST = f"/desk?q={TITLE.replace(' ', '+')}&state=submitted,triage"
FEW = LIST.replace("Lanterns", "Lanterns+0")
"""The first nine, on one page."""


@pytest.fixture(scope="module", autouse=True)
def crowd(stage: Callable[..., str]) -> Iterator[None]:
    """More cases than a page holds and than a run does while its reader waits; answered before the next tests."""
    stage("crowd", str(MANY))
    yield
    stage("quiet")


def chooses(staff: Visitor, act: str, target: str) -> None:
    """The button of the bar, the answer to its question, and what would become of each case."""
    with staff.page.expect_navigation(wait_until="load"):
        staff.page.locator(f"#bulk [data-act={act}]").click()
    staff.finds_nothing_with_axe()
    staff.page.locator("#target").select_option(label=target)
    staff.presses("See what would change")
    staff.finds_nothing_with_axe()
    staff.never_scrolls_sideways()


def ticks(staff: Visitor, *numbers: int) -> None:
    """Boxes of the list, by the numbers of the cases."""
    for number in numbers:
        row = staff.page.get_by_role("row").filter(has_text=f"{TITLE} {number:02}")
        row.locator("input[name=case]").check()


def test_a_selection_across_pages_is_assigned_by_a_job_and_taken_back(visit: Visit) -> None:
    lead = visit()
    lead.signs_in_as_staff("eli")
    lead.opens(LIST)
    lead.page.get_by_label("Select all on this page").check()
    lead.sees(f"50 of {MANY} selected")
    with lead.page.expect_navigation(wait_until="load"):
        lead.page.locator("nav.pager a[rel=next]").click()
    assert lead.page.locator("tbody input[name=case]:checked").count() == 0
    lead.sees(f"50 of {MANY} selected")
    lead.page.get_by_label("Select all on this page").check()
    lead.sees(f"{MANY} of {MANY} selected")

    chooses(lead, "assign", "Me")
    lead.sees(f"{MANY} cases will change.")
    lead.sees("It goes on in the background; you may leave this page.")
    lead.presses(f"Change {MANY} cases")
    done = lead.page.get_by_text(f"{MANY} cases were changed.")
    expect(done).to_be_visible(timeout=120_000)

    lead.presses("Undo")
    lead.sees(f"{MANY} cases were put back.")
    lead.opens(f"{LIST}&owner=me")
    assert lead.page.locator("tbody tr[data-row]").count() == 0


def test_a_step_says_which_cases_refuse_it_and_why(visit: Visit) -> None:
    agent = visit()
    agent.signs_in_as_staff("dee")
    agent.opens(FEW)
    ticks(agent, 1)
    chooses(agent, "stage", "Take case")
    agent.presses("Change 1 case")
    agent.sees("1 case was changed.")

    agent.opens(FEW)
    ticks(agent, 1, 2, 3)
    chooses(agent, "stage", "Take case")
    agent.sees("2 cases will change.")
    agent.sees("1 case is refused.")
    agent.sees("This cannot be undone: each step tells the parties what it always tells them.")
    for width in (390, 1440):
        agent.page.set_viewport_size({"width": width, "height": 900})
        looks(agent, "desk-bulk", width)
    refused = agent.page.get_by_role("row").filter(has_text=f"{TITLE} 01")
    expect(refused).to_contain_text("Its stage has no such step.")
    agent.presses("Change 2 cases")

    agent.sees("2 cases were changed.")
    assert agent.page.get_by_role("button", name="Undo").count() == 0
    agent.opens(f"{FEW}&owner=me")
    for number in (1, 2, 3):
        agent.sees(f"{TITLE} {number:02}")


def test_b143_a_case_that_somebody_took_meanwhile_is_left_alone(visit: Visit) -> None:
    lead, agent = visit(), visit()
    lead.signs_in_as_staff("eli")
    agent.signs_in_as_staff("dee")
    lead.opens(FEW)
    ticks(lead, 4, 5)
    chooses(lead, "assign", "Dee Dorn")
    lead.sees("2 cases will change.")
    agent.opens(FEW)
    agent.page.get_by_role("link", name=f"{TITLE} 04").first.click()
    agent.page.wait_for_url("**/desk/cases/*")
    with agent.page.expect_navigation():
        agent.page.goto(f"{agent.page.url}/actions/take")
    with agent.page.expect_navigation():
        agent.page.locator("main form button").last.click()

    lead.presses("Change 2 cases")

    lead.sees("1 case was changed.")
    row = lead.page.get_by_role("row").filter(has_text=f"{TITLE} 04")
    expect(row).to_contain_text("Updated by")


def test_a_tag_is_put_on_and_taken_off_again(visit: Visit) -> None:
    admin = visit()
    admin.signs_in_as_staff("adi")
    admin.opens("/admin/setup")
    admin.types("New tag", "lanterns")
    admin.presses("Add tag")
    agent = visit()
    agent.signs_in_as_staff("dee")
    agent.opens(FEW)
    ticks(agent, 6, 7)
    chooses(agent, "tag", "lanterns")
    agent.sees("2 cases will change.")
    agent.presses("Change 2 cases")
    agent.sees("2 cases were changed.")

    agent.presses("Undo")
    agent.sees("2 cases were put back.")


def test_a_macro_says_to_each_artist_their_own_case(visit: Visit) -> None:
    agent = visit()
    agent.signs_in_as_staff("dee")
    agent.opens("/desk/macros/new")
    agent.types("Name", "Lanterns seen")
    agent.page.locator("[name=audience]").first.wait_for()
    agent.page.get_by_label("Words").fill("We have {case_ref}, about {title}.")
    agent.presses("Save macro")
    agent.opens(FEW)
    ticks(agent, 8, 9)
    chooses(agent, "macro", "Lanterns seen (en)")
    agent.presses("Change 2 cases")
    agent.sees("2 cases were changed.")

    artist = visit(390)
    artist.signs_in_as_artist("haru")
    artist.opens("/cases?q=Fifty+Lanterns+08")
    artist.follows_first(f"{TITLE} 08")
    artist.sees(f", about {TITLE} 08.")
