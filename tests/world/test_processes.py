"""One client in several processes and event loops: forks, pools of processes, loops one after the other and side by side."""

from __future__ import annotations

import asyncio
import gc
import importlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest

from tests.support.packages import build_tree, imported
from tests.world.servers import echoing

OPERATION = {
    "operationId": "t_get",
    "tags": ["t"],
    "parameters": [{"name": "q", "in": "query", "schema": {"type": "string"}}],
    "responses": {"200": {"description": "", "content": {"application/json": {"schema": {}}}}},
}
DOCUMENT = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"get": OPERATION}}}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("world")
    imported(build_tree(folder, DOCUMENT, package="in_processes"), folder)
    return importlib.import_module("in_processes.client")


def asked(client: Any, name: str, times: int = 4) -> list[str]:
    """Call some times; list the answers that belong to somebody else, and errors."""
    found = []
    for number in range(times):
        try:
            got = client.t.get(q=f"{name}-{number}")["detail"]
        except Exception as error:
            got = repr(error)
        if got != f"/a?q={name}-{number}":
            found.append(f"{name}-{number} got {got}")
    return found


def forked(work: Callable[[str], list[str]], names: list[str]) -> list[str]:
    """Run in forked children; list what they found."""
    reading, writing = os.pipe()
    children = []
    for name in names:
        child = os.fork()
        if not child:
            os.write(writing, "".join(f"{line}\n" for line in work(name)).encode())
            os._exit(0)
        children.append(child)
    os.close(writing)
    with os.fdopen(reading) as lines:
        found = lines.read().splitlines()
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * len(children)
    return found


@pytest.fixture
def dropped() -> Iterator[None]:
    """Have what a test left open collected, and complained of, before the next test."""
    yield
    gc.collect()


@pytest.fixture
def peer() -> Iterator[str]:
    with echoing(0.02) as url:
        yield url


