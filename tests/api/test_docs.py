"""Every call of docs/api.md does what the page says, in its order."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

from app.cases.rules.kinds import SubKind
from tests.factories.accounts import make_person, make_token
from tests.factories.cases import sample_answers

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
        for part, name in NAMED.items():
            if f"/{part}/" in answer.headers.get("Location", ""):
                self.known[name] = given["id"]


def test_every_call_of_the_page_does_what_it_says(app: Any, program: Any) -> None:
    ada, adi = make_person("ada"), make_person("adi")
    known = {
        "BASE": "http://localhost",
        "TOKEN": make_token(ada).secret,
        "ADMIN_TOKEN": make_token(adi).secret,
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

    assert len(reader.answers) == len(calls()) >= 15


def answers_all(client: Any, draft: str) -> None:
    """What the page leaves out: the other required answers."""
    path = f"/api/v1/drafts/{draft}"
    seen = client.get(path).headers["ETag"]
    body = {"answers": sample_answers(SubKind.OWNERSHIP)}
    assert client.patch(path, json=body, headers={"If-Match": seen}).status_code == 200
