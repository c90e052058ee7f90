"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from .. import exceptions, models
from ..api import DefaultApi, SyncDefaultApi


class Default(DefaultApi):
    """A service of `DefaultApi`."""

    async def get_item(self, *, id: int) -> models.Item:
        raise exceptions.Unimplemented

    async def add_item(self, body: models.Item) -> models.Item:
        raise exceptions.Unimplemented


class SyncDefault(SyncDefaultApi):
    """A service of `SyncDefaultApi`, run in threads."""

    def get_item(self, *, id: int) -> models.Item:
        raise exceptions.Unimplemented

    def add_item(self, body: models.Item) -> models.Item:
        raise exceptions.Unimplemented
