"""An application beside others: what it shares, what it hands on to FastAPI, which services it judges, what it may answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from starlette.testclient import TestClient

Runtime = Callable[[str], Any]


@pytest.fixture(scope="module")
def made(runtime: Runtime) -> SimpleNamespace:
    """Return a function that makes an application of one GET, and what that is made of."""
    wire, core = runtime("wire.contract"), runtime("server.core")

    def app(service: Any = None, *, responses: Any = None, parameters: Any = None, **options: Any) -> Any:
        get = wire.Operation(
            name="things.get",
            operation_id="get",
            method="GET",
            path="/things",
            responses=responses or {"200": wire.Response(wire.Json(str))},
            parameters=parameters,
        )
        api = wire.Api(package="p", title="T", version="1", operations=(get,))
        return core.application(api, {"things": service}, **options)

    return SimpleNamespace(
        app=app, wire=wire, exceptions=runtime("exceptions"), parameters=runtime("wire.parameters"), core=core
    )


class Things:
    def __init__(self, *_: object) -> None:
        pass

    async def get(self) -> str:
        return "found"


def test_it_is_a_fastapi_application_and_takes_its_options(made: SimpleNamespace) -> None:
    app = made.app(Things, docs_url="/page", summary="of ours", debug=True)
    assert isinstance(app, FastAPI)
    assert (app.summary, app.debug) == ("of ours", True)
    client = TestClient(app)
    assert [client.get(path).status_code for path in ("/page", "/docs", "/openapi.json")] == [200, 404, 200]
    client = TestClient(made.app(Things, docs_url=None))
    assert [client.get(path).status_code for path in ("/docs", "/openapi.json", "/things")] == [404, 200, 200]


def test_an_included_router_has_no_operations_and_a_mounted_application_has(made: SimpleNamespace) -> None:
    app, including, mounting = made.app(Things), FastAPI(), FastAPI()
    including.include_router(app.router)
    mounting.mount("/v1", app)
    assert TestClient(including).get("/things").status_code == 404
    assert TestClient(mounting).get("/v1/things").json() == "found"


def test_the_lifespan_of_the_outer_application_is_the_one_that_runs(made: SimpleNamespace) -> None:
    events: list[str] = []

    def lifespan(name: str) -> Any:
        @asynccontextmanager
        async def during(_: FastAPI) -> AsyncIterator[None]:
            events.append(name)
            yield

        return during

    outer = FastAPI(lifespan=lifespan("outer"))
    outer.mount("/v1", made.app(Things, lifespan=lifespan("inner")))
    with TestClient(outer) as client:
        assert client.get("/v1/things").status_code == 200
    assert events == ["outer"]


def test_routes_are_added_to_the_application_or_its_router(made: SimpleNamespace) -> None:
    app, other = made.app(Things), FastAPI()

    @app.get("/own")  # type: ignore[untyped-decorator, unused-ignore]
    @other.get("/other")
    def own() -> str:
        return "own"

    app.mount("/by-mount", other)
    app.router.routes.append(Mount("/by-router", other))
    client = TestClient(app)
    found = [client.get(path).json() for path in ("/things", "/own", "/by-mount/other", "/by-router/other")]
    assert found == ["found", "own", "own", "own"]
    assert {"/things", "/own", "/by-mount", "/by-router"} <= {getattr(one, "path", "") for one in app.routes}


def test_the_methods_of_what_a_function_makes_are_known_when_it_is_made(
    made: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    class More(Things):
        async def put(self) -> None:
            pass

    class Nothing:
        pass

    @asynccontextmanager
    async def lent(_: object) -> AsyncIterator[More]:
        yield More()

    assert TestClient(made.app(lambda _: More())).get("/things").json() == "found"
    apps = [made.app(factory, complete=True) for factory in (lambda _: More(), lent, lambda _: Nothing())]
    assert not caplog.records
    for app, said in zip(apps, (*["More has no operation for put"] * 2, "Nothing leaves out get"), strict=True):
        for _ in range(2):
            assert TestClient(app).get("/things").status_code == 500
            assert f"TypeError: things: {said}" in caplog.text
            caplog.clear()
    services = iter([Things(), More(), Things()])
    client = TestClient(made.app(lambda _: next(services), complete=True))
    assert [client.get("/things").status_code for _ in range(3)] == [200, 500, 200]
    caplog.clear()
    made.app(More)
    [record] = caplog.records
    assert (record.name, record.levelname) == (f"{made.core.PACKAGE}.server", "WARNING")
    assert "More has no operation for put" in record.getMessage()


def test_a_service_with_the_methods_itself_is_not_entered(made: SimpleNamespace) -> None:
    class Entered(Things):
        async def __aenter__(self) -> None:
            pytest.fail("a service was entered")

        async def __aexit__(self, *_: object) -> None:
            pytest.fail("a service was left")

    for factory in (Entered, lambda _: Entered()):
        assert TestClient(made.app(factory)).get("/things").json() == "found"


@pytest.mark.parametrize("status", [401, 403, 413, 415, 429, 501, 503])
@pytest.mark.parametrize("strict", [True, False])
def test_what_may_always_be_answered(
    made: SimpleNamespace, caplog: pytest.LogCaptureFixture, status: int, strict: bool
) -> None:
    class Failing(Things):
        async def get(self) -> str:
            raise made.exceptions.StatusError("no", status=status)

    assert TestClient(made.app(Failing, strict=strict)).get("/things").status_code == status
    assert not caplog.records


@pytest.mark.parametrize(
    ("declared", "status", "content_type"),
    [
        ("422", 422, "application/json"),
        ("400", 400, "application/json"),
        ("4XX", 400, "application/json"),
        ("default", 400, "application/json"),
        ("404", 400, "application/problem+json"),
    ],
)
def test_what_does_not_fit_is_answered_as_declared(
    made: SimpleNamespace, declared: str, status: int, content_type: str
) -> None:
    wire, parameters = made.wire, made.parameters
    responses = {"200": wire.Response(wire.Json(str)), declared: wire.Response(wire.Json(dict[str, Any]))}
    limit = parameters.Parameters(parameters.Parameter("limit", int, location="query", required=False))
    answer = TestClient(made.app(Things, responses=responses, parameters=limit)).get("/things?limit=x")
    assert (answer.status_code, answer.headers["content-type"]) == (status, content_type)


def test_operations_are_behind_each_layer_that_somebody_asked_for_and_no_other(made: SimpleNamespace) -> None:
    def layers(app: Any) -> list[str]:
        """Name the layers from the outermost to the router."""
        found, layer = [], app.build_middleware_stack()
        while layer is not app.router:
            found.append(type(layer).__name__)
            layer = getattr(layer, "app", None) or layer._app
        return found

    plain = layers(made.app(Things))
    assert plain[:2] == ["ServerErrorMiddleware", "Dispatcher"]  # a layer costs each request half a microsecond
    assert plain.count("Dispatcher") == 1

    asked = made.app(Things)
    asked.add_middleware(GZipMiddleware)
    found = layers(asked)
    assert found.index("GZipMiddleware") < found.index("Dispatcher")
    assert sorted(found) == sorted([*plain, "GZipMiddleware"])
    assert layers(asked) == found
    limited = layers(made.app(Things, max_body_size=9))
    assert limited.index("RequestBodyLimitMiddleware") < limited.index("Dispatcher")


def test_a_fastapi_without_layers_of_its_own_will_do(made: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """As before 0.160: between the layer for errors and the operations there is nothing to get past."""
    monkeypatch.setattr(FastAPI, "build_middleware_stack", Starlette.build_middleware_stack)
    client = TestClient(made.app(Things))
    assert [client.get(path).status_code for path in ("/things", "/nowhere", "/things/")] == [200, 404, 404]
