"""The operations without a tag."""

from __future__ import annotations

from .. import contract, models
from ..api import DefaultApi, SyncDefaultApi
from ..content import Content
from .core import AsyncBaseClient, BaseClient


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def get_item(self, *, id: str) -> models.Item | Content[str] | None:
        return self._client.invoke(contract.DEFAULT_GET_ITEM, None, {"id": id})

    def head_item(self, *, id: str) -> None:
        return self._client.invoke(contract.DEFAULT_HEAD_ITEM, None, {"id": id})

    def put_item(self, *, id: str) -> models.Item:
        return self._client.invoke(contract.DEFAULT_PUT_ITEM, None, {"id": id})

    def delete_item(self, *, id: str) -> None:
        return self._client.invoke(contract.DEFAULT_DELETE_ITEM, None, {"id": id})


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def get_item(self, *, id: str) -> models.Item | Content[str] | None:
        return await self._client.invoke(contract.DEFAULT_GET_ITEM, None, {"id": id})

    async def head_item(self, *, id: str) -> None:
        return await self._client.invoke(contract.DEFAULT_HEAD_ITEM, None, {"id": id})

    async def put_item(self, *, id: str) -> models.Item:
        return await self._client.invoke(contract.DEFAULT_PUT_ITEM, None, {"id": id})

    async def delete_item(self, *, id: str) -> None:
        return await self._client.invoke(contract.DEFAULT_DELETE_ITEM, None, {"id": id})
