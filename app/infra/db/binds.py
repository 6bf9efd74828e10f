"""Places for values in statements that are built once and kept.

Building a statement of the library, and finding its key among the compiled ones, costs more than the
database takes to answer it. A kept one asks nothing: what differs from request to request is bound.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BindParameter, Cast, String, Text, Uuid, bindparam, cast, select

CASE = bindparam("of_case", type_=Uuid())
REF = bindparam("of_ref", type_=String())
PERSON = bindparam("of_person", type_=Uuid())
IDS = bindparam("of_ids", type_=ARRAY(Uuid()))
SIDE = bindparam("of_side", type_=Text())
SIDES = bindparam("of_sides", type_=ARRAY(Text()))


def unfolded(bind: BindParameter[Any]) -> Cast[Any]:
    """The value as something the planner does not look into.

    Of a list it would count the members, find each time that the plan for these few is a little cheaper than
    the one it keeps, and plan anew: ten times the cost of the answer.
    """
    return cast(select(bind).scalar_subquery(), bind.type)


def of_case(case_id: UUID) -> dict[str, UUID]:
    """The value of `CASE`."""
    return {CASE.key: case_id}
