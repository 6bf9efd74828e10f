"""What a person does in the browser, in the users' own words; pages are found by label, role and text."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from app.accounts.service.demo import DEMO_HOST, DEMO_PASSWORD

CODES, SPAN_SECONDS = 4, 15 * 60
CODE_SECONDS = 45
"""For so long a code of an authenticator may be the one that was used already (RFC 6238: half a minute, and some slack)."""
_MAILED: dict[str, list[float]] = {}
_ENTERED: dict[str, tuple[list[Any], str]] = {}
_PROVED: dict[str, float] = {}
AT_REST = """() => Promise.all(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime !== Infinity).map((one) => one.finished.catch(() => {})))"""
SCREENS = Path(__file__).resolve().parents[2] / "docs" / "screens"


class Visitor:
    """A browser window and the person in front of it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def opens(self, path: str) -> None:
        """Go to a page and wait until it has settled."""
        self.page.goto(path if path.startswith("http") else self.address + path, wait_until="load")

    def sees(self, text: str | re.Pattern[str]) -> None:
        """The text stands somewhere visible."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def types(self, label: str, text: str) -> None:
        """Fill a field by its label."""
        self.page.get_by_label(label).first.fill(text)

    def picks(self, label: str) -> None:
        """Choose a radio or tick a box by its label."""
        self.page.get_by_label(label).first.check()

    def presses(self, name: str | re.Pattern[str]) -> None:
        """Press a button by what it says, and wait for the page that it leads to."""
        button = self.page.get_by_role("button", name=name).first
        with self.page.expect_navigation(wait_until="load"):
            button.click()

    def follows(self, name: str | re.Pattern[str]) -> None:
        """Follow a link by what it says."""
        link = self.page.get_by_role("link", name=name).first
        with self.page.expect_navigation(wait_until="load"):
            link.click()

    def follows_first(self, text: str) -> None:
        """Follow the first visible link that holds the text."""
        link = self.page.get_by_role("link").filter(has_text=text).first
        with self.page.expect_navigation(wait_until="load"):
            link.click()

    def signs_in_as_artist(self, key: str) -> None:
        """E-mail, then the six digits from the demo's mailbox.

        The product mails five codes in a quarter of an hour: who asked for four goes on in their last session.
        """
        who = f"{self.address} {key}"
        asked = [at for at in _MAILED.get(who, ()) if time.monotonic() - at < SPAN_SECONDS]
        if len(asked) >= CODES and self._goes_on(_ENTERED[who]):
            return
        _MAILED[who] = [*asked, time.monotonic()]
        address = f"{key}@{DEMO_HOST}"
        before = self._codes(address)
        self.opens("/signin")
        self.types("E-mail address", address)
        self.presses("Send me a code")
        self.types("Code", self._newest_code(address, before))
        self.presses("Sign in")
        _ENTERED[who] = self._session()

    def _session(self) -> tuple[list[Any], str]:
        """What keeps somebody signed in, and the page that they came to."""
        return [one for one in self.page.context.cookies() if one["httpOnly"]], self.page.url

    def _goes_on(self, session: tuple[list[Any], str]) -> bool:
        """In a session that was begun before; False when it was ended meanwhile."""
        cookies, page = session
        self.page.context.add_cookies(cookies)
        self.opens(page)
        return "/signin" not in self.page.url

    def _codes(self, address: str) -> list[str]:
        """Six-digit codes in the demo's mailbox for that address, newest first; a letter's number is none."""
        other = self.page.context.new_page()
        other.goto(f"{self.address}/demo/mailbox?to={address}")
        found = re.findall(r"(?<![\d-])\d{6}(?!\d)", other.inner_text("main"))
        other.close()
        return found

    def _newest_code(self, address: str, before: list[str]) -> str:
        for _ in range(60):
            codes = self._codes(address)
            if codes and codes != before:
                return codes[0]
            self.page.wait_for_timeout(500)
        raise AssertionError(f"no new code for {address} in the mailbox")

    def signs_in_as_staff(self, key: str) -> None:
        """Password, then the code of the authenticator, as the demo's list shows it.

        A code works once: who signed in less than a code's life ago goes on in that session, and does not wait.
        """
        who = f"{self.address} {key}"
        proved = time.monotonic() - _PROVED.get(who, -CODE_SECONDS) < CODE_SECONDS
        if proved and self._goes_on(_ENTERED[who]):
            return
        self.opens("/signin/password")
        self.types("E-mail address", f"{key}@{DEMO_HOST}")
        self.types("Password", DEMO_PASSWORD)
        self.presses("Continue")
        tried = ""
        for _ in range(90):
            code = self.code_now(key)
            if code != tried:
                tried = code
                self.types("Code", code)
                self.presses("Sign in")
            if "/signin" not in self.page.url:
                _PROVED[who] = time.monotonic()
                _ENTERED[who] = self._session()
                return
            self.page.wait_for_timeout(1000)
        raise AssertionError(f"{key} cannot sign in")

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

    def reloads_until(self, seen: Callable[[], bool], seconds: int = 60) -> None:
        """Load the page again until *seen*: what the worker does takes a moment."""
        for _ in range(seconds):
            if seen():
                return
            self.page.wait_for_timeout(1000)
            self.page.reload()
        raise AssertionError(f"not seen within {seconds} s on {self.page.url}")

    def downloads(self, name: str | re.Pattern[str]) -> bytes:
        """The bytes behind a download link or button."""
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name=name).or_(
                self.page.get_by_role("button", name=name)
            ).first.click()
        return Path(download.value.path()).read_bytes()

    def finds_nothing_with_axe(self) -> None:
        """No accessibility violation on this page, once its colours have come to rest."""
        self.page.evaluate(AT_REST)
        found = Axe().run(self.page)
        assert found.violations_count == 0, found.generate_report()

    def never_scrolls_sideways(self) -> None:
        """The page fits its width."""
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{self.page.url} is {wide} px too wide"

    def keeps_a_picture(self, name: str) -> None:
        """Into docs/screens, small, for the README and the eye. Hiding the caret would leave styles on every field."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        taken = Image.open(BytesIO(self.page.screenshot(caret="initial"))).convert("RGB")
        flat = taken.quantize(128, dither=Image.Dither.NONE)
        flat.save(SCREENS / f"{name}.png", optimize=True)
