"""Secrets stay where they belong: names that are secret, keys of queries, bodies at redirects, paths of cookies."""

from __future__ import annotations

import importlib
import json
import logging
import traceback
from functools import partial
from http.cookiejar import CookieJar
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any
from urllib.parse import unquote_plus

import anyio
import httpx2
import pytest

from tests.runtime.test_secrets import paths_to_canary
from tests.support.packages import build_tree, imported

CANARY = "c4n4ry-s3cret"
PASSWORD = {"type": "string", "format": "password"}
INTEGER = {"type": "integer"}


def _built(folder: Path, name: str, paths: dict[str, Any], schemas: dict[str, Any] | None = None) -> ModuleType:
    tree = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "components": {"schemas": schemas or {}},
        "paths": paths,
    }
    return imported(build_tree(folder, tree, package=name), folder)


def _operation(name: str, **more: Any) -> dict[str, Any]:
    return {"operationId": name, "responses": {"204": {"description": ""}}, **more}


# Names of properties

OWN = {"type": "object", "properties": {"n": INTEGER}}
SCHEMAS: dict[str, Any] = {
    "Judged": {**OWN, "propertyNames": {**PASSWORD, "maxLength": 4}},
    "Valued": {**OWN, "propertyNames": PASSWORD, "additionalProperties": INTEGER},
    "Nested": {**OWN, "propertyNames": PASSWORD, "additionalProperties": {"$ref": "#/components/schemas/Plain"}},
    "Plain": OWN,
    "Map": {"type": "object", "propertyNames": PASSWORD, "additionalProperties": {"type": "string"}},
    "Closed": {**OWN, "propertyNames": PASSWORD, "additionalProperties": False},
    "Extended": {"allOf": [{"$ref": "#/components/schemas/Valued"}, {"type": "object", "properties": {"m": INTEGER}}]},
    "Holding": {"type": "object", "properties": {"held": {"$ref": "#/components/schemas/Valued"}}},
    "Recursive": {
        "type": "object",
        "properties": {"n": INTEGER, "r": {"$ref": "#/components/schemas/Recursive"}},
        "propertyNames": PASSWORD,
        "additionalProperties": INTEGER,
    },
    "Untyped": {"properties": {"n": INTEGER}, "propertyNames": PASSWORD, "additionalProperties": INTEGER},
    "Several": {"anyOf": [{"$ref": "#/components/schemas/Valued"}, {"$ref": "#/components/schemas/Closed"}]},
    "OrText": {
        "type": ["object", "integer"],
        "properties": {"n": INTEGER},
        "propertyNames": PASSWORD,
        "additionalProperties": INTEGER,
    },
}
BODIES: dict[str, tuple[Any, str]] = {
    "Judged": ({CANARY: 1}, "…: Value is not as its schema says: maxLength"),
    "Valued": ({CANARY: "a"}, "…: … is no integer"),
    "Nested": ({CANARY: {"n": "a"}}, "….n: … is no integer"),
    "Closed": ({CANARY: "a"}, "…: there is no such property"),
    "Extended": ({CANARY: "a"}, "…: Value is not as its schema says: type"),
    "Holding": ({"held": {CANARY: "a"}}, "held.…: … is no integer"),
    "Recursive": ({"r": {CANARY: "a"}}, "r.…: … is no integer"),
    "Untyped": ({CANARY: "a"}, "…: … is no integer"),
    "Several": ({CANARY: "a"}, "…: … is no integer; …: there is no such property"),
    "OrText": ({CANARY: "a"}, "…: … is no integer; value: an object is no integer"),
}


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    content = {f"application/vnd.{one}+json": {"schema": {"$ref": f"#/components/schemas/{one}"}} for one in SCHEMAS}
    body = {"required": True, "content": content}
    return _built(
        tmp_path_factory.mktemp("names"),
        "kept_in_classes",
        {"/a": {"post": _operation("a", requestBody=body)}},
        SCHEMAS,
    )


def _reader(package: ModuleType, name: str) -> Any:
    contract = importlib.import_module(f"{package.__name__}._runtime.wire.contract")
    return contract.Json(getattr(package.models, name))


@pytest.mark.parametrize("name", BODIES)
def test_no_message_has_a_secret_name_of_a_class_with_properties(names: ModuleType, name: str) -> None:
    value, said = BODIES[name]
    with pytest.raises(names.errors.DecodeError) as caught:
        _reader(names, name).read(json.dumps(value).encode())
    assert str(caught.value) == said
    assert CANARY not in repr(caught.value.details)


