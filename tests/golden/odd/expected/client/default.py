"""The operations without a tag."""

from __future__ import annotations

from .. import contract
from ..api import DefaultApi, SyncDefaultApi
from ..content import Content
from .core import AsyncBaseClient, BaseClient


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def get_service(self, body: str | None = None, *, service_id: str) -> None:
        return self._client.invoke(contract.DEFAULT_GET_SERVICE, body, {"service_id": service_id})

    def delete_service(self, *, name: str) -> None:
        return self._client.invoke(contract.DEFAULT_DELETE_SERVICE, None, {"name": name})

    def export(self, *, format: str) -> None:
        return self._client.invoke(contract.DEFAULT_EXPORT, None, {"format": format})

    def rpc_list(self) -> None:
        return self._client.invoke(contract.DEFAULT_RPC_LIST)

    def post_kind(self, body: int | Content[bytes] | Content[int]) -> int | Content[str] | Content[bytes] | None:
        return self._client.invoke(contract.DEFAULT_POST_KIND, body)


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def get_service(self, body: str | None = None, *, service_id: str) -> None:
        return await self._client.invoke(contract.DEFAULT_GET_SERVICE, body, {"service_id": service_id})

    async def delete_service(self, *, name: str) -> None:
        return await self._client.invoke(contract.DEFAULT_DELETE_SERVICE, None, {"name": name})

    async def export(self, *, format: str) -> None:
        return await self._client.invoke(contract.DEFAULT_EXPORT, None, {"format": format})

    async def rpc_list(self) -> None:
        return await self._client.invoke(contract.DEFAULT_RPC_LIST)

    async def post_kind(self, body: int | Content[bytes] | Content[int]) -> int | Content[str] | Content[bytes] | None:
        return await self._client.invoke(contract.DEFAULT_POST_KIND, body)
