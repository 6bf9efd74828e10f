"""The queue's worker: every registered task, stalled jobs retried, periodic work, a graceful stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask

from app.infra.queue import build_worker

log = structlog.get_logger()


def run_worker(app: Flask, database_url: str, *, concurrency: int = 4, wait: bool = True) -> None:
    """Work until told to stop (SIGTERM, SIGINT). *wait=False* returns when the queue is empty."""
    worker = build_worker(database_url, _in_context(app))
    worker.run_worker(
        concurrency=concurrency,
        wait=wait,
        name="redress-worker",
        shutdown_graceful_timeout=15,
        delete_jobs="never",
        install_signal_handlers=wait,
        fetch_job_polling_interval=2,
    )


def _in_context(app: Flask) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Wrap each task so that it runs inside an application context of its own."""

    def wrap(task: Callable[..., Any]) -> Callable[..., Any]:
        def inside(**args: Any) -> Any:
            with app.app_context():
                return task(app.extensions["redress"], **args)

        return inside

    return wrap
