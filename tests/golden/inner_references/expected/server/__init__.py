"""A server of the API: give it a service for each group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from .. import contract
from ..api import DefaultApi, SyncDefaultApi
from .core import MAX_BODY, Context, application, context
from .routing import TemplateOperations


def create_app(
    *,
    default: Callable[[None], DefaultApi | SyncDefaultApi] | None = None,
    max_body: int = MAX_BODY,
    mock: bool = False,
    **fastapi: Any,
) -> FastAPI:
    """Build the application; a group without a service answers 501.

    Args:
        default: gives, for each request, the service that acts.
        max_body: bytes that a request's body may have.
        mock: answer for a group without a service too, with the document's examples; any credentials will do.
        **fastapi: handed to FastAPI: middleware, exception handlers, lifespan.
    """
    services = {
        "default": default,
    }
    return application(
        contract.API, services, None, operations=TemplateOperations, max_body=max_body, mock=mock, **fastapi
    )


__all__ = ["Context", "context", "create_app"]
