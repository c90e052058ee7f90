"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Protocol

from . import models


class DefaultApi(Protocol):
    """The operations without a tag."""

    async def get_item(self, *, id: int) -> models.Item:
        """`GET /items/{id}`, `#/paths/~1items~1{id}/get`

        Returns:
            An item.
        """
        ...

    async def add_item(self, body: models.Item) -> models.Item:
        """`POST /items`, `#/paths/~1items/post`

        Returns:
            An item.

        Raises:
            errors.DefaultError: It failed.
        """
        ...


class SyncDefaultApi(Protocol):
    """The operations without a tag."""

    def get_item(self, *, id: int) -> models.Item:
        """`GET /items/{id}`, `#/paths/~1items~1{id}/get`

        Returns:
            An item.
        """
        ...

    def add_item(self, body: models.Item) -> models.Item:
        """`POST /items`, `#/paths/~1items/post`

        Returns:
            An item.

        Raises:
            errors.DefaultError: It failed.
        """
        ...
