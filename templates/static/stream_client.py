"""Answers that are read item by item."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Any, ParamSpec, TypeVar, cast, overload

import httpx2

from .client.core import NONE, AsyncBaseClient, AsyncSender, BaseClient, RawResponse, Sender, Sending, failure, settled
from .wire import Content, Operation, Response, choose, essence

T = TypeVar("T")
P = ParamSpec("P")


class _Streaming(Sending):
    """Leaves a response open where its media type is a stream."""

    reading: str  # the method that reads a response to its end

    async def _send(self, operation: Operation[Any], request: httpx2.Request) -> httpx2.Response:
        response: httpx2.Response = await settled(self.http.send(request, stream=True))
        if self._chosen(operation, response) is None:
            await settled(getattr(response, self.reading)())
        return response

    def _chosen(self, operation: Operation[Any], response: httpx2.Response) -> Any:
        """Find the media type of an answer that is a stream."""
        declared = operation.response(response.status_code)
        if declared is None or not declared.media or not operation.succeeds(response.status_code):
            return None
        content_type = response.headers.get("content-type", "")
        media = choose(declared.media, content_type) if content_type else declared.media[0]
        return media if media and media.stream else None

    def _read(self, operation: Operation[Any], declared: Response | None, response: httpx2.Response) -> Any:
        media = self._chosen(operation, response)
        if declared is None or media is None:
            return super()._read(operation, declared, response)
        items = media.open(response, failure)
        return items if media is declared.media[0] else Content(essence(response.headers["content-type"]), items)


class StreamSender(_Streaming, Sender):
    """Sends operations and waits."""

    reading = "read"

    def stream(self, operation: Operation[T], body: object = None, arguments: Mapping[str, Any] = NONE) -> Iterator[T]:
        """Call an operation that answers with a stream; closing the iterator closes the response."""
        return cast("Iterator[T]", self.send(operation, body, arguments))


class AsyncStreamSender(_Streaming, AsyncSender):
    """Sends operations and awaits."""

    reading = "aread"

    def stream(
        self, operation: Operation[T], body: object = None, arguments: Mapping[str, Any] = NONE
    ) -> AsyncIterator[T]:
        """Call an operation that answers with a stream, when its first item is asked for."""
        sent = self.send(operation, body, arguments)
        return cast("AsyncIterator[T]", sent) if self.raw else _items(cast("Awaitable[AsyncGenerator[T]]", sent))


async def _items(sent: Awaitable[AsyncGenerator[T]]) -> AsyncIterator[T]:
    async with contextlib.aclosing(await sent) as items:
        async for item in items:
            yield item


class StreamClient(BaseClient):
    """A blocking client of an API with streams."""

    _kind = StreamSender


class AsyncStreamClient(AsyncBaseClient):
    """An async client of an API with streams."""

    _kind = AsyncStreamSender

    @overload
    async def raw(self, method: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> RawResponse[T]: ...
    @overload
    async def raw(
        self, method: Callable[P, AsyncIterator[T]], *args: P.args, **kwargs: P.kwargs
    ) -> RawResponse[AsyncIterator[T]]: ...
    async def raw(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> RawResponse[Any]:
        """Call a method of this client, such as `client.pets.list`; return the whole response."""
        return await super().raw(method, *args, **kwargs)
