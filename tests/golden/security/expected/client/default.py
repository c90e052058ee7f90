"""The operations without a tag."""

from __future__ import annotations

from .. import contract
from ..api import DefaultApi, SyncDefaultApi
from .core import AsyncBaseClient, BaseClient


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def both(self) -> None:
        return self._client.invoke(contract.DEFAULT_BOTH)

    def open(self) -> None:
        return self._client.invoke(contract.DEFAULT_OPEN)

    def maybe(self) -> None:
        return self._client.invoke(contract.DEFAULT_MAYBE)

    def others(self) -> None:
        return self._client.invoke(contract.DEFAULT_OTHERS)


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def both(self) -> None:
        return await self._client.invoke(contract.DEFAULT_BOTH)

    async def open(self) -> None:
        return await self._client.invoke(contract.DEFAULT_OPEN)

    async def maybe(self) -> None:
        return await self._client.invoke(contract.DEFAULT_MAYBE)

    async def others(self) -> None:
        return await self._client.invoke(contract.DEFAULT_OTHERS)
