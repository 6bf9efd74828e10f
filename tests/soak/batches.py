"""A batch of some thousand corrections for fault tests, made and asked for in a process of its own.

python -m tests.soak.batches fill NUMBER            prints the batch, who locks and who exports
python -m tests.soak.batches lock|export BATCH WHO  prints the run
"""

from __future__ import annotations

import os
import sys
from uuid import UUID

from flask import Flask

from app.accounts.queries import actor_of
from app.corrections.commands import ExportBatch, LockBatch
from app.corrections.service.runs import ask_export, ask_lock
from app.demo.desk import build
from app.factory import create_app
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from bench.money import fill_batch
from config import Settings


def fill(app: Flask, count: int) -> str:
    """The small demo desk with one more open batch."""
    with app.app_context():
        build(app)
    made = fill_batch(os.environ["SOAK_SUPERUSER"], count)
    return f"{made.id} {made.locker} {made.exporter}"


def ask(app: Flask, act: str, batch: UUID, who: UUID) -> str:
    """Ask for a run as the page of the batch does."""
    clock = app.extensions["redress"].clock
    with app.app_context():
        with transaction(Actor.system("soak"), read_only=True) as tx:
            actor = actor_of(tx, who)
        with transaction(actor) as tx:
            if act == "lock":
                return str(ask_lock(tx, LockBatch(batch), actor, clock))
            return str(ask_export(tx, ExportBatch(batch), actor, clock))


def main(words: list[str]) -> None:
    """One line of answer."""
    app = create_app(Settings.from_env(os.environ))
    if words[0] == "fill":
        print(fill(app, int(words[1])), flush=True)
    else:
        print(ask(app, words[0], UUID(words[1]), UUID(words[2])), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
