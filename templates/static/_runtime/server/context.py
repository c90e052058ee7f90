"""The request being answered: what it presents, and what a service may set on its answer."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.types import Scope

from ..wire.contract import Operation

PACKAGE = __name__.partition("._runtime")[0]


class BrokenOffError(Exception):
    """An answer broke off after its head was sent; the log has the cause."""


@dataclass(slots=True)
class Presented:
    """The credentials of a request, by their schemes' names, for the first alternative that it satisfies."""

    operation: Operation[Any]
    credentials: Mapping[str, Any]
    scopes: Mapping[str, tuple[str, ...]]

    @property
    def credential(self) -> Any:
        """The only credential, or the first."""
        return next(iter(self.credentials.values()))


@dataclass(slots=True)
class Context:
    """The request being answered, and what a service may set on its answer: status, headers by wire name.

    A header replaces one of ours, whatever its case; a list is a field for each item (`Set-Cookie`).
    """

    operation: Operation[Any]
    scope: Scope
    principal: Any = None
    status: int | None = None
    headers: dict[str, Any] = field(default_factory=dict)

    @property
    def request(self) -> Request:
        """The request: headers, client, path; its body has been read."""
        return Request(self.scope)


P = TypeVar("P")
S = TypeVar("S")
Authenticate = Callable[[Presented], P | Awaitable[P]]
"""Gives the principal for what a request presents."""
Factory = Callable[[P], S | Awaitable[S] | AbstractAsyncContextManager[S]]
"""Gives, for a principal, a service: made, awaited, or lent for the request."""
Services = Mapping[str, Factory[Any, Any] | None]
"""What makes the services, by group. Without this type, a type checker compares each of them with all others."""

answering: ContextVar[Context] = ContextVar("context")
context = answering.get
"""Return the context of the request being answered; raise LookupError outside of one."""
