"""The operations without a tag."""

from __future__ import annotations

from .. import contract
from ..api import DefaultApi, SyncDefaultApi
from .core import AsyncBaseClient, BaseClient


class Default(SyncDefaultApi):
    """See `SyncDefaultApi`."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def getThing(
        self,
        *,
        self_: str | None = None,
        body_: str | None = None,
        class_: str | None = None,
        url: str | None = None,
        request: str | None = None,
        response: str | None = None,
        client: str | None = None,
        timeout: str | None = None,
        id_query: str | None = None,
        id_header: str | None = None,
        filter_open_name_close: str | None = None,
        filterName: str | None = None,
    ) -> None:
        return self._client.invoke(
            contract.DEFAULT_GETTHING,
            None,
            {
                "self_": self_,
                "body_": body_,
                "class_": class_,
                "url": url,
                "request": request,
                "response": response,
                "client": client,
                "timeout": timeout,
                "id_query": id_query,
                "id_header": id_header,
                "filter_open_name_close": filter_open_name_close,
                "filterName": filterName,
            },
        )

    def get_thing(self) -> None:
        return self._client.invoke(contract.DEFAULT_GET_THING)


class AsyncDefault(DefaultApi):
    """See `DefaultApi`."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    async def getThing(
        self,
        *,
        self_: str | None = None,
        body_: str | None = None,
        class_: str | None = None,
        url: str | None = None,
        request: str | None = None,
        response: str | None = None,
        client: str | None = None,
        timeout: str | None = None,
        id_query: str | None = None,
        id_header: str | None = None,
        filter_open_name_close: str | None = None,
        filterName: str | None = None,
    ) -> None:
        return await self._client.invoke(
            contract.DEFAULT_GETTHING,
            None,
            {
                "self_": self_,
                "body_": body_,
                "class_": class_,
                "url": url,
                "request": request,
                "response": response,
                "client": client,
                "timeout": timeout,
                "id_query": id_query,
                "id_header": id_header,
                "filter_open_name_close": filter_open_name_close,
                "filterName": filterName,
            },
        )

    async def get_thing(self) -> None:
        return await self._client.invoke(contract.DEFAULT_GET_THING)
