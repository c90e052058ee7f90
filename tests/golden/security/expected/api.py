"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Protocol


class DefaultApi(Protocol):
    """The operations without a tag."""

    async def both(self) -> None:
        """`GET /both`, `#/paths/~1both/get`

        Returns:
            Done
        """
        ...

    async def open(self) -> None:
        """`GET /open`, `#/paths/~1open/get`

        Returns:
            Done
        """
        ...

    async def maybe(self) -> None:
        """`GET /maybe`, `#/paths/~1maybe/get`

        Returns:
            Done
        """
        ...

    async def others(self) -> None:
        """`GET /others`, `#/paths/~1others/get`

        Returns:
            Done
        """
        ...


class SyncDefaultApi(Protocol):
    """The operations without a tag."""

    def both(self) -> None:
        """`GET /both`, `#/paths/~1both/get`

        Returns:
            Done
        """
        ...

    def open(self) -> None:
        """`GET /open`, `#/paths/~1open/get`

        Returns:
            Done
        """
        ...

    def maybe(self) -> None:
        """`GET /maybe`, `#/paths/~1maybe/get`

        Returns:
            Done
        """
        ...

    def others(self) -> None:
        """`GET /others`, `#/paths/~1others/get`

        Returns:
            Done
        """
        ...
