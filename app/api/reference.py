"""Policies in force, the catalogue as far as the token's owner may see it, and taking in a file of it."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from app.accounts.rules import Permission, Scope
from app.api.face import bp
from app.api.frame.access import needs
from app.api.frame.context import bearer, services
from app.api.frame.once import once_per_key
from app.api.frame.spec import WRITES, answers
from app.api.shapes import reference as shapes
from app.catalogue.queries import search_releases
from app.catalogue.service import import_catalogue, read_import
from app.infra.db.transaction import transaction
from app.policies.queries import policies_now

CATALOGUE = "catalogue"


@bp.get("/policies")
@needs(Scope.POLICIES_READ, Permission.POLICY_READ)
@answers(shapes.Policies, tag="policies")
def policies_list() -> shapes.Policies:
    """List the policies in force."""
    with transaction(bearer(), read_only=True) as tx:
        found = policies_now(tx, services().clock.now())
    return shapes.Policies(items=[shapes.Policy.of(view) for view in found])


@bp.get("/catalogue/releases")
@needs(Scope.CATALOGUE_READ, Permission.CASE_READ, other=Permission.PARTY_CASE_FILE)
@answers(shapes.Releases, tag=CATALOGUE)
def releases_list(query: shapes.ReleasesQuery) -> shapes.Releases:
    """Find releases: for an artist their own, for people who work here all."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        found = search_releases(tx, actor, query.q)
    items = [shapes.Release.of(row) for row in found.rows]
    return shapes.Releases(items=items, has_more=found.has_more)


@bp.post("/catalogue/imports")
@needs(Scope.CATALOGUE_WRITE, Permission.POLICY_MANAGE)
@once_per_key
@answers(shapes.Imported, status=201, tag=CATALOGUE, also=WRITES, reads="text/csv")
def catalogue_import() -> tuple[shapes.Imported, int]:
    """Take in a CSV file of the catalogue: the whole file, or each problem by line and column.

    The same code, UPC or ISRC again changes what is stored; nothing is removed.
    """
    if request.mimetype != "text/csv":
        raise UnsupportedMediaType
    actor = bearer()
    command = read_import("api.csv", request.get_data())
    with transaction(actor) as tx:
        made = import_catalogue(tx, command, actor, services().clock)
    return shapes.Imported(id=made, lines=len(command.lines)), 201
