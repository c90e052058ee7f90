"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from typing import Literal

from .. import exceptions
from ..api import SyncTApi, TApi


class T(TApi):
    """A service of `TApi`."""

    async def get(self, *, p: Literal['"""', "\\", "'"]) -> None:
        raise exceptions.Unimplemented


class SyncT(SyncTApi):
    """A service of `SyncTApi`, run in threads."""

    def get(self, *, p: Literal['"""', "\\", "'"]) -> None:
        raise exceptions.Unimplemented
