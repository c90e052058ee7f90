"""Client and server over real sockets: streams, also cut off; broken peers; every security scheme; mounts."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI

from tests.support.clients import bound

Runtime = Callable[[str], Any]


@contextmanager
def serving(app: Any, **options: Any) -> Iterator[str]:
    """Serve an application on a free port of this machine."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", **{"log_level": "critical", **options}))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@contextmanager
def peer(answer: bytes) -> Iterator[str]:
    """Serve one connection with fixed bytes, then cut it off."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join(10)


@pytest.fixture(scope="module")
def made(
    runtime: Runtime,
) -> SimpleNamespace:
    """Return an API with streams, its service and what the service noticed."""
    wire, streaming, core = runtime("wire.contract"), runtime("wire.streaming"), runtime("server.core")
    noticed: list[str] = []
    closed = threading.Event()

    def operation(name: str, media: Any) -> Any:
        responses = {"200": wire.Response(media)}
        return wire.Operation(name=f"all.{name}", operation_id=name, method="GET", path=f"/{name}", responses=responses)

    operations = {
        "lines": operation("lines", streaming.JsonLines(int)),
        "events": operation("events", streaming.EventStream(str)),
        "download": operation("download", streaming.Download()),
        "broken": operation("broken", streaming.JsonLines(int)),
        "endless": operation("endless", streaming.EventStream(int)),
        "plain": operation("plain", wire.Json(int)),
    }

    class All:
        def __init__(self, principal: None) -> None:
            pass

        async def lines(self) -> AsyncIterator[int]:
            for number in range(1000):
                yield number

        async def events(self) -> AsyncIterator[str]:
            yield "a\nb"
            yield "한"

        def download(self) -> Iterator[bytes]:
            yield from [b"x" * 100_000] * 10

        async def broken(self) -> AsyncIterator[int]:
            yield 1
            yield 2
            raise RuntimeError("in the middle")

        async def endless(self) -> AsyncIterator[int]:
            number = 0
            try:
                while True:
                    yield number
                    number += 1
                    await asyncio.sleep(0.01)
            finally:
                noticed.append("closed")
                closed.set()

        async def plain(self) -> int:
            return 7

    api = wire.Api(package="p", title="T", version="1", operations=tuple(operations.values()))
    app = core.application(api, {"all": All}, streams=runtime("server.streams").Streams)
    return SimpleNamespace(api=api, app=app, closed=closed, noticed=noticed, **operations)


@pytest.fixture(scope="module")
def url(made: SimpleNamespace) -> Iterator[str]:
    """Return where the API is served."""
    with serving(made.app) as found:
        yield found


@contextmanager
def sending(runtime: Runtime, made: SimpleNamespace, url: str, credentials: Any = None) -> Iterator[Any]:
    """Give a blocking client."""
    with bound(runtime("client.streams").StreamClient, made.api)(url, credentials, http=None, retries=0) as client:
        yield client


def both(runtime: Runtime, made: SimpleNamespace, url: str, name: str) -> tuple[list[Any], list[Any]]:
    """Collect a stream with the blocking and with the async client."""
    operation = getattr(made, name)

    async def collect() -> list[Any]:
        async with bound(runtime("client.streams").AsyncStreamClient, made.api)(
            url, None, http=None, retries=0
        ) as client:
            return [item async for item in client.iterate(operation)]

    with sending(runtime, made, url) as client:
        return [*client.iterate(operation)], asyncio.run(collect())


def test_streams(runtime: Runtime, made: SimpleNamespace, url: str) -> None:
    assert both(runtime, made, url, "lines") == ([*range(1000)], [*range(1000)])
    assert both(runtime, made, url, "events") == (["a\nb", "한"], ["a\nb", "한"])
    assert [len(b"".join(chunks)) for chunks in both(runtime, made, url, "download")] == [1_000_000, 1_000_000]


def test_connections_are_used_again(runtime: Runtime, made: SimpleNamespace, url: str) -> None:
    with sending(runtime, made, url) as client:
        for _ in range(3):
            assert client.invoke(made.plain) == 7
            assert [*client.iterate(made.events)] == ["a\nb", "한"]
        assert len(client._http._transport._pool.connections) == 1


def test_a_service_that_fails_in_the_middle_cuts_the_stream(runtime: Runtime, made: SimpleNamespace, url: str) -> None:
    failed = runtime("exceptions").ConnectionFailed
    with sending(runtime, made, url) as client:
        items = client.iterate(made.broken)
        assert [next(items), next(items)] == [1, 2]
        with pytest.raises(failed) as caught:
            next(items)
    assert (caught.value.method, caught.value.url) == ("GET", f"{url}/broken")

    async def cut() -> None:
        async with bound(runtime("client.streams").AsyncStreamClient, made.api)(
            url, None, http=None, retries=0
        ) as client:
            items = client.iterate(made.broken)
            assert [await anext(items), await anext(items)] == [1, 2]
            with pytest.raises(failed):
                await anext(items)

    asyncio.run(cut())


@pytest.mark.parametrize("is_async", [False, True])
def test_a_client_that_leaves_ends_the_service(
    runtime: Runtime, made: SimpleNamespace, url: str, is_async: bool
) -> None:
    made.closed.clear()

    async def leave() -> None:
        async with bound(runtime("client.streams").AsyncStreamClient, made.api)(
            url, None, http=None, retries=0
        ) as client:
            items = client.iterate(made.endless)
            assert await anext(items) == 0
            await items.aclose()

    if is_async:
        asyncio.run(leave())
    else:
        with sending(runtime, made, url) as client:
            items = client.iterate(made.endless)
            assert next(items) == 0
            items.close()
    assert made.closed.wait(10)


@pytest.mark.parametrize("is_async", [False, True])
def test_a_stream_that_is_closed_before_its_first_item_gives_its_connection_back(
    runtime: Runtime, made: SimpleNamespace, url: str, is_async: bool
) -> None:
    made.closed.clear()

    async def leave() -> None:
        async with bound(runtime("client.streams").AsyncStreamClient, made.api)(
            url, None, http=None, retries=0
        ) as client:
            client._raw = True
            raw = await client.iterate(made.endless)
            await raw.value.aclose()
            assert raw.response.is_closed
            assert not client._http._transport._pool.connections

    if is_async:
        asyncio.run(leave())
    else:
        with sending(runtime, made, url) as client:
            client.iterate(made.endless).close()
            assert not client._http._transport._pool.connections
    assert made.closed.wait(10)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: "


@pytest.mark.parametrize(
    ("name", "answer", "kind"),
    [
        ("plain", b"", "ConnectionFailed"),
        ("plain", HEAD + b"application/json\r\nContent-Length: 5\r\n\r\n1", "ConnectionFailed"),
        ("plain", HEAD + b"application/json\r\nContent-Length: 3\r\n\r\nabc", "ContractError"),
        ("plain", HEAD + b"text/html\r\nContent-Length: 1\r\n\r\n1", "ContractError"),
        ("plain", b"no HTTP at all\r\n\r\n", "ConnectionFailed"),
        ("lines", HEAD + b"application/jsonl\r\nContent-Length: 9\r\n\r\n1\n2", "ConnectionFailed"),
        ("lines", HEAD + b"application/jsonl\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n1\n\r\n", "ConnectionFailed"),
        ("lines", HEAD + b"application/jsonl\r\nContent-Length: 4\r\n\r\n1\nx\n", "ContractError"),
        ("lines", HEAD + b"text/plain\r\nContent-Length: 4\r\n\r\n1\n2\n", "ContractError"),
    ],
)
def test_broken_peers(runtime: Runtime, made: SimpleNamespace, name: str, answer: bytes, kind: str) -> None:
    with (
        peer(answer) as at,
        sending(runtime, made, at) as client,
        pytest.raises(runtime("exceptions").APIError) as caught,
    ):
        list(client.iterate(made.lines)) if name == "lines" else client.invoke(made.plain)
    assert type(caught.value).__name__ == kind
    assert caught.value.url == f"{at}/{name}"


def test_a_timeout_is_for_each_step_and_asyncio_bounds_the_whole(runtime: Runtime, made: SimpleNamespace) -> None:
    core, left = runtime("client.core"), threading.Event()

    def dribble(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(HEAD + b"application/json\r\nContent-Length: 1000\r\n\r\n")
            while not left.wait(0.05):
                connection.sendall(b" ")

    async def ask(at: str) -> float:
        began = time.monotonic()
        async with bound(core.AsyncBaseClient, made.api)(at, None, timeout=0.3, retries=0) as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.8):
                    await client.invoke(made.plain)
        left.set()
        return time.monotonic() - began

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=dribble, args=(listening,), daemon=True)
        thread.start()
        assert asyncio.run(ask(f"http://127.0.0.1:{listening.getsockname()[1]}")) > 0.7
        thread.join(10)


def test_nobody_there(runtime: Runtime, made: SimpleNamespace) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        at = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with sending(runtime, made, at) as client, pytest.raises(runtime("exceptions").ConnectionFailed):
        client.invoke(made.plain)


SECRET = "s%C3 +&=é/"  # percent, space and separators: whatever a location may mangle


@pytest.fixture(scope="module")
def secured(runtime: Runtime) -> SimpleNamespace:
    """Return an API whose operations ask for one scheme each, and one that asks for all at once."""
    wire, schemes, core = runtime("wire.contract"), runtime("wire.schemes"), runtime("server.core")
    known = {
        "basic": wire.SecurityScheme("basic", kind="basic", challenge='Basic realm="T"'),
        "bearer": wire.SecurityScheme("bearer", kind="bearer"),
        "oauth": wire.SecurityScheme("oauth", kind="oauth2"),
        "connect": wire.SecurityScheme("connect", kind="openIdConnect"),
        "digest": schemes.HttpScheme("digest", wire_name="Digest", challenge="Digest"),
        "header": schemes.KeyScheme("header", location="header", wire_name="X-Key", challenge="ApiKey"),
        "query": schemes.KeyScheme("query", location="query", wire_name="the key", challenge="ApiKey"),
        "cookie": schemes.KeyScheme("cookie", location="cookie", wire_name="sid", challenge="ApiKey"),
        "tls": schemes.TLSScheme("tls"),
    }
    together = ("basic", "header", "query", "cookie", "tls")

    def operation(name: str, *names: str) -> Any:
        return wire.Operation(
            name=f"all.{name}",
            operation_id=name,
            method="GET",
            path=f"/{name}",
            responses={"200": wire.Response(wire.Json(dict[str, str]))},
            security=({known[one]: () for one in names},),
        )

    operations = [operation(name, name) for name in known] + [operation("together", *together)]

    class All:
        def __init__(self, principal: Any) -> None:
            self.principal = principal

        async def _who(self) -> Any:
            return self.principal

    for one in operations:
        setattr(All, one.operation_id, All._who)

    def check(presented: Any) -> dict[str, str]:
        assert not any(SECRET in repr(credential) for credential in presented.credentials.values())
        return {
            name: str(getattr(one, "token", getattr(one, "password", getattr(one, "value", ""))))
            for name, one in presented.credentials.items()
        }

    api = wire.Api(package="p", title="T", version="1", operations=tuple(operations), schemes=tuple(known.values()))
    app = core.application(api, {"all": All}, check)
    return SimpleNamespace(api=api, app=app, operations={o.operation_id: o for o in operations})


@pytest.fixture(scope="module")
def secured_url(secured: SimpleNamespace) -> Iterator[str]:
    """Return where the secured API is served."""
    with serving(secured.app) as found:
        yield found


VALUES: dict[str, Any] = {
    "basic": ("us", f"p:{SECRET}"),
    "bearer": "token-~+/=",
    "oauth": "token-~+/=",
    "connect": "token-~+/=",
    "digest": 'username="x", nonce="y"',
    "header": "key é",
    "query": SECRET,
    "cookie": "k%y+é/=",
    "tls": None,
}


@pytest.mark.parametrize("name", [*VALUES, "together"])
def test_each_scheme_in_its_location(
    runtime: Runtime, secured: SimpleNamespace, secured_url: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with sending(runtime, secured, secured_url, VALUES) as client:
        found = client.invoke(secured.operations[name])
    expected = {one: VALUES[one] for one in found}
    assert found == {k: v[1] if isinstance(v, tuple) else v or "" for k, v in expected.items()}
    assert len(found) == (5 if name == "together" else 1)
    assert "receive_response_headers" in caplog.text  # httpcore2's logs are among these
    for value in (*found.values(), *map(quote, found.values())):
        assert not value or value not in caplog.text
    if name == "tls":  # nothing of it is in the request
        return
    with sending(runtime, secured, secured_url) as client, pytest.raises(runtime("exceptions").Unauthorized) as caught:
        client.invoke(secured.operations[name])
    challenge = caught.value.headers["www-authenticate"]
    named = {"digest": "Digest", "together": "Basic", "basic": "Basic"}
    expected_name = "ApiKey" if name in ("header", "query", "cookie") else named.get(name, "Bearer")
    assert challenge.split()[0] == expected_name


@pytest.mark.parametrize("name", ["header", "cookie", "bearer"])
def test_credentials_cannot_add_lines(runtime: Runtime, secured: SimpleNamespace, secured_url: str, name: str) -> None:
    wrong = {name: "a\r\nX-Other: b"}
    with sending(runtime, secured, secured_url, wrong) as client, pytest.raises(ValueError, match="character"):
        client.invoke(secured.operations[name])


def test_a_key_in_the_query_is_never_shown(
    runtime: Runtime, secured: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        at = f"http://127.0.0.1:{taken.getsockname()[1]}"
    caplog.set_level("DEBUG")
    with (
        sending(runtime, secured, at, {"query": "hidden-key"}) as client,
        pytest.raises(runtime("exceptions").ConnectionFailed) as caught,
    ):
        client.invoke(secured.operations["query"])
    assert "hidden-key" not in caplog.text
    cause = caught.value.__cause__
    assert isinstance(cause, httpx2.ConnectError)
    assert "hidden-key" not in f"{caught.value}{cause}{cause.request!r}{cause.request.url!r}"


def test_two_applications_nested_by_mount(runtime: Runtime, made: SimpleNamespace, secured: SimpleNamespace) -> None:
    core = runtime("server.core")
    inner = core.application(made.api, {})
    outer = core.application(secured.api, {})
    third = FastAPI()

    class Plain:
        def __init__(self, principal: None) -> None:
            pass

        async def plain(self) -> int:
            assert runtime("server.context").context().request.url.path == "/a/b c/plain"
            return 8

    served = core.application(made.api, {"all": lambda _: Plain(None)})
    outer.mount("/b c", served)
    outer.mount("/empty", inner)
    third.mount("/a", outer)
    with serving(third) as at:
        assert httpx2.get(f"{at}/a/b%20c/plain").json() == 8
        assert httpx2.get(f"{at}/a/empty/plain").status_code == 501
        assert httpx2.get(f"{at}/a/basic").status_code == 501
        assert httpx2.get(f"{at}/a/plain").status_code == 404
        assert httpx2.get(f"{at}/a/b%20c/basic").status_code == 404
        assert httpx2.get(f"{at}/a/b%20c/openapi.json").json() == {"openapi": "3.1.0"}
        with sending(runtime, made, f"{at}/a/b%20c/") as client:
            assert client.invoke(made.plain) == 8
