"""The operations without a tag."""

from __future__ import annotations

from typing import Literal

from .. import contract, models
from ..api import DefaultApi, SyncDefaultApi
from .core import AsyncBaseClient, BaseClient


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list_copies(self) -> list[models.DefaultListOriginalsResponseItem]:
        return self._client.invoke(contract.DEFAULT_LIST_COPIES)

    def add_copy(self, body: models.DefaultAddCopyRequest | None = None) -> None:
        return self._client.invoke(contract.DEFAULT_ADD_COPY, body)

    def half(self, *, name: Literal["a%20b", "a b"]) -> Literal["a%20b", "a b"]:
        return self._client.invoke(contract.DEFAULT_HALF, None, {"name": name})

    def percent(self) -> Literal["a%20b", "a b"]:
        return self._client.invoke(contract.DEFAULT_PERCENT)

    def list_originals(self) -> list[models.DefaultListOriginalsResponseItem]:
        return self._client.invoke(contract.DEFAULT_LIST_ORIGINALS)


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def list_copies(self) -> list[models.DefaultListOriginalsResponseItem]:
        return await self._client.invoke(contract.DEFAULT_LIST_COPIES)

    async def add_copy(self, body: models.DefaultAddCopyRequest | None = None) -> None:
        return await self._client.invoke(contract.DEFAULT_ADD_COPY, body)

    async def half(self, *, name: Literal["a%20b", "a b"]) -> Literal["a%20b", "a b"]:
        return await self._client.invoke(contract.DEFAULT_HALF, None, {"name": name})

    async def percent(self) -> Literal["a%20b", "a b"]:
        return await self._client.invoke(contract.DEFAULT_PERCENT)

    async def list_originals(self) -> list[models.DefaultListOriginalsResponseItem]:
        return await self._client.invoke(contract.DEFAULT_LIST_ORIGINALS)
