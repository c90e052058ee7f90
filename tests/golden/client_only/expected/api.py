"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Protocol


class HealthApi(Protocol):
    """The operations tagged `Health`."""

    async def ping(self) -> str:
        """`GET /ping`, `#/paths/~1ping/get`

        Returns:
            Pong
        """
        ...


class SyncHealthApi(Protocol):
    """The operations tagged `Health`."""

    def ping(self) -> str:
        """`GET /ping`, `#/paths/~1ping/get`

        Returns:
            Pong
        """
        ...
