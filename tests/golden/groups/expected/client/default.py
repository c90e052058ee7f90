"""The operations without a tag."""

from __future__ import annotations

from .. import contract
from ..api import DefaultApi, SyncDefaultApi
from .core import AsyncBaseClient, BaseClient


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def get_health(self) -> None:
        return self._client.invoke(contract.DEFAULT_GET_HEALTH)

    def operation_2_fast(self) -> None:
        return self._client.invoke(contract.DEFAULT_OPERATION_2_FAST)


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def get_health(self) -> None:
        return await self._client.invoke(contract.DEFAULT_GET_HEALTH)

    async def operation_2_fast(self) -> None:
        return await self._client.invoke(contract.DEFAULT_OPERATION_2_FAST)
