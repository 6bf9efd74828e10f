"""The receiver of plain form posts: streams, cuts, checks the token first, leaves nothing behind."""

from __future__ import annotations

import io
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, request
from flask_wtf.csrf import generate_csrf

from app.infra.services import Services
from app.infra.storage.memory import MemoryStorage
from app.web.shared import csrf
from app.web.shared.uploads import CHUNK, FIELD_BYTES, receives_files, staged_of

LIMIT = 300_000
BOUNDARY = "----redress"
AT_ONCE = 20
"""Seconds: what is read part by part to the end takes minutes, on an idle machine too."""


def spooled() -> set[str]:
    """Files under the temporary folder that a form parser could have left."""
    return {path.name for path in Path(tempfile.gettempdir()).iterdir() if path.is_file()}


class Watched(MemoryStorage):
    """Remembers what was in quarantine while the view ran, and how often somebody put something there."""

    def __init__(self) -> None:
        super().__init__()
        self.puts = 0

    def put_quarantine(self, stream: Any, limit: int) -> Any:
        self.puts += 1
        return super().put_quarantine(stream, limit)


@pytest.fixture
def storage() -> Watched:
    return Watched()


@pytest.fixture
def client(storage: Any) -> Any:
    app = Flask("uploads")
    app.secret_key = "k" * 40
    app.config["MAX_CONTENT_LENGTH"] = LIMIT + 3 * 1024 * 1024
    settings = SimpleNamespace(
        base_url="http://localhost",
        demo=False,
        secure=False,
        upload_limit=LIMIT,
        session_key="s" * 40,
    )
    app.extensions["redress"] = Services(settings, None, storage, None, None, None, None)
    csrf.init_app(app)

    @app.get("/token")
    def token() -> str:
        return generate_csrf()

    @app.post("/files")
    @receives_files
    def files() -> dict[str, Any]:
        if "fail" in request.form:
            raise LookupError
        return {
            "fields": request.form.to_dict(),
            "files": [
                [
                    upload.filename,
                    staged_of(upload, storage).size,
                    staged_of(upload, storage).sniffed_type,
                ]
                for upload in request.files.getlist("file")
            ],
            "waiting": len(list(storage.list("quarantine/"))),
        }

    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


@pytest.fixture
def token(client: Any) -> str:
    return client.get("/token").text


def part(name: str, body: bytes, filename: str | None = None) -> bytes:
    also = f'; filename="{filename}"' if filename is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{also}\r\n\r\n'
    return head.encode() + body + b"\r\n"


def post(client: Any, *parts: bytes, end: bytes | None = None, **more: Any) -> Any:
    body = b"".join(parts) + (f"--{BOUNDARY}--\r\n".encode() if end is None else end)
    return client.post(
        "/files", data=body, content_type=f"multipart/form-data; boundary={BOUNDARY}", **more
    )


def with_boundary(client: Any, token: Any, boundary: str) -> Any:
    """The answer to a form in order that is parted by *boundary*."""
    body = part("csrf_token", token.encode()) + f"--{BOUNDARY}--\r\n".encode()
    return client.post(
        "/files",
        data=body.replace(BOUNDARY.encode(), boundary.encode()),
        content_type=f"multipart/form-data; boundary={boundary}",
    )


def test_fields_and_files_arrive_and_quarantine_is_cleared_afterwards(
    client: Any, token: Any, storage: Any
) -> None:
    answer = post(
        client, part("csrf_token", token.encode()), part("note", "naïve ✓".encode()),
        part("file", b"%PDF-1.4\n%%EOF", "a.pdf"), part("file", b"", ""), part("after", b"x"),
    )  # fmt: skip

    assert answer.json["fields"]["note"] == "naïve ✓"
    assert answer.json["fields"]["after"] == "x"
    assert answer.json["files"] == [["a.pdf", 14, "application/pdf"]]
    assert answer.json["waiting"] == 1
    assert list(storage.list("quarantine/")) == []


def test_the_token_is_checked_before_a_byte_of_a_file_is_kept(
    client: Any, token: Any, storage: Any
) -> None:
    late = post(client, part("file", b"x", "a.txt"), part("csrf_token", token.encode()))
    wrong = post(client, part("csrf_token", b"nonsense"), part("file", b"x", "a.txt"))

    assert (late.status_code, wrong.status_code) == (400, 400)
    assert storage.puts == 0


def test_a_form_without_a_file_needs_the_token_too(client: Any, token: Any) -> None:
    assert post(client, part("note", b"x")).status_code == 400
    assert client.post("/files", data={"note": "x"}).status_code == 400
    assert client.post("/files", data={"note": "x", "csrf_token": token}).json["files"] == []


