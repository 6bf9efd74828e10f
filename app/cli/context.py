"""What every command gets: the environment, and how to build settings and the application from it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from app.infra.embedded.children import EmbeddedError
from app.infra.embedded.stack import completed
from app.kernel.errors import (
    Forbidden,
    Invalid,
    InvalidMany,
    NotFound,
    RedressError,
    Refused,
    Stale,
    Unavailable,
)

if TYPE_CHECKING:
    from flask import Flask

CODES: tuple[tuple[type[RedressError], int], ...] = (
    (NotFound, 4),
    (Forbidden, 5),
    (Invalid, 2),
    (Refused, 3),
    (Stale, 6),
    (Unavailable, 7),
)
FOUND = 8
"""A check ran well and found something wrong."""


@dataclass(frozen=True)
class Parts:
    """The floors above and beside this face, handed in by the console's entry point."""

    root: str
    settings: Callable[[Mapping[str, str]], Any]
    rooms: Callable[[Any], Flask]
    work: Callable[[Flask, str, bool], None]
    seed_demo: Callable[[Flask], None]
    sign_ins: Callable[[], list[str]]
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @contextmanager
    def app(self, *, store: bool = False) -> Iterator[Flask]:
        """Rooms and ports with the context pushed, on given servers or embedded ones."""
        with completed(self.environ, store=store) as environ:
            app = self.rooms(self.settings(environ))
            with app.app_context():
                yield app


class Console(click.Group):
    """The outermost group: turns our errors into words and exit codes instead of traces."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; see the module's list of exit codes."""
        try:
            return super().invoke(ctx)
        except InvalidMany as problem:
            for one in problem.errors:
                click.echo(f"{one.field}: {one.message}", err=True)
            sys.exit(2)
        except RedressError as problem:
            click.echo(_words(problem), err=True)
            sys.exit(next((code for kind, code in CODES if isinstance(problem, kind)), 1))
        except EmbeddedError as problem:
            click.echo(str(problem), err=True)
            sys.exit(7)
        except ValueError as problem:
            if not hasattr(problem, "problems"):
                raise
            click.echo(str(problem), err=True)
            sys.exit(2)


def _words(problem: RedressError) -> str:
    words = f"{problem.message or problem.code}"
    if isinstance(problem, Invalid):
        words = f"{problem.field}: {words}"
    if isinstance(problem, Refused) and problem.allowed:
        words += f"\nPossible instead: {', '.join(problem.allowed)}"
    return words


pass_parts = click.make_pass_decorator(Parts)
