"""The operations without a tag."""

from __future__ import annotations

from .. import contract
from ..api import DefaultApi, SyncDefaultApi
from .core import AsyncBaseClient, BaseClient


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def get_notes(self, body: list[str] | None = None) -> str:
        return self._client.invoke(contract.DEFAULT_GET_NOTES, body)

    def head_notes(self) -> None:
        return self._client.invoke(contract.DEFAULT_HEAD_NOTES)

    def options_notes(self) -> None:
        return self._client.invoke(contract.DEFAULT_OPTIONS_NOTES)

    def query_notes(self, body: str) -> list[str]:
        return self._client.invoke(contract.DEFAULT_QUERY_NOTES, body)

    def copy_notes(self, *, destination: str) -> None:
        return self._client.invoke(contract.DEFAULT_COPY_NOTES, None, {"destination": destination})


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def get_notes(self, body: list[str] | None = None) -> str:
        return await self._client.invoke(contract.DEFAULT_GET_NOTES, body)

    async def head_notes(self) -> None:
        return await self._client.invoke(contract.DEFAULT_HEAD_NOTES)

    async def options_notes(self) -> None:
        return await self._client.invoke(contract.DEFAULT_OPTIONS_NOTES)

    async def query_notes(self, body: str) -> list[str]:
        return await self._client.invoke(contract.DEFAULT_QUERY_NOTES, body)

    async def copy_notes(self, *, destination: str) -> None:
        return await self._client.invoke(contract.DEFAULT_COPY_NOTES, None, {"destination": destination})
