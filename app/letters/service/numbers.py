"""Give a letter its number, once and without gaps, and have it printed (I6)."""

from __future__ import annotations

import secrets
from uuid import UUID

from sqlalchemy import text

from app.accounts.rules import Permission, require
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.jobs import defer
from app.infra.outbox import emit
from app.infra.render.port import RenderFailed
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, InvalidMany, Refused
from app.letters.commands import IssueLetter
from app.letters.events import LetterNumbered
from app.letters.queries import LetterRow, letter_html, letter_row
from app.letters.rules.context import LetterContext, Verify, from_json, numbered, to_json
from app.letters.rules.kinds import LetterState
from app.letters.rules.numbers import letter_number, verify_code
from app.letters.rules.readiness import readiness
from app.letters.service.results import WAITING, sign_later
from app.letters.service.rows import locked_letter, note, require_draft


def issue_letter(tx: Tx, command: IssueLetter, actor: Actor, clock: Clock) -> LetterRow:
    """Freeze the draft, take the next number of its series (I6) and have it printed by a job.

    Raises InvalidMany naming what is missing, Refused when its template cannot print it, Stale.
    """
    require(actor, Permission.LETTER_ISSUE)
    row = locked_letter(tx, actor, command.letter_id)
    require_draft(row, command.version)
    context = from_json(row.context)
    require_ready(context)
    now = clock.now()
    counter = _next_number(tx, row.series, now.year)
    number, code = (
        letter_number(row.series, now.year, counter),
        verify_code(secrets.token_bytes(16)),
    )
    check = Verify(f"{command.base_url.rstrip('/')}/verify/{code}", code)
    row.context = to_json(numbered(context, number, now.date(), check))
    row.number, row.year, row.counter = number, now.year, counter
    row.verify_code, row.dated_on, row.numbered_at = code, now.date(), now
    row.state, row.issued_by, row.updated_at = LetterState.NUMBERED, actor.person_id, now
    note(tx, row, "letter.numbered", actor, clock)
    emit(tx, LetterNumbered(row.case_id, row.id, number))
    defer(tx, "letters.render", {"letter_id": str(row.id)}, lock=f"letter:{row.id}")
    return letter_row(row)


def retry_letter(tx: Tx, letter_id: UUID, actor: Actor, clock: Clock) -> LetterRow:
    """Print or sign a numbered letter again, same number (B180). Raises Refused when it left or is void."""
    require(actor, Permission.LETTER_ISSUE)
    row = locked_letter(tx, actor, letter_id)
    if row.state not in WAITING or row.sha256 is not None:
        raise Refused("letter_not_waiting", _("This letter does not wait to be printed."))
    row.problem, row.updated_at = "", clock.now()
    note(tx, row, "letter.retried", actor, clock)
    if row.state == LetterState.RENDERED:
        sign_later(tx, row.id)
    else:
        defer(tx, "letters.render", {"letter_id": str(row.id)}, lock=f"letter:{row.id}")
    return letter_row(row)


def require_ready(context: LetterContext) -> None:
    """Raises InvalidMany with every missing or overlong part, Refused when the template fails (B178)."""
    state = readiness(context)
    errors = [Invalid(name, "required", _("This part is missing.")) for name in state.missing]
    errors += [
        Invalid("letter", problem, _("This letter cannot be issued like this."))
        for problem in state.problems
    ]
    if errors:
        raise InvalidMany(errors)
    try:
        letter_html(context)
    except RenderFailed as error:
        message = _("The template of this letter has no value for: %(name)s", name=error.detail)
        raise Refused("letter_template", message) from error


def _next_number(tx: Tx, series: str, year: int) -> int:
    """The next count of the series. Its row stays locked to the commit, so a rollback leaves no gap."""
    key = {"series": series, "year": year}
    tx.execute(
        text(
            "insert into letter_series (series, year, last_counter) values (:series, :year, 0) "
            "on conflict do nothing"
        ),
        key,
    )
    return int(
        tx.execute(
            text(
                "update letter_series set last_counter = last_counter + 1 "
                "where series = :series and year = :year returning last_counter"
            ),
            key,
        ).scalar_one()
    )
