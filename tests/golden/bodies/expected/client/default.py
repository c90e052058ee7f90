"""The operations without a tag."""

from __future__ import annotations

from .. import contract, models
from ..api import DefaultApi, SyncDefaultApi
from ..content import Content
from .core import AsyncBaseClient, BaseClient


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def put_json(self, body: models.Note | Content[models.Note] | Content[str] | None = None) -> None:
        return self._client.invoke(contract.DEFAULT_PUT_JSON, body)

    def post_form(self, body: models.Note) -> None:
        return self._client.invoke(contract.DEFAULT_POST_FORM, body)

    def upload(self, body: models.DefaultUploadRequest) -> None:
        return self._client.invoke(contract.DEFAULT_UPLOAD, body)

    def delete_bytes(self, body: bytes) -> None:
        return self._client.invoke(contract.DEFAULT_DELETE_BYTES, body)


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def put_json(self, body: models.Note | Content[models.Note] | Content[str] | None = None) -> None:
        return await self._client.invoke(contract.DEFAULT_PUT_JSON, body)

    async def post_form(self, body: models.Note) -> None:
        return await self._client.invoke(contract.DEFAULT_POST_FORM, body)

    async def upload(self, body: models.DefaultUploadRequest) -> None:
        return await self._client.invoke(contract.DEFAULT_UPLOAD, body)

    async def delete_bytes(self, body: bytes) -> None:
        return await self._client.invoke(contract.DEFAULT_DELETE_BYTES, body)
