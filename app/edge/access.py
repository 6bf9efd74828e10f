"""Every route says who may use it; one that does not stops the start-up (default deny).

A declaration decides by role, freshness and scope of a token. Whether the *object* is in reach is
decided by the scoped queries below, which answer `NotFound` for foreign and unknown alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask

from app.accounts.rules import Permission, Scope
from app.infra.counters import DENIALS
from app.kernel.actor import Actor, Role

View = TypeVar("View", bound=Callable[..., Any])

_MARK = "__redress_policy__"
API = "/api/"
"""Where addresses for programs begin: bearer tokens only, no cookie, problems instead of pages."""


class Access(StrEnum):
    """Everybody, everybody signed in, those still setting up a second factor too, or holders of a permission."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    ENROLLING = "enrolling"
    PERMISSION = "permission"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a route demands. *on* names the kind of object its address carries, for the matrix.

    *scope*: what a bearer token must hold; only routes of the API have one, and only tokens open them.
    """

    access: Access
    permission: Permission | None = None
    on: str | None = None
    fresh: bool = False
    other: Permission | None = None
    scope: Scope | None = None

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """Any of these lets somebody in."""
        return tuple(one for one in (self.permission, self.other) if one is not None)


class PolicyMissing(RuntimeError):
    """A route was registered without saying who may use it."""


def declare(declared: Policy) -> Callable[[View], View]:
    """Decorator that marks a view, once."""

    def mark(view: View) -> View:
        if hasattr(view, _MARK):
            raise RuntimeError(f"{view.__name__} declares its policy twice")
        setattr(view, _MARK, declared)
        return view

    return mark


def policy_of(view: Callable[..., Any]) -> Policy | None:
    """The declaration of a view, or nothing."""
    found = getattr(view, _MARK, None)
    return found if isinstance(found, Policy) else None


def declared_policies(app: Flask) -> Iterator[tuple[str, Policy | None]]:
    """(endpoint, policy) of every view; Flask's own file route counts as public."""
    for endpoint, view in sorted(app.view_functions.items()):
        if endpoint == "static" or endpoint.endswith(".static"):
            yield endpoint, Policy(Access.PUBLIC)
        else:
            yield endpoint, policy_of(view)


def assert_complete(app: Flask) -> None:
    """Raise `PolicyMissing` naming every route without a declaration."""
    missing = [endpoint for endpoint, found in declared_policies(app) if found is None]
    if missing:
        raise PolicyMissing("no policy on: " + ", ".join(missing))


def count_denial(actor: Actor) -> None:
    """One more refusal, by the first role of who asked: whoever tries doors shows in a number, by name in no label."""
    role = next((role.value for role in Role if role in actor.roles), "none")
    DENIALS.labels(role).inc()
