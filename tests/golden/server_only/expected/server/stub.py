"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from .. import exceptions
from ..api import HealthApi, SyncHealthApi


class Health(HealthApi):
    """A service of `HealthApi`."""

    async def ping(self) -> str:
        raise exceptions.Unimplemented


class SyncHealth(SyncHealthApi):
    """A service of `SyncHealthApi`, run in threads."""

    def ping(self) -> str:
        raise exceptions.Unimplemented
