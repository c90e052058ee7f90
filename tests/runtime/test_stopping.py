"""Graceful shutdown, with uvicorn as a process of its own: SIGTERM during a request."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

Runtime = Callable[[str], Any]

APP = """
import asyncio, os, time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from runtime_package._runtime.server import core
from runtime_package._runtime.server.streams import Streams
from runtime_package._runtime.wire import contract as wire
from runtime_package._runtime.wire.streaming import JsonLines

HERE = Path(__file__).parent


def operation(name, media):
    return wire.Operation(
        name=f"all.{name}", operation_id=name, method="GET", path=f"/{name}", responses={"200": wire.Response(media)}
    )


class Async:
    async def slow(self):
        (HERE / f"begun-{os.getpid()}").touch()
        await asyncio.sleep(1.5)
        return "done"

    async def stream(self) -> AsyncIterator[int]:
        yield 1
        (HERE / f"begun-{os.getpid()}").touch()
        await asyncio.sleep(1.5)
        yield 2


class Blocking:
    def slow(self):
        (HERE / f"begun-{os.getpid()}").touch()
        time.sleep(1.5)
        return "done"


@asynccontextmanager
async def lifespan(app):
    yield
    (HERE / f"ended-{os.getpid()}").touch()


def made(service, *operations):
    api = wire.Api(package="p", title="T", version="1", operations=operations)
    return core.application(api, {"all": lambda _: service}, streams=Streams, lifespan=lifespan)


slow = operation("slow", wire.Json(str))
app = made(Async(), slow, operation("stream", JsonLines(int)))
blocking = made(Blocking(), slow)
"""


@contextmanager
def uvicorn(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run uvicorn on a free port; give the process and the port."""
    with (folder / "log").open("wb") as log:
        command = [sys.executable, "-m", "uvicorn", "--port", "0", "--app-dir", str(folder), *arguments]
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        said = (folder / "log").read_text
        until(lambda: "Application startup complete" in said() and "running on" in said(), folder)
        port = int(re.findall(r"running on http://127\.0\.0\.1:(\d+)", said())[0])
        yield process, port
    finally:
        process.kill()
        process.wait()


def until(found: Callable[[], Any], folder: Path) -> None:
    """Wait for something to be so."""
    for _ in range(1500):
        if found():
            return
        time.sleep(0.02)
    pytest.fail((folder / "log").read_text())


@pytest.fixture
def folder(runtime: Runtime, tmp_path: Path) -> Path:
    """Return a folder that holds an application, and the runtime beside it."""
    package = Path(runtime("wire.contract").__file__).parents[2]
    (tmp_path / package.name).symlink_to(package)
    (tmp_path / "stopped.py").write_text(APP)
    return tmp_path


@pytest.mark.parametrize(
    ("app", "path", "workers"),
    [("app", "/slow", 1), ("app", "/stream", 1), ("blocking", "/slow", 1), ("app", "/slow", 2)],
    ids=["async", "stream", "blocking", "two workers"],
)
def test_a_request_under_way_is_answered_and_no_other_begins(folder: Path, app: str, path: str, workers: int) -> None:
    with uvicorn(folder, f"stopped:{app}", "--workers", str(workers)) as (process, port):
        answers: list[tuple[int, str]] = []

        def ask() -> None:
            answer = httpx2.get(f"http://127.0.0.1:{port}{path}", timeout=30)
            answers.append((answer.status_code, answer.text))

        asking = threading.Thread(target=ask)
        asking.start()
        until(lambda: [*folder.glob("begun-*")], folder)
        process.send_signal(signal.SIGTERM)
        until(lambda: (folder / "log").read_text().count("Shutting down") == workers, folder)
        assert not answers
        with pytest.raises(httpx2.TransportError):  # with several workers it waits first, then is reset
            httpx2.get(f"http://127.0.0.1:{port}{path}", timeout=30)
        asking.join(30)
        code = process.wait(30)
    assert answers == [(200, '"done"' if path == "/slow" else "1\n2\n")]
    assert code in (0, -signal.SIGTERM)  # uvicorn ends as the signal asks, once it is done; its supervisor with 0
    begun, ended = ({path.name[6:] for path in folder.glob(f"{what}-*")} for what in ("begun", "ended"))
    assert len(begun) == 1
    assert begun <= ended  # the lifespan of each worker came to its end
    assert len(ended) == workers


@pytest.mark.parametrize(("seconds", "answered"), [("1", False), ("9", True)])
def test_requests_under_way_end_within_the_time_that_uvicorn_is_given(
    folder: Path, seconds: str, answered: bool
) -> None:
    with uvicorn(folder, "stopped:app", "--timeout-graceful-shutdown", seconds) as (process, port):
        found: list[int] = []

        def ask() -> None:
            with contextlib.suppress(httpx2.TransportError):
                found.append(httpx2.get(f"http://127.0.0.1:{port}/slow", timeout=30).status_code)

        asking = threading.Thread(target=ask)
        asking.start()
        until(lambda: [*folder.glob("begun-*")], folder)
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        asking.join(30)
    assert (200 in found) == answered
    assert [*folder.glob("ended-*")]


def test_a_head_without_end_is_refused_by_uvicorn(folder: Path) -> None:
    with uvicorn(folder, "stopped:app", "--http", "h11", "--h11-max-incomplete-event-size", "4096") as (_, port):
        with socket.create_connection(("127.0.0.1", port), 30) as raw:
            raw.sendall(b"GET /slow HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 10_000)
            assert raw.recv(64).startswith(b"HTTP/1.1 400 ")
        assert not [*folder.glob("begun-*")]


def test_a_head_of_more_than_16_kib_is_refused_where_uvicorn_is_told_nothing(folder: Path) -> None:
    with (
        uvicorn(folder, "stopped:app", "--http", "h11") as (_, port),
        socket.create_connection(("127.0.0.1", port), 30) as raw,
    ):
        raw.sendall(b"GET /slow HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 15 * 2**10)
        raw.settimeout(0.3)
        with pytest.raises(TimeoutError):
            raw.recv(64)
        raw.settimeout(30)
        raw.sendall(b"y" * 2**10)
        assert raw.recv(64).startswith(b"HTTP/1.1 400 ")
