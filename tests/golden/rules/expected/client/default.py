"""The operations without a tag."""

from __future__ import annotations

from .. import contract, models
from ..api import DefaultApi, SyncDefaultApi
from .core import AsyncSender, Sender


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def list_tags(self, *, tag: list[str] | None = None) -> models.Tags:
        return self._sender.send(contract.DEFAULT_LIST_TAGS, None, {"tag": tag})


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    async def list_tags(self, *, tag: list[str] | None = None) -> models.Tags:
        return await self._sender.send(contract.DEFAULT_LIST_TAGS, None, {"tag": tag})
