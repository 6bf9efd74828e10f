"""Places for values in statements that are built once and kept.

Building a statement of the library, and finding its key among the compiled ones, costs more than the
database takes to answer it. A kept one asks nothing: what differs from request to request is bound.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import String, Uuid, bindparam

CASE = bindparam("of_case", type_=Uuid())
REF = bindparam("of_ref", type_=String())


def of_case(case_id: UUID) -> dict[str, UUID]:
    """The value of `CASE`."""
    return {CASE.key: case_id}
