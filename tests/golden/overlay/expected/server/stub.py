"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from .. import exceptions, models
from ..api import ItemsApi, SyncItemsApi


class Items(ItemsApi):
    """A service of `ItemsApi`."""

    async def list_items(self) -> list[models.Item]:
        raise exceptions.Unimplemented


class SyncItems(SyncItemsApi):
    """A service of `SyncItemsApi`, run in threads."""

    def list_items(self) -> list[models.Item]:
        raise exceptions.Unimplemented
