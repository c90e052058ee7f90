"""The operations without a tag."""

from __future__ import annotations

from .. import contract, models
from ..api import DefaultApi, SyncDefaultApi
from ..base import Value
from ..content import Content
from .core import AsyncBaseClient, BaseClient


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def put_xml(
        self,
        body: bytes | None = None,
        *,
        deep: list[str] | None = None,
        filter: models.DefaultPutXmlFilter | None = None,
        order: models.Order = "up",
        note: str | None = None,
    ) -> bytes | None:
        return self._client.invoke(
            contract.DEFAULT_PUT_XML, body, {"deep": deep, "filter": filter, "order": order, "note": note}
        )

    def post_parts(self, body: bytes | None = None) -> str | Content[bytes]:
        return self._client.invoke(contract.DEFAULT_POST_PARTS, body)

    def post_lines(self, body: bytes | None = None) -> Value | Content[str]:
        return self._client.invoke(contract.DEFAULT_POST_LINES, body)


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def put_xml(
        self,
        body: bytes | None = None,
        *,
        deep: list[str] | None = None,
        filter: models.DefaultPutXmlFilter | None = None,
        order: models.Order = "up",
        note: str | None = None,
    ) -> bytes | None:
        return await self._client.invoke(
            contract.DEFAULT_PUT_XML, body, {"deep": deep, "filter": filter, "order": order, "note": note}
        )

    async def post_parts(self, body: bytes | None = None) -> str | Content[bytes]:
        return await self._client.invoke(contract.DEFAULT_POST_PARTS, body)

    async def post_lines(self, body: bytes | None = None) -> Value | Content[str]:
        return await self._client.invoke(contract.DEFAULT_POST_LINES, body)
