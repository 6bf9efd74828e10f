"""Pictures of every kind of page for the eye: dark, and from right to left, at 390 and 1440 px.

python -m tests.browser.look http://localhost:8000 FOLDER [dark|rtl|light|long]... [--who KEY]

The product runs with REDRESS_PSEUDO_LOCALES=true. Names are who-kind-width-frame.png; compare them with design/.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.crawl import STARTS, Walk, enters, speaks
from tests.browser.people import Visitor

SIZES = ((390, 844), (1440, 900))
FRAMES = {
    "light": ("light", ""),
    "dark": ("dark", ""),
    "rtl": ("light", "ar-XB"),
    "long": ("light", "en-XA"),
}
LEAVE_OUT = re.compile(r"[?]|/admin/policies/")


def name_of(kind: str) -> str:
    """The kind of page as a file name."""
    return re.sub(r"\W+", "-", kind).strip("-") or "start"


def take(visitor: Visitor, walk: Walk, key: str, folder: Path, frames: list[str]) -> int:
    """Every kind of page of one person in each frame; gives how many there were."""
    count = 0
    for kind in walk.pages(*STARTS[key], each=1):
        if LEAVE_OUT.search(kind):
            continue
        count += 1
        for frame in frames:
            scheme, language = FRAMES[frame]
            visitor.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            if language:
                speaks(visitor.page.context, visitor.address, language)
                visitor.page.reload(wait_until="load")
            for width, height in SIZES:
                visitor.page.set_viewport_size({"width": width, "height": height})
                visitor.page.wait_for_timeout(180)
                target = folder / f"{key or 'nobody'}-{name_of(kind)}-{width}-{frame}.png"
                visitor.page.screenshot(path=target, full_page=width < 600)
            if language:
                visitor.page.context.clear_cookies(name="locale")
        visitor.page.set_viewport_size({"width": 1440, "height": 900})
    return count


def window(browser: Browser, address: str) -> Visitor:
    """A fresh window."""
    context = browser.new_context(locale="en-GB", timezone_id="Asia/Baku")
    return Visitor(context.new_page(), address)


def main(words: list[str]) -> None:
    """Walk through the faces one after another."""
    address, folder = words[0], Path(words[1])
    folder.mkdir(parents=True, exist_ok=True)
    frames = [word for word in words[2:] if word in FRAMES] or ["dark", "rtl"]
    keys = [words[words.index("--who") + 1]] if "--who" in words else list(STARTS)
    seen: Counter[str] = Counter()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for key in keys:
            visitor = enters(lambda _width: window(browser, address), key)
            count = take(visitor, Walk(visitor, seen), key, folder, frames)
            sys.stdout.write(f"{key or 'nobody'}: {count} pages\n")
            visitor.page.context.close()


if __name__ == "__main__":
    main(sys.argv[1:])
