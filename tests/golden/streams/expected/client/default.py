"""The operations without a tag."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from .. import contract, models
from ..api import DefaultApi, SyncDefaultApi
from ..stream_client import AsyncStreamSender, StreamSender
from ..wire import Content


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, sender: StreamSender) -> None:
        self._sender = sender

    def watch_events(self) -> Iterator[models.Event]:
        return self._sender.stream(contract.DEFAULT_WATCH_EVENTS)

    def read_lines(self) -> Iterator[models.Event]:
        return self._sender.stream(contract.DEFAULT_READ_LINES)

    def download(self) -> Iterator[bytes]:
        return self._sender.stream(contract.DEFAULT_DOWNLOAD)

    def complete(self) -> models.Event | Content[Iterator[models.Event]]:
        return self._sender.send(contract.DEFAULT_COMPLETE)


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, sender: AsyncStreamSender) -> None:
        self._sender = sender

    def watch_events(self) -> AsyncIterator[models.Event]:
        return self._sender.stream(contract.DEFAULT_WATCH_EVENTS)

    def read_lines(self) -> AsyncIterator[models.Event]:
        return self._sender.stream(contract.DEFAULT_READ_LINES)

    def download(self) -> AsyncIterator[bytes]:
        return self._sender.stream(contract.DEFAULT_DOWNLOAD)

    async def complete(self) -> models.Event | Content[AsyncIterator[models.Event]]:
        return await self._sender.send(contract.DEFAULT_COMPLETE)