def test_declared_names_and_their_values_are_shown(names: ModuleType) -> None:
    with pytest.raises(names.errors.DecodeError, match=r"^n: 'a' is no integer$"):
        _reader(names, "Valued").read(b'{"n": "a"}')


@pytest.mark.parametrize("name", ["Valued", "Closed"])
def test_a_value_that_can_not_be_written_is_told_without_its_name(names: ModuleType, name: str) -> None:
    model = getattr(names.models, name)()
    model.__pydantic_extra__ = {CANARY: object()}
    model.__pydantic_fields_set__.add(CANARY)
    with pytest.raises(names.errors.EncodeError) as caught:
        _reader(names, name).write(model)
    assert CANARY not in str(caught.value)


def test_a_map_that_can_not_be_written_is_told_without_its_names(names: ModuleType) -> None:
    with pytest.raises(names.errors.EncodeError, match=r"^…: text is needed, not int$"):
        _reader(names, "Map").write({CANARY: 5})


# Keys of queries

DEEP = {"in": "query", "style": "deepObject", "explode": True}
QUERIES: dict[str, tuple[dict[str, Any], Any, str]] = {
    "a key in brackets": ({**DEEP, "schema": {"type": "object"}}, {"key": "ab1"}, "?what%5Bkey%5D=…"),
    "a key deep in brackets": (
        {**DEEP, "schema": {"type": "object"}},
        {"by": {"key": {"x": "ab1"}}},
        "?what%5Bby%5D%5Bkey%5D%5Bx%5D=…",
    ),
    "a password in brackets": (
        {**DEEP, "schema": {"type": "object", "properties": {"pin": PASSWORD}}},
        {"pin": "ab1"},
        "?what%5Bpin%5D=…",
    ),
    "names in brackets": (
        {**DEEP, "schema": {"type": "object", "propertyNames": PASSWORD}},
        {"ab1": "x"},
        "?what…=…",
    ),
    "names of a class in brackets": (
        {**DEEP, "schema": {"type": "object", "properties": {"n": INTEGER}, "propertyNames": PASSWORD}},
        {"n": 5, "ab1": "x"},
        "?what%5Bn%5D=…&what…=…",
    ),
    "names": ({"in": "query", "schema": {"type": "object", "propertyNames": PASSWORD}}, {"ab1": "x"}, "?…=…"),
    "no key": ({**DEEP, "schema": {"type": "object"}}, {"keys": "ab1"}, "?what%5Bkeys%5D=ab1"),
}


@pytest.mark.parametrize("case", QUERIES)
def test_keys_of_a_query_tell_what_is_secret_in_brackets_too(
    tmp_path: Path, case: str, caplog: pytest.LogCaptureFixture
) -> None:
    said, value, shown = QUERIES[case]
    name = "kept_query_" + case.replace(" ", "_")
    parameter = {"name": "what", "required": True, **said}
    made = _built(tmp_path, name, {"/p": {"get": _operation("a", parameters=[parameter])}})
    caplog.set_level(logging.DEBUG)
    http = httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(500)))
    client = importlib.import_module(f"{name}.client").Client("http://h", http=http, retries=0)
    with pytest.raises(made.errors.InternalServerError) as caught:
        client.default.a(what=value)
    assert f"http://h/p{shown}: " in str(caught.value)
    if not case.startswith("no "):
        assert "ab1" not in str(caught.value) + repr(caught.value.response.request) + caplog.text


# Bodies at redirects

OBJECT = {
    "type": "object",
    "properties": {"deep": {"type": "array", "items": {"type": "object", "properties": {"pin": PASSWORD}}}},
}
KINDS: dict[str, Any] = {
    "json": ("application/json", OBJECT, {"deep": [{"pin": CANARY}]}),
    "form": ("application/x-www-form-urlencoded", {"type": "object", "properties": {"pin": PASSWORD}}, {"pin": CANARY}),
    "multipart": ("multipart/form-data", {"type": "object", "properties": {"pin": PASSWORD}}, {"pin": CANARY}),
    "names": ("application/json", {"type": "object", "propertyNames": PASSWORD}, {CANARY: 1}),
    "plain": ("application/json", {"type": "object", "properties": {"pin": {"type": "string"}}}, {"pin": "1"}),
}


