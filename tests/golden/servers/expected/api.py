"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Protocol


class DefaultApi(Protocol):
    """The operations without a tag."""

    async def a(self) -> None:
        """`GET /a`, `#/paths/~1a/get`

        Returns:
            Done
        """
        ...

    async def uploaded(self) -> None:
        """`GET /upload`, `#/paths/~1upload/get`

        Returns:
            Done
        """
        ...

    async def upload(self) -> None:
        """`POST /upload`, `#/paths/~1upload/post`

        Returns:
            Done
        """
        ...


class SyncDefaultApi(Protocol):
    """The operations without a tag."""

    def a(self) -> None:
        """`GET /a`, `#/paths/~1a/get`

        Returns:
            Done
        """
        ...

    def uploaded(self) -> None:
        """`GET /upload`, `#/paths/~1upload/get`

        Returns:
            Done
        """
        ...

    def upload(self) -> None:
        """`POST /upload`, `#/paths/~1upload/post`

        Returns:
            Done
        """
        ...
