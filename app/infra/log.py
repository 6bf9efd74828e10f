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
