"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from .. import exceptions
from ..api import DefaultApi, SyncDefaultApi


class Default(DefaultApi):
    """A service of `DefaultApi`."""

    async def get_notes(self, body: list[str] | None = None) -> str:
        raise exceptions.Unimplemented

    async def head_notes(self) -> None:
        raise exceptions.Unimplemented

    async def options_notes(self) -> None:
        raise exceptions.Unimplemented

    async def query_notes(self, body: str) -> list[str]:
        raise exceptions.Unimplemented

    async def copy_notes(self, *, destination: str) -> None:
        raise exceptions.Unimplemented


class SyncDefault(SyncDefaultApi):
    """A service of `SyncDefaultApi`, run in threads."""

    def get_notes(self, body: list[str] | None = None) -> str:
        raise exceptions.Unimplemented

    def head_notes(self) -> None:
        raise exceptions.Unimplemented

    def options_notes(self) -> None:
        raise exceptions.Unimplemented

    def query_notes(self, body: str) -> list[str]:
        raise exceptions.Unimplemented

    def copy_notes(self, *, destination: str) -> None:
        raise exceptions.Unimplemented
