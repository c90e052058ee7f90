"""Client and server of a hand-written contract, in process: security, parameters, statuses, errors, streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from tests.support.clients import bound

Runtime = Callable[[str], Any]


@pytest.fixture(scope="module")
def made(runtime: Runtime) -> SimpleNamespace:
    """Return contract, service, application, and what they are made of."""
    base, wire, parameters = runtime("models.base"), runtime("wire.contract"), runtime("wire.parameters")
    exceptions, schemes, streaming = runtime("exceptions"), runtime("wire.schemes"), runtime("wire.streaming")
    content, multipart, core = runtime("wire.content"), runtime("wire.multipart"), runtime("server.core")

    class Pet(base.Model):
        name: str
        age: base.Absent[int] = None

    class Problem(base.Model):
        code: int
        message: str

    class Upload(base.Model):
        note: str
        file: multipart.File

    class Missing(exceptions.NotFound[Problem]):
        pass

    class Other(exceptions.StatusError[Problem]):
        pass

    key = schemes.KeyScheme("Key", location="query", wire_name="key")
    cookie = schemes.KeyScheme("Cookie", location="cookie", wire_name="sid")
    oauth = wire.SecurityScheme("OAuth", "oauth2")
    both: Any = ({key: (), cookie: ()}, {oauth: ("read",)}, {})
    Parameter, Json, Response = parameters.Parameter, wire.Json, wire.Response

    def operation(method: str, path: str, name: str, **options: Any) -> Any:
        return wire.Operation(name=f"pets.{name}", operation_id=name, method=method, path=path, **options)

    operations = (
        operation(
            "GET",
            "/pets/{kind}",
            "list",
            parameters=parameters.Parameters(
                Parameter("kind", str, location="path"),
                Parameter("limit", int, location="query", default=20),
                Parameter("X-Tags", list[str], name="x_tags", location="header", required=False),
            ),
            responses={
                "200": Response(
                    Json(list[Pet]), headers=parameters.Headers(parameters.Header("X-Total", int, required=True))
                ),
                "404": Response(Json(Problem), error=Missing),
                "default": Response(Json(Problem), error=Other),
            },
            security=both,
        ),
        operation(
            "GET", "/pets/mine", "mine", statuses=(200, 204), responses={"200": Response(Json(Pet)), "204": Response()}
        ),
        operation(
            "POST",
            "/pets/{name}.{ext}",
            "upload",
            parameters=parameters.Parameters(
                Parameter("name", str, location="path"), Parameter("ext", str, location="path")
            ),
            body=content.OneOf(multipart.Multipart(Upload), Json(Pet), content.Text()),
            body_required=False,
            statuses=(201,),
            responses={
                "201": Response(content.OneOf(content.Binary("image/*"), content.Text())),
                "400": Response(Json(Problem)),
            },
        ),
        operation("GET", "/events", "events", responses={"200": Response(streaming.EventStream(Pet))}),
        operation("GET", "/lines", "lines", responses={"200": Response(streaming.JsonLines(Pet))}),
        operation("GET", "/download", "download", responses={"200": Response(streaming.Download())}),
        operation(
            "GET",
            "/either",
            "either",
            responses={"200": Response(content.OneOf(Json(Pet), streaming.EventStream(Pet)))},
        ),
        operation("GET", "/act?do=a", "act_a", responses={"200": Response(content.Text())}),
        operation("GET", "/act?do=b", "act_b", responses={"200": Response(content.Text())}),
    )
    api = wire.Api(package="p", title="T", version="1", operations=operations, schemes=(key, cookie, oauth))

    class Pets:
        def __init__(self, principal: Any) -> None:
            self.principal = principal

        async def list(self, *, kind: str, limit: int, x_tags: Any = None) -> Any:
            if kind == "none":
                raise Missing(Problem(code=1, message="none"))
            if kind == "teapot":
                raise Other(Problem(code=2, message="tea"), status=418)
            if kind != "silent":
                runtime("server.context").context().headers["X-Total"] = limit
            return [Pet(name=f"{kind} {self.principal} {x_tags}", age=limit)]

        async def mine(self) -> Any:
            return None

        async def upload(self, body: Any = None, *, name: str, ext: str) -> Any:
            if isinstance(body, content.Content):
                return content.Content("text/plain", f"{name}|{ext}|{body.value!r}")
            return content.Content("image/png", body.file.read()) if body else b""

        async def events(self) -> AsyncIterator[Any]:
            for n in range(3):
                yield Pet(name="a\nb", age=n)

        async def lines(self) -> AsyncIterator[Any]:
            yield Pet(name="a")
            raise RuntimeError("in the middle")

        async def download(self) -> AsyncIterator[bytes]:
            yield b"x" * 10
            yield b"y"

        async def either(self) -> Any:
            return content.Content("text/event-stream", self.events())

        async def act_a(self) -> str:
            return "a"

        async def act_b(self) -> str:
            return "b"

    def check(presented: Any) -> str:
        names = sorted(presented.credentials)
        if "OAuth" in names and presented.credentials["OAuth"].token != "good":
            raise exceptions.Unauthorized("no")
        return f"{names}{presented.scopes.get('OAuth', ())}"

    engine = runtime("server.routing").TemplateOperations
    app = core.application(api, {"pets": Pets}, check, operations=engine, streams=runtime("server.streams").Streams)
    named = {o.operation_id: o for o in operations}
    return SimpleNamespace(
        api=api, app=app, Pet=Pet, Upload=Upload, Problem=Problem, Missing=Missing, Other=Other, **named
    )


class _Group:
    """What a generated group is: thin methods over a client."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def call(self, operation: Any, body: Any = None, **arguments: Any) -> Any:
        return self._client.invoke(operation, body, arguments)

    def stream(self, operation: Any) -> Any:
        return self._client.iterate(operation)


