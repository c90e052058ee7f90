"""The wire in one process: client → captured request → ASGI application → captured response → client."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import unquote

import httpx2

T = TypeVar("T")
Fields = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Exchange:
    """One request and its response, as they went over the wire."""

    method: str = ""
    raw_path: str = ""
    query: str = ""
    headers: Fields = field(default_factory=list)
    body: bytes = b""
    status: int = 0
    answer_headers: Fields = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    complete: bool = False
    error: Exception | None = None  # that the application raised

    def header(self, name: str) -> list[str]:
        """Return the values of a request's header."""
        return [_text(value) for key, value in self.headers if key.lower() == name.lower().encode()]

    def answer_header(self, name: str) -> list[str]:
        """Return the values of a response's header."""
        return [_text(value) for key, value in self.answer_headers if key.lower() == name.lower().encode()]

    @property
    def answer(self) -> bytes:
        """The body of the response."""
        return b"".join(self.chunks)


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


class _Chunks(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """The body of a response, for both kinds of client; one that has no end is an error."""

    def __init__(self, done: Exchange) -> None:
        self._done = done

    def __iter__(self) -> Iterator[bytes]:
        yield from self._done.chunks
        if not self._done.complete:
            raise httpx2.RemoteProtocolError("the server broke the response off")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk


class Wire(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Carries the requests of both kinds of client to an application and keeps the last exchange.

    Other applications can be put in.
    """

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.app: Any = None
        self.last: Exchange | None = None

    def run(self, task: Coroutine[Any, Any, T]) -> T:
        """Run something in the event loop, at most five seconds. Raises TimeoutError."""
        return self.loop.run_until_complete(asyncio.wait_for(task, 5))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request of a blocking client."""
        request.read()  # so that it is there to be read again
        return self.run(self.handle_async_request(request))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request of an async client."""
        body = await request.aread()
        raw, _, query = request.url.raw_path.partition(b"?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": unquote(raw.decode("ascii")),
            "raw_path": raw,
            "root_path": "",
            "query_string": query,
            "headers": [(key.lower(), value) for key, value in request.headers.raw],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        waiting = [{"type": "http.request", "body": body, "more_body": False}]
        answered = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if waiting:
                return waiting.pop()
            await answered.wait()  # the client stays until the answer is complete
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            """Drop what is captured already."""
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                answered.set()

        done = await self.capture(scope, receive, send)
        return httpx2.Response(done.status, headers=done.answer_headers, stream=_Chunks(done))

    async def capture(self, scope: Any, receive: Any, send: Any) -> Exchange:
        """Pass a request on to the application and keep what goes over the wire, as the last exchange."""
        raw, query = scope["raw_path"].decode("ascii"), scope["query_string"].decode("ascii")
        exchange = self.last = Exchange(scope["method"], raw, query, list(scope["headers"]))

        async def received() -> Any:
            message = await receive()
            exchange.body += message.get("body", b"")
            return message

        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start":
                exchange.status, exchange.answer_headers = message["status"], list(message.get("headers", ()))
            else:
                exchange.complete = not message.get("more_body", False)
                exchange.chunks += [bytes(message["body"])] if message.get("body") else []
            await send(message)

        try:
            await self.app(scope, received, sent)
        except Exception as error:
            exchange.error = error
            raise
        return exchange


class Socket:
    """A server on a loopback socket in a thread; requests are captured as they arrive."""

    def __init__(self, wire: Wire) -> None:
        import uvicorn

        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        config = uvicorn.Config(wire.capture, interface="asgi3", log_level="critical", lifespan="off", access_log=False)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._listening],), daemon=True)

    def __enter__(self) -> Socket:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = self._server.force_exit = True  # idle connections need not be waited for
        self._thread.join(5)
        self._listening.close()
