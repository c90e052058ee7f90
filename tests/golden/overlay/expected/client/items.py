"""The operations tagged `items`."""

from __future__ import annotations

from .. import contract, models
from ..api import ItemsApi, SyncItemsApi
from .core import AsyncBaseClient, BaseClient


class Items(SyncItemsApi):
    """See `SyncItemsApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list_items(self) -> list[models.Item]:
        return self._client.invoke(contract.ITEMS_LIST_ITEMS)


class AsyncItems(ItemsApi):
    """See `ItemsApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def list_items(self) -> list[models.Item]:
        return await self._client.invoke(contract.ITEMS_LIST_ITEMS)
