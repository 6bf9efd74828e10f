"""Statements that are built once: compiled once as well, and asked through the driver.

Of what a page of many statements costs, the library's way from statement to rows is the greater part. A kept
statement goes that way once; each asking after it hands the driver the words and the values, and names the
columns of what comes back. The walls stand in the transaction, so they hold here as everywhere.

What an actor may see is a condition with their id in it. `shared` builds a statement once for all who have the same
roles, and `ask` puts the id of the one who asks in its place: else everybody's first page would pay for the building.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from operator import itemgetter
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

from sqlalchemy import Dialect, Numeric, Select, TextClause, inspect

from app.infra.db.driver import KEPT, fetched
from app.infra.db.transaction import Brief, Tx
from app.kernel.actor import ANYBODY, Actor

Reader = Callable[[Any], Any]
Make = Callable[[Sequence[Any]], Any]
Built = Select[*tuple[Any, ...]]
Said = ParamSpec("Said")


@dataclass(frozen=True, slots=True)
class Own:
    """A statement that others share, and who asks it now."""

    statement: Built | TextClause
    person_id: UUID | None


def shared(
    most: int,
) -> Callable[[Callable[Concatenate[Actor, Said], Built]], Callable[Concatenate[Actor, Said], Own]]:
    """For a function from an actor to a statement for `ask`: it is called once for all of the same roles; *most* are kept.

    The function sees an actor without name, zone, language and session, whose id is `ANYBODY`.
    """

    def of(
        build: Callable[Concatenate[Actor, Said], Built],
    ) -> Callable[Concatenate[Actor, Said], Own]:
        built: Callable[..., Built] = lru_cache(most)(build)

        @wraps(build)
        def own(actor: Actor, *args: Said.args, **kwargs: Said.kwargs) -> Own:
            return Own(built(actor.alike, *args, **kwargs), actor.person_id)

        return own

    return of


@dataclass(frozen=True, slots=True)
class _Plan:
    """*sql*: as the driver takes it; *fixed*: values that never differ; *asker*: names of values that are the id of who
    asks; *readers*: by place, of columns that the driver does not hand over as the models say; *make*: a named row of a
    plain one, None where only the answer tells names.
    """

    sql: str
    fixed: Mapping[str, Any]
    asker: tuple[str, ...]
    readers: tuple[tuple[int, Reader], ...]
    make: Make | None


def ask(
    tx: Tx | Brief,
    statement: Built | TextClause | Own,
    values: Mapping[str, Any] | None = None,
) -> list[Any]:
    """All rows of a kept *statement* with *values* bound.

    A row has the names of its columns; a model among them is a row of its own with the model's columns, or None
    where an outer join found none. A single column or model comes bare. It is for reading: nothing of it is
    written back. The statement must be one that is handed in again and again, each is remembered.
    Raises what the library raises.
    """
    if not tx.info.get("read_only"):
        tx.flush()
    connection = tx.connection()
    own = statement if isinstance(statement, Own) else Own(statement, None)
    plan = _planned(own.statement, connection.dialect)
    bound = {**plan.fixed, **values} if values else plan.fixed
    if own.person_id is not None:
        bound = {**bound, **dict.fromkeys(plan.asker, own.person_id)}
    rows, columns = fetched(connection, plan.sql, bound)
    if plan.readers:
        rows = [_read(row, plan.readers) for row in rows]
    make = plan.make or _named(columns)
    return [make(row) for row in rows]


def _read(row: Sequence[Any], readers: Sequence[tuple[int, Reader]]) -> list[Any]:
    values = list(row)
    for place, reader in readers:
        values[place] = reader(values[place])
    return values


@lru_cache(KEPT)
def _planned(statement: Built | TextClause, dialect: Dialect) -> _Plan:
    compiled: Any = statement.compile(dialect=dialect)
    if isinstance(statement, TextClause):
        return _Plan(str(compiled), {}, (), (), None)
    asked = dict.fromkeys(name for name, bind in compiled.binds.items() if bind.required)
    whole = compiled.construct_expanded_state(asked)  # lists after IN, written out
    given = {name: value for name, value in whole.parameters.items() if name not in asked}
    asker = tuple(name for name, value in given.items() if value == ANYBODY)
    fixed = {name: value for name, value in given.items() if value != ANYBODY}
    if str(ANYBODY) in str(fixed):
        raise ValueError("the id of who asks is hidden inside another value")
    readers = tuple(
        (place, reader)
        for place, column in enumerate(statement.selected_columns)
        if not isinstance(column.type, Numeric)  # the driver's own Decimal is it
        and (reader := column.type.dialect_impl(dialect).result_processor(dialect, None))
    )
    return _Plan(whole.statement, fixed, asker, readers, _maker(statement))


def _maker(statement: Built) -> Make:
    names, parts, at = [], [], 0
    for told in statement.column_descriptions:
        model = told.get("entity") if told["expr"] is told.get("entity") else None
        width = len(inspect(model).mapper.column_attrs) if model is not None else 1
        names.append(told["name"])
        parts.append(itemgetter(at) if model is None else _model(told["name"], model, at))
        at += width
    if len(parts) == 1:
        return parts[0]
    make = _named(tuple(names))
    return make if at == len(parts) else lambda row: make([part(row) for part in parts])


def _model(name: str, model: Any, at: int) -> Make:
    mapper = inspect(model).mapper
    columns = mapper.column_attrs.keys()
    key = at + columns.index(mapper.get_property_by_column(mapper.primary_key[0]).key)
    make, until = _named(tuple(columns), name), at + len(columns)
    return lambda row: None if row[key] is None else make(row[at:until])


@lru_cache(KEPT)
def _named(columns: tuple[str, ...], name: str = "Row") -> Make:
    made: Any = namedtuple(name, columns, rename=True)  # type: ignore[misc]  # noqa: PYI024 - as the statement says
    return cast("Make", made._make)