@pytest.fixture(scope="module")
def bodies(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    paths = {
        f"/{name}": {"put": _operation(name, requestBody={"required": True, "content": {kind: {"schema": schema}}})}
        for name, (kind, schema, _) in KINDS.items()
    }
    return _built(tmp_path_factory.mktemp("bodies"), "kept_bodies", paths)


def _put(package: ModuleType, name: str, status: int, target: str) -> list[httpx2.Request]:
    """Call an operation that answers with a redirect; return the requests."""
    found: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        request.read()
        found.append(request)
        return httpx2.Response(status, headers={"location": target}) if len(found) == 1 else httpx2.Response(204)

    http = httpx2.Client(transport=httpx2.MockTransport(answer), follow_redirects=True)
    client = importlib.import_module(f"{package.__name__}.client").Client("http://h", http=http)
    operation = next(one for one in client._api.operations if one.operation_id == name)
    read = importlib.import_module(f"{package.__name__}._runtime.wire.contract").Json(operation.body.type).read
    client.invoke(operation, read(json.dumps(KINDS[name][2]).encode()))
    return found


@pytest.mark.parametrize("status", [301, 307, 308])
@pytest.mark.parametrize("name", [name for name in KINDS if name != "plain"])
def test_a_body_with_a_password_is_not_sent_to_another_origin(bodies: ModuleType, name: str, status: int) -> None:
    with pytest.raises(bodies.errors.StatusError, match="has a secret, which is not sent to another origin") as caught:
        _put(bodies, name, status, "http://h1/there?x=1")
    assert (caught.value.status, caught.value.target) == (status, "http://h1/there")
    assert caught.value.response.next_request is None


@pytest.mark.parametrize(
    ("name", "status", "target"),
    [("json", 307, "/there"), ("json", 303, "http://h1/there"), ("plain", 307, "http://h1/there")],
)
def test_other_redirects_are_followed(bodies: ModuleType, name: str, status: int, target: str) -> None:
    first, second = _put(bodies, name, status, target)
    assert second.content == (b"" if status == 303 else first.content)


UNREAD: dict[str, tuple[str, Any, Any]] = {
    "text": ("text/plain", PASSWORD, CANARY),
    "nested text": ("text/csv", {"$ref": "#/components/schemas/Held"}, CANARY),
    "xml": ("application/xml", {"$ref": "#/components/schemas/Held"}, CANARY.encode()),
    "bytes": ("application/vnd.x", PASSWORD, CANARY.encode()),
}


@pytest.fixture(scope="module")
def unread(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    schemas = {
        "Held": {
            "type": "object",
            "properties": {"deep": {"type": "array", "items": {"$ref": "#/components/schemas/Pin"}}},
        },
        "Pin": {"type": "object", "properties": {"pin": PASSWORD}},
    }
    paths: dict[str, Any] = {}
    for number, (kind, schema, _) in enumerate(UNREAD.values()):
        content = {"content": {kind: {"schema": schema}}}
        operation = _operation(f"o{number}", requestBody={"required": True, **content})
        operation["responses"]["400"] = {"description": "", **content}
        paths[f"/{number}"] = {"put": operation}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pin"}}}}
    paths["/optional"] = {"put": _operation("optional", requestBody=body)}
    text = {"name": "q", "in": "querystring", "required": True, "content": {"text/plain": {"schema": PASSWORD}}}
    paths["/query"] = {"get": _operation("query", parameters=[text])}
    tree = {
        "openapi": "3.2.0",
        "info": {"title": "T", "version": "1"},
        "components": {"schemas": schemas},
        "paths": paths,
    }
    folder = tmp_path_factory.mktemp("unread")
    return imported(build_tree(folder, tree, package="kept_unread"), folder)


async def _sent(package: ModuleType, is_async: bool, operation: str, answer: Any, *args: Any, **more: Any) -> None:
    made, kind = importlib.import_module(f"{package.__name__}.client"), "AsyncClient" if is_async else "Client"
    http = getattr(httpx2, kind)(transport=httpx2.MockTransport(answer), follow_redirects=True)
    found = getattr(getattr(made, kind)("http://h", http=http, retries=0).default, operation)(*args, **more)
    if is_async:
        await found


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("name", UNREAD)
def test_a_password_that_is_read_without_its_schema_is_kept(unread: ModuleType, name: str, is_async: bool) -> None:
    operation, (kind, _, body) = f"o{[*UNREAD].index(name)}", UNREAD[name]
    moved, hosts = {"location": "http://h1/there"}, list[str]()

    def redirect(request: httpx2.Request) -> httpx2.Response:
        hosts.append(request.url.host)
        return httpx2.Response(307, headers=moved) if len(hosts) == 1 else httpx2.Response(204)

    with pytest.raises(unread.errors.StatusError, match="has a secret, which is not sent to another origin"):
        anyio.run(_sent, unread, is_async, operation, redirect, body)
    assert hosts == ["h"]
    refusal = httpx2.Response(400, content=CANARY, headers={"content-type": kind})
    with pytest.raises(unread.errors.BadRequest, match=r": 400 Bad Request$") as caught:
        anyio.run(_sent, unread, is_async, operation, lambda _: refusal, body)
    assert caught.value.body == body


def test_a_call_without_its_body_follows_a_redirect(unread: ModuleType) -> None:
    hosts: list[str] = []

    def redirect(request: httpx2.Request) -> httpx2.Response:
        hosts.append(request.url.host)
        return httpx2.Response(307, headers={"location": "http://h1/"}) if len(hosts) == 1 else httpx2.Response(204)

    anyio.run(_sent, unread, False, "optional", redirect)
    assert hosts == ["h", "h1"]


def test_a_query_of_text_that_is_a_password_is_not_shown(unread: ModuleType) -> None:
    call = partial(_sent, unread, False, "query", lambda _: httpx2.Response(500), q=CANARY)
    with pytest.raises(unread.errors.InternalServerError) as caught:
        anyio.run(call)
    assert CANARY not in str(caught.value)


# Cookies


@pytest.fixture(scope="module")
def cookies(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    pin = {"name": "pin", "in": "path", "required": True, "schema": PASSWORD}
    paths = {f"/a/{{pin}}/{name}": {"get": _operation(name, parameters=[pin])} for name in ("one", "two", "three")}
    return _built(tmp_path_factory.mktemp("cookies"), "kept_cookies", paths)


@pytest.mark.parametrize("path", [f"/a/{CANARY}/", f"/a/{CANARY}", "", "/a"])
def test_a_cookie_of_a_path_with_a_secret_comes_back_below_that_path_alone(
    cookies: ModuleType, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    given: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        given.append(request.headers.get("cookie", ""))
        headers = {"set-cookie": "sid=1" + (f"; Path={path}" if path else "")} if len(given) == 1 else {}
        return httpx2.Response(500 if len(given) == 1 else 204, headers=headers)

    caplog.set_level(logging.DEBUG)
    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    client = importlib.import_module("kept_cookies.client").Client("http://h", http=http, retries=0)
    with pytest.raises(cookies.errors.InternalServerError) as caught:
        client.default.one(pin=CANARY)
    client.default.two(pin=CANARY)
    client.default.two(pin="an-0ther-one")
    assert given == ["", "sid=1", "sid=1" if path == "/a" else ""]
    assert len([*http.cookies.jar]) == 1
    error = caught.value
    assert CANARY not in str(error) + repr(error) + caplog.text + str(error.headers) + str(error.response.headers.raw)


def test_a_redirect_takes_the_cookie_of_a_path_with_a_secret_along(cookies: ModuleType) -> None:
    given: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        given.append(request.headers.get("cookie", ""))
        return (
            httpx2.Response(204)
            if len(given) > 1
            else httpx2.Response(302, headers={"set-cookie": "sid=1", "location": "two"})
        )

    http = httpx2.Client(transport=httpx2.MockTransport(answer), follow_redirects=True)
    importlib.import_module("kept_cookies.client").Client("http://h", http=http).default.one(pin=CANARY)
    assert given == ["", "sid=1"]


def test_threads_that_get_cookies_of_paths_with_secrets_do_not_disturb_each_other(cookies: ModuleType) -> None:
    others: list[Thread] = []

    class Jar(CookieJar):
        def clear(self, *args: Any) -> None:
            if not others:  # another thread gets such a cookie between the look at the jar and this
                others.append(Thread(target=lambda: client.default.two(pin="an-0ther-one")))
                others[0].start()
                others[0].join(0.5)
            super().clear(*args)

    answer = httpx2.MockTransport(lambda _: httpx2.Response(204, headers={"set-cookie": "sid=1"}))
    http = httpx2.Client(transport=answer, cookies=Jar())
    client = importlib.import_module("kept_cookies.client").Client("http://h", http=http)
    client.default.one(pin=CANARY)
    others[0].join()
    assert sorted(one.path for one in http.cookies.jar) == ["/a/an-0ther-one", f"/a/{CANARY}"]


# Answers and constants


@pytest.fixture(scope="module")
def constants(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    schemas = {
        "Chosen": {"type": "object", "properties": {"pin": {**PASSWORD, "enum": ["alpha", "beta"]}}},
        "Refusal": {"type": "object", "properties": {"detail": PASSWORD}},
    }
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Chosen"}}}}
    refusal = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    responses = {"204": {"description": ""}, "409": {"description": "", "content": refusal}}
    paths = {"/a": {"post": {**_operation("a", requestBody=body), "responses": responses}}}
    return _built(tmp_path_factory.mktemp("constants"), "kept_constants", paths, schemas)


def test_a_password_that_is_none_of_its_constants_can_not_be_written_and_is_not_said(constants: ModuleType) -> None:
    body = constants.models.Chosen(pin="alpha")
    body.pin = CANARY
    client = importlib.import_module("kept_constants.client").Client("http://h")
    with pytest.raises(constants.errors.EncodeError, match=r"^pin: … is not one of the allowed values$") as caught:
        client.default.a(body)
    assert paths_to_canary(caught.value, (client, client._http, body)) == []


def test_what_an_answer_says_is_not_said_where_it_may_be_a_password(constants: ModuleType) -> None:
    answer = httpx2.Response(409, json={"detail": CANARY})
    http = httpx2.Client(transport=httpx2.MockTransport(lambda _: answer))
    client = importlib.import_module("kept_constants.client").Client("http://h", http=http)
    with pytest.raises(constants.errors.Conflict, match=r": 409 Conflict$") as caught:
        client.default.a(constants.models.Chosen(pin="beta"))
    assert caught.value.body.detail == CANARY


@pytest.mark.parametrize("pin", [CANARY, "a/b c+d-é", "ab1", "404"])
def test_what_an_answer_quotes_of_the_url_is_said_without_its_secret(cookies: ModuleType, pin: str) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(404, json={"detail": f"{httpx2.URL(request.url)} ({pin}) is not there"})

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    client = importlib.import_module("kept_cookies.client").Client("http://h", http=http)
    with pytest.raises(cookies.errors.NotFound, match=r"/a/…/one: 404 Not Found: .*is not there$") as caught:
        client.default.one(pin=pin)
    assert pin not in unquote_plus(str(caught.value).replace("404 Not Found", ""))


QUOTING: dict[str, tuple[str, Any, str]] = {
    "a value": ("json", {"n": CANARY}, "n: '…' is no integer"),
    "a name": ("json", {"n": 1, CANARY: 1}, "…: there is no such property"),
    "an item": ("lines", {"n": CANARY}, "n: '…' is no integer"),
    "a content type": ("json", None, "'text/…' is not application/json"),
}


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("case", QUOTING)
def test_no_error_that_leads_to_another_has_what_an_answer_quotes_of_the_url(
    quoting: ModuleType, case: str, is_async: bool
) -> None:
    operation, value, said = QUOTING[case]
    kind = "application/jsonl" if operation == "lines" else "application/json" if value else f"text/{CANARY}"
    answer = httpx2.Response(200, content=json.dumps(value) + "\n", headers={"content-type": kind})
    made, name = importlib.import_module("kept_quoting.client"), "AsyncClient" if is_async else "Client"
    http = getattr(httpx2, name)(transport=httpx2.MockTransport(lambda _: answer))
    method = getattr(getattr(made, name)("http://h", http=http, retries=0).default, operation)

    async def call() -> None:
        if is_async and operation == "lines":
            [one async for one in method(pin=CANARY)]
        elif is_async:
            await method(pin=CANARY)
        else:
            [*method(pin=CANARY)]

    with pytest.raises(quoting.errors.ContractError, match=said.replace("?", "[?]")) as caught:
        anyio.run(call)
    cause = caught.value.__cause__
    assert isinstance(cause, quoting.errors.DecodeError)
    assert CANARY not in "".join(traceback.format_exception(caught.value))
    assert CANARY not in repr((cause, cause.args, cause.details, cause.words, cause.__cause__, cause.__context__))


@pytest.fixture(scope="module")
def quoting(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    pin = {"name": "pin", "in": "path", "required": True, "schema": PASSWORD}
    held = {**OWN, "additionalProperties": False}
    kinds = {"json": {"application/json": {"schema": held}}, "lines": {"application/jsonl": {"itemSchema": held}}}
    paths = {
        f"/{name}/{{pin}}": {
            "get": {**_operation(name, parameters=[pin]), "responses": {"200": {"description": "", "content": content}}}
        }
        for name, content in kinds.items()
    }
    tree = {"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "paths": paths}
    folder = tmp_path_factory.mktemp("quoting")
    return imported(build_tree(folder, tree, package="kept_quoting"), folder)