class Wrapping(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """A transport that wraps another one, and does not even close it."""

    def __init__(self, wrapped: Any) -> None:
        self.itself, self.wrapped = self, wrapped

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        return self.wrapped.handle_request(request)  # type: ignore[no-any-return]

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return await self.wrapped.handle_async_request(request)  # type: ignore[no-any-return]


@pytest.mark.parametrize("given", [False, True])
def test_forked_children_get_their_own_answers(package: Any, peer: str, given: bool) -> None:
    http = httpx2.Client() if given else None
    with package.Client(peer, http=http, retries=0) as client:
        for _ in range(3):
            assert asked(client, "parent") == []
            clone = client.with_options(timeout=3)
            found = forked(lambda name, clone=clone: asked(clone, name), ["one", "two", "three"])  # type: ignore[misc]
            assert found == []
            assert asked(client, "parent") == []


def test_a_transport_that_wraps_another_is_no_way_around(package: Any, peer: str) -> None:
    http = httpx2.Client(transport=Wrapping(Wrapping(httpx2.HTTPTransport())))
    with package.Client(peer, http=http, retries=0) as client:
        assert asked(client, "parent") == []
        assert forked(lambda name: asked(client, name), ["one", "two"]) == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("dropped")
def test_an_async_client_too(package: Any, peer: str) -> None:
    async def call(client: Any, name: str) -> list[str]:
        got = [(await client.t.get(q=f"{name}-{number}"))["detail"] for number in range(3)]
        return [one for one in got if name not in one]

    client = package.AsyncClient(peer, retries=0)
    assert asyncio.run(call(client, "parent")) == []
    assert forked(lambda name: asyncio.run(call(client, name)), ["one", "two"]) == []
    assert asyncio.run(call(client, "parent")) == []


# A loop that ends before its connections are closed leaves them to the garbage collector, which complains.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("dropped")
def test_event_loops_in_turn_and_side_by_side(package: Any, peer: str) -> None:
    client, found = package.AsyncClient(peer, retries=0), list[Any]()

    async def call(name: str) -> None:
        found.extend([(await client.t.get(q=f"{name}-{number}"))["detail"] for number in range(3)])

    for number in range(3):
        asyncio.run(call(f"turn{number}"))
    threads = [threading.Thread(target=lambda n=n: asyncio.run(call(f"side{n}"))) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = [*(f"turn{n}" for n in range(3)), *(f"side{n}" for n in range(4))]
    assert sorted(found) == sorted(f"/a?q={name}-{number}" for name in names for number in range(3))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("dropped")
def test_what_cannot_be_shared_says_so(package: Any, peer: str) -> None:
    async def call(client: Any) -> Any:
        return (await client.t.get(q="x"))["detail"]

    client = package.AsyncClient(peer, http=httpx2.AsyncClient(), retries=0)
    assert asyncio.run(call(client)) == "/a?q=x"
    errors = importlib.import_module("in_processes.errors")
    with pytest.raises(errors.CallError, match="another event loop or process"):
        asyncio.run(call(client))
    # A transport without connections serves every loop.
    transport = httpx2.MockTransport(lambda request: httpx2.Response(200, json={"detail": "mine"}))
    mocked = package.AsyncClient(peer, http=httpx2.AsyncClient(transport=transport))
    assert [asyncio.run(call(mocked)) for _ in range(2)] == ["mine", "mine"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("dropped")
@pytest.mark.parametrize("wraps", [False, True])
def test_a_given_async_client_says_so_after_a_fork(package: Any, peer: str, wraps: bool) -> None:
    transport = Wrapping(httpx2.AsyncHTTPTransport()) if wraps else None
    client = package.AsyncClient(peer, http=httpx2.AsyncClient(transport=transport), retries=0)

    async def call() -> Any:
        return (await client.t.get(q="x"))["detail"]

    def child(_: str) -> list[str]:
        try:
            return [asyncio.run(call())]
        except importlib.import_module("in_processes.errors").CallError as error:
            return [str(error)]

    assert asyncio.run(call()) == "/a?q=x"
    [said] = forked(child, ["one"])
    assert "another event loop or process" in said


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("dropped")
def test_runs_of_trio_in_turn_and_side_by_side(package: Any, peer: str) -> None:
    trio: Any = importlib.import_module("trio")
    client, found = package.AsyncClient(peer, retries=0), list[Any]()

    async def call(name: str) -> None:
        found.extend([(await client.t.get(q=f"{name}-{number}"))["detail"] for number in range(3)])

    def at_once(name: str) -> None:
        async def main() -> None:
            async with trio.open_nursery() as nursery:
                for number in range(3):
                    nursery.start_soon(call, f"{name}-{number}")

        trio.run(main)

    asyncio.run(call("turn0"))
    for number in (1, 2):
        trio.run(call, f"turn{number}")
    threads = [threading.Thread(target=at_once, args=(f"side{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    names = [*(f"turn{n}" for n in range(3)), *(f"side{n}-{m}" for n in range(4) for m in range(3))]
    assert sorted(found) == sorted(f"/a?q={name}-{number}" for name in names for number in range(3))


def test_each_thread_of_trio_has_connections_of_its_own(package: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trio", ModuleType("trio"))  # what tells a client that trio may run
    client, both = package.AsyncClient("http://h"), threading.Barrier(2)

    def work(found: list[Any]) -> None:
        both.wait(10)
        found += [client._http, client._http]
        both.wait(10)

    def run() -> list[list[Any]]:
        found: list[list[Any]] = [[], []]
        threads = [threading.Thread(target=work, args=(one,)) for one in found]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        return found

    for one, other in (run(), run()):
        assert one[0] is one[1]
        assert other[0] is other[1]
        assert one[0] is not other[0]
    assert len(client._connections._known) == 2  # those of threads that ended are gone


def _fail(url: str) -> None:
    with importlib.import_module("in_processes.client").Client(url, retries=0) as client:
        client.with_options(headers={"authorization": "s3cret"}, query={"key": "s3cret"}).t.get()


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_errors_cross_pools_of_processes(
    package: Any, tmp_path: Path, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(Path(package.__file__).parents[2])
    monkeypatch.syspath_prepend(folder)
    errors = importlib.import_module("in_processes.errors")
    with echoing(status="404 Not Found") as url, ProcessPoolExecutor(1, get_context(method)) as pool:
        with pytest.raises(errors.NotFound) as caught:
            pool.submit(partial(_fail, url)).result(30)
        assert caught.value.body == {"detail": "/a?key=s3cret"}  # what the peer says is its own
        assert str(caught.value).startswith(f"GET {url}/a?key=…: 404 Not Found: ")
    with ProcessPoolExecutor(1, get_context(method)) as pool, pytest.raises(errors.ConnectionFailed, match="key=…"):
        pool.submit(partial(_fail, url)).result(30)


def test_a_client_loads_no_certificates_before_its_first_call(
    package: Any, peer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = list[httpx2.Client]()

    def engine(**options: Any) -> httpx2.Client:
        client = httpx2.Client(**options)
        if "transport" not in options:  # with one of its own it connects to nothing, and loads nothing
            made.append(client)
        return client

    monkeypatch.setattr(package.Client, "_engine", staticmethod(engine))
    with package.Client(peer, retries=0) as client:
        clone = client.with_options(timeout=3)
        assert made == []
        assert asked(client, "one", 1) == asked(clone, "two", 1) == []
        assert len(made) == 1
    assert made[0].is_closed


def test_threads_that_begin_together_share_the_given_client(package: Any, peer: str) -> None:
    for _ in range(5):
        start, found = threading.Barrier(8), list[str]()
        with package.Client(peer, http=httpx2.Client(), retries=0) as client:

            def work(name: str, start: Any = start, found: list[str] = found, client: Any = client) -> None:
                start.wait()
                found += asked(client, name, 1)

            threads = [threading.Thread(target=work, args=(f"t{number}",)) for number in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert (found, len(client._connections._known)) == (
                [],
                2,
            )  # the place of this process, and the one kept for a loop
