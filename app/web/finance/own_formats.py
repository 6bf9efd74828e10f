"""Formats that the house made by mapping columns: each version with who made it, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, redirect, render_template, url_for

from app.accounts.rules import Permission, may
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.kernel.errors import Refused
from app.statements.queries import own_profiles, profile_rows
from app.statements.rules.mapping import FIELDS
from app.statements.service.profiles import withdraw_mapping
from app.web.finance.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/finance/statements/formats")
@policy(Permission.STATEMENT_READ)
def own_formats() -> ResponseReturnValue:
    """Every version, the newest first, with what its columns mean."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        rows = profile_rows(tx, actor)
        counting = {one.id for one in own_profiles(tx)}
    return render_template(
        "finance/statements/own_formats.html",
        rows=rows,
        counting=counting,
        field_words={field: translated(words) for field, words in FIELDS.items()},
        can_withdraw=may(actor, Permission.STATEMENT_IMPORT),
    )


@bp.post("/finance/statements/formats/<uuid:profile_id>/withdraw")
@policy(Permission.STATEMENT_IMPORT)
@once_per_key
def own_formats_withdraw(profile_id: UUID) -> ResponseReturnValue:
    """Files with these columns are read by it no more."""
    actor = current_actor()
    try:
        with transaction(actor) as tx:
            withdraw_mapping(tx, profile_id, actor, services().clock)
        flash(_("Withdrawn. Files with these columns are asked about again."), "ok")
    except Refused as error:
        flash(translated(error.message), "warn")
    return redirect(url_for("finance.own_formats"), 303)
