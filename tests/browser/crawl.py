"""Every page that a person reaches by links, once or twice for each kind of address."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext
from playwright.sync_api import Error as PlaywrightError

from tests.browser.people import Visitor

EACH = 2
"""Pages looked at of one kind: the first of a list, and another one."""

CASES = 8
"""Pages of cases: each stands in another state, and leads to other forms."""

CHANGING = (
    (re.compile(r"(?<=/help/)[a-z0-9-]+"), "<article>"),
    (re.compile(r"(?<=/admin/policies/)[a-z_]+"), "<kind>"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}"), "<id>"),
    (re.compile(r"\bRD-\w{4}-\w{4}\b"), "<ref>"),
    (re.compile(r"(?<=/)(?:E?\d+|[A-Za-z0-9_-]{24,})(?=/|$)"), "<n>"),
)
LEFT_OUT = re.compile(
    r"^/(static|files|api/|language|signout|demo|mail/|livez|readyz|metrics)|\.csv|\.svg|\.css|/file$|/find$|/unsubscribe"
)
LINKS = "[...document.querySelectorAll('a[href]')].map((link) => link.href)"


def _most(kind: str, each: int) -> int:
    """How many pages of a kind: a list that is asked otherwise shows the same, once more."""
    if kind.endswith("<ref>"):
        return CASES
    return 1 if "?" in kind else each


def kind_of(address: str) -> str:
    """The address without what differs from case to case; of a query only the name, of a longer one that it is one."""
    path, _mark, query = address.partition("?")
    for pattern, name in CHANGING:
        path = pattern.sub(name, path)
    names = sorted({part.partition("=")[0] for part in query.split("&") if part})
    return f"{path}?{names[0] if len(names) == 1 else '<many>'}" if names else path


@dataclass
class Walk:
    """What is still to be opened; *seen* counts the pages of a kind over several people; *within*: where links may lead."""

    visitor: Visitor
    seen: Counter[str] = field(default_factory=Counter)
    known: set[str] = field(default_factory=set)
    within: str = ""

    def pages(self, *starts: str, each: int = EACH) -> Iterator[str]:
        """Opens page after page; gives its kind once it has settled."""
        waiting = list(starts)
        while waiting:
            path = waiting.pop(0)
            kind = kind_of(path)
            if path in self.known or self.seen[kind] >= _most(kind, each) or LEFT_OUT.search(path):
                continue
            self.known.add(path)
            self.seen[kind] += 1
            if not self._opens(path):
                continue
            yield kind
            waiting += self._links()

    def _opens(self, path: str) -> bool:
        """Whether it is a page; a file is handed to the browser's downloads instead."""
        try:
            answer = self.visitor.page.goto(self.visitor.address + path, wait_until="load")
        except PlaywrightError as error:
            if "Download is starting" in error.message:
                return False
            raise
        assert answer is not None
        assert answer.status < 500, f"{path} answers {answer.status}"
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        return is_page and ("/signin" in path or "/signin" not in self.visitor.page.url)

    def _links(self) -> list[str]:
        start = self.visitor.address
        found = [str(one).partition("#")[0] for one in self.visitor.page.evaluate(LINKS)]
        paths = [one.removeprefix(start) for one in found if one.startswith(start + "/")]
        return [path for path in paths if re.match(self.within, path)]


STARTS: dict[str, tuple[str, ...]] = {
    "": ("/", "/help", "/en/help?q=money", "/verify", "/verify/AAAA-BBBB-CCCC", "/signin", "/signin/password", "/styleguide", "/nothing-here"),
    "sabina": ("/cases", "/me", "/notifications", "/me/sessions", "/me/delegations", "/me/email", "/cases/new"),
    "ani": ("/cases",), "caspian": ("/cases",),
    "leyla": ("/desk", "/desk/views", "/desk/jobs", "/search?q=night", "/search?q=zzzz", "/desk/macros", "/desk/macros/new", "/admin/health"),
    "eli": ("/desk", "/desk/macros/new"),
    "fay": ("/finance/batches", "/finance/corrections", "/finance/holds"),
    "gus": ("/finance/corrections", "/finance/batches"),
    "adi": ("/admin/people", "/admin/people/new", "/admin/history", "/admin/policies", "/admin/setup", "/admin/health"),
    "aud": ("/audit/cases", "/admin/history"),
}  # fmt: skip
"""Whose pages are walked, and where each begins; "" is nobody."""

WITHIN = {
    "sabina": r"/(?!help|[a-z]{2}/help|status|verify)",
    "ani": r"/cases/RD-", "caspian": r"/cases/RD-",
    "leyla": r"/(?!help|[a-z]{2}/help|status|verify|cases)",
    "eli": r"/desk(?!/filters|/columns|/board\?|\?)",
    "fay": r"/(finance|desk/(cases|macros))",
    "gus": r"/finance",
    "adi": r"/(admin|desk)",
    "aud": r"/(audit|admin|finance)",
}  # fmt: skip
"""Where each stays: what looks the same for everybody is walked once, by nobody or by the reviewer."""


def speaks(context: BrowserContext, address: str, language: str) -> None:
    """From now on this window is shown in *language*, whoever is signed in."""
    context.add_cookies([{"name": "locale", "value": language, "url": address}])


def enters(visit: Callable[..., Visitor], key: str, width: int = 1440) -> Visitor:
    """A window of that person, signed in; nobody for an empty key."""
    visitor = visit(width)
    if key in {"sabina", "rauf", "made", "ani", "haru", "caspian"}:
        visitor.signs_in_as_artist(key)
    elif key:
        visitor.signs_in_as_staff(key)
    return visitor
