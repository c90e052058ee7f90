"""The operations tagged `T\"\"\" \\`.

Ends with a quote\"
"""

from __future__ import annotations

from typing import Literal

from .. import contract
from ..api import SyncTApi, TApi
from .core import AsyncBaseClient, BaseClient


class T(SyncTApi):
    """See `SyncTApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def get(self, *, p: Literal['"""', "\\", "'"]) -> None:
        return self._client.invoke(contract.T_GET, None, {"p": p})


class AsyncT(TApi):
    """See `TApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def get(self, *, p: Literal['"""', "\\", "'"]) -> None:
        return await self._client.invoke(contract.T_GET, None, {"p": p})
