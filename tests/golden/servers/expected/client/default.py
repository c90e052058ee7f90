"""The operations without a tag."""

from __future__ import annotations

from .. import contract
from ..api import DefaultApi, SyncDefaultApi
from .core import AsyncBaseClient, BaseClient


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def a(self) -> None:
        return self._client.invoke(contract.DEFAULT_A)

    def uploaded(self) -> None:
        return self._client.invoke(contract.DEFAULT_UPLOADED)

    def upload(self) -> None:
        return self._client.invoke(contract.DEFAULT_UPLOAD)


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def a(self) -> None:
        return await self._client.invoke(contract.DEFAULT_A)

    async def uploaded(self) -> None:
        return await self._client.invoke(contract.DEFAULT_UPLOADED)

    async def upload(self) -> None:
        return await self._client.invoke(contract.DEFAULT_UPLOAD)
