"""A party's own lines of our statements, a page at a time: what we said, before anybody computed it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, request, url_for

from app.accounts.rules import Permission
from app.cases.queries import case_by_ref
from app.infra.db.transaction import transaction
from app.infra.storage.port import ObjectMissing
from app.kernel.errors import NotFound
from app.statements.formats.browsing import Sought
from app.statements.queries import PartRow
from app.statements.service.browsing import LinesPage, lines_of_part
from app.web.portal.case_view import knows_money
from app.web.portal.face import bp
from app.web.shared.audit_words import month_words
from app.web.shared.context import current_actor, services
from app.web.shared.policy import policy
from app.web.shared.shell import pick_locale
from app.workflows.own_statement_lines import OwnStatements, own_statements

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/cases/<ref>/payout/statement")
@policy(Permission.PARTY_CASE_READ, on="case")
def statement_lines(ref: str) -> ResponseReturnValue:
    """Lines of one of our statements that name the reader's payee; none before the decision about the money."""
    actor, locale = current_actor(), pick_locale()
    with transaction(actor, read_only=True) as tx:
        case = case_by_ref(tx, actor, ref)
        own = own_statements(tx, actor, case.id) if knows_money(case) else OwnStatements()
    asked = {name: request.args.get(name, "")[:200] for name in ("part", "store", "after")}
    part = _part(own, asked["part"])
    page = _read(part, own, asked) if part else None
    here: dict[str, Any] = {"ref": ref, "part": part.id if part else "", "store": asked["store"]}
    return render_template(
        "portal/cases/statement_lines.html", ref=case.ref, title=case.subject_title, page=page, store=asked["store"], part=part,
        parts=[
            {"text": month_words(one.statement_month, locale), "href": url_for("portal.statement_lines", ref=ref, part=one.id), "current": one is part}
            for one in own.parts
        ],
        next_href=url_for("portal.statement_lines", after=page.next, **here) if page and page.next else None,
        first_href=url_for("portal.statement_lines", **here) if asked["after"] else None,
    )  # fmt: skip


def _part(own: OwnStatements, asked: str) -> PartRow | None:
    """The statement that the address names, else the newest. Raises `NotFound` for another."""
    found = [one for one in own.parts if not asked or str(one.id) == asked]
    if not found and asked:
        raise NotFound("statement")
    return found[0] if found else None


def _read(part: PartRow, own: OwnStatements, asked: dict[str, str]) -> LinesPage:
    after = int(asked["after"]) if asked["after"].isdecimal() and len(asked["after"]) < 10 else 0
    sought = Sought(store=asked["store"], payees=own.payees, after=after)
    try:
        return lines_of_part(services().storage, part, sought)
    except ObjectMissing as error:
        raise NotFound("statement") from error
