"""The operations without a tag."""

from __future__ import annotations

from .. import contract
from ..api import DefaultApi, SyncDefaultApi
from .core import AsyncSender, Sender


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def both(self) -> None:
        return self._sender.send(contract.DEFAULT_BOTH)

    def open(self) -> None:
        return self._sender.send(contract.DEFAULT_OPEN)

    def maybe(self) -> None:
        return self._sender.send(contract.DEFAULT_MAYBE)

    def others(self) -> None:
        return self._sender.send(contract.DEFAULT_OTHERS)


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    async def both(self) -> None:
        return await self._sender.send(contract.DEFAULT_BOTH)

    async def open(self) -> None:
        return await self._sender.send(contract.DEFAULT_OPEN)

    async def maybe(self) -> None:
        return await self._sender.send(contract.DEFAULT_MAYBE)

    async def others(self) -> None:
        return await self._sender.send(contract.DEFAULT_OTHERS)
