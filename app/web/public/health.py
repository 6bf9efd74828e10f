"""/livez, /readyz and /metrics for whatever watches over the process; reasons and numbers are told on loopback only."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, jsonify, request

from app.infra.db.transaction import transaction
from app.infra.metrics import CONTENT_TYPE, exposition
from app.infra.readiness import answers
from app.kernel.actor import Actor
from app.kernel.errors import NotFound, Unavailable
from app.web.shared.context import services
from app.web.shared.policy import public

log = structlog.get_logger()
_LOOPBACK = ("127.0.0.1", "::1")

bp = Blueprint("health", __name__)


@bp.get("/livez")
@public()
def livez() -> Response:
    """The process answers. Touches nothing else."""
    return jsonify(live=True)


@bp.get("/readyz")
@public()
def readyz() -> tuple[Response, int]:
    """200 when requests can be served whole, else 503."""
    found = answers(services())
    problems = {one.name: one.problem for one in found if one.problem and not one.is_note}
    notes = {one.name: one.problem for one in found if one.problem and one.is_note}
    if problems:
        log.warning("not_ready", **problems)
    told: dict[str, object] = {"ready": not problems}
    if _from_this_machine():
        told |= {"problems": problems, "notes": notes}
    return jsonify(told), 503 if problems else 200


@bp.get("/metrics")
@public()
def metrics() -> Response:
    """Numbers for Prometheus, for this machine only: to others there is no such page."""
    if not _from_this_machine():
        raise NotFound("metrics")
    now = services().clock.now()
    try:
        with transaction(Actor.system("metrics"), read_only=True) as tx:
            said = exposition(tx, now)
    except Unavailable:
        said = exposition(None, now)
    return Response(said, content_type=CONTENT_TYPE)


def _from_this_machine() -> bool:
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return request.remote_addr in _LOOPBACK and not forwarded
