"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from .. import exceptions, models
from ..api import DefaultApi, SyncDefaultApi
from ..base import Value
from ..content import Content


class Default(DefaultApi):
    """A service of `DefaultApi`."""

    async def put_xml(
        self,
        body: bytes | None = None,
        *,
        deep: list[str] | None = None,
        filter: models.DefaultPutXmlFilter | None = None,
        order: models.Order = "up",
        note: str | None = None,
    ) -> bytes | None:
        raise exceptions.Unimplemented

    async def post_parts(self, body: bytes | None = None) -> str | Content[bytes]:
        raise exceptions.Unimplemented

    async def post_lines(self, body: bytes | None = None) -> Value | Content[str]:
        raise exceptions.Unimplemented


class SyncDefault(SyncDefaultApi):
    """A service of `SyncDefaultApi`, run in threads."""

    def put_xml(
        self,
        body: bytes | None = None,
        *,
        deep: list[str] | None = None,
        filter: models.DefaultPutXmlFilter | None = None,
        order: models.Order = "up",
        note: str | None = None,
    ) -> bytes | None:
        raise exceptions.Unimplemented

    def post_parts(self, body: bytes | None = None) -> str | Content[bytes]:
        raise exceptions.Unimplemented

    def post_lines(self, body: bytes | None = None) -> Value | Content[str]:
        raise exceptions.Unimplemented
