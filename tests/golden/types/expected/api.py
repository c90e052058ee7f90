"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Protocol

from . import models
from .base import UTCDateTime


class DefaultApi(Protocol):
    """The operations without a tag."""

    async def prices(self, *, after: UTCDateTime | None = None) -> list[models.Price]:
        """`GET /prices`, `#/paths/~1prices/get`

        Returns:
            Prices
        """
        ...


class SyncDefaultApi(Protocol):
    """The operations without a tag."""

    def prices(self, *, after: UTCDateTime | None = None) -> list[models.Price]:
        """`GET /prices`, `#/paths/~1prices/get`

        Returns:
            Prices
        """
        ...
