"""Sending bodies of items as a service yields them."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.types import Message, Receive, Send

from ..exceptions import ContractError, EncodeError
from ..wire.streaming import Items
from .context import BrokenOffError, Context
from .endpoint import Endpoint, log

PING = 15.0  # seconds
_END = object()


class Streams:
    """How streams are sent: the head of events and lines after `head_after` seconds at the latest, item or not."""

    def __init__(self, head_after: float = 0.1) -> None:
        self.head_after = head_after

    async def send(self, endpoint: Endpoint, current: Context, result: Any, receive: Receive, send: Send) -> None:
        """Send until the items end or the client leaves, then close them.

        Raises what the service raises before the head is sent, so that it still has a status; BrokenOffError for later
        errors, which are in the log.
        """
        items, content_type = endpoint.written(*endpoint.declared(current, result), result)

        def head() -> Message:  # when it is sent: a generator sets it as it begins
            status, declared = endpoint.declared(current, result)
            return endpoint.head(status, declared, {**items.media.headers, **current.headers}, content_type)

        sending = _Sending(items, head, current, send)
        async with anyio.create_task_group() as tasks:

            async def first(task: Callable[..., Awaitable[None]], *args: Any) -> None:  # the first that ends, ends all
                try:
                    await task(*args)
                except Exception as error:
                    sending.error = sending.error or error
                tasks.cancel_scope.cancel()

            tasks.start_soon(first, sending.produce)
            tasks.start_soon(first, _left, receive)
            if items.media.prompt:
                tasks.start_soon(first, sending.keep, self.head_after)
        sending.judge()


class _Sending:
    """One answer."""

    def __init__(self, items: Items, head: Callable[[], Message], current: Context, send: Send) -> None:
        self.items, self.head, self.current, self.send = items, head, current, send
        self.error: Exception | None = None
        self._lock = anyio.Lock()
        self._sent: tuple[Any, ...] = ()  # status and headers as the head has them

    @property
    def _set(self) -> tuple[Any, ...]:
        return self.current.status, dict(self.current.headers)

    async def write(self, chunk: bytes, more: bool = True) -> None:
        """Send bytes, after the head."""
        async with self._lock:
            if not self._sent:
                start, self._sent = self.head(), self._set
                await self.send(start)
            if chunk or not more:
                await self.send({"type": "http.response.body", "body": chunk, "more_body": more})

    async def produce(self) -> None:
        """Send the items, all in one task: what a generator opens belongs to that."""
        items = _each(self.items.values)
        try:
            async for item in items:
                await self.write(self._framed(item))
            await self.write(self.items.media.tail, more=False)
        finally:
            await items.aclose()

    def _framed(self, item: Any) -> bytes:
        try:
            return self.items.media.frame(item)
        except EncodeError as error:
            raise ContractError(f"an item of {self.current.operation.name}: {error}") from error

    async def keep(self, head_after: float) -> None:
        """Send the head in time, and then what says that the stream lives."""
        await anyio.sleep(head_after)
        await self.write(b"")
        while True:
            await anyio.sleep(PING)
            await self.write(self.items.media.ping)

    def judge(self) -> None:
        """Log what came after the head; raise what came before it."""
        operation = self.current.operation
        if self._sent and self._set != self._sent:
            log.error("%s %s set a status or headers after they were sent", operation.method, operation.path)
        if self.error and not self._sent:
            raise self.error
        if self.error:
            log.error("%s %s broke off", operation.method, operation.path, exc_info=self.error)
            raise BrokenOffError from self.error


async def _left(receive: Receive) -> None:
    """Wait until the client leaves."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _each(items: Any) -> AsyncGenerator[Any]:
    """Yield the items of a blocking or async iterable, and close it, also if the client has left."""
    is_async = hasattr(items, "__aiter__")
    iterator = aiter(items) if is_async else iter(items)
    try:
        if is_async:
            async for item in iterator:
                yield item
        else:
            while (item := await run_in_threadpool(next, iterator, _END)) is not _END:
                yield item
    finally:
        with anyio.CancelScope(shield=True):
            if is_async and hasattr(iterator, "aclose"):
                await iterator.aclose()
            elif hasattr(iterator, "close"):
                await run_in_threadpool(iterator.close)
