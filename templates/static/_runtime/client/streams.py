"""Answers that are read item by item."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping
from copy import copy
from functools import partial
from typing import Any, ParamSpec, TypeVar, cast, overload

import httpx2

from ..exceptions import ConnectionFailed
from ..wire.content import OneOf
from ..wire.contract import Operation, Response
from ..wire.streaming import Event, EventStream, Progress
from .core import LONGEST, NONE, AsyncBaseClient, BaseClient, Caller, RawResponse
from .sending import failure, send, settled, whole

T = TypeVar("T")
P = ParamSpec("P")
C = TypeVar("C")
H = TypeVar("H")
SHORTEST = 0.1  # seconds before a stream is asked for again, whatever it says
WAIT = 3.0  # seconds before a stream is asked for again, if it does not say


class _Streaming(Caller[C, H]):
    """Leaves a response open where its media type is a stream."""

    _closing: str  # the method that closes a response
    _progress: Progress | None = None  # where events are given whole

    def _wait(self, progress: Progress, failures: int) -> float:
        """Return the seconds to wait before a stream is asked for again."""
        seconds: float = WAIT if progress.retry is None else progress.retry / 1000
        return min(max(seconds, SHORTEST) * 2.0**failures, LONGEST)

    async def _send(self, operation: Operation[Any], request: httpx2.Request) -> httpx2.Response:
        response = await send(self._http, request)
        chosen = self._chosen(operation, operation.response(response.status_code), response)
        return response if chosen else await whole(response, request)

    def _chosen(self, operation: Operation[Any], declared: Response | None, response: httpx2.Response) -> Any:
        """Find the media type of an answer that is a stream."""
        if declared is None or declared.media is None or not operation.succeeds(response.status_code):
            return None
        content_type = response.headers.get("content-type", "")
        media = declared.media.find(content_type) if content_type else declared.media.all[0]
        return media if media and media.stream else None

    async def _result(self, operation: Operation[Any], response: httpx2.Response, request: httpx2.Request) -> Any:
        try:
            return await super()._result(operation, response, request)
        except Exception:  # with which nobody gets the items, which would close it
            await settled(getattr(response, self._closing)())
            raise

    def _read(self, operation: Operation[Any], declared: Response | None, response: httpx2.Response) -> Any:
        media = self._chosen(operation, declared, response)
        if declared is None or declared.media is None or media is None:
            return super()._read(operation, declared, response)
        if self._progress:
            if not isinstance(media, EventStream):
                raise TypeError(f"{operation.name} gives no events")
            media = media.tracked(self._progress)
        items = media.open(response, failure)
        if not isinstance(declared.media, OneOf):
            return items
        return declared.media.wrap(media, items, response.headers.get("content-type", media.content_type))


def _tracked(method: Any, progress: Progress) -> Any:
    """Return a method of a group whose items are events, from the last one that `progress` knows."""
    group = copy(method.__self__)
    group._client = group._client.with_options(headers={"last-event-id": progress.id} if progress.id else NONE)
    group._client._progress = progress
    return getattr(group, method.__name__)


class StreamClient(_Streaming[C, httpx2.Client], BaseClient[C]):
    """A blocking client of an API with streams."""

    _closing = "close"

    def iterate(self, operation: Operation[T], body: object = None, arguments: Mapping[str, Any] = NONE) -> Iterator[T]:
        """Call an operation that answers with a stream; closing the iterator closes the response."""
        return cast("Iterator[T]", self.invoke(operation, body, arguments))

    def read_events(self, method: Callable[P, Iterator[T]], *args: P.args, **kwargs: P.kwargs) -> Iterator[Event[T]]:
        """Call a method that gives server-sent events; give each item with its `event`, `id` and `retry`."""
        return cast("Iterator[Event[T]]", _tracked(method, Progress())(*args, **kwargs))

    def follow_events(self, method: Callable[P, Iterator[T]], *args: P.args, **kwargs: P.kwargs) -> Iterator[Event[T]]:
        """Do the same, and call again with `Last-Event-ID` if the stream breaks off or ends (WHATWG HTML section 9.2.3).

        Raises what a call raises; ConnectionFailed if more than `retries` calls in turn broke off without an event.
        """
        progress, failures = Progress(), 0
        while not progress.ended:
            try:
                with contextlib.closing(_tracked(method, progress)(*args, **kwargs)) as events:
                    for event in events:
                        failures = 0
                        yield event
            except ConnectionFailed:
                failures += 1
                if failures > self._retries:
                    raise
            if not progress.ended:
                self._pause(self._wait(progress, failures))


class AsyncStreamClient(_Streaming[C, httpx2.AsyncClient], AsyncBaseClient[C]):
    """An async client of an API with streams."""

    _closing = "aclose"

    def iterate(
        self, operation: Operation[T], body: object = None, arguments: Mapping[str, Any] = NONE
    ) -> AsyncIterator[T]:
        """Call an operation that answers with a stream, when its first item is asked for."""
        sent: Any = partial(self.invoke, operation, body, arguments)
        return cast("AsyncIterator[T]", sent()) if self._raw else _items(sent)

    def read_events(
        self, method: Callable[P, AsyncIterator[T]], *args: P.args, **kwargs: P.kwargs
    ) -> AsyncIterator[Event[T]]:
        """Call a method that gives server-sent events; give each item with its `event`, `id` and `retry`."""
        return cast("AsyncIterator[Event[T]]", _tracked(method, Progress())(*args, **kwargs))

    async def follow_events(
        self, method: Callable[P, AsyncIterator[T]], *args: P.args, **kwargs: P.kwargs
    ) -> AsyncIterator[Event[T]]:
        """Do the same, and call again with `Last-Event-ID` if the stream breaks off or ends (WHATWG HTML section 9.2.3).

        Raises what a call raises; ConnectionFailed if more than `retries` calls in turn broke off without an event.
        """
        progress, failures = Progress(), 0
        while not progress.ended:
            try:
                async with contextlib.aclosing(_tracked(method, progress)(*args, **kwargs)) as events:
                    async for event in events:
                        failures = 0
                        yield event
            except ConnectionFailed:
                failures += 1
                if failures > self._retries:
                    raise
            if not progress.ended:
                await self._pause(self._wait(progress, failures))

    @overload
    async def raw(self, method: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> RawResponse[T]: ...
    @overload
    async def raw(
        self, method: Callable[P, AsyncIterator[T]], *args: P.args, **kwargs: P.kwargs
    ) -> RawResponse[AsyncIterator[T]]: ...
    async def raw(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> RawResponse[Any]:
        """Call a method of this client, such as `client.pets.list`; return the whole response."""
        return await super().raw(method, *args, **kwargs)


async def _items(send: Callable[[], Awaitable[AsyncGenerator[T]]]) -> AsyncIterator[T]:
    async with contextlib.aclosing(await send()) as items:
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
