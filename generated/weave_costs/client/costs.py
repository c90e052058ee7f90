"""The operations tagged `Costs`."""

from __future__ import annotations

from .. import contract, models
from ..api import CostsApi, SyncCostsApi
from .core import AsyncSender, Sender


class Costs(SyncCostsApi):
    """See `SyncCostsApi`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def create(self, body: models.CostCreateReq) -> models.CostCreateRes:
        return self._sender.send(contract.COSTS_CREATE, body)


class AsyncCosts(CostsApi):
    """See `CostsApi`."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    async def create(self, body: models.CostCreateReq) -> models.CostCreateRes:
        return await self._sender.send(contract.COSTS_CREATE, body)
