"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from .. import exceptions, models
from ..api import DefaultApi, SyncDefaultApi
from ..content import Content


class Default(DefaultApi):
    """A service of `DefaultApi`."""

    async def get_item(self, *, id: str) -> models.Item | Content[str] | None:
        raise exceptions.Unimplemented

    async def head_item(self, *, id: str) -> None:
        raise exceptions.Unimplemented

    async def put_item(self, *, id: str) -> models.Item:
        raise exceptions.Unimplemented

    async def delete_item(self, *, id: str) -> None:
        raise exceptions.Unimplemented


class SyncDefault(SyncDefaultApi):
    """A service of `SyncDefaultApi`, run in threads."""

    def get_item(self, *, id: str) -> models.Item | Content[str] | None:
        raise exceptions.Unimplemented

    def head_item(self, *, id: str) -> None:
        raise exceptions.Unimplemented

    def put_item(self, *, id: str) -> models.Item:
        raise exceptions.Unimplemented

    def delete_item(self, *, id: str) -> None:
        raise exceptions.Unimplemented
