"""The floor: a bare Flask application with plain psycopg and Jinja, served as the product is served.

What it answers is written by the bench into the file that `BENCH_FLOOR` names. No session, no permissions, no forms.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask, request
from jinja2 import Environment, Template
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool


def create_floor() -> Flask:
    """Pages by their number, and the bare reply."""
    told = json.loads(Path(os.environ["BENCH_FLOOR"]).read_text("utf-8"))
    app = Flask("floor")
    templates = [
        Environment(autoescape=True).from_string(page["template"]) for page in told["pages"]
    ]

    @cache
    def pool() -> ConnectionPool:
        return ConnectionPool(told["database"], min_size=1, max_size=8, open=True, configure=_without_triggers)  # fmt: skip

    @app.get("/livez")
    def alive() -> str:
        return "yes"

    @app.get("/<int:number>")
    def page(number: int) -> str:
        return _page(pool(), told["pages"][number]["sources"], templates[number])

    @app.post("/reply")
    def reply() -> tuple[str, int]:
        body = f"{secrets.token_hex(8)} {request.get_json()['body']}"
        with pool().connection() as connection:
            connection.execute(told["reply"], (uuid4(), body, told["case"]))
        return "", 201

    @app.post("/step")
    def step() -> tuple[str, int]:
        with pool().connection() as connection:
            connection.execute('select * from "case" where id = %s', (told["case"],)).fetchone()
            connection.execute(told["step"], (told["case"],))
        return "", 201

    @app.post("/filing")
    def filing() -> tuple[str, int]:
        body = request.get_data()
        name = hashlib.sha256(body).hexdigest()
        (Path(told["folder"]) / name).write_bytes(body)
        with pool().connection() as connection:
            connection.execute(told["reply"], (uuid4(), name, told["case"]))
        return "", 201

    return app


def _page(pool: ConnectionPool, sources: list[Any], template: Template) -> str:
    found = {}
    with pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        for name, statement, values in sources:
            found[name] = cursor.execute(statement, values).fetchall()
    return template.render(found)


def _without_triggers(connection: Any) -> None:
    connection.execute("set session_replication_role = replica")
    connection.commit()
