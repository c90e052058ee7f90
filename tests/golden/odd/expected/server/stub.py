"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from .. import exceptions
from ..api import DefaultApi, SyncDefaultApi
from ..content import Content


class Default(DefaultApi):
    """A service of `DefaultApi`."""

    async def get_service(self, body: str | None = None, *, service_id: str) -> None:
        raise exceptions.Unimplemented

    async def delete_service(self, *, name: str) -> None:
        raise exceptions.Unimplemented

    async def export(self, *, format: str) -> None:
        raise exceptions.Unimplemented

    async def rpc_list(self) -> None:
        raise exceptions.Unimplemented

    async def post_kind(self, body: int | Content[bytes] | Content[int]) -> int | Content[str] | Content[bytes] | None:
        raise exceptions.Unimplemented


class SyncDefault(SyncDefaultApi):
    """A service of `SyncDefaultApi`, run in threads."""

    def get_service(self, body: str | None = None, *, service_id: str) -> None:
        raise exceptions.Unimplemented

    def delete_service(self, *, name: str) -> None:
        raise exceptions.Unimplemented

    def export(self, *, format: str) -> None:
        raise exceptions.Unimplemented

    def rpc_list(self) -> None:
        raise exceptions.Unimplemented

    def post_kind(self, body: int | Content[bytes] | Content[int]) -> int | Content[str] | Content[bytes] | None:
        raise exceptions.Unimplemented
