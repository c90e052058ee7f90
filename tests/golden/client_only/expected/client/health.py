"""The operations tagged `Health`."""

from __future__ import annotations

from .. import contract
from ..api import HealthApi, SyncHealthApi
from .core import AsyncBaseClient, BaseClient


class Health(SyncHealthApi):
    """See `SyncHealthApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def ping(self) -> str:
        return self._client.invoke(contract.HEALTH_PING)


class AsyncHealth(HealthApi):
    """See `HealthApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def ping(self) -> str:
        return await self._client.invoke(contract.HEALTH_PING)
