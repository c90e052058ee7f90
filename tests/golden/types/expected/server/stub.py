"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from .. import exceptions, models
from ..api import DefaultApi, SyncDefaultApi
from ..base import UTCDateTime


class Default(DefaultApi):
    """A service of `DefaultApi`."""

    async def prices(self, *, after: UTCDateTime | None = None) -> list[models.Price]:
        raise exceptions.Unimplemented


class SyncDefault(SyncDefaultApi):
    """A service of `SyncDefaultApi`, run in threads."""

    def prices(self, *, after: UTCDateTime | None = None) -> list[models.Price]:
        raise exceptions.Unimplemented