@pytest.fixture
def ask(made: SimpleNamespace, runtime: Runtime) -> Callable[..., Any]:
    """Return a function that calls an operation with an async client."""

    def ask(run: Callable[[Any, _Group], Awaitable[Any]], credentials: Any = None) -> Any:
        async def main() -> Any:
            http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=made.app, raise_app_exceptions=False))
            streams = runtime("client.streams")
            async with bound(streams.AsyncStreamClient, made.api)("http://test", credentials, http=http) as client:
                return await run(client, _Group(client))

        return asyncio.run(main())

    return ask


def test_parameters_headers_and_security(made: SimpleNamespace, ask: Callable[..., Any]) -> None:
    async def run(client: Any, group: _Group) -> Any:
        return await client.raw(group.call, made.list, kind="a/b", limit=3, x_tags=["x", "y"])

    raw = ask(run, {"Key": "a b", "Cookie": "c"})
    assert [p.model_dump() for p in raw.value] == [{"name": "a/b ['Cookie', 'Key']() ['x', 'y']", "age": 3}]
    assert (raw.status, raw.typed_headers) == (200, {"X-Total": 3})
    assert "a%20b" not in str(raw.response.request.url)
    assert "a b" not in repr(raw.response.request)


@pytest.mark.parametrize(("credentials", "who"), [(None, "None"), ({"OAuth": "good"}, "['OAuth']('read',)")])
def test_alternatives(made: SimpleNamespace, ask: Callable[..., Any], credentials: Any, who: str) -> None:
    pets = ask(lambda client, group: group.call(made.list, kind="k"), credentials)
    assert pets[0].name == f"k {who} None"


@pytest.mark.parametrize("token", [lambda: "good", None])
def test_credentials_that_are_asked_for(made: SimpleNamespace, ask: Callable[..., Any], token: Any) -> None:
    async def later() -> str:
        return "good"

    pets = ask(lambda client, group: group.call(made.list, kind="k"), {"OAuth": token or later})
    assert "OAuth" in pets[0].name


