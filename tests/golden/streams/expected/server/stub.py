"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from .. import exceptions, models
from ..api import DefaultApi, SyncDefaultApi
from ..content import Content


class Default(DefaultApi):
    """A service of `DefaultApi`."""

    def watch_events(self) -> AsyncIterator[models.Event]:
        raise exceptions.Unimplemented

    def read_lines(self) -> AsyncIterator[models.Event]:
        raise exceptions.Unimplemented

    def download(self) -> AsyncIterator[bytes]:
        raise exceptions.Unimplemented

    async def complete(self) -> models.Event | Content[AsyncIterator[models.Event]]:
        raise exceptions.Unimplemented


class SyncDefault(SyncDefaultApi):
    """A service of `SyncDefaultApi`, run in threads."""

    def watch_events(self) -> Iterator[models.Event]:
        raise exceptions.Unimplemented

    def read_lines(self) -> Iterator[models.Event]:
        raise exceptions.Unimplemented

    def download(self) -> Iterator[bytes]:
        raise exceptions.Unimplemented

    def complete(self) -> models.Event | Content[Iterator[models.Event]]:
        raise exceptions.Unimplemented
