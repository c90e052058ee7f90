"""The operations tagged `Cost reports`.

What was spent.
"""

from __future__ import annotations

from .. import contract
from ..api import CostReportsApi, SyncCostReportsApi
from .core import AsyncSender, Sender


class CostReports(SyncCostReportsApi):
    """See `SyncCostReportsApi`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def cost_create(self) -> None:
        return self._sender.send(contract.COST_REPORTS_COST_CREATE)

    def get_reports_lines(self, *, id: int) -> None:
        return self._sender.send(contract.COST_REPORTS_GET_REPORTS_LINES, None, {"id": id})

    def put_lines(self, *, id: int) -> None:
        return self._sender.send(contract.COST_REPORTS_PUT_LINES, None, {"id": id})


class AsyncCostReports(CostReportsApi):
    """See `CostReportsApi`."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    async def cost_create(self) -> None:
        return await self._sender.send(contract.COST_REPORTS_COST_CREATE)

    async def get_reports_lines(self, *, id: int) -> None:
        return await self._sender.send(contract.COST_REPORTS_GET_REPORTS_LINES, None, {"id": id})

    async def put_lines(self, *, id: int) -> None:
        return await self._sender.send(contract.COST_REPORTS_PUT_LINES, None, {"id": id})
