"""What a service can see and set, what it may not send, and what it needs at the start."""

from __future__ import annotations

import asyncio
import inspect
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.testclient import TestClient

Runtime = Callable[[str], Any]


class Ready:
    async def get(self) -> list[int]:
        return []

    async def put(self) -> None:
        return None


@pytest.fixture(scope="module")
def made(runtime: Runtime) -> SimpleNamespace:
    """Return an API with two operations, and what it is made of."""
    wire, parameters, exceptions = runtime("wire.contract"), runtime("wire.parameters"), runtime("exceptions")
    total = parameters.Headers(parameters.Header("X-Total", int))
    get = wire.Operation(
        name="things.get",
        operation_id="get",
        method="GET",
        path="/things",
        responses={
            "200": wire.Response(wire.Json(list[int]), headers=total),
            "203": wire.Response(wire.Json(list[int])),
            "404": wire.Response(wire.Json(dict[str, str])),
        },
        statuses=(200, 203),
    )
    put = wire.Operation(
        name="things.put",
        operation_id="put",
        method="PUT",
        path="/things",
        responses={"204": wire.Response()},
        statuses=(204,),
    )
    api = wire.Api(package="p", title="T", version="1", operations=(get, put))
    return SimpleNamespace(
        api=api,
        core=runtime("server.core"),
        context=runtime("server.context").context,
        exceptions=exceptions,
        wire=wire,
    )


def serving(made: SimpleNamespace, get: Callable[[Any], Any], is_async: bool = True, **options: Any) -> TestClient:
    """Serve a method that is given its context."""

    class Blocking:
        def get(self) -> Any:
            return get(made.context())

        def put(self) -> None:
            return None

    class Async:
        async def get(self) -> Any:
            return get(made.context())

        async def put(self) -> None:
            return None

    service = Async() if is_async else Blocking()
    return TestClient(made.core.application(made.api, {"things": lambda _: service}, **options))


@pytest.mark.parametrize("is_async", [True, False])
def test_a_service_sees_the_request(made: SimpleNamespace, is_async: bool) -> None:
    seen: list[Any] = []

    def get(context: Any) -> list[int]:
        request = context.request
        seen.extend([request.headers["x-in"], request.client.host, request.url.path, request.query_params["q"]])
        seen.extend([context.operation.operation_id, context.principal])
        return [1]

    assert serving(made, get, is_async).get("/things?q=1", headers={"X-In": "a"}).json() == [1]
    assert seen == ["a", "testclient", "/things", "1", "get", None]
    with pytest.raises(LookupError):
        made.context()


def test_a_service_sets_status_and_headers_within_the_contract(made: SimpleNamespace) -> None:
    def get(context: Any) -> list[int]:
        context.status = 203
        context.headers["X-Other"] = "free"
        return [1]

    answer = serving(made, get).get("/things")
    assert (answer.status_code, answer.json(), answer.headers["x-other"]) == (203, [1], "free")

    def total(context: Any) -> list[int]:
        context.headers["X-Total"] = 3
        return [1]

    assert serving(made, total).get("/things").headers["x-total"] == "3"


def _breaking(made: SimpleNamespace) -> dict[str, tuple[Callable[[Any], Any], str]]:
    def status(context: Any) -> list[int]:
        context.status = 202
        return [1]

    def error_status(context: Any) -> dict[str, str]:
        context.status = 404
        return {}

    def header(context: Any) -> list[int]:
        context.headers["X-Total"] = "three"
        return [1]

    def lines(context: Any) -> list[int]:
        context.headers["X-Other"] = "a\r\nSet-Cookie: b"
        return [1]

    def setting(headers: dict[str, Any]) -> Callable[[Any], Any]:
        def get(context: Any) -> list[int]:
            context.headers.update(headers)
            return [1]

        return get

    def raising(error: Exception) -> Callable[[Any], Any]:
        def get(_: Any) -> Any:
            raise error

        return get

    return {
        "type": (lambda _: ["s3cret"], "the answer of things.get: 0: integer is needed, not str"),
        "whole": (lambda _: {"a": "s3cret"}, "the answer of things.get: array is needed, not dict"),
        "nothing": (lambda _: None, "ContractError"),
        "status": (status, "status 202 is no success"),
        "error status": (error_status, "status 404 is no success"),
        "header": (header, "ContractError"),
        "header lines": (lines, "control characters"),
        "error's body": (raising(made.exceptions.NotFound({"a": 1})), "ContractError"),
        "content type": (setting({"content-type": "text/html"}), "content-type text/html is not application/json"),
        "length": (setting({"Content-Length": "70"}), "content-length is not that of the body"),
        "validation": (raising(RequestValidationError([])), "RequestValidationError"),
    }


