"""A counter-notice as the desk reads it: element by element of the law, before it is accepted or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from app.accounts.rules import Permission
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.kernel.errors import NotFound
from app.policies.rules.forms import Field, FieldType
from app.takedowns.queries import CounterView, counter_notices_of
from app.takedowns.rules import ELEMENTS, FIELDS
from app.web.desk.face import bp
from app.web.desk.head import load_case
from app.web.shared.context import current_actor
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/desk/cases/<ref>/counter-notice")
@policy(Permission.CASE_READ, on="case")
def counter_notice(ref: str) -> ResponseReturnValue:
    """The newest one that was sent; a draft is its side's own and not read here."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
        sent = [one for one in counter_notices_of(tx, actor, case.id) if one.sent_at]
    if not sent:
        raise NotFound("counter-notice")
    return render_template(
        "desk/cases/counter_notice.html",
        case=case.head,
        notice=sent[0],
        elements=_elements(sent[0]),
    )


def _elements(notice: CounterView) -> list[tuple[str, list[tuple[str, str]]]]:
    """(element of 512(g)(3), its questions and answers), the signature first."""
    fields = {field.name: field for field in FIELDS}
    signature = [(_("Signed"), notice.signature)]
    return [(_("(A) Signature"), signature)] + [
        (
            _("(%(letter)s) %(name)s", letter=one.letter, name=_(one.name)),
            [(_(fields[name].label), _said(fields[name], notice)) for name in one.needs],
        )
        for one in ELEMENTS
    ]


def _said(field: Field, notice: CounterView) -> str:
    value = notice.answers[field.name]
    if field.type is FieldType.CONFIRM:
        return _("Yes") if value else _("No")
    return next((_(label) for code, label in field.choices if code == value), value)
