"""How many statements an act sends, reactions queued by it among them: these figures only go down."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from app.cases.rules.kinds import SubKind
from tests.api.test_filing import API, filed, saved, started
from tests.factories.accounts import make_cast
from tests.factories.cases import sample_answers
from tests.support.parts import checksum, put_part
from tests.web.finance.test_pages import statements

Program = Callable[..., Any]
BODY = b"Statement of July: nothing."
MOST = {
    "start": 19, "save": 13, "submit": 37, "announce": 13, "sign": 4, "complete": 7, "read": 3, "take": 24, "reply": 19,
}  # fmt: skip


class Counted:
    """Calls by their name, and what each sent."""

    def __init__(self) -> None:
        self.sent: dict[str, list[str]] = {}

    def __call__(self, name: str, call: Callable[[], Any]) -> Any:
        with statements() as seen:
            answer = call()
        assert answer.status_code < 300, (name, answer.json)
        self.sent[name] = list(seen)
        return answer


def _all_acts(app: Any, program: Program) -> Counted:
    """A case is filed with a file, read, taken and answered; everything once before, so that nothing is kept anew."""
    cast, counted = make_cast("ada", "rio"), Counted()
    artist, reviewer = program(cast["ada"]), program(cast["rio"])
    for number in range(2):
        answers = sample_answers(SubKind.MISSING_EARNINGS) | {"subject_title": f"Song {number}"}
        draft = counted("start", lambda: started(artist))
        complete = counted("save", lambda: saved(artist, draft, answers))  # noqa: B023 - called at once
        case = counted("submit", lambda: filed(artist, complete))  # noqa: B023
        _send(app, artist, case.json["ref"], counted)
        path = case.headers["Location"]
        shown = counted("read", lambda: reviewer.get(path))  # noqa: B023
        taken = {"json": {"event": "take"}, "headers": {"If-Match": shown.headers["ETag"]}}
        counted("take", lambda: reviewer.post(f"{path}/transitions", **taken))  # noqa: B023
        words = {"to": "complainant", "body": f"We look at it. {number}"}
        counted("reply", lambda: reviewer.post(f"{path}/messages", json=words))  # noqa: B023
    return counted


def _send(app: Any, client: Any, ref: str, counted: Counted) -> None:
    told = {"filename": "july.txt", "type": "text/plain", "size": len(BODY)}
    begun = counted("announce", lambda: client.post(f"{API}/cases/{ref}/uploads", json=told))
    upload = begun.headers["Location"]
    part = {"number": 1, "sha256_base64": checksum(BODY)}
    signed = counted("sign", lambda: client.post(f"{upload}/parts", json={"parts": [part]}))
    one = signed.json["parts"][0]
    assert put_part(app.extensions["redress"].storage, one["url"], BODY, one["headers"])
    whole = {"sha256": hashlib.sha256(BODY).hexdigest(), "parts_base64": [checksum(BODY)]}
    counted("complete", lambda: client.post(f"{upload}/complete", json=whole))


def test_acts_send_no_more_statements_than_they_did(app: Any, program: Program) -> None:
    counted = _all_acts(app, program)

    found = {name: len(seen) for name, seen in counted.sent.items()}
    assert found.keys() == MOST.keys()
    above = {name: (count, MOST[name]) for name, count in found.items() if count > MOST[name]}
    assert not above, found
