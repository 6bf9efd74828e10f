"""Logs: one JSON object a line, UTC, traces without local variables, so that no case content gets there."""

from __future__ import annotations

import logging

import structlog

LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}

FIELDS = frozenset(
    {
        "event", "level", "timestamp", "exception", "request_id", "reference", "method", "route", "endpoint", "status",
        "ms", "kind", "error", "service", "job", "mail_id", "file_id", "count", "broken", "cleared", "missing", "sealed",
        "expired", "aborted", "items", "wrong", "database", "migrations", "role", "durable", "queue", "deadlines",
        "clock", "store",
    }
)  # fmt: skip
"""What a line may hold. A list of what is allowed: what nobody thought of does not get into the log."""


def configure(level: str) -> None:
    """Once per process. A trace holds files, lines and the kinds of errors; never values."""
    frames = structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=30)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(frames),
            _without_values,
            _only_known,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        cache_logger_on_first_use=False,
    )


def _without_values(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Messages of errors may quote what people typed: keep the kind and the place of each."""
    for stack in event.get("exception") or ():
        if isinstance(stack, dict):
            stack.pop("exc_value", None)
            stack.pop("exc_notes", None)
    return event


def _only_known(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Fields that are not on the list are left out; how many there were is said, so that somebody adds them."""
    known = {key: value for key, value in event.items() if key in FIELDS}
    left_out = len(event) - len(known)
    return {**known, "left_out": left_out} if left_out else known
