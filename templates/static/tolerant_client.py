"""A client that can read what the contract does not have yet."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from functools import cache
from typing import Any, Self, cast

import httpx2

from .client.core import NONE, Caller
from .content import OneOf
from .tolerant import tolerant
from .wire import Json, Media, Operation, Response


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


class TolerantCaller(Caller):
    """A client that can read what the contract does not have yet."""

    _tolerant = False

    def __init__(self, *args: Any, tolerant: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
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

    def _read(self, operation: Operation[Any], declared: Response | None, response: httpx2.Response) -> Any:
        if declared and declared.media and self._tolerant:
            declared = Response(readable(declared.media), headers=declared.headers, error=declared.error)
        return super()._read(operation, declared, response)
