"""A server of the API: give it a service for each group."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import FastAPI

from .. import contract
from ..api import DefaultApi, SyncDefaultApi
from ..exceptions import Forbidden, Unauthorized
from ..wire import Basic, Bearer
from .core import MAX_BODY, Context, Presented, application, context

P = TypeVar("P")


def create_app(
    *,
    default: Callable[[P], DefaultApi | SyncDefaultApi] | None = None,
    authenticate: Callable[[Presented], P | Awaitable[P]] | None = None,
    max_body: int = MAX_BODY,
    mock: bool = False,
    **fastapi: Any,
) -> FastAPI:
    """Build the application; a group without a service answers 501.

    Args:
        default: gives, for each request, the service that acts for whom `authenticate` found.
        authenticate: gives the principal for what a request presents, or raises `Unauthorized` or `Forbidden`.
        max_body: bytes that a request's body may have.
        mock: answer for a group without a service too, with the document's examples; any credentials will do.
        **fastapi: handed to FastAPI: middleware, exception handlers, lifespan.
    """
    services = {
        "default": default,
    }
    return application(contract.API, services, authenticate, max_body=max_body, mock=mock, **fastapi)


__all__ = ["Basic", "Bearer", "Context", "Forbidden", "Presented", "Unauthorized", "context", "create_app"]
