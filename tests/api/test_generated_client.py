"""Proof by others' software: a client that `openapi-python-client` makes of the document does the main job alone.

It files a case with evidence, is asked, answers, judges, decides, confirms, approves, locks and exports the batch, and reads its
letter, without a line of ours between: only the worker runs, as it does in production.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from app.accounts.rules import Scope
from app.cases.rules.kinds import CaseEvent, SubKind
from tests.factories.accounts import make_cast, make_token
from tests.factories.books import make_codes
from tests.factories.cases import sample_answers
from tests.factories.letters import QuickRenderer, with_services
from tests.support.parts import checksum, put_part

PACKAGE = "redress_api_client"
_BYTES = "application/octet-stream"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SETTINGS = {
    "post_hooks": [],
    "content_type_overrides": {"application/pdf": _BYTES, "text/csv": _BYTES, SHEET: _BYTES},
}


@pytest.fixture
def client_of(app: Any, tmp_path: Path, monkeypatch: Any) -> Iterator[Callable[[str], Any]]:
    """`client_of(token)` is the generated client with that token, on the running application."""
    document, settings = tmp_path / "openapi.json", tmp_path / "settings.yml"
    document.write_text(json.dumps(app.test_client().get("/api/v1/openapi.json").json))
    settings.write_text(json.dumps(SETTINGS))
    tool = Path(sys.executable).with_name("openapi-python-client")
    made = subprocess.run(
        [tool, "generate", "--path", document, "--output-path", tmp_path / PACKAGE, "--meta", "none",
         "--config", settings, "--fail-on-warning"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    monkeypatch.syspath_prepend(str(tmp_path))
    generated = importlib.import_module(PACKAGE)

    def served(environ: Any, start: Any) -> list[bytes]:
        with app.app_context():
            return [b"".join(app(environ, start))]

    def make(token: str) -> Any:
        transport = httpx.WSGITransport(app=served)
        return generated.AuthenticatedClient(
            "http://localhost", token, httpx_args={"transport": transport}
        )

    yield make
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def call(name: str) -> ModuleType:
    """The module of one call, such as `drafts.draft_start`."""
    return importlib.import_module(f"{PACKAGE}.api.{name}")


def model(name: str) -> Any:
    """A generated model."""
    return getattr(importlib.import_module(f"{PACKAGE}.models"), name)


@pytest.mark.slow
def test_a_generated_client_does_the_main_job_alone(
    app: Any, clock: Any, run_jobs: Any, client_of: Callable[[str], Any]
) -> None:
    cast = make_cast("ada", "rio", "rae", "fay", "gus")
    make_codes(clock=clock)
    tokens = {key: make_token(person).secret for key, person in cast.items()}
    ada, rio, rae, fay, gus = (client_of(tokens[key]) for key in cast)

    ref = files_a_case(ada)
    sends_evidence(app, ada, ref, run_jobs)
    is_asked(rio, ref)
    answers(ada, ref)
    transition(rio, ref, event="start_review")
    decides(rio, ref)
    confirms(rio, rae, ref)
    approver = client_of(make_token(cast["gus"], *Scope, clock=clock).secret)
    batch = approves(fay, approver, ref)
    exports(fay, gus, batch)
    with with_services(app, renderer=QuickRenderer()):
        run_jobs()
    letter = reads_a_letter(ada, ref)

    assert letter.startswith(b"%PDF")
    assert (
        transition(ada, ref, event="appeal", reason="A page is missing.").state.value
        == "appeal_review"
    )


def files_a_case(client: Any) -> str:
    """A draft, its answers, filed."""
    start = model("StartDraft")(sub_kind=model("SubKind")("ownership"), zone="Europe/Lisbon")
    draft = call("drafts.draft_start").sync_detailed(
        client=client, body=start, idempotency_key="one"
    )
    assert draft.status_code == 201
    questions = {one.name for one in draft.parsed.questions if one.required}
    assert questions == set(draft.parsed.missing)

    answers = {"answers": sample_answers(SubKind.OWNERSHIP)}
    saved = call("drafts.draft_save").sync_detailed(
        draft.parsed.id,
        client=client,
        body=model("SaveDraft").from_dict(answers),
        if_match=draft.headers["ETag"],
    )
    assert saved.parsed.missing == []
    signed = model("SubmitDraft")(
        statements=[one.code for one in saved.parsed.statements], capacity="owner"
    )
    case = call("drafts.draft_submit").sync_detailed(
        draft.parsed.id,
        client=client,
        body=signed,
        if_match=saved.headers["ETag"],
        idempotency_key="two",
    )
    assert case.status_code == 201
    return str(case.parsed.ref)


def sends_evidence(app: Any, client: Any, ref: str, run_jobs: Any) -> None:
    """One file in one signed part; the worker checks it."""
    body = b"Statement of July: nothing."
    begin = model("BeginUpload")(filename="july.txt", size=len(body), type_="text/plain")
    upload = call("evidence.upload_begin").sync_detailed(ref, client=client, body=begin).parsed
    part = model("PartSum")(number=1, sha256_base64=checksum(body))
    signed = call("evidence.upload_sign").sync_detailed(
        upload.id, client=client, body=model("SignParts")(parts=[part])
    ).parsed.parts[0]  # fmt: skip
    storage = app.extensions["redress"].storage
    assert put_part(storage, signed.url, body, signed.headers.to_dict())
    whole = model("CompleteUpload")(
        sha256=hashlib.sha256(body).hexdigest(), parts_base64=[checksum(body)]
    )
    call("evidence.upload_complete").sync_detailed(upload.id, client=client, body=whole)
    run_jobs()
    listed = call("evidence.evidence_list").sync(ref, client=client)
    assert [(one.label, one.filename) for one in listed.items] == [("E1", "july.txt")]


def is_asked(client: Any, ref: str) -> None:
    """The desk takes the case and asks one thing."""
    transition(client, ref, event="take")
    item = {"kind": "question", "title": "Which month?"}
    transition(
        client, ref, event=CaseEvent.ASK_COMPLAINANT.value, reason="One thing.", items=[item]
    )


def answers(client: Any, ref: str) -> None:
    """The artist finds what is asked and answers it."""
    asked = call("requests.requests_list").sync(ref, client=client).items[0]
    given = call("requests.request_answer").sync_detailed(
        ref,
        asked.number,
        asked.items[0].position,
        client=client,
        body=model("GiveAnswer")(text="July."),
    )
    assert given.status_code == 201
    assert not given.parsed.open_


def seen_decision(client: Any, ref: str) -> Any:
    """The decision as this person sees it, with its mark."""
    return call("decisions.decision_show").sync_detailed(ref, client=client)


def decides(client: Any, ref: str) -> None:
    """Judge the file, draft what was found, and send it with its money to a second person."""
    blocked = seen_decision(client, ref)
    assert [one.code for one in blocked.parsed.guards if one.blocks] == ["no_verdict"]
    verdict = model("GiveVerdict")(verdict=model("VerdictKind")("supports_artist"))
    judged = call("decisions.evidence_judge").sync(ref, "E1", client=client, body=verdict)
    content = {
        "outcome": "upheld",
        "issues": [
            {"issue": "Was July paid?", "finding": "No.", "result": "established", "exhibits": [str(judged.id)]}
        ],
        "remedies": [{"kind": "pay", "text": "July is paid.", "effective_on": "2026-12-01"}],
        "to_complainant": "July was missing.",
    }  # fmt: skip
    saved = call("decisions.decision_save").sync_detailed(
        ref,
        client=client,
        body=model("DecisionContent").from_dict(content),
        if_match=seen_decision(client, ref).headers["ETag"],
    )
    assert (saved.parsed.missing, saved.parsed.guards) == ([], []), saved.content
    line = {"side": "complainant", "amount": "120.50", "reason": "not_on_statement"}
    money = {"currency": "EUR", "reason": "July was missing", "lines": [line]}
    sent = call("decisions.decision_propose").sync_detailed(
        ref,
        client=client,
        body=model("ProposeDecision").from_dict({"money": money}),
        if_match=saved.headers["ETag"],
        idempotency_key="propose",
    )
    assert sent.parsed.state.value == "confirmation", sent.content


def confirms(proposer: Any, client: Any, ref: str) -> None:
    """Never who proposed it; another person lets out exactly what they read."""
    for asker, status in ((proposer, 409), (client, 200)):
        seen = seen_decision(asker, ref)
        answer = call("decisions.decision_confirm").sync_detailed(
            ref,
            client=asker,
            body=model("ConfirmDecision")(seen_hash=seen.parsed.seen_hash),
            if_match=seen.headers["ETag"],
        )
        assert answer.status_code == status, answer.content


def approves(reader: Any, approver: Any, ref: str) -> Any:
    """Finance finds what waits for this case and approves what it read; the id of the batch it went to."""
    (row,) = call("corrections.corrections_list").sync(client=reader, case=ref).items
    assert row.state.value == "proposed"
    seen = call("corrections.correction_show").sync(row.id, client=approver)
    approved = call("corrections.correction_approve").sync_detailed(
        row.id,
        client=approver,
        body=model("ApproveCorrection")(seen_hash=seen.seen_hash),
        idempotency_key="approve",
    )
    assert approved.status_code == 200, approved.content
    assert approved.parsed.approved_by == ["Gus Grau"]
    return approved.parsed.batch_id


def exports(locker: Any, exporter: Any, batch_id: Any) -> None:
    """One locks, another writes the file; it is downloaded and acknowledged."""
    seen = call("batches.batch_show").sync_detailed(batch_id, client=locker)
    locked = call("batches.batch_lock").sync_detailed(
        batch_id, client=locker, body=model("LockBatch")(), if_match=seen.headers["ETag"]
    )
    assert locked.parsed.state.value == "locked", locked.content
    written = call("batches.batch_write").sync_detailed(
        batch_id, client=exporter, body=model("ExportBatch")()
    )
    assert written.parsed.file.net.amount == "120.50", written.content
    # The tool reads one type of several, and takes the JSON: the bytes are asked for with its own request.
    asked = call("batches.batch_export")._get_kwargs(batch_id)
    content = exporter.get_httpx_client().request(**asked).content
    assert hashlib.sha256(content).hexdigest() == written.parsed.file.sha256
    answer = {"reference": "IMP-1", "file_sha256": written.parsed.file.sha256}
    done = call("batches.batch_acknowledge").sync_detailed(
        batch_id,
        client=exporter,
        body=model("AcknowledgeBatch").from_dict(answer),
        if_match=written.headers["ETag"],
    )
    assert done.parsed.state.value == "acknowledged", done.content


def transition(client: Any, ref: str, **body: Any) -> Any:
    """Read the case, then make a transition of what was read."""
    seen = call("cases.case_show").sync_detailed(ref, client=client)
    made = call("transitions.transition_make").sync_detailed(
        ref,
        client=client,
        body=model("MakeTransition").from_dict(body),
        if_match=seen.headers["ETag"],
    )
    assert made.status_code == 200, made.content
    return made.parsed


def reads_a_letter(client: Any, ref: str) -> bytes:
    """The PDF of the decision."""
    letters = call("letters.letters_list").sync(ref, client=client).items
    decision = next(one for one in letters if one.kind.value == "decision")
    assert (
        "July was missing."
        in call("letters.letter_show").sync(ref, decision.id, client=client).html
    )
    pdf = bytes(call("letters.letter_file").sync_detailed(ref, decision.id, client=client).content)
    known = call("letters.letter_verify").sync(decision.verify_code, client=client)
    assert known.sha256 == hashlib.sha256(pdf).hexdigest()
    return pdf
