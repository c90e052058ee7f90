"""What a server makes of requests and answers: who asks, where paths end, fields, lengths, factories, undeclared statuses."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException
from starlette.routing import Match, NoMatchFound
from starlette.testclient import TestClient

Runtime = Callable[[str], Any]


class Making:
    """Makes applications of one operation or a few."""

    def __init__(self, runtime: Runtime) -> None:
        self.wire, self.core = runtime("wire.contract"), runtime("server.core")
        self.context, self.exceptions = runtime("server.context").context, runtime("exceptions")
        self.parameters, self.routing = runtime("wire.parameters"), runtime("server.routing")
        self.content, self.streaming = runtime("wire.content"), runtime("wire.streaming")
        self.schemes, self.Model = runtime("wire.schemes"), runtime("models.base").Model

    def operation(self, name: str = "get", **options: Any) -> Any:
        method, _, path = options.pop("at", "GET /things").partition(" ")
        options.setdefault("responses", {"200": self.wire.Response(self.wire.Json(Any))})
        operation_id = options.pop("operation_id", name)
        return self.wire.Operation(
            name=f"things.{name}", operation_id=operation_id, method=method, path=path, **options
        )

    def app(self, service: Any, *operations: Any, **options: Any) -> Any:
        """Serve operations; functions of the context are the methods of a service."""
        given = service
        if isinstance(service, dict):
            methods = {name: _method(self.context, function) for name, function in service.items()}
            given = type("Things", (), {**methods, "__init__": lambda self, who: setattr(self, "who", who)})
        api = self.wire.Api(package="p", title="T", version="1", operations=operations or (self.operation(),))
        options.setdefault("operations", self.routing.TemplateOperations)
        return self.core.application(api, {"things": given}, options.pop("authenticate", None), **options)

    def client(self, service: Any, *operations: Any, **options: Any) -> TestClient:
        return TestClient(self.app(service, *operations, **options))


def _method(context: Callable[[], Any], function: Callable[..., Any]) -> Callable[..., Any]:
    async def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return function(context(), *args, **kwargs)

    return method


@pytest.fixture(scope="module")
def making(runtime: Runtime) -> Making:
    return Making(runtime)


# Who asks


def _who(making: Making, *alternatives: tuple[str, ...]) -> Callable[..., Any]:
    known = {
        "key": making.schemes.KeyScheme("key", location="header", wire_name="X-Key", challenge="ApiKey"),
        "bearer": making.wire.SecurityScheme("bearer", "bearer"),
        "basic": making.wire.SecurityScheme("basic", "basic"),
        "digest": making.schemes.HttpScheme("digest", wire_name="Digest"),
        "tls": making.schemes.TLSScheme("tls"),
    }
    asked: list[list[str]] = []

    def authenticate(presented: Any) -> str:
        asked.append(sorted(presented.credentials))
        values = [getattr(one, "token", getattr(one, "value", "")) for one in presented.credentials.values()]
        if "banned" in values:
            raise making.exceptions.Forbidden("banned")
        if "http" in values:
            raise HTTPException(401, "of FastAPI's")
        if "http403" in values:
            raise HTTPException(403, "of FastAPI's")
        if "broken" in values:
            raise LookupError
        if not all(value == "good" for value in values):
            raise making.exceptions.Unauthorized(f"{values}")
        return "+".join(sorted(presented.credentials))

    security = tuple({known[name]: () for name in names} for names in alternatives)
    operation = making.operation(security=security)
    client = making.client({"get": lambda context: str(context.principal)}, operation, authenticate=authenticate)

    def ask(**headers: str) -> tuple[int, Any, list[list[str]]]:
        asked.clear()
        answer = client.get("/things", headers={name.replace("_", "-"): value for name, value in headers.items()})
        found = answer.json()
        return answer.status_code, found if isinstance(found, str) else found.get("detail"), [*asked]

    return ask


GOOD, STALE = "Bearer good", "Bearer stale"


def test_alternatives_are_tried_until_one_is_accepted(making: Making) -> None:
    ask = _who(making, ("key",), ("bearer",))
    assert ask(x_key="good", authorization=STALE) == (200, "key", [["key"]])
    assert ask(x_key="stale", authorization=GOOD) == (200, "bearer", [["key"], ["bearer"]])
    assert ask(x_key="http", authorization=GOOD) == (200, "bearer", [["key"], ["bearer"]])
    assert ask(authorization=GOOD) == (200, "bearer", [["bearer"]])
    assert ask(x_key="stale", authorization=STALE) == (401, "['stale']", [["key"], ["bearer"]])
    assert ask() == (401, "credentials are needed", [])


def test_forbidden_ends_the_search(making: Making) -> None:
    ask = _who(making, ("key",), ("bearer",))
    assert ask(x_key="banned", authorization=GOOD) == (403, "banned", [["key"]])
    assert ask(x_key="http403", authorization=GOOD) == (403, "of FastAPI's", [["key"]])
    assert ask(x_key="broken", authorization=GOOD) == (500, None, [["key"]])


@pytest.mark.parametrize("alternatives", [((), ("bearer",), ("key",)), (("bearer",), (), ("key",))])
def test_nobody_is_the_last_alternative_and_never_who_is_refused(making: Making, alternatives: Any) -> None:
    ask = _who(making, *alternatives)
    assert ask() == (200, "None", [])
    assert ask(authorization=GOOD) == (200, "bearer", [["bearer"]])
    assert ask(authorization=STALE)[0] == 401
    assert ask(authorization=STALE, x_key="good") == (200, "key", [["bearer"], ["key"]])


@pytest.mark.parametrize("given", ["Basic", "basic !", "Basic /w==", "Basic dTpw!", "Basic dXA=", "Bearer ", "digest"])
def test_a_malformed_credential_is_not_nobody(making: Making, given: str) -> None:
    ask = _who(making, (), ("basic",), ("bearer",), ("digest",), ("key",))
    assert ask(authorization=given) == (401, "credentials are needed", [])
    assert ask(authorization=given, x_key="good") == (200, "key", [["key"]])
    assert ask(authorization="Negotiate x") == (200, "None", [])  # of no scheme that is declared


def test_half_of_an_alternative_is_not_nobody(making: Making) -> None:
    ask = _who(making, ("key", "bearer"), ())
    assert ask(x_key="good", authorization=GOOD)[:2] == (200, "bearer+key")
    assert ask(x_key="good") == (401, "credentials are needed", [])
    assert ask() == (200, "None", [])


def test_a_certificate_that_is_refused_may_be_nobody(making: Making) -> None:
    ask = _who(making, ("tls",), ())  # whether one was presented is not in the request
    assert ask() == (200, "None", [["tls"]])


# Header fields


@pytest.mark.parametrize("declared", [None, list[str], str])
def test_several_cookies_are_fields_of_their_own(making: Making, declared: Any) -> None:
    cookies = ["sid=1; Path=/; HttpOnly", "csrf=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT"]
    headers = making.parameters.Headers(making.parameters.Header("Set-Cookie", declared)) if declared else None
    operation = making.operation(responses={"200": making.wire.Response(making.wire.Json(Any), headers=headers)})
    client = making.client({"get": lambda context: context.headers.update({"set-cookie": cookies})}, operation)
    assert client.get("/things").headers.get_list("set-cookie") == cookies


def test_a_field_is_never_sent_twice(making: Making) -> None:
    def get(context: Any) -> int:
        context.headers.update({"content-type": "application/json; v=1", "X-A": "1", "x-a": "2", "CONTENT-LENGTH": "1"})
        return 1

    headers = making.client({"get": get}).get("/things").headers
    assert headers.get_list("content-type") == ["application/json; v=1"]
    assert headers.get_list("content-length") == ["1"]
    assert headers.get_list("x-a") == ["2"]


@pytest.mark.parametrize("length", ["0", "5"])
def test_no_content_has_no_length(making: Making, length: str) -> None:
    operation = making.operation(responses={"204": making.wire.Response()}, statuses=(204,))
    client = making.client({"get": lambda context: context.headers.update({"Content-Length": length})}, operation)
    answer = client.get("/things")
    assert (answer.status_code, "content-length" in answer.headers) == (204, False)


def test_a_declared_header_is_known_in_any_case(making: Making) -> None:
    headers = making.parameters.Headers(making.parameters.Header("X-Total", int, required=True))
    operation = making.operation(responses={"200": making.wire.Response(making.wire.Json(Any), headers=headers)})
    client = making.client({"get": lambda context: context.headers.update({"x-total": 3})}, operation)
    assert client.get("/things").headers.get_list("x-total") == ["3"]


def test_a_refusals_own_fields_replace_ours(making: Making) -> None:
    bearer = making.wire.SecurityScheme("bearer", "bearer")

    def get(context: Any) -> None:
        headers = {"www-authenticate": 'Bearer realm="x"', "Content-Type": "text/html", "retry-after": "1"}
        raise making.exceptions.Unauthorized("no", headers=headers)

    operation = making.operation(security=({bearer: ()},))
    client = making.client({"get": get}, operation, authenticate=lambda _: "x")
    headers = client.get("/things", headers={"authorization": GOOD}).headers
    assert headers.get_list("www-authenticate") == ['Bearer realm="x"']
    assert headers.get_list("content-type") == ["application/problem+json"]
    assert headers.get_list("retry-after") == ["1"]


def test_a_declared_401_has_the_challenge_too(making: Making) -> None:
    responses = {"200": making.wire.Response(), "401": making.wire.Response(making.wire.Json(str))}
    operation = making.operation(responses=responses, security=({making.wire.SecurityScheme("b", "bearer"): ()},))
    answer = making.client({"get": lambda _: None}, operation, authenticate=lambda _: 1).get("/things")
    assert (answer.json(), answer.headers.get_list("www-authenticate")) == ("credentials are needed", ["Bearer"])


def test_head_says_the_length_that_get_would_or_none(making: Making) -> None:
    length = making.parameters.Headers(making.parameters.Header("Content-Length", int))
    operation = making.operation(at="HEAD /things", responses={"200": making.wire.Response(headers=length)})
    said = making.client({"get": lambda context: context.headers.update({"Content-Length": 1234})}, operation)
    assert said.head("/things").headers.get_list("content-length") == ["1234"]
    silent = making.client({"get": lambda _: None}, operation)
    assert silent.head("/things").headers.get_list("content-length") == []


# Bodies


@pytest.mark.parametrize(
    ("encoding", "status"), [("gzip", 415), ("br, gzip", 415), ("identity", 200), ("Identity", 200)]
)
def test_an_encoded_body_is_refused_with_what_is_accepted(making: Making, encoding: str, status: int) -> None:
    operation = making.operation(at="POST /things", body=making.wire.Json(Any))
    client = making.client({"get": lambda _, body: body}, operation)
    answer = client.post("/things", json=1, headers={"content-encoding": encoding})
    assert answer.status_code == status
    assert answer.headers.get("accept-encoding") == ("identity" if status == 415 else None)


# Where paths end


def _scope(path: str, **more: Any) -> dict[str, Any]:
    return {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [], **more}


def test_servers_may_leave_the_raw_path_out(making: Making) -> None:
    app = making.app({"get": lambda _, **__: "x"}, making.operation(at="GET /a b/{id}:x"))

    async def ask(scope: dict[str, Any]) -> int:
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b""}

        async def send(message: Any) -> None:
            sent.append(message)

        await app(scope, receive, send)
        return int(sent[0]["status"])

    for more in ({}, {"raw_path": None}, {"raw_path": b""}, {"raw_path": b"/a%20b/1:x"}):
        assert asyncio.run(ask(_scope("/a b/1:x", **more))) == 200


@pytest.mark.parametrize(
    ("root", "path", "raw", "found"),
    [
        ("/v1", "/v1/things", None, "/things"),
        ("/v1/", "/v1/things", None, "/things"),
        ("/v1", "/v1things", None, "/v1things"),
        ("/v1", "/things", None, "/things"),
        ("/a b", "/a b/things", b"/a%20b/things", "/things"),
        ("/~me", "/~me/things", b"/%7Eme/things", "/things"),
        ("/a/b", "/a/b/x%2Fy", b"/a/b/x%2Fy", "/x%2Fy"),
        ("/a/b", "/a/b/x/y", b"/a/b/x%2Fy", "/x%2Fy"),
        ("/a/b", "/a/b", b"/a%2Fb", "/a%2Fb"),
        ("", "/new/x y", b"/old/x%20y", "/new/x%20y"),  # a middleware changed the path
        ("/v 1/", "/x/y", b"/v%201/x%2Fy", "/x%2Fy"),  # what mounts it took the root path out
        ("/v1", "/v1/b", b"/b", "/b"),
        ("", "/ä", b"/\xc3\xa4", "/%C3%A4"),
    ],
)
def test_the_root_path_ends_at_a_segments_end(
    making: Making, root: str, path: str, raw: bytes | None, found: str
) -> None:
    assert making.core.path_of(_scope(path, raw_path=raw, root_path=root)) == found


# Variables that touch, and operations that share a path


def _touching(making: Making, path: str, **types: Any) -> Callable[[str], Any]:
    parameters = making.parameters.Parameters(
        *(making.parameters.Parameter(name, type_, location="path") for name, type_ in types.items())
    )
    operation = making.operation(at=f"GET {path}", parameters=parameters)
    client = making.client({"get": lambda _, **given: [*given.values()]}, operation)

    def ask(path: str) -> Any:
        answer = client.get(path)
        return answer.json() if answer.status_code == 200 else answer.status_code

    return ask


def test_variables_that_touch_are_told_apart_by_what_they_accept(making: Making) -> None:
    from typing import Annotated, Literal

    from pydantic import Field

    ask = _touching(making, "/f/{id}{ext}", id=str, ext=Literal[".json", ".xml"])
    assert ask("/f/a.json") == ["a", ".json"]
    assert ask("/f/a.json.xml") == ["a.json", ".xml"]
    assert ask("/f/a%2Fb%2Exml") == ["a/b", ".xml"]
    assert ask("/f/a.yaml") == 400
    assert ask("/f/a") == 404
    ask = _touching(making, "/f/{number}{unit}", number=int, unit=Annotated[str, Field(pattern="^[a-z]+$")])
    assert ask("/f/125kg") == [125, "kg"]
    assert ask("/f/12é5") == 400
    ask = _touching(making, "/f/{a}{b}{c}.{d}", a=int, b=Literal["-", "+"], c=int, d=str)
    assert ask("/f/12+34.x") == [12, "+", 34, "x"]
    ask = _touching(making, "/f/{a}{b}", a=str, b=str)
    assert ask("/f/abc") == ["a", "bc"]


@pytest.mark.parametrize(
    ("path", "sent", "refused"),
    [
        ("/f/{a}{b}", {"a": "x", "b": "yz"}, {"a": "xy", "b": "z"}),
        ("/f/{a}.{b}", {"a": "x", "b": "tar.gz"}, {"a": "x.tar", "b": "gz"}),
        ("/f/{a}-{b}.{c}", {"a": "x", "b": "y-z", "c": "1"}, {"a": "x-y", "b": "z", "c": "1"}),
        ("/f/{a}/{b}{c}#f", {"a": "..x", "b": "y", "c": "z"}, {"a": "x", "b": "yy", "c": "z"}),
        ("/f/{a}/{b}", {"a": "x.y", "b": "y"}, {}),
    ],
)
def test_a_client_refuses_what_a_path_would_not_give_back(
    making: Making, path: str, sent: dict[str, str], refused: dict[str, str]
) -> None:
    names = sorted(sent)
    parameters = making.parameters.Parameters(*(making.parameters.Parameter(n, str, location="path") for n in names))
    client = _touching(making, path, **dict.fromkeys(names, str))
    assert client(parameters.write(path.partition("#")[0], sent).path) == [sent[name] for name in names]
    if refused:
        assert client(path.partition("#")[0].format(**refused)) != [refused[name] for name in names]
        with pytest.raises(making.exceptions.EncodeError, match="would be divided otherwise"):
            parameters.write(path.partition("#")[0], refused)


def test_a_long_text_among_variables_that_touch_costs_little(making: Making) -> None:
    ask = _touching(making, "/f/{a}{b}{c}", a=int, b=int, c=int)
    begun = threading.Event()
    timer = threading.Timer(5, begun.set)
    timer.start()
    assert ask("/f/" + "x" * 20_000) == 400
    assert not begun.is_set()
    timer.cancel()


@pytest.mark.parametrize("other", ["/do#stream", "/do?stream"])
def test_operations_of_one_path_are_told_apart_by_content_type(making: Making, other: str) -> None:
    operations = (
        making.operation("plain", at="POST /do", body=making.wire.Json(Any)),
        making.operation("stream", at=f"POST {other}", body=making.content.Binary()),
    )
    client = making.client({"plain": lambda _, body: "plain", "stream": lambda _, body: "stream"}, *operations)
    query = "?stream" if "?" in other else ""
    assert client.post("/do" + query, json={}).json() == "plain"
    octets = {"content-type": "application/octet-stream"}
    assert client.post("/do" + query, content=b"x", headers=octets).json() == "stream"
    assert client.post("/do" + query, content=b"x", headers={"content-type": "text/css"}).status_code == 415


# Factories


@pytest.mark.parametrize("kind", ["function", "async", "context", "generator", "partial", "callable"])
@pytest.mark.parametrize("blocks", [True, False])
def test_factories(making: Making, kind: str, blocks: bool) -> None:
    log: list[str] = []

    class Blocking:
        def get(self) -> str:
            return "made"

    class Async:
        async def get(self) -> str:
            return "made"

    Service = Blocking if blocks else Async

    async def waited(_: Any) -> Any:
        await asyncio.sleep(0)
        return Service()

    async def generator(_: Any) -> AsyncIterator[Any]:
        log.append("open")
        try:
            yield Service()
        finally:
            log.append("close")

    class Asked:
        async def __call__(self, _: Any) -> Any:
            return Service()

    context = asynccontextmanager(generator)
    factories: dict[str, Any] = {
        "function": lambda _: Service(),
        "async": waited,
        "context": context,
        "generator": generator,
        "partial": partial(lambda pool, who: context(who), 1),
        "callable": Asked(),
    }
    assert making.client(factories[kind]).get("/things").json() == "made"
    assert log == (["open", "close"] if kind in {"context", "generator", "partial"} else [])


def test_a_context_sees_what_goes_wrong_and_may_refuse_at_its_end(making: Making) -> None:
    seen: list[Any] = []

    @asynccontextmanager
    async def scoped(_: Any) -> AsyncIterator[Any]:
        try:
            yield SimpleNamespace(get=get)
        except making.exceptions.NotFound as error:
            seen.append(error.body)
            raise
        raise making.exceptions.ServiceUnavailable("no commit")

    results: list[Any] = [making.exceptions.NotFound("none"), 1]

    async def get() -> Any:
        result = results.pop(0)
        if isinstance(result, Exception):
            raise result
        return result

    client = making.client(scoped)
    assert client.get("/things").status_code == 404
    assert seen == ["none"]
    assert client.get("/things").json()["detail"] == "no commit"


# Errors


def _raising(error: Exception) -> dict[str, Any]:
    def get(_: Any) -> None:
        raise error

    return {"get": get}


def test_errors_are_answered_as_raised_and_undeclared_ones_logged_once(
    making: Making, caplog: pytest.LogCaptureFixture
) -> None:
    exceptions = making.exceptions
    for error, status in (
        (exceptions.NotFound("none"), 404),
        (exceptions.PreconditionFailed("stale"), 412),
        (exceptions.GatewayTimeout(), 504),
        (HTTPException(404, "none", headers={"X-Why": "so"}), 404),
        (HTTPException(418), 418),
    ):
        caplog.clear()
        client = making.client(_raising(error))
        answers = [client.get("/things") for _ in range(2)]
        assert {one.status_code for one in answers} == {status}
        assert answers[0].json()["detail"]
        assert answers[0].headers["content-type"] == "application/problem+json"
        assert answers[0].headers.get("x-why") == ("so" if getattr(error, "headers", None) else None)
        lines = [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]
        assert lines == [f"GET /things answers {status}, which the document does not declare"]


def test_a_body_that_is_no_text_is_answered_as_raised(making: Making) -> None:
    class Problem(making.Model):
        code: int

    answer = making.client(_raising(making.exceptions.Conflict(Problem(code=1)))).get("/things")
    assert (answer.status_code, answer.json(), answer.headers["content-type"]) == (409, {"code": 1}, "application/json")
    assert making.client(_raising(HTTPException(409, {"code": 1}))).get("/things").json() == {"detail": {"code": 1}}
    assert making.client(_raising(HTTPException(304))).get("/things").content == b""


@pytest.mark.parametrize(
    "error",
    [HTTPException(204), HTTPException(409, {"x": object()}), HTTPException(400, "no", headers={"x-a": "a\nb"})],
    ids=["no error", "no JSON", "no header"],
)
def test_what_can_not_be_answered_as_raised_is_a_500_in_the_log(
    making: Making, error: HTTPException, caplog: pytest.LogCaptureFixture
) -> None:
    answer = making.client(_raising(error)).get("/things")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "GET /things failed" in caplog.text


def test_a_context_that_keeps_an_error_to_itself_is_a_500(making: Making, caplog: pytest.LogCaptureFixture) -> None:
    @asynccontextmanager
    async def scoped(_: Any) -> AsyncIterator[Any]:
        with contextlib.suppress(LookupError):
            yield SimpleNamespace(get=get)

    def get() -> Any:
        raise KeyError("lost")

    assert making.client(scoped).get("/things").status_code == 500
    assert "kept an error to itself" in caplog.text


def test_an_exception_of_fastapi_takes_the_declared_form(making: Making) -> None:
    class Problem(making.Model):
        message: str

    responses = {
        "200": making.wire.Response(making.wire.Json(Any)),
        "404": making.wire.Response(making.wire.Json(Problem)),
    }
    for detail, message in (("none", "none"), ({"a": 1}, '{"a": 1}')):
        answer = making.client(_raising(HTTPException(404, detail)), making.operation(responses=responses)).get(
            "/things"
        )
        assert (answer.status_code, answer.json()["message"]) == (404, message)


def test_strict_refuses_undeclared_statuses(making: Making, caplog: pytest.LogCaptureFixture) -> None:
    for error in (making.exceptions.Conflict(), HTTPException(409)):
        assert making.client(_raising(error), strict=True).get("/things").status_code == 500
        assert "status 409 is not declared" in caplog.text
        caplog.clear()
    unavailable = making.exceptions.ServiceUnavailable()  # which any service may answer
    assert making.client(_raising(unavailable), strict=True).get("/things").status_code == 503


def _problems(making: Making, type_: Any, *statuses: str) -> Any:
    declared = making.wire.Response(making.wire.Json(type_, "application/problem+json"))
    return making.operation(
        at="POST /things",
        body=making.wire.Json(int),
        responses={"200": making.wire.Response(making.wire.Json(Any)), **dict.fromkeys(statuses, declared)},
        security=({making.wire.SecurityScheme("bearer", "bearer"): ()},),
    )


@pytest.mark.parametrize("lax", [True, False])
def test_declared_problem_details_are_good_ones(making: Making, lax: bool) -> None:
    class Strict(making.Model):
        type: str
        title: str
        status: int
        detail: str

    operation = _problems(making, Any if lax else Strict, "401", "422", "404")

    def get(_: Any, body: int) -> None:
        raise making.exceptions.NotFound("none")

    client = making.client({"get": get}, operation, authenticate=lambda _: "x")
    good = {"authorization": GOOD}
    for answer, status in (
        (client.post("/things", json=1), 401),
        (client.post("/things", json="x", headers=good), 422),
        (client.post("/things", json=1, headers=good), 404),
    ):
        found = answer.json()
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert found.keys() == {"type", "title", "status", "detail"}
        assert (found["type"], found["status"], type(found["detail"])) == ("about:blank", status, str)


def test_a_stream_or_download_is_no_body_for_a_refusal(making: Making) -> None:
    events = making.streaming.EventStream(str)
    for media in (making.streaming.Download(), events, making.content.OneOf(events, making.streaming.Download())):
        responses = {"default": making.wire.Response(media)}
        operation = making.operation(responses=responses, security=({making.wire.SecurityScheme("b", "bearer"): ()},))
        answer = making.client({"get": lambda _: None}, operation, authenticate=lambda _: 1).get("/things")
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    declared = {"200": making.wire.Response(), "401": making.wire.Response(making.content.Text("text/event-stream"))}
    operation = making.operation(responses=declared, security=({making.wire.SecurityScheme("b", "bearer"): ()},))
    answer = making.client({"get": lambda _: None}, operation, authenticate=lambda _: 1).get("/things")
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


# What tools see


def _listed(making: Making) -> Any:
    id_ = making.parameters.Parameters(making.parameters.Parameter("pet-id", int, name="pet_id", location="path"))
    name = making.parameters.Parameters(making.parameters.Parameter("name", str, location="path"))
    operations = (
        making.operation("read", at="GET /pets/{pet-id}", operation_id="getPet", parameters=id_),
        making.operation("write", at="PUT /pets/{pet-id}", operation_id="", parameters=id_),
        making.operation("mine", at="GET /pets/mine"),
        making.operation("open", at="GET /files/{name}", parameters=name),
    )
    return making.app(dict.fromkeys(("read", "write", "mine", "open"), lambda *_, **__: "x"), *operations)


def test_a_route_for_each_operation_matches_and_builds_urls(making: Making) -> None:
    app = _listed(making)

    def matching(method: str, path: str) -> dict[str, Match]:
        scope = _scope(path, method=method, app=app)
        found = {f"{'/'.join(r.methods)} {r.path}": r.matches(scope)[0] for r in app.routes if hasattr(r, "methods")}
        return {name: match for name, match in found.items() if match is not Match.NONE}

    assert matching("GET", "/pets/7") == {"GET /pets/{pet-id}": Match.FULL, "PUT /pets/{pet-id}": Match.PARTIAL}
    assert matching("GET", "/pets/mine") == {"GET /pets/mine": Match.FULL}
    assert matching("POST", "/pets/mine") == {"GET /pets/mine": Match.PARTIAL}
    assert matching("GET", "/other") == {}
    assert app.url_path_for("getPet", pet_id=7) == "/pets/7"
    assert app.url_path_for("things.write", pet_id=7) == "/pets/7"
    assert app.url_path_for("mine") == "/pets/mine"
    with pytest.raises(NoMatchFound):
        app.url_path_for("getPet", other=7)
    with pytest.raises(NoMatchFound):
        app.url_path_for("nobody")
    for elsewhere in (".", ".."):
        with pytest.raises(making.exceptions.EncodeError, match="a path segment cannot be"):
            app.url_path_for("open", name=elsewhere)
    outer = FastAPI()
    outer.mount("/v1", app, name="inner")
    assert outer.url_path_for("inner:getPet", pet_id=7) == "/v1/pets/7"


def test_no_request_asks_the_routes(making: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    app = _listed(making)

    @app.get("/mine")  # type: ignore[untyped-decorator, unused-ignore]
    def mine() -> str:
        return "mine"

    monkeypatch.setattr(making.core.Route, "matches", lambda *_: pytest.fail("a request asked a route"))
    client = TestClient(app)
    assert [client.get(path).status_code for path in ("/pets/7", "/mine", "/nothing")] == [200, 200, 404]
    assert "/mine" in {getattr(route, "path", "") for route in app.routes}
    with pytest.raises(AttributeError, match="append"):
        app.routes.append(app.routes[0])  # which would be lost


def test_a_service_may_build_urls_of_its_own_application(making: Making) -> None:
    def get(context: Any) -> str:
        return str(context.request.url_for("get"))

    assert making.client({"get": get}).get("/things").json() == "http://testserver/things"


# What is said at the start


@pytest.mark.parametrize("wrapped", [True, False])
def test_missing_and_superfluous_methods_are_named(
    making: Making, caplog: pytest.LogCaptureFixture, wrapped: bool
) -> None:
    class Stub:
        async def get(self) -> int:
            return 1

        async def put(self) -> int:
            return 1

    for method in (Stub, Stub.get, Stub.put):
        method.__module__ = f"{making.core.PACKAGE}.server.stub"

    class Mine(Stub):
        def __init__(self, who: object) -> None:
            pass

        async def get(self) -> int:
            return 2

        async def putt(self) -> int:
            return self._helper()

        def _helper(self) -> int:
            return 3

    operations = (making.operation("get"), making.operation("put", at="PUT /things"))
    service = partial(Mine) if wrapped else Mine
    making.app(service, *operations)
    assert "things: Mine leaves out put; Mine has no operation for putt" in caplog.text
    with pytest.raises(TypeError, match="leaves out put; Mine has no operation for putt"):
        making.app(service, *operations, complete=True)
    with pytest.raises(TypeError, match="things: there is no service"):
        making.app(None, *operations, complete=True)

    class Whole(Mine):
        putt: Any = None

        async def get(self) -> int:
            return 2

        async def put(self) -> int:
            return 3

    caplog.clear()
    making.app(Whole, *operations, complete=True)
    assert not caplog.records

    def annotated(kind: Any) -> Any:
        def make(who: object) -> Any:
            return Whole(who)

        make.__annotations__ = {"return": kind}
        return make

    with pytest.raises(TypeError, match="leaves out put; Mine has no operation for putt"):
        making.app(annotated(Mine), *operations, complete=True)
    for kind in (Whole, Stub, Any, object, None, "Missing"):  # a stub, and what has no such methods, say nothing
        app = making.app(annotated(kind), *operations, complete=True)
        assert TestClient(app).put("/things").json() == 3
