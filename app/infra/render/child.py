"""The rendering child: takes one document, limits itself, writes PDF bytes to stdout and dies.

Forked by `app.infra.render.press` only. Exit codes: 0 done, 3 a resource outside the table was asked for,
4 memory, 5 anything else, 6 fonts not installed yet.
"""

from __future__ import annotations

import base64
import json
import logging
import sys
from datetime import datetime
from typing import Any

import weasyprint
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from app.infra.limits import wall_in
from app.infra.render.finish import Finish, FontsMissing, finish
from app.infra.render.port import SCHEME

TYPES = {"css": "text/css", "svg": "image/svg+xml", "png": "image/png", "ttf": "font/ttf"}


class TableFetcher(URLFetcher):
    """Serves `letter:<name>` from memory; every other address ends the rendering."""

    def __init__(self, table: dict[str, bytes]) -> None:
        super().__init__(allowed_protocols=(SCHEME,), allow_redirects=False, fail_on_errors=True)
        self._table = table

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002
        """The bytes of a named resource. Raises FatalURLFetchingError, which nothing catches."""
        scheme, _, name = url.partition(":")
        body = self._table.get(name) if scheme == SCHEME else None
        if body is None:
            raise FatalURLFetchingError(url[:200])
        kind = TYPES.get(name.rpartition(".")[2], "application/octet-stream")
        return URLFetcherResponse(url, body, {"Content-Type": kind})


def _print(job: dict[str, Any]) -> bytes:
    """WeasyPrint, then the finishing pass."""
    fetcher = TableFetcher({n: base64.b64decode(b) for n, b in job["resources"].items()})
    created = datetime.fromisoformat(job["created_at"])
    note = weasyprint.Attachment(
        string=base64.b64decode(job["attachment"]),
        name="context.json",
        description="The data this letter was printed from",
        created=created,
        modified=created,
        relationship="Data",
        url_fetcher=fetcher,
    )
    page = weasyprint.HTML(string=job["html"], base_url=f"{SCHEME}:", url_fetcher=fetcher)
    raw = page.write_pdf(
        pdf_variant="pdf/a-3a",
        presentational_hints=False,
        attachments=[note],
        pdf_identifier=b"redress",
        cache={},
    )
    assert raw is not None
    return finish(raw, Finish(job["title"], job["author"], job["language"], created))


def print_one(payload: bytes) -> int:
    """One document to stdout, in a process that lives for it alone. Returns the exit code."""
    logging.disable(logging.CRITICAL)
    job = json.loads(payload)
    wall_in(job["cpu_seconds"], job["memory_bytes"])
    try:
        pdf = _print(job)
    except FatalURLFetchingError as error:
        return _fault(3, str(error))
    except MemoryError:
        return _fault(4, "out of memory")
    except FontsMissing:
        return _fault(6, "fonts")
    except Exception as error:  # noqa: BLE001  (the parent needs an exit code, not a trace)
        return _fault(5, type(error).__name__)
    sys.stdout.buffer.write(pdf)
    sys.stdout.buffer.flush()
    return 0


def _fault(code: int, detail: str) -> int:
    sys.stderr.write(detail.replace("\n", " ")[:300] + "\n")
    sys.stderr.flush()
    return code
