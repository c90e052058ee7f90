"""A generated application among other people's tools: servers, a Lambda adapter, metrics, traces. None is ever skipped."""

from __future__ import annotations

import asyncio
import builtins
import importlib
import logging
import socket
import time
from collections.abc import AsyncIterator, Iterator
from types import ModuleType
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from mangum import Mangum
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import CollectorRegistry
from prometheus_fastapi_instrumentator import Instrumentator
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from tests.runtime.test_sockets import serving
from tests.support.packages import build_tree, imported


def _operation(name: str, schema: dict[str, Any], *names: str, media_type: str = "application/json") -> dict[str, Any]:
    return {
        "operationId": name,
        "tags": ["pets"],
        "parameters": [{"name": one, "in": "path", "required": True, "schema": {"type": "string"}} for one in names],
        "responses": {"200": {"description": "ok", "content": {media_type: {"schema": schema}}}},
    }


TEXT, BYTES = {"type": "string"}, {"type": "string", "format": "binary"}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1"},
    "paths": {
        "/pets": {"get": _operation("listPets", {"type": "array", "items": TEXT})},
        "/pets/mine": {"get": _operation("minePet", TEXT)},
        "/pets/{id}": {"get": _operation("getPet", TEXT, "id"), "put": _operation("putPet", TEXT, "id")},
        "/files/{id}{ext}": {"get": _operation("getFile", TEXT, "id", "ext")},
        "/events": {"get": _operation("watchPets", TEXT, media_type="text/event-stream")},
        "/photo": {"get": _operation("getPhoto", BYTES, media_type="application/octet-stream")},
    },
}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    folder = tmp_path_factory.mktemp("world")
    return imported(build_tree(folder, DOCUMENT, package="world_pets", watch=True), folder)


@pytest.fixture
def app(package: ModuleType) -> Any:
    return made(package)


def made(package: ModuleType, **options: Any) -> Any:
    from importlib import import_module

    stub = import_module(f"{package.__name__}.server.stub")

    class Service(stub.Pets):  # type: ignore[name-defined, misc]
        def __init__(self, _: None) -> None:
            pass

        async def list(self) -> builtins.list[str]:
            return ["a", "b"]

        async def mine(self) -> str:
            return "mine"

        async def get(self, *, id: str) -> str:  # noqa: A002
            return id

        async def get_file(self, *, id: str, ext: str) -> str:  # noqa: A002
            return f"{id} {ext}"

        async def watch(self) -> AsyncIterator[str]:
            for name in ("a", "b"):
                yield name

        async def get_photo(self) -> AsyncIterator[bytes]:
            yield b"\x00"
            yield b"\xff"

    return import_module(f"{package.__name__}.server").create_app(pets=Service, **options)


@pytest.mark.parametrize("http", ["h11", "auto"])
def test_uvicorn(app: Any, http: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    with serving(app, http=http, log_level="warning", root_path="/v1") as at, httpx2.Client(base_url=at) as client:
        assert client.get("/pets").json() == ["a", "b"]
        assert client.get("/pets/a%2Fb").json() == "a/b"
        assert client.get("/files/a.txt").json() == "a .txt"
        assert client.get("/v1/pets").status_code == 404
        assert client.head("/pets").status_code == 405
        assert client.get("/events").text == "data: a\n\ndata: b\n\n"
        assert client.get("/photo").content == b"\x00\xff"
    assert not [one for one in caplog.records if one.name.startswith("uvicorn")]


def _event(path: str, method: str = "GET") -> dict[str, Any]:
    """An event of an AWS HTTP API, payload format 2.0."""
    about = {"method": method, "path": path, "sourceIp": "192.0.2.1", "protocol": "HTTP/1.1", "userAgent": "t"}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "api.example.com", "accept": "*/*"},
        "requestContext": {"http": about, "stage": "$default"},
        "isBase64Encoded": False,
    }


