"""Files of 64 MiB go out and come in without being held: each way costs less than 16 MiB of memory."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import io
import resource
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from tests.support.packages import build_tree, imported

SIZE, MOST = 64 * 2**20, 16 * 2**20
FILE = {"type": "string", "format": "binary"}
RAW = {"content": {"application/octet-stream": {"schema": FILE}}}
FORM = {"type": "object", "required": ["f"], "properties": {"f": FILE}}
DONE = {"204": {"description": ""}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {
        "/raw": {
            "put": {"operationId": "put", "requestBody": {"required": True, **RAW}, "responses": DONE},
            "get": {"operationId": "get", "responses": {"200": {"description": "", **RAW}}},
        },
        "/form": {
            "post": {
                "operationId": "form",
                "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": FORM}}},
                "responses": DONE,
            }
        },
    },
}


@contextlib.contextmanager
def peer() -> Iterator[str]:
    """Take whatever is sent, or give SIZE bytes to a GET; each connection serves one request."""
    listening = socket.create_server(("127.0.0.1", 0))

    def handle(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            data = b""
            while b"\r\n\r\n" not in data:
                data += connection.recv(65536)
            if data.startswith(b"GET"):
                head = f"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {SIZE}\r\n\r\n"
                connection.sendall(head.encode())
                for _ in range(SIZE // 2**16):
                    connection.sendall(bytes(2**16))
                return
            end = data[-7:]
            length = next(
                (int(line[15:]) for line in data.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
            )
            left = length - len(data.partition(b"\r\n\r\n")[2])
            while (left > 0 if length else not end.endswith(b"\r\n0\r\n\r\n")) and (got := connection.recv(2**18)):
                left, end = left - len(got), (end + got)[-7:]
            connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    def run() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=handle, args=(listening.accept()[0],), daemon=True).start()

    threading.Thread(target=run, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(2**16):
            yield chunk


def _body(what: str, source: str, path: Path) -> Any:
    content: Any = path
    if source != "path":
        content = path.open("rb") if source == "file" else _chunks(path)
    if what == "put":
        return content
    package, models = importlib.import_module("in_memory"), importlib.import_module("in_memory.models")
    kind: Any = next(one for name in dir(models) if "f" in getattr(one := getattr(models, name), "model_fields", {}))
    return kind(f=package.File(content, "big"))


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def grown(url: str, what: str, source: str, path: Path, small: Path) -> int:
    """Give by how many bytes a call raises the most memory that this process ever had, after one like it."""
    made = importlib.import_module("in_memory.client")

    async def later() -> int:
        before = 0
        async with made.AsyncClient(url) as client:
            for one in (small, path):
                before = _peak()
                body = _body(what, source, one)
                await getattr(client.default, what)(body)
                if isinstance(body, io.IOBase):
                    body.close()
        return _peak() - before

    if source.startswith("async "):
        source = source.removeprefix("async ")
        return asyncio.run(later())
    before = 0
    with made.Client(url) as client:
        for one in (small, path):
            before = _peak()
            if what == "get":
                assert sum(map(len, client.default.get())) == SIZE
                break
            body = _body(what, source, one)
            getattr(client.default, what)(body)
            if isinstance(body, io.IOBase):
                body.close()
    return _peak() - before


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    folder = tmp_path_factory.mktemp("memory")
    imported(build_tree(folder, DOCUMENT, package="in_memory"), folder)
    big, small = folder / "big", folder / "small"
    small.write_bytes(b"x")
    with big.open("wb") as file:
        file.truncate(SIZE)
    sys.path.insert(0, str(folder))
    yield big, small
    sys.path.remove(str(folder))


CASES = [(what, source) for what in ("put", "form") for source in ("path", "file", "iterator", "async path")]


@pytest.mark.parametrize(("what", "source"), [*CASES, ("get", "")])
def test_a_big_file_is_never_held(files: tuple[Path, Path], what: str, source: str) -> None:
    with peer() as url, ProcessPoolExecutor(1, get_context("spawn")) as pool:
        assert pool.submit(grown, url, what, source, *files).result(60) < MOST
