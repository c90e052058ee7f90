"""How streams are sent: when the head goes out, what is sent meanwhile, how they end."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import anyio
import httpx2
import pytest
from starlette.middleware import Middleware

from tests.runtime.test_sockets import serving

Runtime = Callable[[str], Any]


@pytest.fixture(scope="module")
def made(runtime: Runtime) -> SimpleNamespace:
    """Return an API with a stream of each kind, and what serves it."""
    wire, streaming, core = runtime("wire.contract"), runtime("wire.streaming"), runtime("server.core")
    parameters = runtime("wire.parameters")
    named = parameters.Headers(parameters.Header("X-Name", str, required=True))

    def operation(name: str, media: Any, headers: Any = None) -> Any:
        responses = {"200": wire.Response(media, headers=headers), "404": wire.Response(wire.Json(str))}
        return wire.Operation(name=f"all.{name}", operation_id=name, method="GET", path=f"/{name}", responses=responses)

    operations = (
        operation("events", streaming.EventStream(int)),
        operation("lines", streaming.JsonLines(int)),
        operation("download", streaming.Download()),
        operation("named", streaming.Download(), named),
    )
    api = wire.Api(package="p", title="T", version="1", operations=operations)
    logger = f"{core.PACKAGE}.server"

    def app(method: Callable[[], Any], head_after: float = 0.1, **options: Any) -> Any:
        service = type("All", (), {one.operation_id: staticmethod(method) for one in operations})
        streams = runtime("server.streams").Streams
        factory = options.pop("factory", lambda _: service())
        return core.application(api, {"all": factory}, streams=streams, head_after=head_after, **options)

    return SimpleNamespace(
        app=app, logger=logger, context=runtime("server.context").context, exceptions=runtime("exceptions")
    )


def _later(seconds: float, *items: Any) -> Callable[[], AsyncIterator[Any]]:
    async def method() -> AsyncIterator[Any]:
        await asyncio.sleep(seconds)
        for item in items:
            yield item

    return method


@pytest.mark.parametrize("path", ["/events", "/lines"])
def test_the_head_does_not_wait_long_for_the_first_item(made: SimpleNamespace, path: str) -> None:
    with serving(made.app(_later(1.5, 1))) as at:
        began = time.monotonic()
        with httpx2.stream("GET", at + path) as answer:
            assert time.monotonic() - began < 1
            assert answer.status_code == 200
            assert b"1" in answer.read()


def test_how_long_the_head_waits_is_an_option(made: SimpleNamespace) -> None:
    with serving(made.app(_later(1.5, 1), head_after=0.6)) as at:
        began = time.monotonic()
        with httpx2.stream("GET", f"{at}/events"):
            assert 0.55 < time.monotonic() - began < 1.4


def test_a_download_waits_for_its_first_chunk(made: SimpleNamespace) -> None:
    async def method() -> AsyncIterator[bytes]:
        await asyncio.sleep(0.3)
        if made.logger:
            raise made.exceptions.NotFound("none")
        yield b""

    with serving(made.app(method)) as at:
        answer = httpx2.get(f"{at}/download")
    assert (answer.status_code, answer.json()) == (404, "none")


@pytest.mark.parametrize("path", ["/events", "/lines", "/download"])
@pytest.mark.parametrize("is_async", [True, False])
def test_early_errors_keep_their_status(made: SimpleNamespace, path: str, is_async: bool) -> None:
    async def waited() -> AsyncIterator[int]:
        if made.logger:
            raise made.exceptions.NotFound("none")
        yield 1

    def blocking() -> Iterator[int]:
        if made.logger:
            raise made.exceptions.NotFound("none")
        yield 1

    with serving(made.app(waited if is_async else blocking)) as at:
        answer = httpx2.get(at + path)
    assert (answer.status_code, answer.json()) == (404, "none")


def test_the_first_item_must_fit(made: SimpleNamespace) -> None:
    with serving(made.app(_later(0, "no number"))) as at:
        assert [httpx2.get(f"{at}/{name}").status_code for name in ("events", "lines")] == [500, 500]


def test_what_tells_proxies_to_pass_events_on(made: SimpleNamespace) -> None:
    def method() -> Iterator[Any]:
        yield 1

    with serving(made.app(method)) as at:
        heads = {name: httpx2.get(f"{at}/{name}").headers for name in ("events", "lines")}
    assert [heads["events"].get(name) for name in ("cache-control", "x-accel-buffering")] == ["no-cache", "no"]
    assert [heads["lines"].get(name) for name in ("cache-control", "x-accel-buffering")] == [None, "no"]


def test_a_header_of_the_services_replaces_ours(made: SimpleNamespace) -> None:
    async def method() -> AsyncIterator[int]:
        made.context().headers.update({"Cache-Control": "private", "Content-Type": "text/event-stream;charset=utf-8"})
        yield 1

    with serving(made.app(method)) as at:
        head = httpx2.get(f"{at}/events").headers
    assert head.get_list("cache-control") == ["private"]
    assert head.get_list("content-type") == ["text/event-stream;charset=utf-8"]


@pytest.mark.parametrize("is_async", [True, False])
def test_context_and_headers_inside(made: SimpleNamespace, is_async: bool) -> None:
    def name() -> bytes:
        return str(made.context().operation.operation_id).encode()

    async def waited() -> AsyncIterator[bytes]:
        made.context().headers["x-name"] = "set inside"
        for _ in range(3):
            yield name()

    def blocking() -> Iterator[bytes]:
        made.context().headers["x-name"] = "set inside"
        for _ in range(3):
            yield name()

    with serving(made.app(waited if is_async else blocking)) as at:
        answer = httpx2.get(f"{at}/named")
    assert (answer.headers["x-name"], answer.content) == ("set inside", b"named" * 3)


def test_what_is_set_after_the_head_is_an_error_in_the_log(
    made: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    async def method() -> AsyncIterator[int]:
        yield 1
        made.context().headers["X-Late"] = "1"
        yield 2

    with serving(made.app(method)) as at:
        assert b"2" in httpx2.get(f"{at}/lines").content
    assert "GET /lines set a status or headers after they were sent" in caplog.text


def test_what_is_raised_after_the_head_is_an_error_in_the_log(
    made: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    async def method() -> AsyncIterator[int]:
        yield 1
        await asyncio.sleep(0.05)
        raise made.exceptions.NotFound("too late")

    with serving(made.app(method)) as at, pytest.raises(httpx2.RemoteProtocolError):
        httpx2.get(f"{at}/events")
    [record] = [one for one in caplog.records if one.name == made.logger]
    assert record.getMessage() == "GET /events broke off"
    assert record.levelno == logging.ERROR
    assert "too late" in caplog.text


def test_events_that_pause_are_kept_alive(
    made: SimpleNamespace, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert runtime("server.streams").PING == 15
    monkeypatch.setattr(runtime("server.streams"), "PING", 0.05)
    with serving(made.app(_later(0.4, 1), head_after=0.01)) as at:
        events, lines = httpx2.get(f"{at}/events").text, httpx2.get(f"{at}/lines").text
    assert events.startswith(": ping\n\n: ping\n\n")
    assert events.endswith("data: 1\n\n")
    assert lines == "1\n"


@pytest.mark.parametrize("is_async", [True, False])
@pytest.mark.parametrize("begun", [True, False])
def test_a_generator_is_closed_when_the_client_leaves(made: SimpleNamespace, is_async: bool, begun: bool) -> None:
    closed, left = threading.Event(), threading.Event()

    async def waited() -> AsyncIterator[int]:
        try:
            yield 1
            await asyncio.sleep(60)
        finally:
            closed.set()

    def blocking() -> Iterator[int]:
        try:
            yield 1
            while not left.wait(0.02):
                pass
            yield 2
        finally:
            closed.set()

    with serving(made.app(waited if is_async else blocking)) as at:
        with httpx2.stream("GET", f"{at}/events") as answer:
            if begun:
                next(answer.iter_raw())
        left.set()
        assert closed.wait(3)


@pytest.mark.parametrize("shielded", [True, False])
def test_an_await_in_the_clean_up_is_cancelled_unless_a_shield_is_around_it(
    made: SimpleNamespace, shielded: bool
) -> None:
    begun, ended = threading.Event(), threading.Event()

    async def method() -> AsyncIterator[int]:
        try:
            yield 1
            await asyncio.sleep(60)
        finally:
            begun.set()
            with anyio.CancelScope(shield=shielded):
                await anyio.sleep(0.05)
                ended.set()

    with serving(made.app(method)) as at:
        with httpx2.stream("GET", f"{at}/events") as answer:
            next(answer.iter_raw())
        assert begun.wait(3)
        assert ended.wait(3 if shielded else 0.3) == shielded


def test_a_factorys_context_lasts_as_long_as_the_stream(made: SimpleNamespace) -> None:
    log: list[str] = []

    @asynccontextmanager
    async def factory(_: Any) -> AsyncIterator[Any]:
        log.append("open")
        try:
            yield SimpleNamespace(events=method)
        finally:
            log.append("close")

    async def method() -> AsyncIterator[int]:
        yield 1
        log.append("item")
        yield 2

    with serving(made.app(method, factory=factory)) as at:
        assert httpx2.get(f"{at}/events").text == "data: 1\n\ndata: 2\n\n"
    assert log == ["open", "item", "close"]


def test_limits_in_time_end_no_healthy_stream(made: SimpleNamespace, runtime: Runtime) -> None:
    watch = Middleware(runtime("server.watch").Watch, max_seconds=0.4)
    with serving(made.app(_later(1, 1), middleware=[watch])) as at:
        answers = [httpx2.get(f"{at}/{name}") for name in ("events", "lines", "download")]
    assert [(one.status_code, one.text) for one in answers[:2]] == [(200, "data: 1\n\n"), (200, "1\n")]
    assert answers[2].status_code == 503


def test_an_iterable_is_a_stream_too(made: SimpleNamespace) -> None:
    with serving(made.app(lambda: [1, 2])) as at:
        assert httpx2.get(f"{at}/lines").text == "1\n2\n"
