"""A client that can read what the contract does not have yet."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from copy import copy
from functools import cache
from typing import Any, Self, TypeVar

import httpx2

from ..exceptions import EncodeError
from ..wire.contract import Media, Operation, Response
from ..wire.tolerant import readable, readable_headers
from .core import NONE, Caller
from .sending import MAX_ANSWER

C = TypeVar("C")
H = TypeVar("H")


@cache
def widened(operation: Operation[Any]) -> Operation[Any]:
    """Return an operation whose answers may be newer: an undeclared success is read as the first that is declared."""
    found, responses = copy(operation), dict(operation.responses)
    first = operation.response(operation.statuses[0]) if operation.statuses else None
    if first and "2XX" not in responses:
        responses["2XX"] = first
    found.responses = {status: _readable(one) for status, one in responses.items()}
    return found


def _readable(response: Response) -> Response:
    media = response.media and readable(response.media)
    headers = response.headers and readable_headers(response.headers)
    return Response(media, headers=headers, error=response.error)


class TolerantCaller(Caller[C, H]):
    """A client that can read what the contract does not have yet."""

    _tolerant = False

    def __init__(
        self,
        base_url: str | None = None,
        credentials: C | None = None,
        *,
        http: H | None = None,
        timeout: float | httpx2.Timeout | None = None,
        retries: int = 2,
        environment: str | None = None,
        max_answer: int = MAX_ANSWER,
        tolerant: bool = False,
    ) -> None:
        """Make a client that, if `tolerant`, reads what the contract does not have yet."""
        given: Any = {"http": http, "timeout": timeout, "retries": retries, "environment": environment}
        super().__init__(base_url, credentials, **given, max_answer=max_answer)
        self._tolerant = tolerant

    def with_options(
        self,
        *,
        timeout: float | httpx2.Timeout | None = None,
        headers: Mapping[str, str | None] = NONE,
        query: Mapping[str, str] = NONE,
        retries: int | None = None,
        idempotent: bool | None = None,
        tolerant: bool | None = None,
    ) -> Self:
        """Return a client that shares the connections. `tolerant`: answers may have what the contract does not."""
        clone = super().with_options(
            timeout=timeout, headers=headers, query=query, retries=retries, idempotent=idempotent
        )
        clone._tolerant = self._tolerant if tolerant is None else tolerant
        return clone

    async def _call(self, operation: Operation[Any], body: object, arguments: Mapping[str, Any]) -> Any:
        return await super()._call(widened(operation) if self._tolerant else operation, body, arguments)

    def _written(self, media: Media, body: object) -> tuple[Any, str]:
        """Write a body that may hold what was read tolerantly, as long as nobody changed it; raise EncodeError."""
        try:
            return super()._written(media, body)
        except EncodeError:
            if isinstance(body, Iterator | AsyncIterator):  # what was taken of it is gone
                raise
        return super()._written(readable(media), body)
