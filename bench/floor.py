"""The floor: a bare Flask application with plain psycopg and Jinja, served as the product is served.

What it answers is written by the bench into the file that `BENCH_FLOOR` names. No session, no permissions, no forms.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import uuid4

from flask import Flask, request
from jinja2 import Environment, Template
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from bench.twin import filled

CASE = 'select * from "case" where id = %s'


def create_floor() -> Flask:
    """Pages by their number, acts by their names and the number of the call, and the least that an act could be."""
    told = json.loads(Path(os.environ["BENCH_FLOOR"]).read_text("utf-8"))
    app = Flask("floor")
    templates = [
        Environment(autoescape=True).from_string(page["template"]) for page in told["pages"]
    ]

    @cache
    def connected() -> ConnectionPool:
        return ConnectionPool(told["database"], min_size=1, max_size=8, open=True, configure=_without_triggers)  # fmt: skip

    one_at_a_time = Lock()  # a pool for each worker, made once by the first of its threads

    def pool() -> ConnectionPool:
        with one_at_a_time:
            return connected()

    @app.get("/livez")
    def alive() -> str:
        return "yes"

    @app.get("/<int:number>")
    def page(number: int) -> str:
        return _page(pool(), told["pages"][number]["sources"], templates[number])

    @app.post("/act/<name>/<int:number>")
    def act(name: str, number: int) -> str:
        return _act(pool(), told["acts"][name][number], told["case"])

    @app.post("/file")
    def file() -> tuple[str, int]:
        _kept(told["folder"])
        return "", 201

    _least(app, pool, told)
    return app


def _least(app: Flask, pool: Callable[[], ConnectionPool], told: Any) -> None:
    """One row of each act."""

    @app.post("/reply")
    def reply() -> tuple[str, int]:
        body = f"{secrets.token_hex(8)} {request.get_json()['body']}"
        with pool().connection() as connection:
            connection.execute(told["reply"], (uuid4(), body, told["case"]))
        return "", 201

    @app.post("/step")
    def step() -> tuple[str, int]:
        with pool().connection() as connection:
            connection.execute(CASE, (told["case"],)).fetchone()
            connection.execute(told["step"], (told["case"],))
        return "", 201

    @app.post("/filing")
    def filing() -> tuple[str, int]:
        name = _kept(told["folder"])
        with pool().connection() as connection:
            connection.execute(told["reply"], (uuid4(), name, told["case"]))
        return "", 201


def _act(pool: ConnectionPool, call: Any, case_id: str) -> str:
    """Look at the case, write all rows, answer."""
    turn = request.get_data(as_text=True)
    with pool.connection() as connection:
        connection.execute(CASE, (case_id,)).fetchone()
        for write in call["writes"]:
            connection.execute(write["statement"], filled(write["values"], turn))
    return str(call["answer"])


def _kept(folder: str) -> str:
    """The body written under its hash, which is returned."""
    body = request.get_data()
    name = hashlib.sha256(body).hexdigest()
    (Path(folder) / name).write_bytes(body)
    return name


def _page(pool: ConnectionPool, sources: list[Any], template: Template) -> str:
    found = {}
    with pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        for name, statement, values in sources:
            found[name] = cursor.execute(statement, values).fetchall()
    return template.render(found)


def _without_triggers(connection: Any) -> None:
    connection.execute("set session_replication_role = replica")
    connection.commit()
