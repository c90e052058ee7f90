"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from .. import exceptions
from ..api import DefaultApi, SyncDefaultApi


class Default(DefaultApi):
    """A service of `DefaultApi`."""

    async def order(self) -> None:
        raise exceptions.Unimplemented

    async def cancel(self) -> None:
        raise exceptions.Unimplemented

    async def users(self) -> list[str]:
        raise exceptions.Unimplemented


class SyncDefault(SyncDefaultApi):
    """A service of `SyncDefaultApi`, run in threads."""

    def order(self) -> None:
        raise exceptions.Unimplemented

    def cancel(self) -> None:
        raise exceptions.Unimplemented

    def users(self) -> list[str]:
        raise exceptions.Unimplemented
