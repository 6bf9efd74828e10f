"""A person who has no mouse: keys alone, fields found by pressing Tab; and artists who file by forms, without a browser page each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.browser.people import Visitor

NO_MOUSE = """
window.pressed = 0;
for (const kind of ["mousedown", "pointerdown", "touchstart"]) addEventListener(kind, () => { window.pressed += 1; }, true);
"""
_LABEL = """() => {
  const at = document.activeElement;
  const box = at.closest("fieldset");
  const words = [at.getAttribute("aria-label"), ...[...(at.labels ?? [])].map((one) => one.innerText), at.innerText, box?.querySelector("legend")?.innerText];
  return words.filter(Boolean).join("\\n");
}"""


class Typist:
    """Somebody at a keyboard. Fails as soon as a page hears of a mouse."""

    def __init__(self, visitor: Visitor) -> None:
        self.page = visitor.page
        self.page.add_init_script(NO_MOUSE)

    def presses(self, *keys: str) -> None:
        """One key after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def goes(self, *keys: str) -> None:
        """Keys that lead to another page; it has settled afterwards."""
        assert self.page.evaluate("window.pressed ?? 0") == 0
        with self.page.expect_navigation(wait_until="load"):
            self.presses(*keys)

    def types(self, text: str) -> None:
        """Type into whatever has the focus."""
        self.page.keyboard.insert_text(text)

    def reaches(self, label: str, most: int = 80) -> None:
        """Press Tab until the field or link that is called so has the focus."""
        for _ in range(most):
            if re.match(label, self.focus(), re.IGNORECASE | re.MULTILINE):
                return
            self.presses("Tab")
        raise AssertionError(f"Tab never came to “{label}” on {self.page.url}")

    def focus(self) -> str:
        """What the focused thing is called."""
        return str(self.page.evaluate(_LABEL))

    def place(self) -> str:
        """Where the focused link leads: two cases may be called the same, no two have one address."""
        return str(self.page.evaluate("document.activeElement.href ?? ''"))

    def fills(self, label: str, text: str) -> None:
        """Reach a field and type."""
        self.reaches(label)
        self.types(text)

    def chooses(self, label: str, option: str) -> None:
        """Reach a list and type the beginning of the option."""
        self.reaches(label)
        self.page.keyboard.type(option)

    def sends(self) -> None:
        """Send the form that has the focus."""
        self.goes("Control+Enter")


@dataclass
class _Answer:
    status_code: int
    location: str
    text: str


class Forms:
    """Forms sent as a browser without JavaScript sends them, in the session of a signed-in artist."""

    def __init__(self, artist: Visitor) -> None:
        self.artist, self.token = artist, ""

    def get(self, path: str) -> _Answer:
        """Read a page and remember its token."""
        answer = self._ask("GET", path)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.text)
        self.token = found[1] if found else self.token
        return answer

    def post(self, path: str, data: dict[str, str]) -> _Answer:
        """Send a form."""
        if not self.token:
            self.get("/cases/new")
        return self._ask("POST", path, {"csrf_token": self.token, **data})

    def _ask(self, method: str, path: str, data: dict[str, str] | None = None) -> _Answer:
        more: dict[str, Any] = {"form": data} if data else {}
        got = self.artist.page.request.fetch(
            self.artist.address + path, method=method, max_redirects=0,
            headers={"Origin": self.artist.address, "Sec-Fetch-Site": "same-origin"}, **more,
        )  # fmt: skip
        location = got.headers.get("location", "").removeprefix(self.artist.address)
        return _Answer(got.status, location, got.text())
