"""The operations without a tag."""

from __future__ import annotations

from .. import contract, models
from ..api import DefaultApi, SyncDefaultApi
from .core import AsyncBaseClient, BaseClient


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def get_item(self, *, id: int) -> models.Item:
        return self._client.invoke(contract.DEFAULT_GET_ITEM, None, {"id": id})

    def add_item(self, body: models.Item) -> models.Item:
        return self._client.invoke(contract.DEFAULT_ADD_ITEM, body)


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def get_item(self, *, id: int) -> models.Item:
        return await self._client.invoke(contract.DEFAULT_GET_ITEM, None, {"id": id})

    async def add_item(self, body: models.Item) -> models.Item:
        return await self._client.invoke(contract.DEFAULT_ADD_ITEM, body)
