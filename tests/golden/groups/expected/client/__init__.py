"""A client of the API, blocking and async."""

from __future__ import annotations

import httpx2

from .. import contract
from .core import AsyncBaseClient, BaseClient, RawResponse
from .cost_reports import AsyncCostReports, CostReports
from .default import AsyncDefault, Default


class Client(BaseClient):
    """A blocking client."""

    cost_reports: CostReports
    default: Default

    def __init__(
        self,
        base_url: str | None = None,
        *,
        http: httpx2.Client | None = None,
        timeout: float | httpx2.Timeout | None = None,
        retries: int = 2,
    ) -> None:
        super().__init__(contract.API, base_url, None, http=http, timeout=timeout, retries=retries)

    def _bind(self) -> None:
        self.cost_reports = CostReports(self)
        self.default = Default(self)


class AsyncClient(AsyncBaseClient):
    """An async client."""

    cost_reports: AsyncCostReports
    default: AsyncDefault

    def __init__(
        self,
        base_url: str | None = None,
        *,
        http: httpx2.AsyncClient | None = None,
        timeout: float | httpx2.Timeout | None = None,
        retries: int = 2,
    ) -> None:
        super().__init__(contract.API, base_url, None, http=http, timeout=timeout, retries=retries)

    def _bind(self) -> None:
        self.cost_reports = AsyncCostReports(self)
        self.default = AsyncDefault(self)


__all__ = ["AsyncClient", "Client", "RawResponse"]
