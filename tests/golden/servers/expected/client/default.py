"""The operations without a tag."""

from __future__ import annotations

from .. import contract
from ..api import DefaultApi, SyncDefaultApi
from .core import AsyncSender, Sender


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def a(self) -> None:
        return self._sender.send(contract.DEFAULT_A)

    def upload(self) -> None:
        return self._sender.send(contract.DEFAULT_UPLOAD)


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    async def a(self) -> None:
        return await self._sender.send(contract.DEFAULT_A)

    async def upload(self) -> None:
        return await self._sender.send(contract.DEFAULT_UPLOAD)
