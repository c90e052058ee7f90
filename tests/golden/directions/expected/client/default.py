"""The operations without a tag."""

from __future__ import annotations

from .. import contract, models
from ..api import DefaultApi, SyncDefaultApi
from .core import AsyncBaseClient, BaseClient


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def create_user(self, body: models.UserRequest) -> models.User:
        return self._client.invoke(contract.DEFAULT_CREATE_USER, body)


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def create_user(self, body: models.UserRequest) -> models.User:
        return await self._client.invoke(contract.DEFAULT_CREATE_USER, body)
