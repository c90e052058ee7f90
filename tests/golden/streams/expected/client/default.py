"""The operations without a tag."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from .. import contract, models
from ..api import DefaultApi, SyncDefaultApi
from ..content import Content
from ..stream_client import AsyncStreamClient, StreamClient


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, client: StreamClient) -> None:
        self._client = client

    def watch_events(self) -> Iterator[models.Event]:
        return self._client.iterate(contract.DEFAULT_WATCH_EVENTS)

    def read_lines(self) -> Iterator[models.Event]:
        return self._client.iterate(contract.DEFAULT_READ_LINES)

    def download(self) -> Iterator[bytes]:
        return self._client.iterate(contract.DEFAULT_DOWNLOAD)

    def complete(self) -> models.Event | Content[Iterator[models.Event]]:
        return self._client.invoke(contract.DEFAULT_COMPLETE)


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, client: AsyncStreamClient) -> None:
        self._client = client

    def watch_events(self) -> AsyncIterator[models.Event]:
        return self._client.iterate(contract.DEFAULT_WATCH_EVENTS)

    def read_lines(self) -> AsyncIterator[models.Event]:
        return self._client.iterate(contract.DEFAULT_READ_LINES)

    def download(self) -> AsyncIterator[bytes]:
        return self._client.iterate(contract.DEFAULT_DOWNLOAD)

    async def complete(self) -> models.Event | Content[AsyncIterator[models.Event]]:
        return await self._client.invoke(contract.DEFAULT_COMPLETE)
