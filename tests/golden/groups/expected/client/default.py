"""The operations without a tag."""

from __future__ import annotations

from .. import contract
from ..api import DefaultApi, SyncDefaultApi
from .core import AsyncSender, Sender


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def get_health(self) -> None:
        return self._sender.send(contract.DEFAULT_GET_HEALTH)

    def operation_2_fast(self) -> None:
        return self._sender.send(contract.DEFAULT_OPERATION_2_FAST)


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    async def get_health(self) -> None:
        return await self._sender.send(contract.DEFAULT_GET_HEALTH)

    async def operation_2_fast(self) -> None:
        return await self._sender.send(contract.DEFAULT_OPERATION_2_FAST)
