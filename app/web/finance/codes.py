"""Account codes: what the house's accounts are called in the ledger of finance, in versions that nobody edits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for

from app.accounts.rules import Permission, may
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.kernel.errors import Invalid, NotFound
from app.ledger.queries.books import (
    NO_CODES,
    VERSIONS,
    CodesView,
    codes_on,
    codes_versions,
    newest_codes,
    posting_day,
)
from app.ledger.rules.codes import EVERY_CURRENCY, AccountCodes, changes_between
from app.ledger.rules.posting import AccountKind
from app.ledger.service.books import publish_codes
from app.web.finance.codes_form import CodesForm, CodesTyped, others_text
from app.web.finance.face import bp
from app.web.finance.words import account_kind_words
from app.web.shared.context import current_actor, services
from app.web.shared.form_errors import mark
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@dataclass(frozen=True, slots=True)
class CodeRow:
    """An account with its code; *others*: codes of single currencies."""

    account: str
    code: str
    others: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version with what it changed: account, currency, code before and after."""

    number: int
    since: date
    by: str
    at: datetime
    reason: str
    changes: tuple[tuple[str, str, str, str], ...]


@bp.get("/finance/books")
@policy(Permission.BOOKS_READ)
def codes_show() -> ResponseReturnValue:
    """What counts today, and the versions with who changed what, fifty a page."""
    actor, before = current_actor(), _before()
    with transaction(actor, read_only=True) as tx:
        today = posting_day(tx, services().clock)
        current = codes_on(tx, today)
        versions = codes_versions(tx, actor, VERSIONS + 1, before)
    return render_template(
        "finance/books/codes.html",
        current=current,
        rows=code_rows(current.codes if current else NO_CODES),
        versions=_versions(versions),
        coming=[one for one in versions if one.effective_from > today] if not before else [],
        can_change=may(actor, Permission.CODES_MANAGE),
        older=url_for("finance.codes_show", before=versions[VERSIONS - 1].version)
        if len(versions) > VERSIONS
        else None,
        first=url_for("finance.codes_show") if before else None,
    )


def _before() -> int | None:
    """The version before which a page begins. Raises NotFound for what is no number."""
    asked = request.args.get("before", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) < 9):
        raise NotFound("page")
    return int(asked)


@bp.get("/finance/books/codes")
@policy(Permission.CODES_MANAGE, fresh=True)
def codes_edit() -> ResponseReturnValue:
    """The newest codes in a form; what is saved is the next version."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        newest, today = newest_codes(tx), posting_day(tx, services().clock)
    codes = newest.codes if newest else AccountCodes({}, actor.zone)
    form = CodesForm(formdata=None, effective_from=today, zone=codes.zone)
    return _form(form, CodesTyped.of(codes))


@bp.post("/finance/books/codes")
@policy(Permission.CODES_MANAGE, fresh=True)
@once_per_key
def codes_publish() -> ResponseReturnValue:
    """Store the next version."""
    actor, form, typed = current_actor(), CodesForm(), CodesTyped.from_request()
    try:
        command = form.to_command(typed)
        with transaction(actor) as tx:
            made = publish_codes(tx, command, actor, services().clock)
    except Invalid as error:
        if not typed.mark(error):
            mark(form, error, "reason")
        return _form(form, typed), 422
    flash(_("Version %(number)s of the account codes is saved.", number=made.version), "ok")
    return redirect(url_for("finance.codes_show"), 303)


def code_rows(codes: AccountCodes) -> list[CodeRow]:
    """Every account of the house, with code or without."""
    return [
        CodeRow(
            account_kind_words(kind),
            codes.codes.get(kind, {}).get(EVERY_CURRENCY, ""),
            others_text(codes, kind),
        )
        for kind in AccountKind
    ]


def _versions(versions: tuple[CodesView, ...]) -> list[VersionRow]:
    """At most fifty, each beside the one before it: one more is read than is shown."""
    before = [*(one.codes for one in versions[1:]), NO_CODES]
    return [
        VersionRow(
            one.version, one.effective_from, one.by, one.created_at, one.reason,
            _changes(was, one.codes) if one.version > 1 else (),
        )
        for one, was in zip(versions[:VERSIONS], before, strict=False)
    ]  # fmt: skip


def _changes(was: AccountCodes, now: AccountCodes) -> tuple[tuple[str, str, str, str], ...]:
    return tuple(
        (account_kind_words(kind), currency, old, new)
        for kind, currency, old, new in changes_between(was, now)
    )


def _form(form: CodesForm, typed: CodesTyped) -> str:
    return render_template(
        "finance/books/codes_edit.html",
        form=form,
        accounts=[(kind.value, account_kind_words(kind)) for kind in AccountKind],
        typed=typed,
    )
