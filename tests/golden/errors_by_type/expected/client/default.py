"""The operations without a tag."""

from __future__ import annotations

from .. import contract
from ..api import DefaultApi, SyncDefaultApi
from .core import AsyncBaseClient, BaseClient


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def order(self) -> None:
        return self._client.invoke(contract.DEFAULT_ORDER)

    def cancel(self) -> None:
        return self._client.invoke(contract.DEFAULT_CANCEL)

    def users(self) -> list[str]:
        return self._client.invoke(contract.DEFAULT_USERS)


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def order(self) -> None:
        return await self._client.invoke(contract.DEFAULT_ORDER)

    async def cancel(self) -> None:
        return await self._client.invoke(contract.DEFAULT_CANCEL)

    async def users(self) -> list[str]:
        return await self._client.invoke(contract.DEFAULT_USERS)
