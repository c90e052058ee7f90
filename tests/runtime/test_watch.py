"""The middleware for production: identifiers of requests, a line of log for each, a limit in time."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.middleware import Middleware
from starlette.testclient import TestClient

Runtime = Callable[[str], Any]


@pytest.fixture
def made(runtime: Runtime) -> SimpleNamespace:
    wire, core, watch = runtime("wire.contract"), runtime("server.core"), runtime("server.watch")
    operations = tuple(
        wire.Operation(
            name=f"things.{name}",
            operation_id=name,
            method="GET",
            path=f"/{name}",
            responses={"200": wire.Response(wire.Json(str))},
        )
        for name in ("tell", "slow", "own", "fail")
    )
    api = wire.Api(package="p", title="T", version="1", operations=operations)

    class Things:
        async def tell(self) -> str:
            return str(runtime("server.context").context().request.state.request_id)

        async def slow(self) -> str:
            await asyncio.sleep(30)
            return "late"

        async def own(self) -> str:
            runtime("server.context").context().headers["X-Request-ID"] = "mine"
            return ""

        async def fail(self) -> str:
            raise KeyError("secret")

    def client(**options: Any) -> TestClient:
        middleware = [Middleware(watch.Watch, **options)]
        return TestClient(core.application(api, {"things": lambda _: Things()}, middleware=middleware))

    return SimpleNamespace(client=client, logger="runtime_package.server.watch")


@pytest.mark.parametrize(("given", "kept"), [("abc-1.2", True), ("a\tb", False), ("x" * 129, False), ("", False)])
def test_identifiers_go_in_and_out(made: SimpleNamespace, given: str, kept: bool) -> None:
    answer = made.client().get("/tell", headers={"X-Request-ID": given} if given else {})
    assert answer.headers["x-request-id"] == answer.json()
    assert (answer.json() == given) == kept
    assert answer.headers.get_list("x-request-id") == [answer.json()]


def test_an_identifier_is_never_sent_twice(made: SimpleNamespace) -> None:
    answer = made.client().get("/own", headers={"X-Request-ID": "given"})
    assert answer.headers.get_list("x-request-id") == ["given"]


def test_each_request_is_one_structured_line(made: SimpleNamespace, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, made.logger)
    client = made.client()
    client.get("/tell?key=secret", headers={"X-Request-ID": "one", "Authorization": "Bearer secret"})
    client.get("/fail")
    client.get("/nowhere")
    found = [record.access for record in caplog.records if record.name == made.logger]  # type: ignore[attr-defined]
    assert [(one["method"], one["path"], one["status"]) for one in found] == [
        ("GET", "/tell", 200),
        ("GET", "/fail", 500),
        ("GET", "/nowhere", 404),
    ]
    assert found[0].keys() == {"method", "path", "status", "seconds", "request_id", "client"}
    assert (found[0]["request_id"], found[0]["client"]) == ("one", "testclient")
    assert 0 <= found[0]["seconds"] < 30
    assert "secret" not in "".join(record.getMessage() for record in caplog.records if record.name == made.logger)


def test_the_log_can_be_left_out(made: SimpleNamespace, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, made.logger)
    made.client(access_log=False).get("/tell")
    assert [record for record in caplog.records if record.name == made.logger] == []


def test_what_takes_too_long_is_503(made: SimpleNamespace) -> None:
    client = made.client(max_seconds=0.05)
    answer = client.get("/slow", headers={"X-Request-ID": "late"})
    assert (answer.status_code, answer.headers["x-request-id"]) == (503, "late")
    assert answer.headers["content-type"] == "application/problem+json"
    assert client.get("/tell").status_code == 200


def test_a_method_in_a_thread_is_not_interrupted(runtime: Runtime) -> None:
    wire, core, watch = runtime("wire.contract"), runtime("server.core"), runtime("server.watch")
    responses = {"200": wire.Response(wire.Json(str))}
    block = wire.Operation(name="things.block", operation_id="block", method="GET", path="/block", responses=responses)
    ended: list[bool] = []

    class Things:
        def __init__(self, _: object) -> None:
            pass

        def block(self) -> str:
            time.sleep(0.3)
            ended.append(True)
            return "late"

    api = wire.Api(package="p", title="T", version="1", operations=(block,))
    app = core.application(api, {"things": Things}, middleware=[Middleware(watch.Watch, max_seconds=0.05)])
    answer = TestClient(app).get("/block")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert ended == [True]


def test_what_ends_in_an_exception_is_logged_as_500(runtime: Runtime, caplog: pytest.LogCaptureFixture) -> None:
    watch = runtime("server.watch")
    caplog.set_level(logging.INFO, "runtime_package.server.watch")

    async def broken(*_: Any) -> None:
        raise KeyError("other middleware")

    client = TestClient(watch.Watch(broken), raise_server_exceptions=False)
    assert client.get("/tell").status_code == 500
    found = [record for record in caplog.records if record.name == "runtime_package.server.watch"]
    assert [record.access["status"] for record in found] == [500]  # type: ignore[attr-defined]
