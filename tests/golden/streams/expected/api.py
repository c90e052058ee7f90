"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Protocol

from . import models
from .content import Content


class DefaultApi(Protocol):
    """The operations without a tag."""

    def watch_events(self) -> AsyncIterator[models.Event]:
        """`GET /events`, `#/paths/~1events/get`

        Returns:
            Events
        """
        ...

    def read_lines(self) -> AsyncIterator[models.Event]:
        """`GET /lines`, `#/paths/~1lines/get`

        Returns:
            Lines
        """
        ...

    def download(self) -> AsyncIterator[bytes]:
        """`GET /file`, `#/paths/~1file/get`

        Returns:
            A file
        """
        ...

    async def complete(self) -> models.Event | Content[AsyncIterator[models.Event]]:
        """`POST /either`, `#/paths/~1either/post`

        Returns:
            Whole or in parts
        """
        ...


class SyncDefaultApi(Protocol):
    """The operations without a tag."""

    def watch_events(self) -> Iterator[models.Event]:
        """`GET /events`, `#/paths/~1events/get`

        Returns:
            Events
        """
        ...

    def read_lines(self) -> Iterator[models.Event]:
        """`GET /lines`, `#/paths/~1lines/get`

        Returns:
            Lines
        """
        ...

    def download(self) -> Iterator[bytes]:
        """`GET /file`, `#/paths/~1file/get`

        Returns:
            A file
        """
        ...

    def complete(self) -> models.Event | Content[Iterator[models.Event]]:
        """`POST /either`, `#/paths/~1either/post`

        Returns:
            Whole or in parts
        """
        ...
