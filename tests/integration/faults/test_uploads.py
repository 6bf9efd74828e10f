"""B037, B038, I7, I8: whatever the store does at whatever moment, "received" is never said wrongly."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.evidence.commands import ReceiveUpload
from app.evidence.service import receive_upload
from app.infra.db.transaction import transaction
from app.infra.storage.port import PART
from app.infra.storage.s3 import S3Access, S3Storage, make_client
from app.kernel.errors import Unavailable
from tests.factories.accounts import make_cast
from tests.factories.cases import make_draft
from tests.factories.evidence import pdf
from tests.integration.faults.proxy import HARMLESS, Fault, Plan, Proxy, proxy

REQUESTS_OF_A_SMALL_UPLOAD = 4  # put, copy, head, delete
REQUESTS_OF_A_LARGE_UPLOAD = 7  # create, two parts, complete, copy, head, delete

TELLING = (Fault.RESET_IN_BODY, Fault.STORED_THEN_CUT)


@pytest.fixture(scope="module")
def fault_line(pg: dict[str, Any]) -> Iterator[Proxy]:
    """The proxy before the store."""
    end = urlsplit(pg["s3"]["url"])
    with proxy(end.hostname or "", end.port or 0) as running:
        yield running


class Desk:
    """One artist's draft, uploads through the fault line, and what is really stored."""

    def __init__(self, app: Any, pg: dict[str, Any], line: Proxy, attempts: int) -> None:
        s3 = pg["s3"]
        direct = S3Access(s3["bucket"], s3["access_key"], s3["secret_key"], s3["url"])
        bent = replace(direct, endpoint=f"http://127.0.0.1:{line.port}")
        purge = replace(bent, access_key=s3["purge_access_key"], secret_key=s3["purge_secret_key"])
        hasty = make_client(bent, read_timeout=1, attempts=attempts)
        self.bent = S3Storage(bent, purge, hasty)
        self.patient = S3Storage(bent, purge)
        self.direct = S3Storage(direct)
        self.clock = app.extensions["redress"].clock
        artist = make_cast("ada")["ada"]
        self.ada = artist.actor
        self.case_id: UUID = make_draft(artist)

    def upload(self, body: bytes, key: str, *, patient: bool = False) -> bool:
        """True when the uploader was told "received". *patient*: as long as a busy machine takes."""
        command = ReceiveUpload(self.case_id, None, "sheet.pdf", "application/pdf", key)
        try:
            with transaction(self.ada) as tx:
                storage = self.patient if patient else self.bent
                receive_upload(tx, command, io.BytesIO(body), storage, self.ada, self.clock)
        except Unavailable:
            return False
        return True

    def stored(self, key: str) -> list[bytes]:
        """The bytes behind each row of this upload."""
        with transaction(self.ada) as tx:
            rows = tx.execute(
                text(
                    "select object_key, object_version, sha256 from evidence_item "
                    "where client_key = :key"
                ),
                {"key": key},
            ).all()
        found = []
        for row in rows:
            body = b"".join(self.direct.open(row.object_key, row.object_version))
            assert hashlib.sha256(body).hexdigest() == row.sha256
            found.append(body)
        return found


def strike(desk: Desk, line: Proxy, fault: Fault, at: int, body: bytes, *, sure: bool) -> None:
    """One upload with the fault, then the same again without; nothing false is ever said.

    *sure*: the fault strikes before the file is safe and is not tried again, so it must be told.
    """
    key = uuid4().hex
    line.plan = Plan(fault, at)

    told = desk.upload(body, key, patient=fault in HARMLESS)

    where = f"{fault} at request {at} (of {line.plan.seen})"
    assert desk.stored(key) == ([body] if told else []), where
    if fault in HARMLESS:
        assert told, where
    elif sure:
        assert not told, where
    line.plan = Plan()
    assert desk.upload(body, key, patient=True), where
    assert desk.stored(key) == [body], where


@pytest.mark.parametrize("attempts", [1, 3])
@pytest.mark.parametrize("fault", list(Fault))
def test_b038_small_uploads_through_a_bad_store(
    app: Any, pg: dict[str, Any], fault_line: Proxy, fault: Fault, attempts: int
) -> None:
    desk = Desk(app, pg, fault_line, attempts)
    for at in range(1, REQUESTS_OF_A_SMALL_UPLOAD + 1):
        strike(
            desk,
            fault_line,
            fault,
            at,
            pdf(f"{fault} {at} {attempts}"),
            sure=attempts == 1 and at < REQUESTS_OF_A_SMALL_UPLOAD,
        )


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(fault, marks=pytest.mark.slow if fault in TELLING else pytest.mark.soak)
        for fault in Fault
    ],
)
def test_b037_large_uploads_through_a_bad_store(
    app: Any, pg: dict[str, Any], fault_line: Proxy, fault: Fault
) -> None:
    desk = Desk(app, pg, fault_line, attempts=1)
    for at in range(1, REQUESTS_OF_A_LARGE_UPLOAD + 1):
        body = pdf(f"{fault} {at}") + b"\n% more" * (PART // 7 + 10_000)
        strike(desk, fault_line, fault, at, body, sure=at < REQUESTS_OF_A_LARGE_UPLOAD)


def test_a_commit_that_fails_after_the_object_is_not_received_and_the_retry_adopts_it(
    app: Any, pg: dict[str, Any], fault_line: Proxy
) -> None:
    """B039."""
    fault_line.plan = Plan()
    desk, body, key = Desk(app, pg, fault_line, 1), pdf("b039"), uuid4().hex
    command = ReceiveUpload(desk.case_id, None, "sheet.pdf", "application/pdf", key)
    with pytest.raises(ZeroDivisionError), transaction(desk.ada) as tx:
        receive_upload(tx, command, io.BytesIO(body), desk.bent, desk.ada, desk.clock)
        raise ZeroDivisionError

    assert desk.stored(key) == []
    assert desk.upload(body, key)
    assert desk.stored(key) == [body]
