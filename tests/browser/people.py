"""What a person does in the browser, in the users' own words; pages are found by label, role and text."""

from __future__ import annotations

import re
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.accounts.service.demo import DEMO_HOST, DEMO_PASSWORD

SCREENS = Path(__file__).resolve().parents[2] / "docs" / "screens"


class Visitor:
    """A browser window and the person in front of it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def opens(self, path: str) -> None:
        """Go to a page and wait until it has settled."""
        self.page.goto(self.address + path, wait_until="load")

    def sees(self, text: str | re.Pattern[str]) -> None:
        """The text stands somewhere visible."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def types(self, label: str, text: str) -> None:
        """Fill a field by its label."""
        self.page.get_by_label(label).first.fill(text)

    def picks(self, label: str) -> None:
        """Choose a radio or tick a box by its label."""
        self.page.get_by_label(label).first.check()

    def presses(self, name: str) -> None:
        """Press a button by what it says."""
        self.page.get_by_role("button", name=name).first.click()
        self.page.wait_for_load_state("load")

    def follows(self, name: str | re.Pattern[str]) -> None:
        """Follow a link by what it says."""
        self.page.get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state("load")

    def signs_in_as_artist(self, key: str) -> None:
        """E-mail, then the six digits from the demo's mailbox."""
        self.opens("/signin")
        self.types("E-mail address", f"{key}@{DEMO_HOST}")
        self.presses("Send me a code")
        self.types("Code", self._newest_code(f"{key}@{DEMO_HOST}"))
        self.presses("Sign in")

    def _newest_code(self, email: str) -> str:
        other = self.page.context.new_page()
        for _ in range(60):
            other.goto(f"{self.address}/demo/mailbox?to={email}")
            found = re.search(r"\b(\d{6})\b", other.inner_text("main"))
            if found:
                other.close()
                return found.group(1)
            other.wait_for_timeout(500)
        raise AssertionError(f"no code for {email} in the mailbox")

    def signs_in_as_staff(self, key: str) -> None:
        """Password, then the code of the authenticator, as the demo's list shows it."""
        self.opens("/signin/staff")
        self.types("E-mail address", f"{key}@{DEMO_HOST}")
        self.types("Password", DEMO_PASSWORD)
        self.presses("Continue")
        self.types("Code", self.code_now(key))
        self.presses("Sign in")

    def code_now(self, key: str) -> str:
        """What the authenticator of a member of staff shows at this moment."""
        other = self.page.context.new_page()
        other.goto(f"{self.address}/signin/demo")
        code = (
            other.get_by_role("row")
            .filter(has_text=f"{key}@{DEMO_HOST}")
            .get_by_text(re.compile(r"^\d{6}$"))
        )
        text = code.inner_text()
        other.close()
        return text

    def finds_nothing_with_axe(self) -> None:
        """No accessibility violation on this page."""
        found = Axe().run(self.page)
        assert found.violations_count == 0, found.generate_report()

    def never_scrolls_sideways(self) -> None:
        """The page fits its width."""
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{self.page.url} is {wide} px too wide"

    def keeps_a_picture(self, name: str) -> None:
        """Into docs/screens, for the README and the eye."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{name}.png")
