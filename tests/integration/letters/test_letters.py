"""Letters from draft to the side that reads them, on the real database and store."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.cases.rules.views import CaseView
from app.decisions.commands import Exhibit
from app.infra.jobs import run_task
from app.infra.mail.recording import RecordingMailer
from app.infra.render.port import RenderFailed, RenderFault
from app.infra.render.templates import ROOT, DocumentTemplates
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Forbidden, InvalidMany, NotFound, Refused, Stale, Unavailable
from app.kernel.sides import Side
from app.letters import queries
from app.letters.commands import DraftLetter, IssueLetter, MarkLetter, SaveLetter, VoidLetter
from app.letters.queries import (
    LetterRow,
    letter_by_code,
    letter_facts,
    letter_view,
    letters_of,
    letters_with_problems,
)
from app.letters.rules.kinds import LetterKind, LetterState
from app.letters.service.drafts import draft_letter, save_letter
from app.letters.service.numbers import issue_letter, retry_letter
from app.letters.service.results import mark_letter, store_printed, void_letter
from app.letters.service.rows import StoredPdf
from tests.factories.accounts import TestPerson, make_cast
from tests.factories.cases import make_case
from tests.factories.decisions import confirm, make_content, make_decision
from tests.factories.evidence import make_item
from tests.factories.evidence import pdf as pdf_file
from tests.factories.letters import QuickRenderer, make_context, text_of, with_services

SYSTEM = Actor.system("test")
BASE = "https://disputes.example"
Cast = dict[str, TestPerson]
TxAs = Callable[[Actor], AbstractContextManager[Session]]


@pytest.fixture
def cast(app: Flask) -> Cast:
    return make_cast("ada", "cy", "bo", "dee", "rio", "rae", "eli", "adi", "aud")


@pytest.fixture
def case(cast: Cast) -> CaseView:
    return make_case(cast["ada"], respondent=cast["cy"])


@pytest.fixture
def mailer(app: Flask) -> Iterator[RecordingMailer]:
    """Keeps what is sent."""
    with with_services(app, mailer=RecordingMailer()) as services:
        yield services.mailer


@pytest.fixture
def renderer(app: Flask) -> Iterator[QuickRenderer]:
    """A fast stand-in for the printing child; its own tests print for real."""
    with with_services(app, renderer=QuickRenderer()) as services:
        yield services.renderer


def issue(
    case: CaseView, person: TestPerson, tx_as: TxAs, clock: FixedClock, side: str = "complainant"
) -> LetterRow:
    """A numbered letter, committed."""
    context = make_context(LetterKind.WITHDRAWN)
    context = replace(context, recipient=replace(context.recipient, side=side))
    with tx_as(person.actor) as tx:
        draft = draft_letter(tx, DraftLetter(case.id, context), person.actor, clock)
        return issue_letter(tx, IssueLetter(draft.id, draft.version, BASE), person.actor, clock)


def park_jobs(tx_as: TxAs) -> None:
    """What the worker does with a job that can never succeed."""
    with tx_as(SYSTEM) as tx:
        tx.execute(text("update procrastinate_jobs set status = 'failed' where status = 'doing'"))


def stored(app: Flask, key: str) -> bytes:
    """Bytes as the store has them."""
    return b"".join(app.extensions["redress"].storage.open(key))


def test_confirmed_decision_reaches_both_sides_as_letter_and_mail(
    app: Flask, cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock,
    mailer: RecordingMailer, run_jobs: Callable[[], int],
) -> None:  # fmt: skip
    run_jobs()
    mailer.sent.clear()
    confirm(make_decision(case, cast["rio"], clock), cast["rae"], clock)

    run_jobs()

    with tx_as(cast["ada"].actor) as tx:
        (row,) = letters_of(tx, cast["ada"].actor, case.id)
        view = letter_view(tx, cast["ada"].actor, row.id)
    with tx_as(SYSTEM) as tx:
        facts = letter_facts(tx, SYSTEM, case.id)
    assert (row.state, row.number, row.audience) == (
        LetterState.SENT,
        "L-2026-000001",
        Side.COMPLAINANT,
    )
    assert view.context.outcome == "upheld"
    assert view.context.appeal_until is not None
    assert view.context.appeal_until.isoformat() == "2027-05-20"
    assert "We uphold your case" in view.html
    pdf = stored(app, view.storage_key)
    assert pdf.startswith(b"%PDF-1.7")
    assert f"/verify/{row.verify_code}" in text_of(pdf).replace(" ", "")
    assert {(mail.to, mail.subject) for mail in mailer.sent} == {
        (cast["ada"].email, f"Case {case.ref}: we decided"),
        (cast["cy"].email, f"Case {case.ref}: we decided"),
    }
    assert (facts.total, facts.unsettled, facts.informed_at) == (2, 0, clock.now())


def test_a_letter_late_in_the_evening_counts_from_the_day_at_its_readers_home(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock,
    mailer: RecordingMailer, renderer: QuickRenderer, run_jobs: Callable[[], int],
) -> None:  # fmt: skip
    clock.advance(timedelta(days=10, hours=13, minutes=30))  # 22:30 UTC on 30 November
    confirm(make_decision(case, cast["rio"], clock), cast["rae"], clock)
    run_jobs()

    with tx_as(SYSTEM) as tx:
        views = [letter_view(tx, SYSTEM, row.id) for row in letters_of(tx, SYSTEM, case.id)]
    said = {view.context.recipient.side: view.context.appeal_until for view in views}

    assert said == {"complainant": date(2027, 5, 30), "respondent": date(2027, 6, 1)}


def test_b181_a_letter_holds_nothing_private_of_the_other_side(
    app: Flask, cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock,
    mailer: RecordingMailer, run_jobs: Callable[[], int],
) -> None:  # fmt: skip
    own = make_item(cast["ada"].actor, case.id, body=pdf_file("own"), side=Side.COMPLAINANT).id
    content = make_content(to_complainant="CANARYADA", to_respondent="CANARYCY")
    content = replace(content, issues=(replace(content.issues[0], exhibits=(str(own),)),))
    exhibit = Exhibit(own, "CANARYEXHIBIT", frozenset({"complainant"}))
    confirm(make_decision(case, cast["rio"], clock, content=content), cast["rae"], clock, exhibit)
    run_jobs()

    with tx_as(cast["cy"].actor) as tx:
        (row,) = letters_of(tx, cast["cy"].actor, case.id)
        view = letter_view(tx, cast["cy"].actor, row.id)
        raw = "".join(tx.execute(text("select context::text from letter")).scalars())
    pdf = stored(app, view.storage_key)

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        inside = opened.attachments["context.json"].get_file().read_bytes().decode()
        metadata = opened.Root.Metadata.read_bytes().decode() + str(dict(opened.docinfo))
    everything = (
        text_of(pdf)
        + inside
        + metadata
        + view.html
        + raw
        + str([vars_of(mail) for mail in mailer.sent])
    )
    assert "CANARYCY" in everything
    for canary in (
        "CANARYADA",
        "CANARYEXHIBIT",
        cast["ada"].email,
        cast["rio"].name,
        cast["rae"].name,
    ):
        assert canary not in text_of(pdf) + inside + metadata + view.html + raw


def vars_of(mail: object) -> str:
    """All fields of a mail."""
    return str(mail)


def test_a_side_reads_only_its_letters_and_only_when_stored(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock, renderer: QuickRenderer,
    mailer: RecordingMailer, run_jobs: Callable[[], int],
) -> None:  # fmt: skip
    letter = issue(case, cast["rio"], tx_as, clock)
    for person in (cast["ada"], cast["cy"]):
        with tx_as(person.actor) as tx:
            assert letters_of(tx, person.actor, case.id) == ()
            assert tx.execute(text("select count(*) from letter")).scalar_one() == 0

    run_jobs()

    with tx_as(cast["ada"].actor) as tx:
        assert [row.id for row in letters_of(tx, cast["ada"].actor, case.id)] == [letter.id]
    for key in ("cy", "bo", "adi"):
        actor = cast[key].actor
        with tx_as(actor) as tx, pytest.raises(NotFound):
            letter_view(tx, actor, letter.id)
        with tx_as(actor) as tx:
            assert tx.execute(text("select count(*) from letter")).scalar_one() == 0


def test_the_first_wall_alone_keeps_letters_apart(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock, renderer: QuickRenderer,
    mailer: RecordingMailer, run_jobs: Callable[[], int],
) -> None:  # fmt: skip
    stored_one = issue(case, cast["rio"], tx_as, clock)
    run_jobs()
    issue(case, cast["rio"], tx_as, clock)

    with tx_as(SYSTEM) as tx:
        seen = {
            key: [row.id for row in letters_of(tx, cast[key].actor, case.id)]
            for key in ("ada", "cy", "bo", "adi")
        }

    assert seen == {"ada": [stored_one.id], "cy": [], "bo": [], "adi": []}


def test_bytes_are_bound_to_a_letter_once(
    app: Flask, cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    letter = issue(case, cast["rio"], tx_as, clock)
    first, second = (StoredPdf(f"letters/{digit * 64}.pdf", digit * 64, 10) for digit in ("a", "b"))

    with tx_as(SYSTEM) as tx:
        taken = store_printed(tx, letter.id, first, "f" * 64, SYSTEM, clock)
    with tx_as(SYSTEM) as tx:
        again = store_printed(tx, letter.id, second, "f" * 64, SYSTEM, clock)

    assert (taken, again) == (True, False)


def test_a_party_cannot_change_a_letter_even_past_the_services(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock, renderer: QuickRenderer,
    mailer: RecordingMailer, run_jobs: Callable[[], int],
) -> None:  # fmt: skip
    issue(case, cast["rio"], tx_as, clock)
    run_jobs()

    with tx_as(cast["ada"].actor) as tx:
        assert tx.execute(text("update letter set state = 'bounced'")).rowcount == 0


def test_b178_an_incomplete_letter_takes_no_number_and_names_what_is_missing(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    rio = cast["rio"].actor
    with tx_as(rio) as tx:
        context = make_context(LetterKind.HOLD_NOTICE, ground=None)
        draft = draft_letter(tx, DraftLetter(case.id, context), rio, clock)
        preview = letter_view(tx, rio, draft.id)

    with tx_as(rio) as tx, pytest.raises(InvalidMany) as refused:
        issue_letter(tx, IssueLetter(draft.id, draft.version, BASE), rio, clock)

    assert [error.field for error in refused.value.errors][:2] == [
        "ground.measure",
        "ground.ground",
    ]
    assert preview.readiness.missing[0] == "ground.measure"
    with tx_as(SYSTEM) as tx:
        assert tx.execute(text("select count(*) from letter_series")).scalar_one() == 0


@pytest.fixture
def other_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the letter templates that a test may change."""
    for path in sorted((ROOT / "templates" / "letters").iterdir()):
        (tmp_path / "letters").mkdir(exist_ok=True)
        (tmp_path / "letters" / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(queries, "DOCUMENTS", DocumentTemplates(tmp_path))
    return tmp_path / "letters"


def test_b178_a_template_that_wants_more_than_there_is_refuses_and_says_what(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock, other_templates: Path
) -> None:
    template = other_templates / "withdrawn.html"
    template.write_text(
        template.read_text().replace(
            '<p class="lead">', '<p>{{ letter.court_file }}</p><p class="lead">'
        )
    )
    rio = cast["rio"].actor
    with tx_as(rio) as tx:
        draft = draft_letter(
            tx, DraftLetter(case.id, make_context(LetterKind.WITHDRAWN)), rio, clock
        )
        html = letter_view(tx, rio, draft.id).html

    with tx_as(rio) as tx, pytest.raises(Refused, match="court_file"):
        issue_letter(tx, IssueLetter(draft.id, draft.version, BASE), rio, clock)

    assert '<mark class="missing">[court_file]</mark>' in html


def test_b179_a_changed_template_leaves_old_letters_as_they_are(
    app: Flask, cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock, other_templates: Path,
    mailer: RecordingMailer, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from app.letters import jobs

    monkeypatch.setattr(jobs, "DOCUMENTS", queries.DOCUMENTS)
    old = issue(case, cast["rio"], tx_as, clock)
    run_jobs()
    with tx_as(SYSTEM) as tx:
        before = letter_view(tx, SYSTEM, old.id)
        wording = tx.execute(text("select template_hash from letter")).scalar_one()
    old_bytes = stored(app, before.storage_key)

    (other_templates / "withdrawn.html").write_text(
        (other_templates / "withdrawn.html")
        .read_text()
        .replace("You withdrew the case.", "You took the case back.")
    )
    monkeypatch.setattr(queries, "DOCUMENTS", DocumentTemplates(other_templates.parent))
    monkeypatch.setattr(jobs, "DOCUMENTS", queries.DOCUMENTS)
    run_task(app.extensions["redress"], "letters.render", {"letter_id": str(old.id)})
    new = issue(case, cast["rio"], tx_as, clock)
    run_jobs()

    with tx_as(SYSTEM) as tx:
        after = letter_view(tx, SYSTEM, old.id)
        fresh = letter_view(tx, SYSTEM, new.id)
        wordings = (
            tx.execute(text("select template_hash from letter order by counter")).scalars().all()
        )
    assert stored(app, after.storage_key) == old_bytes
    assert after.row.sha256 == before.row.sha256
    assert (before.row.number, fresh.row.number) == ("L-2026-000001", "L-2026-000002")
    assert "You took the case back." in text_of(stored(app, fresh.storage_key))
    assert wordings[0] == wording != wordings[1]


@pytest.mark.parametrize("fault", [RenderFault.TIME, RenderFault.MEMORY, RenderFault.RESOURCE])
def test_b176_b180_a_letter_that_cannot_be_printed_keeps_its_number_and_asks_for_help(
    app: Flask, cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock, renderer: QuickRenderer,
    mailer: RecordingMailer, run_jobs: Callable[[], int], fault: RenderFault,
) -> None:  # fmt: skip
    run_jobs()
    renderer.faults = [fault]
    letter = issue(case, cast["rio"], tx_as, clock)
    with pytest.raises(Refused):
        run_jobs()
    park_jobs(tx_as)
    with tx_as(cast["rio"].actor) as tx:
        (waiting,) = letters_with_problems(tx, cast["rio"].actor)
        retry_letter(tx, letter.id, cast["rio"].actor, clock)

    run_jobs()

    with tx_as(SYSTEM) as tx:
        (row,) = letters_of(tx, SYSTEM, case.id)
    assert (waiting.state, waiting.number, waiting.problem) == (
        LetterState.NUMBERED,
        letter.number,
        str(fault),
    )
    assert (row.state, row.number, row.problem) == (LetterState.SENT, letter.number, "")


def test_a_busy_machine_is_no_reason_to_give_up(
    app: Flask,
    cast: Cast,
    case: CaseView,
    tx_as: TxAs,
    clock: FixedClock,
    renderer: QuickRenderer,
) -> None:
    renderer.faults = [RenderFault.WALL]
    letter = issue(case, cast["rio"], tx_as, clock)
    with pytest.raises(RenderFailed):
        run_task(app.extensions["redress"], "letters.render", {"letter_id": str(letter.id)})

    run_task(app.extensions["redress"], "letters.render", {"letter_id": str(letter.id)})

    with tx_as(SYSTEM) as tx:
        row = letter_view(tx, SYSTEM, letter.id).row
    assert (row.state, row.number, row.problem) == (LetterState.RENDERED, letter.number, "")


def test_b180_a_crash_between_number_and_bytes_resumes_with_the_same_number(
    app: Flask, cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock, renderer: QuickRenderer,
    mailer: RecordingMailer, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    letter = issue(case, cast["rio"], tx_as, clock)
    services = app.extensions["redress"]
    real, calls = services.storage.accept, []

    def cut(quarantine: str, final: str) -> object:
        calls.append(final)
        done = real(quarantine, final)
        if len(calls) == 1:
            raise Unavailable("storage", "stored, answer lost")
        return done

    monkeypatch.setattr(services.storage, "accept", cut)
    with pytest.raises(Unavailable):
        run_task(services, "letters.render", {"letter_id": str(letter.id)})
    with tx_as(SYSTEM) as tx:
        between = letter_view(tx, SYSTEM, letter.id).row
    for name in ("render", "render", "sign", "sign"):
        run_task(services, f"letters.{name}", {"letter_id": str(letter.id)})

    with tx_as(SYSTEM) as tx:
        after = letter_view(tx, SYSTEM, letter.id)
        told = tx.execute(
            text("select count(*) from event where type = 'letter_issued'")
        ).scalar_one()
    assert (between.state, between.sha256) == (LetterState.NUMBERED, "")
    assert (after.row.state, after.row.number) == (LetterState.SIGNED, letter.number)
    assert stored(app, after.storage_key).startswith(b"%PDF")
    assert told == 1


def test_a_number_that_was_given_up_is_never_used_again(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock, renderer: QuickRenderer,
    mailer: RecordingMailer, run_jobs: Callable[[], int],
) -> None:  # fmt: skip
    eli = cast["eli"].actor
    first = issue(case, cast["rio"], tx_as, clock)
    with tx_as(eli) as tx:
        void_letter(tx, VoidLetter(first.id, "Wrong recipient."), eli, clock)
    second = issue(case, cast["rio"], tx_as, clock)
    run_jobs()

    with tx_as(SYSTEM) as tx:
        states = {row.number: row.state for row in letters_of(tx, SYSTEM, case.id)}
        check = letter_by_code(tx, letter_view(tx, SYSTEM, first.id).row.verify_code)
    assert states == {"L-2026-000001": LetterState.VOID, "L-2026-000002": LetterState.SENT}
    assert second.number == "L-2026-000002"
    assert check is not None
    assert (check.state, check.sha256) == ("void", "")


def test_a_sent_letter_cannot_be_made_void(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock, renderer: QuickRenderer,
    mailer: RecordingMailer, run_jobs: Callable[[], int],
) -> None:  # fmt: skip
    letter = issue(case, cast["rio"], tx_as, clock)
    run_jobs()

    with tx_as(cast["eli"].actor) as tx, pytest.raises(Refused):
        void_letter(tx, VoidLetter(letter.id, "x"), cast["eli"].actor, clock)


def test_an_issued_letter_cannot_change(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    letter = issue(case, cast["rio"], tx_as, clock)

    with tx_as(cast["rio"].actor) as tx, pytest.raises(Refused):
        save_letter(
            tx,
            SaveLetter(letter.id, make_context(LetterKind.WITHDRAWN), 1),
            cast["rio"].actor,
            clock,
        )
    with tx_as(cast["rio"].actor) as tx, pytest.raises(Refused):
        issue_letter(tx, IssueLetter(letter.id, 1, BASE), cast["rio"].actor, clock)


@pytest.mark.parametrize(
    "change",
    [
        'context = context || \'{"reasons": "x"}\'',
        "number = 'L-2026-000009', counter = 9",
        "verify_code = 'x'",
        "audience = 'respondent'",
        "dated_on = dated_on + 1",
    ],
)
def test_the_database_keeps_a_numbered_letter_by_itself(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock, change: str
) -> None:
    issue(case, cast["rio"], tx_as, clock)

    with pytest.raises(IntegrityError, match="frozen"), tx_as(SYSTEM) as tx:
        tx.execute(text(f"update letter set {change}"))


@pytest.mark.parametrize("change", ["last_counter = 5", "last_counter = 0", "year = 2030"])
def test_the_database_keeps_the_counter_by_itself(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock, change: str
) -> None:
    issue(case, cast["rio"], tx_as, clock)

    with pytest.raises(IntegrityError, match="step by one"), tx_as(SYSTEM) as tx:
        tx.execute(text(f"update letter_series set {change}"))


def test_numbers_begin_anew_each_year(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    from datetime import timedelta

    first = issue(case, cast["rio"], tx_as, clock)
    clock.advance(timedelta(days=60))

    assert (first.number, issue(case, cast["rio"], tx_as, clock).number) == (
        "L-2026-000001",
        "L-2027-000001",
    )


def test_a_stale_save_is_refused(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    rio = cast["rio"].actor
    with tx_as(rio) as tx:
        draft = draft_letter(
            tx, DraftLetter(case.id, make_context(LetterKind.WITHDRAWN)), rio, clock
        )
        save_letter(
            tx, SaveLetter(draft.id, make_context(LetterKind.WITHDRAWN), draft.version), rio, clock
        )

    with tx_as(rio) as tx, pytest.raises(Stale):
        issue_letter(tx, IssueLetter(draft.id, draft.version, BASE), rio, clock)


@pytest.mark.parametrize("key", ["ada", "cy", "dee", "adi", "aud"])
def test_only_reviewers_and_leads_write_letters(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock, key: str
) -> None:
    with tx_as(cast["rio"].actor) as tx, pytest.raises(Forbidden):
        draft_letter(tx, DraftLetter(case.id, make_context()), cast[key].actor, clock)


def test_nobody_to_tell_settles_the_letter_as_not_reached_and_staff_can_mend_it(
    cast: Cast, tx_as: TxAs, clock: FixedClock, renderer: QuickRenderer,
    mailer: RecordingMailer, run_jobs: Callable[[], int],
) -> None:  # fmt: skip
    alone = make_case(cast["ada"])
    letter = issue(alone, cast["rio"], tx_as, clock, side="respondent")
    run_jobs()
    with tx_as(cast["rio"].actor) as tx:
        bounced = letter_view(tx, cast["rio"].actor, letter.id).row
        mark_letter(
            tx, MarkLetter(letter.id, delivered=True, note="By post."), cast["rio"].actor, clock
        )
        mended = letter_view(tx, cast["rio"].actor, letter.id).row

    assert (bounced.state, mended.state) == (LetterState.BOUNCED, LetterState.SENT)


def test_the_code_tells_number_day_kind_and_hash_and_no_more(
    app: Flask, cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock, renderer: QuickRenderer,
    mailer: RecordingMailer, run_jobs: Callable[[], int],
) -> None:  # fmt: skip
    letter = issue(case, cast["rio"], tx_as, clock)
    with tx_as(SYSTEM) as tx:
        code = letter_view(tx, SYSTEM, letter.id).row.verify_code
        early = letter_by_code(tx, code)
    run_jobs()

    with tx_as(SYSTEM) as tx:
        found = letter_by_code(tx, code)
        none = letter_by_code(tx, code[::-1])
    assert early is None
    assert none is None
    assert found is not None
    assert (found.number, found.kind, found.state) == (
        letter.number,
        LetterKind.WITHDRAWN,
        "issued",
    )
    assert re.fullmatch("[0-9a-f]{64}", found.sha256)