def test_declared_errors(made: SimpleNamespace, ask: Callable[..., Any], runtime: Runtime) -> None:
    with pytest.raises(made.Missing) as missing:
        ask(lambda client, group: group.call(made.list, kind="none"))
    assert missing.value.body == made.Problem(code=1, message="none")
    with pytest.raises(made.Other) as other:
        ask(lambda client, group: group.call(made.list, kind="teapot"))
    assert (other.value.status, other.value.body.code) == (418, 2)
    with pytest.raises(made.Other) as unauthorized:
        ask(lambda client, group: group.call(made.list, kind="x"), {"OAuth": "bad"})
    assert unauthorized.value.status == 401


def test_a_missing_response_header_is_never_sent(
    made: SimpleNamespace, ask: Callable[..., Any], runtime: Runtime
) -> None:
    with pytest.raises(runtime("exceptions").StatusError) as caught:
        ask(lambda client, group: group.call(made.list, kind="silent"))
    assert caught.value.status == 500


def test_paths(made: SimpleNamespace) -> None:
    client = TestClient(made.app)
    assert client.get("/pets/mine").status_code == 204
    assert client.get("/act?do=b").text == "b"
    assert client.get("/act?do=a&x=1").text == "a"
    assert client.get("/act").status_code == 404
    assert client.post("/pets/a.tar.gz", content="t", headers={"content-type": "text/plain"}).text == "a|tar.gz|'t'"
    assert client.get("/pets/a%2Fb").json()[0]["name"].startswith("a/b ")
    assert client.head("/pets/mine").status_code == 405
    assert client.options("/pets/mine").headers["allow"] == "GET, OPTIONS"
    assert (
        client.get("/pets/x?limit=y").json().keys() == {"code", "message"} | client.get("/pets/x?limit=y").json().keys()
    )
    assert client.get("/pets/x?limit=y").status_code == 400


def test_bodies(made: SimpleNamespace, ask: Callable[..., Any], runtime: Runtime) -> None:
    File, Content = runtime("wire.multipart").File, runtime("wire.content").Content
    body = made.Upload(note="n", file=File(b"\x00\xff", "f"))

    async def run(client: Any, group: _Group) -> list[Any]:
        return [
            await group.call(made.upload, body, name="a", ext="b"),
            await group.call(made.upload, name="a", ext="b"),
            await group.call(made.upload, Content("text/plain", "é"), name="a", ext="b"),
            await group.call(made.upload, Content("application/json", made.Pet(name="x")), name="a", ext="b"),
        ]

    found = ask(run)
    assert found[:3] == [
        b"\x00\xff",
        b"",
        Content("text/plain", "a|b|'é'"),
    ]
    assert "name='x'" in found[3].value


def test_streams(made: SimpleNamespace, ask: Callable[..., Any], runtime: Runtime) -> None:
    async def run(client: Any, group: _Group) -> list[Any]:
        events = [e.age async for e in group.stream(made.events)]
        chunks = b"".join([c async for c in group.stream(made.download)])
        either = await group.call(made.either)
        names = [e.name async for e in either.value]
        raw = await client.raw(group.stream, made.events)
        return [events, chunks, either.media_type, names, raw.status, [e.age async for e in raw.value]]

    assert ask(run) == [[0, 1, 2], b"x" * 10 + b"y", "text/event-stream", ["a\nb"] * 3, 200, [0, 1, 2]]


def test_sync_streams_close_their_response(made: SimpleNamespace, runtime: Runtime) -> None:
    closed = []

    class Body(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b'data: {"name":\ndata: "a"}\n\n'
            yield b'data: {"name": "b"}\r\n\r\n'

        def close(self) -> None:
            closed.append(True)

    answer = lambda request: httpx2.Response(200, stream=Body(), headers={"content-type": "text/event-stream"})  # noqa: E731
    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    client = bound(runtime("client.streams").StreamClient, made.api)("http://test", None, http=http)
    items = _Group(client).stream(made.events)
    assert next(items).name == "a"
    items.close()
    assert closed
    assert [e.name for e in _Group(client).stream(made.events)] == ["a", "b"]
