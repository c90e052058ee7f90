"""The operations tagged `Costs`."""

from __future__ import annotations

from .. import contract, models
from ..api import CostsApi, SyncCostsApi
from .core import AsyncBaseClient, BaseClient


class Costs(SyncCostsApi):
    """See `SyncCostsApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def create(self, body: models.CostCreateReq) -> models.CostCreateRes:
        return self._client.invoke(contract.COSTS_CREATE, body)


class AsyncCosts(CostsApi):
    """See `CostsApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def create(self, body: models.CostCreateReq) -> models.CostCreateRes:
        return await self._client.invoke(contract.COSTS_CREATE, body)
