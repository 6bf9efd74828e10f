"""Drafts: started, answered, filed. The policy says what is asked; the page asks the same."""

from __future__ import annotations

from uuid import UUID

from flask import url_for

from app.accounts.rules import Permission, Scope
from app.api.cases import shown_case
from app.api.face import bp
from app.api.frame.access import needs
from app.api.frame.context import bearer, services
from app.api.frame.once import once_per_key
from app.api.frame.spec import WRITES, answers
from app.api.frame.versions import require_seen
from app.api.shapes import drafts as shapes
from app.api.shapes.cases import Case
from app.cases.commands import SaveDraft, Signature, StartDraft, SubmitCase
from app.cases.queries import case_by_id, filing_of
from app.cases.rules.filing import missing_fields
from app.cases.rules.views import CaseView
from app.cases.service.drafts import save_draft, start_draft
from app.cases.service.submit import submit
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.sides import Side
from app.policies.queries import policy_by_id
from app.policies.rules.forms import Field

TAG = "drafts"
_OWN = Permission.PARTY_CASE_FILE
Headers = dict[str, str]


@bp.post("/drafts")
@needs(Scope.CASES_WRITE, _OWN)
@once_per_key
@answers(shapes.Draft, status=201, tag=TAG, also=WRITES)
def draft_start(json: shapes.StartDraft) -> tuple[shapes.Draft, int, Headers]:
    """Start a draft.

    Nobody else sees it until it is filed. Without a change for 30 days it ends.
    """
    actor = bearer()
    command = StartDraft(
        json.sub_kind, json.language, json.zone or actor.zone, json.country, json.for_person, channel="api"
    )  # fmt: skip
    with transaction(actor) as tx:
        draft_id = start_draft(tx, command, actor, services().clock)
        made = _shown(tx, actor, case_by_id(tx, actor, draft_id))
    return made, 201, {"Location": url_for("api.draft_show", draft_id=draft_id)}


@bp.get("/drafts/<uuid:draft_id>")
@needs(Scope.CASES_READ, _OWN, on="case")
@answers(shapes.Draft, tag=TAG)
def draft_show(draft_id: UUID) -> shapes.Draft:
    """Read a draft: its questions, answers and what is missing."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        return _shown(tx, actor, case_by_id(tx, actor, draft_id))


@bp.patch("/drafts/<uuid:draft_id>")
@needs(Scope.CASES_WRITE, _OWN, on="case")
@answers(shapes.Draft, tag=TAG, also=(*WRITES, 428))
def draft_save(draft_id: UUID, json: shapes.SaveDraft) -> shapes.Draft:
    """Save answers of a draft."""
    actor = bearer()
    with transaction(actor) as tx:
        view = case_by_id(tx, actor, draft_id)
        require_seen(_shown(tx, actor, view))
        command = SaveDraft(draft_id, view.version, json.answers, json.sub_kind)
        return _shown(tx, actor, save_draft(tx, command, actor, services().clock))


@bp.post("/drafts/<uuid:draft_id>/submit")
@needs(Scope.CASES_WRITE, _OWN, on="case")
@once_per_key
@answers(Case, status=201, tag=TAG, also=(*WRITES, 428))
def draft_submit(draft_id: UUID, json: shapes.SubmitDraft) -> tuple[Case, int, Headers]:
    """File a draft.

    Refused (409) while something is missing or a statement is not signed. Filed twice, the second answer is the same case.
    """
    actor = bearer()
    name = json.signer_name or actor.name
    signed = tuple(Signature(code, name, json.capacity) for code in json.statements)
    with transaction(actor) as tx:
        view = case_by_id(tx, actor, draft_id)
        require_seen(_shown(tx, actor, view))
        filed = submit(tx, SubmitCase(draft_id, view.version, signed), actor, services().clock)
        made = shown_case(tx, actor, filed)
    return made, 201, {"Location": url_for("api.case_show", ref=made.ref)}


def _shown(tx: Tx, actor: Actor, view: CaseView) -> shapes.Draft:
    policy = policy_by_id(tx, view.policy_id)
    given = filing_of(tx, actor, view.id, Side.COMPLAINANT)
    return shapes.Draft(
        id=view.id, ref=view.ref, version=view.version, sub_kind=view.sub_kind, answers=given,
        missing=[] if view.ref else list(missing_fields(policy.fields, given)),
        questions=[_question(field) for field in policy.fields if field.applies(given)],
        statements=[
            shapes.Statement(code=one.code, text=_(one.text)) for one in policy.statements_for("submit")
        ],
    )  # fmt: skip


def _question(field: Field) -> shapes.Question:
    choices = [shapes.Choice(value=value, label=_(label)) for value, label in field.choices]
    return shapes.Question(
        name=field.name, label=_(field.label), help=_(field.help) if field.help else "", type=field.type,
        required=field.required, max_length=field.max_length, choices=choices,
    )  # fmt: skip
