"""Every call of docs/api.md does what the page says, in its order."""

from __future__ import annotations

import io
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

from app.accounts.rules import Scope
from app.cases.rules.kinds import CaseEvent, SubKind
from app.evidence.commands import ReceiveUpload
from app.evidence.service.intake import receive_upload
from app.infra.db.transaction import transaction
from app.kernel.sides import Side
from tests.factories.accounts import make_cast, make_token
from tests.factories.books import make_codes
from tests.factories.cases import make_case, sample_answers
from tests.web.portal import desk as house

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
CSV = "artist_code,artist,upc,release_title,recording_title,isrc\nT1,Ada,036000291452,Low Tide,Low Tide,USRC17607839\n"
NAMED = {"drafts": "DRAFT", "uploads": "UPLOAD"}


def calls() -> list[str]:
    """The curl lines of the page's shell blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("curl ")]


@dataclass
class Reader:
    """Somebody who copies each call and puts in what the one before answered."""

    client: Any
    known: dict[str, str]
    answers: list[Any] = field(default_factory=list)

    def sends(self, line: str) -> Any:
        """One call, as curl would make it."""
        words = shlex.split(Template(line).substitute(self.known))[1:]
        method, headers, data, address = "GET", {}, None, ""
        while words:
            word = words.pop(0)
            if word == "-X":
                method = words.pop(0)
            elif word == "-H":
                name, _colon, value = words.pop(0).partition(": ")
                headers[name] = value
            elif word in {"-d", "--data-binary"}:
                data = words.pop(0)
            elif not word.startswith("-"):
                address = word
        body = CSV if data == "@catalogue.csv" else data
        answer = self.client.open(
            address.removeprefix("http://localhost"), method=method, headers=headers, data=body
        )
        self.answers.append(answer)
        self.learns(answer)
        return answer

    def learns(self, answer: Any) -> None:
        """What stands in the answer for the calls to come."""
        if tag := answer.headers.get("ETag"):
            self.known["ETAG"] = tag.replace('"', r"\"")
        given = answer.get_json(silent=True) or {}
        self.known |= {"REF": given["ref"]} if given.get("ref") else {}
        self.known |= {"SEEN": given["seen_hash"]} if given.get("seen_hash") else {}
        self.known |= {"BATCH": given["batch_id"]} if given.get("batch_id") else {}
        first = next(iter(given.get("items") or [{}]), {})
        self.known |= {"CORRECTION": first["id"]} if "is_reversal" in first else {}
        for part, name in NAMED.items():
            if f"/{part}/" in answer.headers.get("Location", ""):
                self.known[name] = given["id"]


def in_review(cast: dict[str, Any], app: Any, clock: Any, run_jobs: Any) -> str:
    """A case of Ada with a file, as far as the page leaves out."""
    case = make_case(cast["ada"], SubKind.OWNERSHIP)
    with transaction(cast["ada"].actor) as tx:
        command = ReceiveUpload(case.id, Side.COMPLAINANT, "july.txt", "text/plain")
        storage = app.extensions["redress"].storage
        receive_upload(tx, command, io.BytesIO(b"July"), storage, cast["ada"].actor, clock)
    run_jobs()
    house.take(cast["rio"], str(case.ref), clock)
    house.move(cast["rio"], case.id, CaseEvent.START_REVIEW, clock)
    return str(case.ref)


def test_every_call_of_the_page_does_what_it_says(
    app: Any, program: Any, clock: Any, run_jobs: Any
) -> None:
    cast = make_cast("ada", "adi", "rio", "rae", "fay", "gus")
    ada = cast["ada"]
    make_codes(clock=clock)
    known = {
        "BASE": "http://localhost",
        "TOKEN": make_token(ada).secret,
        "ADMIN_TOKEN": make_token(cast["adi"]).secret,
        "CASE": in_review(cast, app, clock, run_jobs),
        "REVIEWER": make_token(cast["rio"]).secret,
        "SECOND": make_token(cast["rae"]).secret,
        "FINANCE": make_token(cast["fay"]).secret,
        "APPROVER": make_token(cast["gus"], *Scope, clock=clock).secret,
    }
    reader, own = Reader(app.test_client(use_cookies=False), known), program(ada)

    for line in calls():
        if (
            line.endswith('drafts/$DRAFT" -H "Authorization: Bearer $TOKEN"')
            and "PATCH" not in line
        ):
            answers_all(own, reader.known["DRAFT"])
        answer = reader.sends(line)
        assert answer.status_code in {200, 201}, f"{line}: {answer.status_code} {answer.text}"

    assert len(reader.answers) == len(calls()) >= 28


def answers_all(client: Any, draft: str) -> None:
    """What the page leaves out: the other required answers."""
    path = f"/api/v1/drafts/{draft}"
    seen = client.get(path).headers["ETag"]
    body = {"answers": sample_answers(SubKind.OWNERSHIP)}
    assert client.patch(path, json=body, headers={"If-Match": seen}).status_code == 200
