"""A generated client holds against hostile servers: each answer ends in a value or in an error of the package, and soon."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import re
import socket
import threading
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from typing import Any

import pytest

from tests.hostile import running
from tests.hostile.test_generated import operation
from tests.support.folders import ROOT
from tests.support.packages import build_tree, write

NAME = "hostile_client"
SECONDS = 4.0


def answers(kind: str, schema: Any) -> dict[str, Any]:
    return {"200": {"description": "", "content": {kind: {"schema": schema}}}}


def tree() -> dict[str, Any]:
    item = {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/Item"}, "b": {}}}
    listed = {"type": "array", "items": {"$ref": "#/components/schemas/Item"}}
    kinds = {
        "json": answers("application/json", listed),
        "text": answers("text/plain", {"type": "string"}),
        "lines": answers("application/jsonl", {"$ref": "#/components/schemas/Item"}),
        "events": answers("text/event-stream", {"type": "string"}),
        "parts": {"200": {"description": "", "content": {"multipart/mixed": {"itemSchema": item}}}},
    }
    return {
        "openapi": "3.2.0",
        "info": {"title": "Hostile", "version": "1"},
        "paths": {f"/{name}": {"get": {**operation(name), "responses": one}} for name, one in kinds.items()},
        "components": {"schemas": {"Item": item}},
    }


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("client")
    write(build_tree(folder, tree(), package=NAME), folder)
    with running.package(NAME, folder) as found:
        yield found


class Server:
    """Says the same bytes to everybody, whatever was asked."""

    def __init__(self, data: bytes, *, endless: bytes = b"") -> None:
        self.data, self.endless, self.asked = data, endless, 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            self.asked += 1
            with peer:
                try:
                    peer.recv(65_536)
                    peer.sendall(self.data)
                    while self.endless:
                        peer.sendall(self.endless)
                except OSError:
                    continue

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.endless = b""
        self.socket.close()


def head(kind: str, *more: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", f"content-type: {kind}", "connection: close", *more, "", ""]).encode()


JSON, PARTS = "application/json", "multipart/mixed; boundary=B"
ANSWERS: dict[str, tuple[str, bytes]] = {
    "deep": ("json", head(JSON) + b"[" * 500_000),
    "deep objects": ("json", head(JSON) + b'[{"a":' * 1 + b'{"a":' * 100_000),
    "digits": ("json", head(JSON) + b'[{"b": ' + b"9" * 5_000_000 + b"}]"),
    "exponent": ("json", head(JSON) + b'[{"b": 1e999999999}]'),
    "not utf-8": ("json", head(JSON) + b'["\xff"]'),
    "surrogate": ("json", head(JSON) + b'[{"b": "\\ud800"}]'),
    "many wrong items": ("json", head(JSON) + b"[" + b"1," * 100_000 + b"1]"),
    "another type": ("json", head("text/html") + b"<script>"),
    "no type": ("json", b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nx"),
    "type with controls": ("json", head("application/json\x01") + b"[]"),
    "codec": ("text", head("text/plain; charset=punycode") + b"a" * 200_000 + b"-" + b"z9" * 200_000),
    "idna": ("text", head("text/plain; charset=idna") + b"xn--a-" * 1000),
    "undefined": ("text", head("text/plain; charset=undefined") + b"a"),
    "broken gzip": ("json", head(JSON, "content-encoding: gzip") + b"no gzip"),
    "gzip of gzip": ("json", head(JSON, "content-encoding: gzip, gzip, gzip") + gzip.compress(b"[]")),
    "unknown encoding": ("json", head(JSON, "content-encoding: x-evil") + b"[]"),
    "header flood": ("json", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 500_000 + b"\r\n"),
    "long header": ("json", b"HTTP/1.1 200 OK\r\na: " + b"b" * 5_000_000 + b"\r\n\r\n"),
    "no HTTP": ("json", b"SSH-2.0-OpenSSH\r\n" * 100),
    "nothing": ("json", b""),
    "status 99": ("json", b"HTTP/1.1 99 X\r\n\r\n"),
    "status 999": ("json", b"HTTP/1.1 999 X\r\nconnection: close\r\n\r\nx"),
    "status 204": ("json", b"HTTP/1.1 204 X\r\nconnection: close\r\n\r\n"),
    "too short": ("json", head(JSON, "content-length: 100") + b"[]"),
    "two lengths": ("json", head(JSON, "content-length: 1", "content-length: 2") + b"[]"),
    "bad chunk": ("json", head(JSON, "transfer-encoding: chunked") + b"zz\r\n[]\r\n"),
    "huge chunk": ("json", head(JSON, "transfer-encoding: chunked") + b"f" * 40 + b"\r\n[]\r\n"),
    "redirect": ("json", head(JSON, "location: http://127.0.0.1:9/", status="302 Found")),
    "redirect to itself": ("json", head(JSON, "location: /json", status="307 Again")),
    "error of another shape": ("json", head("text/html", status="500 X") + b"<b>" * 1_000_000),
    "lines that are none": ("lines", head("application/jsonl") + b"{}\nx\n"),
    "one long line": ("lines", head("application/jsonl") + b"x" * (17 * 2**20)),
    "one long event": ("events", head("text/event-stream") + b"data: " + b"x" * (17 * 2**20)),
    "an event of many lines": ("events", head("text/event-stream") + b"data: x\n" * (3 * 2**20)),
    "one long part": ("parts", head(PARTS) + b"--B\r\n\r\n" + b"x" * (17 * 2**20)),
    "a part that is nearly its end": ("parts", head(PARTS) + b"--B\r\n\r\n" + b"\r\n--" * (5 * 2**20)),
    "a head of many lines": ("parts", head(PARTS) + b"--B\r\n" + b"a: b\r\n" * 2**20),
    "a line that is no boundary": ("parts", head(PARTS) + b"--B" + b" " * 2**20),
    "many parts that are none": ("parts", head(PARTS) + b"--B\r\n\r\n\r\n" * 2**20),
    "many parts without an end": ("parts", head(PARTS) + b"--B\r\n\r\n{}\r\n" * 100_000),
    "long before its parts": ("parts", head(PARTS) + b"\r\n--A" * (3 * 2**20)),
    "parameters without an end": ("parts", head("multipart/mixed" + ';a="\\"' * 10_000) + b"--B--"),
    "retry of many digits": ("events", head("text/event-stream") + b"retry: " + b"9" * 5_000 + b"\n\n"),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_an_answer_ends_in_a_value_or_an_error_of_ours_and_soon(modules: dict[str, Any], case: str) -> None:
    name, data = ANSWERS[case]
    begin = time.process_time()
    with Server(data) as server, modules["client"].Client(server.url, retries=0) as caller:
        try:
            found = getattr(caller.g, name)()
            if name in ("lines", "events", "parts"):
                for _ in found:
                    pass
        except modules["errors"].APIError as error:
            said = str(error)
            if not 0 < len(said) < 20_000_000:
                pytest.fail("it says too much, or nothing")
        assert server.asked == 1
    assert time.process_time() - begin < SECONDS


@pytest.mark.parametrize("name", ["lines", "events"])
def test_an_endless_item_is_given_up(modules: dict[str, Any], name: str) -> None:
    """A bound in size holds where bytes come one by one, and where there is never an end."""
    kind = {"lines": "application/jsonl", "events": "text/event-stream"}[name]
    endless = {"lines": b"x" * 65_536, "events": b"data: x\n" * 8_192}[name]
    refused = pytest.raises(modules["errors"].ContractError, match="more than")
    with Server(head(kind), endless=endless) as server, modules["client"].Client(server.url) as caller, refused:
        list(getattr(caller.g, name)())


class Pulled:
    """An answer without end that knows how many bytes were asked for."""

    def __init__(self, data: bytes) -> None:
        self.data, self.size, self.closed = data, 0, False

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.size += len(self.data)
            yield self.data

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for one in self:
            yield one

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


TOO_LONG = {
    "answer": (200, [("content-type", "application/json")], b" " * 65_536),
    "error": (500, [("content-type", "text/html")], b" " * 65_536),
    "redirect": (307, [("location", "/json")], b" " * 65_536),
    "packed": (200, [("content-type", "application/json"), ("content-encoding", "gzip")], b""),
}


@pytest.mark.parametrize("is_async", [False, True], ids=["blocking", "async"])
@pytest.mark.parametrize("most", [2**20, 2**21])
@pytest.mark.parametrize("case", TOO_LONG)
def test_an_answer_that_is_too_long_is_given_up(modules: dict[str, Any], case: str, most: int, is_async: bool) -> None:
    """Counted in the bytes that are asked for; what is packed is a thousand times as large."""
    import httpx2

    status, headers, data = TOO_LONG[case]
    pulled = Pulled(data or zlib.compress(b" " * 2**26, wbits=31))
    kind: Any = type("Stream", (Pulled, httpx2.AsyncByteStream if is_async else httpx2.SyncByteStream), {})
    pulled.__class__ = kind
    asked: list[Any] = []

    def answer(request: Any) -> Any:
        asked.append(request)
        return httpx2.Response(status, headers=headers, stream=pulled)  # type: ignore[arg-type]

    transport, refused = httpx2.MockTransport(answer), modules["errors"].ContractError
    message = f"the answer has more than {most} bytes"

    async def call() -> None:
        http = httpx2.AsyncClient(transport=transport, follow_redirects=True)
        async with modules["client"].AsyncClient("http://h", http=http, max_answer=most) as caller:
            await caller.g.json()

    def blocking() -> None:
        http = httpx2.Client(transport=transport, follow_redirects=True)
        with modules["client"].Client("http://h", http=http, max_answer=most) as caller:
            caller.g.json()

    with pytest.raises(refused, match=message) as found:
        asyncio.run(call()) if is_async else blocking()
    assert str(found.value).startswith("GET http://h/json")
    assert len(asked) == 1
    assert pulled.closed
    assert pulled.size <= most + 65_536


def test_an_answer_of_just_the_bound_is_read(modules: dict[str, Any]) -> None:
    import httpx2

    body = b"[" + b" " * 998 + b"]"
    http = httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(200, content=body)))
    caller = modules["client"].Client("http://h", http=http, max_answer=1_000)
    assert caller.g.json() == []
    assert caller.raw(caller.g.json).response.content == body
    assert caller.request("GET", "/other").content == body


@pytest.mark.parametrize("name", ["lines", "events"])
def test_an_item_in_pieces_of_one_byte_takes_linear_time(modules: dict[str, Any], name: str) -> None:
    streaming = import_module(f"{NAME}._runtime.wire.streaming")
    media = {"lines": streaming.JsonLines(str), "events": streaming.EventStream(str)}[name]
    data = b'"' + b"x" * 1_000_000 + b'"\n' if name == "lines" else b"data: " + b"x" * 1_000_000 + b"\n\n"
    parser, items = media.parser(), []
    begin = time.process_time()
    for at in range(len(data)):
        items += parser.feed(data[at : at + 1])
    assert [len(one) for one in items] == [1_000_000]
    assert time.process_time() - begin < SECONDS * 2


PIECES = [
    "data",
    ":",
    " ",
    "x",
    "é",
    "漢",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "event: a",
    "id: 1",
    "retry: 5",
    "\ufeff",
    "\0",
    "{}",
]


@pytest.mark.parametrize("name", ["lines", "events"])
def test_items_do_not_depend_on_how_they_are_cut(modules: dict[str, Any], name: str) -> None:
    streaming = import_module(f"{NAME}._runtime.wire.streaming")
    media = {"lines": streaming.JsonLines(int), "events": streaming.EventStream(dict[str, Any], whole=True)}[name]
    rng = random.Random(7)  # noqa: S311 - test data
    seen = 0
    for _ in range(600):
        if name == "lines":
            text = "".join(rng.choice(["1", "22", "\n", "\r\n", " \n"]) for _ in range(12)).encode()
        else:
            text = ("".join(rng.choice(PIECES) for _ in range(20)) + "\ndata: end\n\n").encode()
        found = []
        for size in (len(text), 1, 2, rng.randrange(1, 9)):
            parser = media.parser()
            items = [one for at in range(0, len(text), size) for one in parser.feed(text[at : at + size])]
            found.append(json.dumps([*items, *parser.end()], sort_keys=True))
        assert len(set(found)) == 1, text
        seen += found[0] != "[]"
    assert seen > 500


AFTER = [
    "0",
    "5",
    "1e308",
    "9" * 400,
    "-1",
    "inf",
    "nan",
    "Infinity",
    "٣",
    "²",
    "",
    " ",
    "1;2",
    "1, 1",
    "\x80",
    "x" * 10_000,
]
AFTER += ["Wed, 21 Oct 99999 07:28:00 GMT", "Wed, 21 Oct 0000 07:28:00 -0000", "Wed, 00 Foo 1 99:99:99 +9999", "1 Jan"]
AFTER += [
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Fri, 31 Dec 9999 23:59:59 -2359",
    "Sat, 1 Jan 0001 00:00:00 +2359",
    "Mon, 1 Jan 1 0:0:0",
]


@pytest.mark.parametrize("after", AFTER, ids=lambda text: ascii(text[:30]))
def test_a_server_does_not_choose_how_long_a_client_waits(modules: dict[str, Any], after: str) -> None:
    import httpx2

    waits: list[float] = []

    def answer(_: Any) -> Any:
        return httpx2.Response(503, headers=[(b"retry-after", after.encode("utf-8"))])

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    caller = modules["client"].Client("http://h", http=http, retries=2)
    type(caller)._pause, before = staticmethod(waits.append), type(caller)._pause
    try:
        with pytest.raises(modules["errors"].ServiceUnavailable):
            caller.g.json()
    finally:
        type(caller)._pause = staticmethod(before)
    assert sum(waits) <= 60
    assert all(one >= 0 for one in waits)


@pytest.mark.parametrize("case", ["endless", "packed", "right"])
def test_the_guide_says_how_answers_are_bounded(modules: dict[str, Any], case: str) -> None:
    import httpx2

    page = (ROOT / "docs" / "client.md").read_text(encoding="utf-8")
    [block] = [one for one in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "class Bounded" in one]
    names: dict[str, Any] = {"httpx2": httpx2}
    exec(block.partition("\n\n\nwith ")[0], names)  # our own page
    bomb = gzip.compress(b" " * 50_000_000)
    data, endless = {
        "endless": (head(JSON), b" " * 65_536),
        "packed": (head(JSON, "content-encoding: gzip", f"content-length: {len(bomb)}") + bomb, b""),
        "right": (head(JSON) + b"[]", b""),
    }[case]
    http = httpx2.Client(transport=names["Bounded"]())
    with Server(data, endless=endless) as server, modules["client"].Client(server.url, http=http, retries=0) as caller:
        if case == "right":
            assert caller.g.json() == []
            return
        with pytest.raises(modules["errors"].ConnectionFailed, match=r"too long|packed"):
            caller.g.json()
