"""Requests that cost far more to read than to send: each is answered, and soon, by a generated application."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.hostile import running
from tests.hostile.test_generated import application, body, operation, tree
from tests.support.packages import build_tree, write

NAME = "hostile_floods"
LIMIT = 10 * 2**20 - 1_000  # bytes: just what a body may have
SECONDS = 3.0  # of processor time on a busy machine; without its bound each takes from 7 s to many minutes
FORM, PARTS, TEXT = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain; charset="
PART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\n'
FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'


def filled(unit: bytes, size: int = LIMIT) -> bytes:
    return (unit * (size // len(unit) + 1))[:size]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    document = tree()
    listed = {"type": "array", "items": {"type": "integer"}}
    form = {"type": "object", "properties": {"a": listed, "b": {"type": "integer"}}}
    parameters = [{"name": "ids", "in": "query", "schema": listed}]
    document["paths"] |= {
        "/text": {"post": operation("text", **body({"type": "string"}, "text/plain"))},
        "/list": {"get": operation("list", parameters=parameters)},
        "/numbers": {
            "post": operation("numbers", **body({"type": "object", "properties": {"a": {"type": "integer"}}}))
        },
        "/typed": {"post": operation("typed", **body(form, FORM))},
        "/texts": {"post": operation("texts", **body({"type": "array", "items": {"type": "string"}}))},
        "/closed": {"post": operation("closed", **body({"type": "object", "additionalProperties": False}))},
    }
    folder = tmp_path_factory.mktemp("floods")
    write(build_tree(folder, document, package=NAME, watch=True), folder)
    with running.package(NAME, folder) as modules:
        yield application(modules)


def ask(app: Any, method: str, path: str, data: bytes = b"", *headers: tuple[str, str]) -> tuple[int, int, float]:
    """Send a request past any HTTP server: status and size of the answer, seconds of processor time."""
    raw, _, query = path.partition("?")
    chunks = iter([data[at : at + 65_536] for at in range(0, max(len(data), 1), 65_536)])
    sent: list[Any] = []
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "server": ("h", 80),
    }
    scope |= {"path": raw, "raw_path": raw.encode(), "query_string": query.encode(), "root_path": ""}
    scope["headers"] = [(name.encode(), value.encode("latin-1")) for name, value in headers]

    async def receive() -> dict[str, Any]:
        chunk = next(chunks, None)
        return {"type": "http.request", "body": chunk or b"", "more_body": chunk is not None}

    async def send(message: Any) -> None:
        sent.append(message)

    begin = time.process_time()
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], sum(len(m.get("body", b"")) for m in sent), time.process_time() - begin


BODIES: dict[str, Callable[[], tuple[str, bytes, str, int]]] = {
    "a hundred thousand parts": lambda: ("/file", PART * 100_000 + b"--x--\r\n", PARTS, 400),
    "headers of a part": lambda: ("/file", b"--x\r\n" + filled(b"A: b\r\n"), PARTS, 400),
    "header of a part": lambda: ("/file", b"--x\r\nA: " + filled(b"b"), PARTS, 400),
    "nearly boundaries": lambda: ("/file", FILE + filled(b"\r\n--y", LIMIT - 200) + b"\r\n--x--\r\n", PARTS, 204),
    "carriage returns": lambda: ("/file", FILE + filled(b"\r", LIMIT - 200) + b"\r\n--x--\r\n", PARTS, 204),
    "a million fields of a form": lambda: ("/form", filled(b"k=v&"), FORM, 400),
    "a million names": lambda: ("/form", b"&".join(b"%x=" % n for n in range(1_300_000))[:LIMIT], FORM, 400),
    "a million wrong items": lambda: ("/typed", filled(b"a=x&"), FORM, 400),
    "brackets": lambda: ("/deep", filled(b"a[b]=v&"), FORM, 400),
    "digits in a form": lambda: ("/typed", b"b=" + filled(b"9"), FORM, 400),
    "punycode": lambda: ("/text", filled(b"a", 200_000) + b"-" + filled(b"z9", 400_000), TEXT + "punycode", 400),
    "idna": lambda: ("/text", filled(b"xn--a-", 300_000), TEXT + "idna", 400),
    "no codec of text": lambda: ("/text", b"a", TEXT + "undefined", 400),
    "exponent of a million digits": lambda: (
        "/numbers",
        b'{"a": 1e' + b"9" * 1_000_000 + b"}",
        "application/json",
        400,
    ),
    "ten million digits": lambda: ("/numbers", b'{"a": ' + filled(b"9") + b"}", "application/json", 400),
    "ten million decimals": lambda: ("/numbers", b'{"a": 1.' + filled(b"0") + b"}", "application/json", 204),
    "a million wrong items of a list": lambda: ("/texts", b"[" + b"0," * 1_000_000 + b"0]", "application/json", 400),
    "names that are not taken": lambda: (
        "/closed",
        b'{"a":0' + b"".join(b',"%x":0' % n for n in range(500_000)) + b"}",
        "application/json",
        400,
    ),
    "keys": lambda: ("/any", json.dumps(dict.fromkeys(map(str, range(700_000)), 0)).encode(), "application/json", 204),
    "parameters of a content type": lambda: ("/any", b"{}", "application/json" + ";a" * 100_000, 204),
}
"""Made when they are sent: all of them take 200 MB."""


@pytest.mark.parametrize("case", BODIES)
def test_a_body_is_answered_soon(app: Any, case: str) -> None:
    path, data, kind, expected = BODIES[case]()
    status, size, seconds = ask(app, "POST", path, data, ("content-type", kind))
    assert status == expected
    assert size < 10_000
    assert seconds < SECONDS


HEADS: dict[str, Callable[[], tuple[str, list[tuple[str, str]], int]]] = {
    "a million parameters": lambda: ("/list?" + "ids=1&" * 1_000_000, [], 400),
    "a million wrong ones": lambda: ("/list?" + "ids=x&" * 1_000_000, [], 400),
    "segments": lambda: ("/items" + "/a" * 10_000, [], 404),
    "cookies": lambda: ("/headers", [("cookie", "; ".join(f"a{n}=b" for n in range(100_000)))], 204),
    "accept": lambda: ("/items/a", [("accept", "a/b, " * 100_000)], 204),
    "repeated headers": lambda: ("/items/a", [("a", "b")] * 1_000_000, 204),
    "authorization": lambda: ("/secret", [("authorization", "Digest" + " " * 500_000)], 401),
}


@pytest.mark.parametrize("case", HEADS)
def test_a_head_is_answered_soon(app: Any, case: str) -> None:
    path, headers, expected = HEADS[case]()
    status, _, seconds = ask(app, "GET", path, b"", *headers)
    assert status == expected
    assert seconds < SECONDS


LENGTHS = {"9" * 5_000: 413, "1": 204, "-1": 204, "\xb2": 204, "2, 2": 204, str(2**40): 413}


@pytest.mark.parametrize("length", LENGTHS, ids=lambda text: ascii(text[:9]))
def test_a_length_that_lies_is_no_server_error(app: Any, length: str) -> None:
    headers = [("content-type", "application/json"), ("content-length", length)]
    assert ask(app, "POST", "/numbers", b"{}", *headers)[0] == LENGTHS[length]


def test_the_access_log_has_no_line_of_the_caller(app: Any, caplog: pytest.LogCaptureFixture) -> None:
    from importlib import import_module

    watch = import_module(f"{NAME}._runtime.server.watch").Watch(app)
    with caplog.at_level(logging.INFO):
        ask(watch, "GET", "/nowhere\r\nGET /evil 200\x1b[2J")
    assert len(caplog.messages) == 1
    assert caplog.messages[0].isprintable()


def test_a_body_that_comes_slowly_is_given_up(app: Any) -> None:
    from importlib import import_module

    watch = import_module(f"{NAME}._runtime.server.watch").Watch(app, max_seconds=0.1, access_log=False)
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "server": ("h", 80),
    }
    scope |= {"path": "/any", "raw_path": b"/any", "query_string": b"", "root_path": "", "headers": []}
    asyncio.run(watch(scope, receive, send))
    assert sent[0]["status"] == 503
