"""A server of the API: give it a service for each group."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from .. import contract
from .core import MAX_BODY, Context, application, context


def create_app(
    *,
    max_body: int = MAX_BODY,
    mock: bool = False,
    **fastapi: Any,
) -> FastAPI:
    """Build the application; a group without a service answers 501.

    Args:
        max_body: bytes that a request's body may have.
        mock: answer for a group without a service too, with the document's examples; any credentials will do.
        **fastapi: handed to FastAPI: middleware, exception handlers, lifespan.
    """
    return application(contract.API, {}, None, max_body=max_body, mock=mock, **fastapi)


__all__ = ["Context", "context", "create_app"]
