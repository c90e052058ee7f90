"""The operations without a tag."""

from __future__ import annotations

from .. import contract, models
from ..api import DefaultApi, SyncDefaultApi
from .core import AsyncSender, Sender


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def create_user(self, body: models.UserRequest) -> models.User:
        return self._sender.send(contract.DEFAULT_CREATE_USER, body)


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    async def create_user(self, body: models.UserRequest) -> models.User:
        return await self._sender.send(contract.DEFAULT_CREATE_USER, body)
