"""Base classes for services: what a subclass leaves out answers 501."""

from __future__ import annotations

from .. import exceptions, models
from ..api import DefaultApi, SyncDefaultApi
from ..content import Content


class Default(DefaultApi):
    """A service of `DefaultApi`."""

    async def put_json(self, body: models.Note | Content[models.Note] | Content[str] | None = None) -> None:
        raise exceptions.Unimplemented

    async def post_form(self, body: models.Note) -> None:
        raise exceptions.Unimplemented

    async def upload(self, body: models.DefaultUploadRequest) -> None:
        raise exceptions.Unimplemented

    async def delete_bytes(self, body: bytes) -> None:
        raise exceptions.Unimplemented


class SyncDefault(SyncDefaultApi):
    """A service of `SyncDefaultApi`, run in threads."""

    def put_json(self, body: models.Note | Content[models.Note] | Content[str] | None = None) -> None:
        raise exceptions.Unimplemented

    def post_form(self, body: models.Note) -> None:
        raise exceptions.Unimplemented

    def upload(self, body: models.DefaultUploadRequest) -> None:
        raise exceptions.Unimplemented

    def delete_bytes(self, body: bytes) -> None:
        raise exceptions.Unimplemented