def test_the_token_may_stand_in_a_header(client: Any, token: Any) -> None:
    answer = post(client, part("file", b"x", "a.txt"), headers={"X-CSRFToken": token})

    assert answer.json["files"][0][:2] == ["a.txt", 1]


def test_another_origin_is_refused_before_anything(client: Any, token: Any, storage: Any) -> None:
    answer = post(
        client, part("csrf_token", token.encode()), part("file", b"x", "a.txt"),
        headers={"Sec-Fetch-Site": "cross-site"},
    )  # fmt: skip

    assert (answer.status_code, storage.puts) == (400, 0)


def test_b020_one_byte_over_the_limit_is_413_and_leaves_nothing(
    client: Any, token: Any, storage: Any
) -> None:
    before = spooled()

    exact = post(client, part("csrf_token", token.encode()), part("file", b"x" * LIMIT, "a.bin"))
    over = post(
        client, part("csrf_token", token.encode()), part("file", b"x" * (LIMIT + 1), "a.bin")
    )

    assert (exact.status_code, over.status_code) == (200, 413)
    assert list(storage.list("quarantine/")) == []
    assert spooled() <= before


def test_b020_a_false_content_length_does_not_help(client: Any, token: Any, storage: Any) -> None:
    body = part("csrf_token", token.encode()) + part("file", b"x" * 1000, "a.bin")
    cut = client.post(
        "/files", data=body, content_type=f"multipart/form-data; boundary={BOUNDARY}",
        environ_overrides={"CONTENT_LENGTH": "400"},
    )  # fmt: skip
    huge = client.post(
        "/files", input_stream=io.BytesIO(b""), content_type=f"multipart/form-data; boundary={BOUNDARY}",
        environ_overrides={"CONTENT_LENGTH": str(10 * LIMIT + 4 * 1024 * 1024)},
    )  # fmt: skip

    assert (cut.status_code, huge.status_code) == (400, 413)
    assert list(storage.list("quarantine/")) == []


def test_b020_a_chunked_body_without_length_is_cut_at_the_limit(
    client: Any, token: Any, storage: Any
) -> None:
    body = part("csrf_token", token.encode()) + part("file", b"x" * (LIMIT + CHUNK), "a.bin")
    answer = client.post(
        "/files", input_stream=io.BytesIO(body), content_type=f"multipart/form-data; boundary={BOUNDARY}",
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )  # fmt: skip

    assert answer.status_code == 413
    assert list(storage.list("quarantine/")) == []


def test_b037_a_connection_that_drops_leaves_nothing(client: Any, token: Any, storage: Any) -> None:
    answer = post(
        client,
        part("csrf_token", token.encode()),
        part("file", b"x" * 200_000, "a.bin")[:-5000],
        end=b"",
    )

    assert answer.status_code == 400
    assert list(storage.list("quarantine/")) == []


def test_b004_much_text_is_413(client: Any, token: Any) -> None:
    answer = post(
        client, part("csrf_token", token.encode()), part("note", b"x" * (FIELD_BYTES + 1))
    )

    assert answer.status_code == 413


def test_b046_odd_bodies_are_refused_at_once(client: Any, token: Any, storage: Any) -> None:
    began = time.monotonic()
    many = post(client, *[part("x", b"")] * 100_000)
    none = client.post("/files", data=b"abc", content_type="multipart/form-data")
    head = client.post(
        "/files", data=f"--{BOUNDARY}\r\nX-Long: ".encode() + b"y" * (3 * 1024 * 1024 - 100),
        content_type=f"multipart/form-data; boundary={BOUNDARY}",
    )  # fmt: skip
    long = with_boundary(client, token, "b" * 201)

    assert [answer.status_code for answer in (many, none, head, long)] == [413, 400, 413, 400]
    assert time.monotonic() - began < AT_ONCE
    assert storage.puts == 0


def test_a_boundary_longer_than_the_standard_is_read(client: Any, token: Any) -> None:
    assert with_boundary(client, token, "b" * 71).status_code == 200


def test_a_field_that_is_not_utf8_is_a_bad_request(client: Any, token: Any) -> None:
    assert (
        post(client, part("csrf_token", token.encode()), part("note", b"\xff\xfe")).status_code
        == 400
    )


def test_a_failing_view_clears_quarantine_as_well(client: Any, token: Any, storage: Any) -> None:
    answer = post(
        client,
        part("csrf_token", token.encode()),
        part("fail", b"yes"),
        part("file", b"x", "a.txt"),
    )

    assert answer.status_code == 500
    assert (storage.puts, list(storage.list("quarantine/"))) == (1, [])
