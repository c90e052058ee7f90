"""A client that can read what the contract does not have yet."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from functools import cache
from typing import Any, Self, TypeVar, cast

import httpx2

from ..exceptions import EncodeError
from ..wire.content import OneOf
from ..wire.contract import Json, Media, Operation, Response
from ..wire.tolerant import tolerant
from .core import NONE, Caller

C = TypeVar("C")
H = TypeVar("H")


@cache
def readable(media: Media) -> Media:
    """Return a body whose JSON reads more: the body itself, the items of a stream, the fields of a form."""
    if isinstance(media, OneOf):
        return OneOf(*(readable(one) for one in media.all))
    if isinstance(inner := getattr(media, "json", None), Json):
        found: Any = copy(media)
        found.all, found.json = (found,), tolerant(inner)
        return cast("Media", found)
    return tolerant(media) if isinstance(media, Json) else media


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
        tolerant: bool = False,
    ) -> None:
        """Make a client that, if `tolerant`, reads what the contract does not have yet."""
        super().__init__(base_url, credentials, http=http, timeout=timeout, retries=retries)
        self._tolerant = tolerant

    def with_options(
        self,
        *,
        timeout: float | httpx2.Timeout | None = None,
        headers: Mapping[str, str] = NONE,
        query: Mapping[str, str] = NONE,
        retries: int | None = None,
        idempotent: bool | None = None,
        tolerant: bool | None = None,
    ) -> Self:
        """Return a client that shares the connections. `tolerant`: bodies may hold what the contract does not have."""
        clone = super().with_options(
            timeout=timeout, headers=headers, query=query, retries=retries, idempotent=idempotent
        )
        clone._tolerant = self._tolerant if tolerant is None else tolerant
        return clone

    async def _call(self, operation: Operation[Any], body: object, arguments: Mapping[str, Any]) -> Any:
        """Send a body that may hold what was read tolerantly, as long as nobody changed it; raise APIError."""
        try:
            return await super()._call(operation, body, arguments)
        except EncodeError:
            if operation.body is None:
                raise
        return await super()._call(replace(operation, body=readable(operation.body)), body, arguments)

    def _read(self, operation: Operation[Any], declared: Response | None, response: httpx2.Response) -> Any:
        if declared and declared.media and self._tolerant:
            declared = Response(readable(declared.media), headers=declared.headers, error=declared.error)
        return super()._read(operation, declared, response)
