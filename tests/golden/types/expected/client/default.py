"""The operations without a tag."""

from __future__ import annotations

from .. import contract, models
from ..api import DefaultApi, SyncDefaultApi
from ..base import UTCDateTime
from .core import AsyncBaseClient, BaseClient


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def prices(self, *, after: UTCDateTime | None = None) -> list[models.Price]:
        return self._client.invoke(contract.DEFAULT_PRICES, None, {"after": after})


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def prices(self, *, after: UTCDateTime | None = None) -> list[models.Price]:
        return await self._client.invoke(contract.DEFAULT_PRICES, None, {"after": after})
