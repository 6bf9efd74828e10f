"""Everything in one file: each side its own, what is shared with both, nothing else; fetched for a week by whoever asked."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.casefiles import jobs
from app.conversations.commands import AddNote, SendMessage
from app.conversations.rules.audience import Audience
from app.conversations.service.messages import add_note, send_message
from app.evidence.commands import ShareItem, UnshareItem
from app.evidence.service import share_item, unshare_item
from app.infra.jobs import Run
from app.kernel.actor import Actor
from tests.factories.accounts import make_cast
from tests.factories.cases import make_case
from tests.factories.evidence import make_item

SYSTEM = Actor.system("test")


@pytest.fixture
def people(app: Any) -> Any:
    return make_cast("ada", "cy", "rio", "dee", "bo")


@pytest.fixture
def case(app: Any, people: Any, tx_as: Any) -> Any:
    """Words and files of each side, and one file of Cy that Ada may read."""
    found = make_case(people["ada"], respondent=people["cy"])
    clock, rio = app.extensions["redress"].clock, people["rio"].actor
    with tx_as(rio) as tx:
        for side in ("complainant", "respondent"):
            send_message(tx, SendMessage(found.id, Audience(side), f"zq{side}words"), rio, clock)
        add_note(tx, AddNote(found.id, "zqnotewords"), rio, clock)
    make_item(people["ada"].actor, found.id, name="zqadafile.pdf")
    make_item(people["cy"].actor, found.id, name="zqcyfile.pdf")
    found_shared = make_item(
        people["cy"].actor, found.id, name="zqsharedfile.pdf", body=b"%PDF-1.4 shared\n%%EOF"
    )
    with tx_as(rio) as tx:
        share_item(tx, ShareItem(found.id, found_shared.id, "both need it"), rio, clock)
    return found


@pytest.fixture
def fetched(client_as: Any, people: Any, case: Any, run_jobs: Any) -> Any:
    """`fetched("ada")`: asks, lets the worker pack, follows the link; the ZIP."""

    def fetch(key: str) -> bytes:
        client = client_as(people[key])
        assert client.post(f"/files/cases/{case.ref}/copy").status_code == 303
        assert "We are packing it" in client.get(f"/files/cases/{case.ref}/copy").text
        run_jobs()
        return client.get(link(client, case)).data

    return fetch


def link(client: Any, case: Any) -> str:
    page = client.get(f"/files/cases/{case.ref}/copy").text
    start = page.index(f"/files/cases/{case.ref}/copy/")
    return page[start : page.index(chr(34), start)]


def words_in(packed: bytes) -> str:
    """Every name and every text of the bag in one string."""
    with zipfile.ZipFile(io.BytesIO(packed)) as bag:
        assert bag.testzip() is None
        return "".join(bag.namelist()) + "".join(
            bag.read(name).decode("utf-8", "replace") for name in bag.namelist()
        )


def test_each_reader_gets_what_they_may_see_and_nothing_else(fetched: Any) -> None:
    ada, cy, rio = words_in(fetched("ada")), words_in(fetched("cy")), words_in(fetched("rio"))

    for own in ("zqcomplainantwords", "zqadafile.pdf", "zqsharedfile.pdf"):
        assert own in ada
    for foreign in ("zqrespondentwords", "zqcyfile.pdf", "zqnotewords"):
        assert foreign not in ada
    assert "zqrespondentwords" in cy
    assert "zqcyfile.pdf" in cy
    for foreign in ("zqcomplainantwords", "zqadafile.pdf", "zqnotewords"):
        assert foreign not in cy
    for seen in ("zqnotewords", "zqadafile.pdf", "zqcyfile.pdf"):
        assert seen in rio


def test_the_manifest_checks_every_file_and_history_knows_the_hash(
    fetched: Any, tx_as: Any
) -> None:
    packed = fetched("ada")

    with zipfile.ZipFile(io.BytesIO(packed)) as bag:
        lines = bag.read("manifest-sha256.txt").decode().splitlines()
        named = {path: sha256 for sha256, path in (line.split("  ", 1) for line in lines)}
        payload = {name for name in bag.namelist() if name.startswith("data/")}
        assert set(named) == payload
        assert all(hashlib.sha256(bag.read(path)).hexdigest() == named[path] for path in named)
    with tx_as(SYSTEM) as tx:
        rows = tx.execute(
            text(
                "select verb, data ->> 'sha256' from history_entry where subject_kind = 'case_file' order by n"
            )
        ).all()
        opened = tx.execute(
            text("select count(*) from evidence_event where step = 'opened'")
        ).scalar_one()
        mails = tx.execute(
            text("select count(*) from outgoing_mail where kind = 'case_file_ready'")
        ).scalar_one()
    sha256 = hashlib.sha256(packed).hexdigest()
    assert [tuple(row) for row in rows] == [
        ("case_file.asked", None), ("case_file.ready", sha256), ("case_file.fetched", sha256),
    ]  # fmt: skip
    assert (opened, mails) == (2, 1)


def test_b146_what_was_unshared_since_cannot_be_fetched(
    app: Any, client_as: Any, people: Any, case: Any, fetched: Any, tx_as: Any
) -> None:
    fetched("ada")
    client, rio = client_as(people["ada"]), people["rio"].actor
    address = link(client, case)
    with tx_as(rio) as tx:
        shared = tx.execute(
            text("select id from evidence_item where disclosure = 'shared'")
        ).scalar_one()
        unshare_item(
            tx, UnshareItem(case.id, shared, "by mistake"), rio, app.extensions["redress"].clock
        )

    assert client.get(address).status_code == 404
    assert "no longer shown to you" in client.get(f"/files/cases/{case.ref}/copy").text


def test_nobody_fetches_the_file_of_another(
    client_as: Any, people: Any, case: Any, fetched: Any
) -> None:
    fetched("ada")
    address = link(client_as(people["ada"]), case)
    unknown = f"/files/cases/{case.ref}/copy/{uuid4()}"

    for key in ("cy", "rio", "bo"):
        client = client_as(people[key])
        assert client.get(address).status_code == client.get(unknown).status_code == 404
    assert client_as(people["dee"]).get(address).status_code == 403


def test_after_a_week_it_is_gone(
    app: Any, client_as: Any, people: Any, case: Any, fetched: Any, clock: Any, tx_as: Any
) -> None:
    fetched("ada")
    address = link(client_as(people["ada"]), case)
    clock.advance(timedelta(days=7))

    gone = client_as(people["ada"])
    assert gone.get(address).status_code == 404
    jobs.expire(Run("test", app.extensions["redress"]))

    with tx_as(SYSTEM) as tx:
        key, state = tx.execute(text("select storage_key, state from case_file")).one()
    assert state == "expired"
    assert app.extensions["redress"].storage.head(key) is None
    assert "Make a new one" in gone.get(f"/files/cases/{case.ref}/copy").text


def test_packing_twice_makes_one_file_and_a_failed_commit_leads_nowhere_else(
    app: Any, client_as: Any, people: Any, case: Any, run_jobs: Any, tx_as: Any
) -> None:
    client = client_as(people["ada"])
    for _again in range(2):
        client.post(f"/files/cases/{case.ref}/copy")
    with tx_as(SYSTEM) as tx:
        (file_id,) = tx.execute(text("select id from case_file")).scalars()
    run = Run("test", app.extensions["redress"])
    jobs.pack(run, str(file_id))
    jobs.pack(run, str(file_id))
    run_jobs()

    assert client.get(link(client, case)).status_code == 200


def test_a_store_that_is_away_parks_nothing_wrong(
    app: Any, client_as: Any, people: Any, case: Any, monkeypatch: Any, run_jobs: Any
) -> None:
    client = client_as(people["ada"])
    client.post(f"/files/cases/{case.ref}/copy")
    storage = app.extensions["redress"].storage
    from app.infra.storage.port import ObjectMissing

    def lost(*_args: Any, **_values: Any) -> Any:
        raise ObjectMissing("gone")

    monkeypatch.setattr(storage, "open", lost)
    run_jobs()

    assert "It could not be packed" in client.get(f"/files/cases/{case.ref}/copy").text
