"""A client of the API, blocking and async."""

from __future__ import annotations

import httpx2

from .. import contract
from .core import AsyncBaseClient, BaseClient, RawResponse
from .default import AsyncDefault, Default


class Client(BaseClient):
    """A blocking client."""

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
        self.default = Default(self)


class AsyncClient(AsyncBaseClient):
    """An async client."""

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
        self.default = AsyncDefault(self)


__all__ = ["AsyncClient", "Client", "RawResponse"]
