"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Protocol

from . import models


class DefaultApi(Protocol):
    """The operations without a tag."""

    async def list_tags(self, *, tag: list[str] | None = None) -> models.Tags:
        """`GET /tags`, `#/paths/~1tags/get`

        Returns:
            Tags
        """
        ...


class SyncDefaultApi(Protocol):
    """The operations without a tag."""

    def list_tags(self, *, tag: list[str] | None = None) -> models.Tags:
        """`GET /tags`, `#/paths/~1tags/get`

        Returns:
            Tags
        """
        ...
