"""Streams as a client reads them: their end, what events say beside their data, calling again, leaving early."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from tests.support.clients import bound
from tests.support.packages import build_tree, dependent

Runtime = Callable[[str], Any]
HEADERS = {"content-type": "text/event-stream"}


class Body(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """Chunks of an answer; knows whether it was closed."""

    def __init__(self, *chunks: bytes | Exception) -> None:
        self.chunks, self.closed = chunks, False

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk

    async def __aiter__(self) -> Any:
        for chunk in self:
            yield chunk

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


@pytest.fixture(scope="module")
def made(runtime: Runtime) -> SimpleNamespace:
    wire, streaming = runtime("wire.contract"), runtime("wire.streaming")

    def api(media: Any, **more: Any) -> Any:
        responses = {"200": wire.Response(media, **more)}
        operation = wire.Operation(name="all.watch", operation_id="w", method="GET", path="/w", responses=responses)
        return wire.Api(package="p", title="T", version="1", operations=(operation,)), operation

    return SimpleNamespace(
        api=api,
        wire=wire,
        streaming=streaming,
        streams=runtime("client.streams"),
        exceptions=runtime("exceptions"),
        Header=runtime("wire.parameters").Header,
        Headers=runtime("wire.parameters").Headers,
    )


def watching(
    made: SimpleNamespace, media: Any, *bodies: Body | int | Exception, is_async: bool = False, **more: Any
) -> Any:
    """Give a group with a method `watch` that is answered with these bodies; the requests are in its `seen`."""
    api, operation = made.api(media, **more)
    left, seen = [*bodies], list[httpx2.Request]()

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        found = left.pop(0)
        if isinstance(found, Exception):
            raise found
        status = found if isinstance(found, int) else 200
        return httpx2.Response(status, stream=found if isinstance(found, Body) else None, headers=HEADERS)

    transport, prefix = httpx2.MockTransport(answer), "Async" if is_async else ""
    http: Any = httpx2.AsyncClient(transport=transport) if is_async else httpx2.Client(transport=transport)
    client = bound(getattr(made.streams, f"{prefix}StreamClient"), api)("http://h", http=http, retries=2)
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    client._pause = pause if is_async else waits.append
    group = getattr(made.streams, f"{prefix}StreamGroup")(client)

    def watch(self: Any) -> Any:
        return self._client.iterate(operation)

    group.__class__ = type("Watching", (type(group),), {"watch": watch})
    return SimpleNamespace(watch=group.watch, client=client, seen=seen, waits=waits)


def data(*items: str) -> Body:
    return Body("".join(f"data: {item}\n\n" for item in items).encode())


def test_done_ends_a_stream_whose_items_are_not_text(made: SimpleNamespace) -> None:
    stream = made.streaming.EventStream
    cases: list[tuple[Any, list[str], list[Any]]] = [
        (stream(dict[str, int]), ['{"a": 1}', "[DONE]", "{"], [{"a": 1}]),
        (stream(list[str]), ['["a"]', "[DONE]", "{"], [["a"]]),
        (stream(Any), ['"a"', "[DONE]", "1"], ["a"]),
        (stream(str), ["a", "[DONE]", "", "b"], ["a", "[DONE]", "", "b"]),
        (stream(int | str), ["1", "[DONE]"], [1, "[DONE]"]),
        (stream(str, last="[DONE]"), ["a", "[DONE]", "b"], ["a"]),
        (stream(dict[str, int], last="end"), ['{"a": 1}', "end", "b"], [{"a": 1}]),
    ]
    for media, items, wanted in cases:
        body = data(*items)
        assert [*watching(made, media, body).watch()] == wanted
        assert body.closed
    whole = made.streaming.EventStream(dict[str, dict[str, int]], whole=True)
    assert [*watching(made, whole, data('{"a": 1}', "[DONE]", "b")).watch()] == [{"data": {"a": 1}}]
    with pytest.raises(made.exceptions.ContractError):
        [*watching(made, stream(dict[str, int]), data("[DONE"), Body()).watch()]


def test_the_setting_names_another_end(tmp_path: Path) -> None:
    answer = {"description": "", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
    tree = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}}
    tree["paths"] = {"/w": {"get": {"operationId": "w", "responses": {"200": answer}}}}
    texts = [
        dependent(build_tree(tmp_path, tree, layout="single", **options))["contract.py"]
        for options in ({"stream_end": "END"}, {})
    ]
    assert 'EventStream(str, last="END")' in texts[0]
    assert "EventStream(str)" in texts[1]


SAID = b": hello\nretry: 10\n\nid: 1\nevent: add\ndata: 1\n\ndata: 2\n\nid\nretry: 20\ndata: 3\n\n"


@pytest.mark.parametrize("retry", [0, 3000, 3000.0, 10**19 - 1])
def test_the_time_of_an_event_is_read_back(made: SimpleNamespace, retry: float) -> None:
    stream = made.streaming.EventStream(dict[str, Any], whole=True)
    frame = stream.frame({"data": "x", "retry": retry})
    assert [*stream.parser().feed(frame)] == [{"data": "x", "retry": retry}]


@pytest.mark.parametrize("retry", [0.5, -1, 10**19, 1e25, "3000", True, [1]])
def test_a_time_that_readers_pass_over_is_refused(made: SimpleNamespace, retry: Any) -> None:
    stream = made.streaming.EventStream(dict[str, Any], whole=True)
    with pytest.raises(made.wire.EncodeError, match="retry is a whole number"):
        stream.frame({"data": "x", "retry": retry})


def test_events_say_their_id_name_and_time(made: SimpleNamespace) -> None:
    event = made.streaming.Event
    wanted = [event(1, "add", "1"), event(2, "message", "1"), event(3, "message", "", 20)]
    watched = watching(made, made.streaming.EventStream(int), Body(SAID), Body(SAID))
    assert [*watched.client.read_events(watched.watch)] == wanted
    assert [*watched.watch()] == [1, 2, 3]

    async def main() -> list[Any]:
        watched = watching(made, made.streaming.EventStream(int), Body(SAID), is_async=True)
        return [one async for one in watched.client.read_events(watched.watch)]

    assert asyncio.run(main()) == wanted
    lines = watching(made, made.streaming.JsonLines(int, "text/event-stream"), Body(b"1\n"))
    with pytest.raises(TypeError, match=r"all\.watch gives no events"):
        lines.client.read_events(lines.watch)


BROKEN: list[Any] = [
    Body(b"retry: 10\nid: 1\ndata: 1\n\n", httpx2.ReadError("cut")),
    httpx2.ConnectError("gone"),
    Body(b"data: 2\n\nid: 3\n\n"),
    Body(b"data: 4\n\ndata: [DONE]\n\n"),
]


def test_a_stream_is_asked_for_again_from_its_last_event(made: SimpleNamespace) -> None:
    media, bodies = made.streaming.EventStream(int), [*BROKEN[:1], httpx2.ReadError("x"), *BROKEN[2:]]
    watched = watching(made, media, *bodies)
    watched.client._retries = 1
    found = [(one.data, one.id) for one in watched.client.follow_events(watched.watch)]
    assert found == [(1, "1"), (2, "1"), (4, "3")]
    assert [one.headers.get("last-event-id") for one in watched.seen] == [None, "1", "1", "3"]

    async def main() -> list[Any]:
        bodies = [Body(*one.chunks) if isinstance(one, Body) else one for one in BROKEN]
        watched = watching(made, media, *bodies, is_async=True)
        found = [(one.data, one.id) async for one in watched.client.follow_events(watched.watch)]
        assert all(body.closed for body in bodies if isinstance(body, Body))
        return found

    assert asyncio.run(main()) == found


def test_following_ends_with_an_error_or_with_the_caller(made: SimpleNamespace) -> None:
    media = made.streaming.EventStream(int)
    watched = watching(made, media, data("1"), 404)
    with pytest.raises(made.exceptions.NotFound):
        [*watched.client.follow_events(watched.watch)]
    assert watched.waits == [3.0]
    watched = watching(made, media, *(Body(httpx2.ReadError("x")) for _ in range(9)))
    with pytest.raises(made.exceptions.ConnectionFailed):
        [*watched.client.follow_events(watched.watch)]
    assert (len(watched.seen), watched.waits) == (3, [6.0, 12.0])
    body = data("1", "2")
    watched = watching(made, media, body)
    for _ in watched.client.follow_events(watched.watch):
        break
    gc.collect()
    assert body.closed


@pytest.mark.parametrize("ask", ["watch", "read", "follow"])
def test_who_leaves_early_leaves_nothing_open(made: SimpleNamespace, ask: str) -> None:
    def asked(watched: Any) -> Any:
        client = watched.client
        calls = {"watch": watched.watch, "read": lambda: client.read_events(watched.watch)}
        return {**calls, "follow": lambda: client.follow_events(watched.watch)}[ask]()

    def watched(**options: Any) -> tuple[Body, Any]:
        body = data("1", "2")
        return body, watching(made, made.streaming.EventStream(int), body, **options)

    body, found = watched()
    items = asked(found)
    next(items)
    items.close()
    assert body.closed

    async def main() -> None:
        body, found = watched(is_async=True)
        async for _ in asked(found):
            break
        gc.collect()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert body.closed
        body, found = watched(is_async=True)
        unread = asked(found)  # never asked for an item: nothing is sent, and nothing is said of it
        del unread
        gc.collect()
        assert found.seen == []
        with contextlib.suppress(ZeroDivisionError):
            async for _ in asked(found):
                raise ZeroDivisionError
        gc.collect()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert body.closed

    asyncio.run(main())


def test_a_header_that_does_not_fit_closes_the_stream(made: SimpleNamespace) -> None:
    headers = made.Headers(made.Header("X-Count", int, required=True))
    body = data("1")
    watched = watching(made, made.streaming.EventStream(int), body, headers=headers)
    with pytest.raises(made.exceptions.ContractError):
        watched.client.raw(watched.watch)
    assert body.closed


def test_data_of_an_event_is_one_text_by_itself(made: SimpleNamespace) -> None:
    """`{"n": 1},"event":"admin"` set the event."""
    whole = made.streaming.EventStream(dict[str, Any], whole=True)
    assert whole.read_event({"event": "tick", "data": '{"n": 1}'}) == {"event": "tick", "data": '{"n": 1}'}
    only = made.streaming.EventStream(dict[str, dict[str, int]], whole=True)
    with pytest.raises(made.exceptions.DecodeError):
        only.read_event({"data": '{"n": 1},"event":{"n":2}'})
