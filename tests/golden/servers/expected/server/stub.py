"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from .. import exceptions
from ..api import DefaultApi, SyncDefaultApi


class Default(DefaultApi):
    """A service of `DefaultApi`."""

    async def a(self) -> None:
        raise exceptions.Unimplemented

    async def uploaded(self) -> None:
        raise exceptions.Unimplemented

    async def upload(self) -> None:
        raise exceptions.Unimplemented


class SyncDefault(SyncDefaultApi):
    """A service of `SyncDefaultApi`, run in threads."""

    def a(self) -> None:
        raise exceptions.Unimplemented

    def uploaded(self) -> None:
        raise exceptions.Unimplemented

    def upload(self) -> None:
        raise exceptions.Unimplemented