@pytest.fixture
def current_loop() -> Iterator[None]:
    """Set an event loop, as AWS Lambda's process has one; an adapter would make one and leave it open."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


@pytest.mark.usefixtures("current_loop")
def test_mangum(app: Any) -> None:
    handler = Mangum(app, lifespan="off")

    def ask(path: str, method: str = "GET") -> tuple[int, Any]:
        answer = handler(_event(path, method), {})  # type: ignore[arg-type]
        return answer["statusCode"], answer["body"]

    assert ask("/pets") == (200, '["a","b"]')
    assert ask("/pets/a b") == (200, '"a b"')
    assert ask("/pets/mine") == (200, '"mine"')
    assert ask("/nothing")[0] == 404
    assert ask("/pets", "DELETE")[0] == 405
    assert ask("/events") == (200, "data: a\n\ndata: b\n\n")


REQUESTS = ["/pets", "/pets/7", "/pets/mine", "/files/a.txt", "/nothing"]
TEMPLATES = ["/pets", "/pets/{id}", "/pets/mine", "/files/{id}{ext}"]


@pytest.mark.parametrize("mounted", [False, True])
def test_prometheus_fastapi_instrumentator(app: Any, mounted: bool) -> None:
    registry = CollectorRegistry()
    outer = FastAPI() if mounted else app
    if mounted:
        outer.mount("/v1", app)
    prefix = "/v1" if mounted else ""
    Instrumentator(registry=registry).instrument(outer).expose(outer)
    with TestClient(outer) as client:
        for path in REQUESTS:
            client.get(prefix + path)
        client.put("/pets/7" if not mounted else "/v1/pets/7")
        metrics = client.get("/metrics").text
    for template in TEMPLATES:
        assert f'http_requests_total{{handler="{prefix}{template}",method="GET",status="2xx"}} 1.0' in metrics
    assert f'http_requests_total{{handler="{prefix}/pets/{{id}}",method="PUT",status="5xx"}} 1.0' in metrics
    assert 'handler="/pets/7"' not in metrics


@pytest.fixture
def spans() -> Iterator[tuple[TracerProvider, InMemorySpanExporter]]:
    provider, exporter = TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield provider, exporter
    provider.shutdown()


def test_opentelemetry_instrumentation_fastapi(app: Any, spans: tuple[TracerProvider, InMemorySpanExporter]) -> None:
    provider, exporter = spans
    FastAPIInstrumentor.instrument_app(app, tracer_provider=provider)
    with TestClient(app) as client:
        for path in REQUESTS:
            client.get(path)
        client.post("/pets/7")
    servers = [one for one in exporter.get_finished_spans() if one.kind.name == "SERVER"]
    names = [one.name for one in servers]
    assert names == [*(f"GET {template}" for template in TEMPLATES), "GET", "POST /pets/{id}"]
    routes = [(one.attributes or {}).get("http.route") for one in servers]
    assert routes == [*TEMPLATES, None, "/pets/{id}"]


def test_a_trace_is_continued(app: Any, spans: tuple[TracerProvider, InMemorySpanExporter]) -> None:
    provider, exporter = spans
    FastAPIInstrumentor.instrument_app(app, tracer_provider=provider)
    trace, span = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    TestClient(app).get("/pets/7", headers={"traceparent": f"00-{trace}-{span}-01"})
    [server] = [one for one in exporter.get_finished_spans() if one.kind.name == "SERVER"]
    assert server.context
    assert server.parent
    assert (f"{server.context.trace_id:032x}", f"{server.parent.span_id:016x}") == (trace, span)


@pytest.mark.parametrize("wanted", [False, True])
def test_fastapis_own_telemetry_is_off_unless_asked_for(
    package: ModuleType,
    spans: tuple[TracerProvider, InMemorySpanExporter],
    monkeypatch: pytest.MonkeyPatch,
    wanted: bool,
) -> None:
    provider, exporter = spans
    monkeypatch.setattr("opentelemetry.trace._TRACER_PROVIDER", provider)
    options = {"telemetry": {"tracing": True}} if wanted else {}
    assert TestClient(made(package, **options)).get("/pets").json() == ["a", "b"]
    assert bool(exporter.get_finished_spans()) == wanted


def test_uvicorns_log_has_the_query_and_ours_has_not(package: ModuleType, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    logs: dict[bool, str] = {}
    for theirs in (True, False):
        caplog.clear()
        middleware = [Middleware(importlib.import_module("world_pets.server").Watch)]
        app = made(package, middleware=middleware)
        with serving(app, log_level="info", log_config=None, access_log=theirs) as at:
            assert httpx2.get(f"{at}/pets?key=s3cret").status_code == 200
        logs[theirs] = "".join(one.getMessage() for one in caplog.records if one.name != "httpx2")
        assert [one.name for one in caplog.records].count("world_pets.server.watch") == 1
    assert ("s3cret" in logs[True], "s3cret" in logs[False]) == (True, False)


def test_uvicorn_limits_connections(app: Any) -> None:
    with serving(app, limit_concurrency=2) as at, httpx2.Client() as client:
        port = int(at.rpartition(":")[2])
        assert client.get(f"{at}/pets").status_code == 200
        with socket.create_connection(("127.0.0.1", port)), socket.create_connection(("127.0.0.1", port)):
            time.sleep(0.1)
            assert client.get(f"{at}/pets").status_code == 503


def test_urls_of_operations(app: Any) -> None:
    assert app.url_path_for("getPet", id="a/b") == "/pets/a%2Fb"
    assert app.url_path_for("getFile", id="a", ext=".txt") == "/files/a.txt"
    assert TestClient(app).get(str(app.url_path_for("getPet", id="é"))).json() == "é"
