"""Answers that are read item by item."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Any, ParamSpec, TypeVar, cast, overload

import httpx2

from ..wire.content import OneOf
from ..wire.contract import Operation, Response
from .core import NONE, AsyncBaseClient, BaseClient, Caller, RawResponse
from .sending import failure, send, settled

T = TypeVar("T")
P = ParamSpec("P")
C = TypeVar("C")
H = TypeVar("H")


class _Streaming(Caller[C, H]):
    """Leaves a response open where its media type is a stream."""

    _reading: str  # the method that reads a response to its end

    async def _send(self, operation: Operation[Any], request: httpx2.Request) -> httpx2.Response:
        response = await send(self._http, request, stream=True)
        if self._chosen(operation, operation.response(response.status_code), response) is None:
            await settled(getattr(response, self._reading)())
        return response

    def _chosen(self, operation: Operation[Any], declared: Response | None, response: httpx2.Response) -> Any:
        """Find the media type of an answer that is a stream."""
        if declared is None or declared.media is None or not operation.succeeds(response.status_code):
            return None
        content_type = response.headers.get("content-type", "")
        media = declared.media.find(content_type) if content_type else declared.media.all[0]
        return media if media and media.stream else None

    def _read(self, operation: Operation[Any], declared: Response | None, response: httpx2.Response) -> Any:
        media = self._chosen(operation, declared, response)
        if declared is None or declared.media is None or media is None:
            return super()._read(operation, declared, response)
        items = media.open(response, failure)
        if not isinstance(declared.media, OneOf):
            return items
        return declared.media.wrap(media, items, response.headers.get("content-type", media.content_type))


class StreamClient(_Streaming[C, httpx2.Client], BaseClient[C]):
    """A blocking client of an API with streams."""

    _reading = "read"

    def iterate(self, operation: Operation[T], body: object = None, arguments: Mapping[str, Any] = NONE) -> Iterator[T]:
        """Call an operation that answers with a stream; closing the iterator closes the response."""
        return cast("Iterator[T]", self.invoke(operation, body, arguments))


class AsyncStreamClient(_Streaming[C, httpx2.AsyncClient], AsyncBaseClient[C]):
    """An async client of an API with streams."""

    _reading = "aread"

    def iterate(
        self, operation: Operation[T], body: object = None, arguments: Mapping[str, Any] = NONE
    ) -> AsyncIterator[T]:
        """Call an operation that answers with a stream, when its first item is asked for."""
        sent = self.invoke(operation, body, arguments)
        return cast("AsyncIterator[T]", sent) if self._raw else _items(cast("Awaitable[AsyncGenerator[T]]", sent))

    @overload
    async def raw(self, method: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> RawResponse[T]: ...
    @overload
    async def raw(
        self, method: Callable[P, AsyncIterator[T]], *args: P.args, **kwargs: P.kwargs
    ) -> RawResponse[AsyncIterator[T]]: ...
    async def raw(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> RawResponse[Any]:
        """Call a method of this client, such as `client.pets.list`; return the whole response."""
        return await super().raw(method, *args, **kwargs)


async def _items(sent: Awaitable[AsyncGenerator[T]]) -> AsyncIterator[T]:
    async with contextlib.aclosing(await sent) as items:
        async for item in items:
            yield item


class StreamGroup:
    """The operations of a group with streams, called by a blocking client."""

    def __init__(self, client: StreamClient[Any]) -> None:
        self._client = client


class AsyncStreamGroup:
    """The operations of a group with streams, called by an async client."""

    def __init__(self, client: AsyncStreamClient[Any]) -> None:
        self._client = client
