"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from .. import exceptions
from ..api import DefaultApi, SyncDefaultApi


class Default(DefaultApi):
    """A service of `DefaultApi`."""

    async def both(self) -> None:
        raise exceptions.Unimplemented

    async def open(self) -> None:
        raise exceptions.Unimplemented

    async def maybe(self) -> None:
        raise exceptions.Unimplemented

    async def others(self) -> None:
        raise exceptions.Unimplemented


class SyncDefault(SyncDefaultApi):
    """A service of `SyncDefaultApi`, run in threads."""

    def both(self) -> None:
        raise exceptions.Unimplemented

    def open(self) -> None:
        raise exceptions.Unimplemented

    def maybe(self) -> None:
        raise exceptions.Unimplemented

    def others(self) -> None:
        raise exceptions.Unimplemented
