"""The operations tagged `Cost reports`.

What was spent.
"""

from __future__ import annotations

from .. import contract
from ..api import CostReportsApi, SyncCostReportsApi
from .core import AsyncBaseClient, BaseClient


class CostReports(SyncCostReportsApi):
    """See `SyncCostReportsApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def cost_create(self) -> None:
        return self._client.invoke(contract.COST_REPORTS_COST_CREATE)

    def get_reports_lines(self, *, id: int) -> None:
        return self._client.invoke(contract.COST_REPORTS_GET_REPORTS_LINES, None, {"id": id})

    def put_lines(self, *, id: int) -> None:
        return self._client.invoke(contract.COST_REPORTS_PUT_LINES, None, {"id": id})


class AsyncCostReports(CostReportsApi):
    """See `CostReportsApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def cost_create(self) -> None:
        return await self._client.invoke(contract.COST_REPORTS_COST_CREATE)

    async def get_reports_lines(self, *, id: int) -> None:
        return await self._client.invoke(contract.COST_REPORTS_GET_REPORTS_LINES, None, {"id": id})

    async def put_lines(self, *, id: int) -> None:
        return await self._client.invoke(contract.COST_REPORTS_PUT_LINES, None, {"id": id})
