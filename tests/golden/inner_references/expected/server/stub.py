"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from typing import Literal

from .. import exceptions, models
from ..api import DefaultApi, SyncDefaultApi


class Default(DefaultApi):
    """A service of `DefaultApi`."""

    async def list_copies(self) -> list[models.DefaultListOriginalsResponseItem]:
        raise exceptions.Unimplemented

    async def add_copy(self, body: models.DefaultAddCopyRequest | None = None) -> None:
        raise exceptions.Unimplemented

    async def half(self, *, name: Literal["a%20b", "a b"]) -> Literal["a%20b", "a b"]:
        raise exceptions.Unimplemented

    async def percent(self) -> Literal["a%20b", "a b"]:
        raise exceptions.Unimplemented

    async def list_originals(self) -> list[models.DefaultListOriginalsResponseItem]:
        raise exceptions.Unimplemented


class SyncDefault(SyncDefaultApi):
    """A service of `SyncDefaultApi`, run in threads."""

    def list_copies(self) -> list[models.DefaultListOriginalsResponseItem]:
        raise exceptions.Unimplemented

    def add_copy(self, body: models.DefaultAddCopyRequest | None = None) -> None:
        raise exceptions.Unimplemented

    def half(self, *, name: Literal["a%20b", "a b"]) -> Literal["a%20b", "a b"]:
        raise exceptions.Unimplemented

    def percent(self) -> Literal["a%20b", "a b"]:
        raise exceptions.Unimplemented

    def list_originals(self) -> list[models.DefaultListOriginalsResponseItem]:
        raise exceptions.Unimplemented
