"""The operations tagged `T\"\"\" \\`.

Ends with a quote\"
"""

from __future__ import annotations

from typing import Literal

from .. import contract
from ..api import SyncTApi, TApi
from .core import AsyncSender, Sender


class T(SyncTApi):
    """See `SyncTApi`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def get(self, *, p: Literal['"""', "\\", "'"]) -> None:
        return self._sender.send(contract.T_GET, None, {"p": p})


class AsyncT(TApi):
    """See `TApi`."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    async def get(self, *, p: Literal['"""', "\\", "'"]) -> None:
        return await self._sender.send(contract.T_GET, None, {"p": p})