@pytest.mark.parametrize(
    "name",
    [
        *("type", "whole", "nothing", "status", "error status", "header", "header lines", "error's body", "validation"),
        *("content type", "length"),
    ],
)
def test_what_breaks_the_contract_is_500_and_its_cause_is_in_the_log(
    made: SimpleNamespace, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    get, cause = _breaking(made)[name]
    with caplog.at_level(logging.ERROR, f"{made.core.PACKAGE}.server"):
        answer = serving(made, get).get("/things")
    assert (answer.status_code, answer.json()["title"]) == (500, "Internal Server Error")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "s3cret" not in answer.text
    assert "set-cookie" not in answer.headers
    [record] = [one for one in caplog.records if one.name == f"{made.core.PACKAGE}.server"]
    assert record.getMessage() == "GET /things failed"
    assert cause in caplog.text


@pytest.mark.parametrize("is_async", [True, False])
def test_handlers_of_the_users_own_are_asked(made: SimpleNamespace, is_async: bool) -> None:
    async def waited(request: Request, error: Exception) -> PlainTextResponse:
        return PlainTextResponse(f"{request.url.path} {type(error).__name__}", 418)

    def blocking(request: Request, error: Exception) -> PlainTextResponse:
        return PlainTextResponse(f"{request.url.path} {type(error).__name__}", 418)

    handlers = {HTTPException: waited if is_async else blocking}

    def conflict(_: Any) -> Any:
        raise HTTPException(409, "s3cret")

    answer = serving(made, conflict, exception_handlers=handlers).get("/things")
    assert (answer.status_code, answer.text) == (418, "/things HTTPException")
    get, _ = _breaking(made)["type"]
    handlers = {made.exceptions.ContractError: waited if is_async else blocking}
    assert serving(made, get, exception_handlers=handlers).get("/things").text == "/things ContractError"


def test_exception_handlers_by_status_are_asked(made: SimpleNamespace, caplog: pytest.LogCaptureFixture) -> None:
    def handle(request: Request, error: Exception) -> Any:
        return PlainTextResponse(f"{request.url.path} {type(error).__name__}", 418)

    def fail(error: Exception) -> Callable[[Any], Any]:
        def get(_: Any) -> Any:
            raise error

        return get

    def answer(error: Exception, path: str = "/things", *statuses: int) -> tuple[int, str]:
        client = serving(made, fail(error), exception_handlers=dict.fromkeys(statuses or (404, 500), handle))
        found = client.get(path)
        return found.status_code, found.text.partition("\n")[0]

    assert answer(HTTPException(404)) == (418, "/things HTTPException")
    assert answer(KeyError()) == (418, "/things KeyError")
    assert "GET /things failed" in caplog.text
    assert answer(made.exceptions.ContractError()) == (418, "/things ContractError")
    assert answer(KeyError(), "/nothing") == (418, "/nothing HTTPException")
    assert [answer(HTTPException(409))[0], answer(KeyError(), "/things", 404)[0]] == [409, 500]
    assert answer(KeyError(), "/nothing", 500)[0] == 404
    app: Any = serving(made, fail(KeyError())).app
    app.add_exception_handler(404, handle)
    assert TestClient(app).get("/nothing").text == "/nothing HTTPException"


def test_exception_handlers_by_class_are_asked_wherever_one_is_raised(made: SimpleNamespace) -> None:
    async def handle(request: Request, error: Exception) -> PlainTextResponse:
        return PlainTextResponse(f"{request.url.path} {type(error).__name__}", 418)

    def gone(_: Any) -> Any:
        raise HTTPException(410)

    serve = partial(serving, made, gone, strict=True)
    assert serve(exception_handlers={AnyHTTPException: handle}).get("/nothing").text == "/nothing HTTPException"
    kind = made.exceptions.ContractError
    assert serve(exception_handlers={kind: handle}).get("/things").text == "/things ContractError"
    assert serve(exception_handlers={Exception: handle}).get("/things").text == "/things ContractError"
    assert serve(exception_handlers={Exception: handle}).get("/nothing").status_code == 404


def test_the_endpoint_of_a_route_has_a_name(made: SimpleNamespace) -> None:
    """Limiters such as slowapi count by it."""
    app: Any = serving(made, lambda _: []).app
    assert {route.endpoint.__name__ for route in app.operations} == {"things.get", "things.put"}


def test_the_lifespan_runs_and_shares_its_state(made: SimpleNamespace) -> None:
    events: list[str] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, int]]:
        events.append("begin")
        yield {"pool": 7}
        events.append("end")

    with serving(made, lambda context: [context.request.state.pool], lifespan=lifespan) as client:
        assert events == ["begin"]
        assert client.get("/things").json() == [7]
    assert events == ["begin", "end"]


