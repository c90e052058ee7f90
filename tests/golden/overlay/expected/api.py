"""The API in Python types: a Protocol for each group, met by the client and by a service."""

from __future__ import annotations

from typing import Protocol

from . import models


class ItemsApi(Protocol):
    """The operations tagged `items`."""

    async def list_items(self) -> list[models.Item]:
        """Lists all items.

        `GET /items`, `#/paths/~1items/get`

        Returns:
            Items
        """
        ...


class SyncItemsApi(Protocol):
    """The operations tagged `items`."""

    def list_items(self) -> list[models.Item]:
        """Lists all items.

        `GET /items`, `#/paths/~1items/get`

        Returns:
            Items
        """
        ...
