"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from .. import exceptions, models
from ..api import CostsApi, SyncCostsApi


class Costs(CostsApi):
    """A service of `CostsApi`."""

    async def create(self, body: models.CostCreateReq) -> models.CostCreateRes:
        raise exceptions.Unimplemented


class SyncCosts(SyncCostsApi):
    """A service of `SyncCostsApi`, run in threads."""

    def create(self, body: models.CostCreateReq) -> models.CostCreateRes:
        raise exceptions.Unimplemented