def test_beside_the_routes_of_an_application_that_is_there(made: SimpleNamespace) -> None:
    outer = FastAPI()

    @outer.get("/mine")  # type: ignore[untyped-decorator, unused-ignore]
    def mine() -> str:
        raise HTTPException(404, "FastAPI's own answer")

    inner = serving(made, lambda context: [len(context.request.scope["root_path"])]).app
    outer.mount("/v1", inner)
    client = TestClient(outer)
    assert client.get("/v1/things").json() == [3]
    assert client.get("/v1/other").status_code == 404
    assert client.get("/mine").json() == {"detail": "FastAPI's own answer"}

    @inner.get("/beside")  # type: ignore[attr-defined, untyped-decorator, unused-ignore]
    def beside() -> str:
        raise HTTPException(409, "beside")

    assert client.get("/v1/beside").json() == {"detail": "beside"}


@pytest.mark.parametrize("wrapped", [False, True])
def test_what_is_missing_is_named_by_its_member(made: SimpleNamespace, wrapped: bool) -> None:
    class Half:
        def __init__(self, pool: object, principal: object = None) -> None:
            pass

        async def get(self) -> list[int]:
            return []

    with pytest.raises(TypeError, match=r"Half.* makes nothing with a method put, for PUT /things"):
        made.core.application(made.api, {"things": partial(Half, 1) if wrapped else Half})


@pytest.mark.parametrize(
    ("factory", "said"),
    [
        (object(), "object makes no service"),
        (Ready, "Ready can't be called with the principal alone: too many positional arguments"),
        (partial(Ready), "Ready can't be called with the principal alone: too many positional arguments"),
        (Ready().get, "get can't be called with the principal alone: too many positional arguments"),
        (lambda user, pool: Ready(), "<lambda> can't be called with .* alone: missing a required argument: 'pool'"),
    ],
)
def test_what_can_make_no_service_is_noticed_at_the_start(made: SimpleNamespace, factory: Any, said: str) -> None:
    with pytest.raises(TypeError, match=rf"^things: {said}; give a function that makes it: things=lambda _: …$"):
        made.core.application(made.api, {"things": factory})


def test_what_has_no_signature_is_called(made: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match="no signature"):
        inspect.signature(max)
    made.core.application(made.api, {"things": max})


def test_a_body_where_none_is_declared_is_named(made: SimpleNamespace, caplog: pytest.LogCaptureFixture) -> None:
    class Putting(Ready):
        async def put(self) -> Any:
            return 5

    client = TestClient(made.core.application(made.api, {"things": lambda _: Putting()}))
    assert client.put("/things").status_code == 500
    assert "the answer of things.put: status 204 carries no body: None is needed, not int" in caplog.text


@pytest.mark.parametrize("wrapped", [False, True])
def test_services_that_block_are_made_in_the_thread_too(made: SimpleNamespace, wrapped: bool) -> None:
    threads: list[threading.Thread] = []

    class Blocking:
        def __init__(self, *_: object) -> None:
            threads.append(threading.current_thread())

        def get(self) -> list[int]:
            threads.append(threading.current_thread())
            return []

        def put(self) -> None:
            pass

    made_by = partial(Blocking, 1) if wrapped else Blocking
    assert TestClient(made.core.application(made.api, {"things": made_by})).get("/things").json() == []
    assert len(set(threads)) == 1


def test_who_asks_may_be_found_in_the_loop_or_in_a_thread(made: SimpleNamespace) -> None:
    wire = made.wire
    bearer = wire.SecurityScheme("B", "bearer")
    get = wire.Operation(
        name="things.get",
        operation_id="get",
        method="GET",
        path="/things",
        responses={"200": wire.Response(wire.Json(str))},
        security=({bearer: ("read",)},),
    )
    api = wire.Api(package="p", title="T", version="1", operations=(get,), schemes=(bearer,))

    class Who:
        def __init__(self, who: str) -> None:
            self.who = who

        async def get(self) -> str:
            return self.who

    def blocking(presented: Any) -> str:
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        return f"{presented.credential.token} {presented.scopes} {presented.operation.operation_id}"

    async def waited(presented: Any) -> str:
        asyncio.get_running_loop()
        return f"{presented.credential.token} {presented.scopes} {presented.operation.operation_id}"

    for check in (blocking, waited):
        client = TestClient(made.core.application(api, {"things": Who}, check))
        answer = client.get("/things", headers={"authorization": "Bearer x"})
        assert answer.json() == "x {'B': ('read',)} get"


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
def test_the_documentation_gives_way_to_the_document(made: SimpleNamespace, path: str) -> None:
    get = made.wire.Operation(
        name="things.get",
        operation_id="get",
        method="GET",
        path=path,
        responses={"200": made.wire.Response(made.wire.Json(str))},
    )
    api = made.wire.Api(package="p", title="T", version="1", operations=(get,))

    class Mine:
        async def get(self) -> str:
            return "mine"

    client = TestClient(made.core.application(api, {"things": lambda _: Mine()}))
    assert client.get(path).json() == "mine"
