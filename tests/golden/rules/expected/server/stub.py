"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from .. import exceptions, models
from ..api import DefaultApi, SyncDefaultApi


class Default(DefaultApi):
    """A service of `DefaultApi`."""

    async def list_tags(self, *, tag: list[str] | None = None) -> models.Tags:
        raise exceptions.Unimplemented


class SyncDefault(SyncDefaultApi):
    """A service of `SyncDefaultApi`, run in threads."""

    def list_tags(self, *, tag: list[str] | None = None) -> models.Tags:
        raise exceptions.Unimplemented
