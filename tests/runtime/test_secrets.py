"""No credential can be reached from an exception of a failing call: a walk over all that it refers to."""

from __future__ import annotations

import copy
import gc
import importlib
import json
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType, FunctionType, ModuleType, TracebackType
from typing import Any
from urllib.parse import quote, unquote_plus

import httpx2
import pytest

from tests.support.packages import build_tree, imported

CANARY = "c4n4ry-s3cret"
SCHEMES: dict[str, dict[str, Any]] = {
    "basic": {"type": "http", "scheme": "basic"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "digest": {"type": "http", "scheme": "digest"},
    "header": {"type": "apiKey", "in": "header", "name": "X-Custom"},
    "query": {"type": "apiKey", "in": "query", "name": "who"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "who"},
}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """A package with an operation for each kind of scheme, that answers with an object, or with a stream of them."""
    answer = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    declared = {"200": {"description": "", "content": {"application/json": {"schema": answer}}}}
    streamed = {"200": {"description": "", "content": {"application/jsonl": {"itemSchema": answer}}}}
    tree = {
        "openapi": "3.2.0",
        "info": {"title": "T", "version": "1"},
        "components": {"securitySchemes": SCHEMES},
        "paths": {
            path: {
                "get": {
                    "operationId": name,
                    "tags": [group],
                    "security": [{scheme: []}],
                    "responses": responses,
                }
            }
            for scheme in SCHEMES
            for group, responses in (("one", declared), ("many", streamed))
            for name, path in ((f"{group}_{scheme}", f"/{group}/{scheme}"),)
        },
    }
    folder = tmp_path_factory.mktemp("secrets")
    return imported(build_tree(folder, tree, package="kept_secret"), folder)


def _text(value: object) -> bytes:
    return (
        value.encode(errors="replace") if isinstance(value, str) else bytes(value) if isinstance(value, bytes) else b""
    )


def _is_canary(value: object) -> bool:
    text = _text(value)
    return CANARY.encode() in text or b"dTpjNG40cnktczNjcmV0" in text  # base64 of u:<canary>


def paths_to_canary(start: BaseException, left_out: tuple[object, ...]) -> list[str]:
    """Walk over what an exception reaches, but for frames, code, modules and classes, and what is left out."""
    apart = {id(one) for one in left_out}
    seen, found = {id(start)}, list[str]()
    pending: list[tuple[object, str]] = [(start, type(start).__name__)]
    while pending:
        value, path = pending.pop()
        if _is_canary(value):
            found.append(path)
        for one in gc.get_referents(value):
            skipped = isinstance(one, FrameType | TracebackType | FunctionType | ModuleType | type | logging.Logger)
            if not skipped and id(one) not in seen and id(one) not in apart:
                seen.add(id(one))
                pending.append((one, f"{path} > {type(one).__name__}"))
    return found


def _broken(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("refused", request=request)


def _slow(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ReadTimeout("slow", request=request)


def _elsewhere(request: httpx2.Request) -> httpx2.Response:
    if request.url.path == "/end":
        return httpx2.Response(500, json={"detail": "x"})
    return httpx2.Response(302, headers={"location": "/end" if "1" in request.url.host else "http://h1/end"})


def _slash(request: httpx2.Request) -> httpx2.Response:
    if request.url.path.endswith("/"):
        return httpx2.Response(500, json={"detail": "x"})
    return httpx2.Response(307, headers={"location": f"{request.url.path}/?{request.url.query.decode()}&a=1"})


def _inside(request: httpx2.Request) -> httpx2.Response:
    """Have the request's own query come back as a parameter of a URL in a parameter."""
    back = quote(f"/there?{quote(request.url.query.decode(), '')}", "")
    return httpx2.Response(303, headers={"location": f"/end?back={back}&a=1"})


def _circle(request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(302, headers={"location": request.url.path})


def _with(status: int, content: bytes, **headers: str) -> Callable[[httpx2.Request], httpx2.Response]:
    given = {"content-type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
    # Made anew for each request, as each is read once.
    return lambda _: httpx2.Response(status, headers=given, stream=httpx2.ByteStream(content))


FAILURES: dict[str, tuple[str, Callable[[httpx2.Request], httpx2.Response]]] = {
    "refused": ("ConnectionFailed", _broken),
    "timeout": ("TimedOut", _slow),
    "unauthorized": ("Unauthorized", _with(401, b'{"detail": "no"}')),
    "server error": ("InternalServerError", _with(500, b"<html>")),
    "elsewhere": ("InternalServerError", _elsewhere),
    "with a slash": ("InternalServerError", _slash),
    "with a slash, not followed": ("StatusError", partial(_slash)),
    "with its query in a parameter": ("StatusError", _inside),
    "in circles": ("ConnectionFailed", _circle),
    "a redirect": ("StatusError", _with(307, b"", location="http://h1/end")),
    "not as declared": ("ContractError", _with(200, b'{"n": "x"}')),
    "no JSON": ("ContractError", _with(200, b"{")),
    "another type": ("ContractError", _with(200, b"n", content_type="text/plain")),
    "undeclared": ("ContractError", _with(202, b"{}")),
    "no gzip": ("ContractError", _with(200, b"n", content_encoding="gzip")),
}
CREDENTIALS: dict[str, Any] = {scheme: ("u", CANARY) if scheme == "basic" else CANARY for scheme in SCHEMES}


def _failing(package: ModuleType, handle: Callable[[httpx2.Request], httpx2.Response], given: Any) -> Any:
    http = httpx2.Client(
        transport=httpx2.MockTransport(handle), follow_redirects=handle in (_elsewhere, _slash, _circle)
    )
    made = importlib.import_module(f"{package.__name__}.client").Client
    return made("http://h", given, http=http, retries=0)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("way", ["raw", "request", "stream"])
def test_a_whole_response_has_no_credential(package: ModuleType, scheme: str, way: str) -> None:
    def answered(request: httpx2.Request) -> httpx2.Response:
        if not request.url.path.endswith("/"):
            return _slash(request)
        kind = "application/jsonl" if "many" in request.url.path else "application/json"
        return httpx2.Response(200, content=b'{"n": 1}', headers={"content-type": kind})

    http = httpx2.Client(transport=httpx2.MockTransport(answered), follow_redirects=True)
    client = package.client.Client("http://h", {scheme: CREDENTIALS[scheme]}, http=http)
    if way == "request":
        response = client.request("GET", "/new?verbose=1")
    else:
        group = client.one if way == "raw" else client.many
        raw = client.raw(getattr(group, scheme))
        response = raw.response
        assert way == "raw" or [one.n for one in raw.value] == [1]
    assert (response.status_code, response.url.path[-1], response.json()) == (200, "/", {"n": 1})
    assert (len(response.history), response.next_request) == (1, None)
    for one in (response, *response.history):
        assert not _is_canary(pickle.dumps(one) + pickle.dumps(copy.deepcopy(one)))
        assert not _is_canary(repr(one) + repr(vars(one)) + repr(vars(one.request)) + str(one.url) + repr(one.headers))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("called", [False, True], ids=["values", "callables"])
@pytest.mark.parametrize("group", ["one", "many"])
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("failure", FAILURES)
def test_nothing_that_an_exception_reaches_is_a_credential(
    package: ModuleType, caplog: pytest.LogCaptureFixture, failure: str, scheme: str, group: str, called: bool
) -> None:
    name, handle = FAILURES[failure]
    value = CREDENTIALS[scheme]
    client = _failing(package, handle, {scheme: (lambda: value) if called else value})
    with caplog.at_level(logging.DEBUG), pytest.raises(package.errors.APIError) as caught:
        list(getattr(getattr(client, group), scheme)())
    error = caught.value
    if group == "one":
        assert isinstance(error, getattr(package.errors, name)), repr(error)
    assert paths_to_canary(error, (client, client._http, CREDENTIALS, value)) == []
    said = repr(client) + "".join(traceback.format_exception(error)) + caplog.text
    said += "".join(str(one) + repr(one) for one in _chain(error))
    assert not _is_canary(said)
    assert not _is_canary(pickle.dumps(error))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("wrong", ["\udc80", "\r\n", 5, b""], ids=["surrogate", "line", "number", "bytes"])
def test_a_credential_that_cannot_be_sent_is_not_shown(package: ModuleType, scheme: str, wrong: Any) -> None:
    value = wrong if isinstance(wrong, int) else CANARY.encode() if wrong == b"" else CANARY + wrong
    given = ("u", value) if scheme == "basic" else value
    client = _failing(package, _with(200, b'{"n": 1}'), {scheme: given})
    if wrong == "\r\n" and scheme in ("basic", "query"):  # which are encoded
        getattr(client.one, scheme)()
        return
    with pytest.raises(package.errors.EncodeError) as caught:
        getattr(client.one, scheme)()
    assert paths_to_canary(caught.value, (client, client._http, given)) == []


def test_a_parameter_where_a_scheme_has_its_key_is_a_secret_too(tmp_path: Path) -> None:
    """Documents declare keys twice: as a scheme, and as a parameter."""
    pin = {"name": "x-pin", "in": "header", "schema": {"type": "string", "maxLength": 4}}
    tree = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "components": {"securitySchemes": {"pin": {"type": "apiKey", "in": "header", "name": "X-Pin"}}},
        "paths": {"/a": {"get": {"operationId": "a", "parameters": [pin], "responses": {"204": {"description": ""}}}}},
    }
    made = imported(build_tree(tmp_path, tree, package="twice_declared"), tmp_path)
    client = importlib.import_module("twice_declared.client").Client("http://h")
    with pytest.raises(made.errors.EncodeError, match=r"^x_pin: … has more than 4 characters$") as caught:
        client.default.a(x_pin=CANARY)
    assert paths_to_canary(caught.value, (client, client._http)) == []


@pytest.mark.parametrize("value", [CANARY, "c4n4ry/s3cret +1", "c4-y"])
@pytest.mark.parametrize("place", ["path", "query", "object"])
def test_a_parameter_that_is_a_password_is_not_shown_whatever_its_name(
    tmp_path: Path, place: str, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    """OpenAPI 3.1, 4.4.3: `format: password` says that the value is to be obscured."""
    pin = {"type": "string", "format": "password"}
    schema = {"type": "object", "properties": {"pin": pin}} if place == "object" else pin
    where = {"name": "what", "in": "path" if place == "path" else "query", "required": True, "schema": schema}
    tree = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {
            ("/a/{what}/b" if place == "path" else "/a"): {
                "get": {"operationId": "a", "parameters": [where], "responses": {"204": {"description": ""}}}
            }
        },
    }
    name = f"password_{place}_{len(value)}"
    made = imported(build_tree(tmp_path, tree, package=name), tmp_path)
    caplog.set_level(logging.DEBUG)

    def answer(request: httpx2.Request) -> httpx2.Response:
        assert value in unquote_plus(str(httpx2.URL(request.url)))
        return httpx2.Response(302, headers={"location": f"{request.url.raw_path.decode()}&again={quote(value, '')}"})

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    client = importlib.import_module(f"{name}.client").Client("http://h", http=http)
    with pytest.raises(made.errors.StatusError) as caught:
        client.default.a(what={"pin": value} if place == "object" else value)
    for text in (str(caught.value), repr(caught.value), caplog.text, str(caught.value.headers)):
        assert value not in unquote_plus(text)
    assert "/a" in caplog.text


PASSWORD = {"type": "string", "format": "password"}
AS_JSON: dict[str, Any] = {"content": {"application/json": {"schema": {}}}}
SHOWN_WHOLE: dict[str, tuple[str, dict[str, Any], Any, str]] = {
    "a short one beside letters": ("/v{pin}", {"in": "path", "schema": PASSWORD}, "ab1", "/…"),
    "one between letters": ("/v{pin}x/b", {"in": "path", "schema": PASSWORD}, "ab1", "/…/b"),
    "one before a dot": ("/a/{pin}.txt", {"in": "path", "schema": PASSWORD}, "ab1", "/a/….txt"),
    "by its name": ("/v{token}", {"in": "path", "schema": {"type": "string"}}, "ab1", "/…"),
    "names in JSON in the path": ("/a/{pin}", {"in": "path", **AS_JSON}, {"passwd": "ab1"}, "/a/…"),
    "an object of a secret name": ("/a", {"name": "token", "schema": {"type": "object"}}, {"n": "ab1"}, "/a?n=…"),
    "its object as one text": ("/a", {"explode": False, "schema": {"type": "object"}}, {"token": "ab1"}, "/a?pin=…"),
    "names in JSON": ("/a", AS_JSON, {"a": [{"token": "ab1"}]}, "/a?pin=…"),
    "a password in JSON": ("/a", {"content": {"application/json": {"schema": PASSWORD}}}, "ab1", "/a?pin=…"),
    "names in JSON that is the query": ("/a", {"in": "querystring", **AS_JSON}, {"token": "ab1"}, "/a?…"),
    "no secret in the query": ("/a", {"in": "querystring", **AS_JSON}, {"a": "ab1"}, "/a?%7B%22a%22%3A%22ab1%22%7D"),
    "without a type": ("/a", {"schema": {"format": "password"}}, "ab1", "/a?pin=…"),
    "one of several": ("/a", {"schema": {"format": "password", "enum": ["ab1", "cd2"]}}, "ab1", "/a?pin=…"),
    "no secret in JSON": ("/a", AS_JSON, {"a": "token"}, "/a?pin=%7B%22a%22%3A%22token%22%7D"),
    "no secret name": ("/a", {"name": "sort_key", "schema": {"type": "array", "items": {}}}, ["a"], "/a?sort_key=…"),
}
"""Paths with their one parameter, its value and how the URL is shown."""


@pytest.mark.parametrize("case", SHOWN_WHOLE)
def test_urls_are_shown_without_secrets(tmp_path: Path, case: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever the style, and what stands beside the secret, in the error and in the log of the HTTP client."""
    path, said, value, shown = SHOWN_WHOLE[case]
    name = "token" if "token" in path else said.get("name", "pin")
    parameter = {"name": name, "in": "query", "required": True, **said}
    operation = {"operationId": "a", "parameters": [parameter], "responses": {"204": {"description": ""}}}
    tree = {"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "paths": {path: {"get": operation}}}
    package = "shown_" + case.replace(" ", "_").lower()
    made = imported(build_tree(tmp_path, tree, package=package), tmp_path)
    caplog.set_level(logging.INFO)
    http = httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(500)))
    client = importlib.import_module(f"{package}.client").Client("http://h", http=http, retries=0)
    with pytest.raises(made.errors.InternalServerError) as caught:
        client.default.a(**{name: value})
    assert f"http://h{shown}" in str(caught.value) + " "
    if not case.startswith("no "):
        assert "ab1" not in str(caught.value) + repr(caught.value) + caplog.text
    assert "http://h/" in caplog.text


LEFT_OUT = {"type": "string", "format": "password", "not": {"const": CANARY}}
PASSWORDS: dict[str, tuple[dict[str, Any], Any, str]] = {
    "or a number": (
        {"anyOf": [{**PASSWORD, "maxLength": 4}, {"type": "integer"}]},
        CANARY,
        "x: … has more than 4 characters; x: … is no integer",
    ),
    "of two types": (
        {**PASSWORD, "type": ["string", "integer"], "maxLength": 4},
        CANARY,
        "x: … has more than 4 characters; x: … is no integer",
    ),
    "or a date": (
        {"oneOf": [{"type": "string", "format": "date"}, {**PASSWORD, "maxLength": 4}]},
        CANARY,
        "x: … is no date: RFC 3339 is needed; x: … has more than 4 characters",
    ),
    "or an array": (
        {"anyOf": [{"type": "array", "items": {"type": "integer"}}, {**PASSWORD, "maxLength": 4}]},
        CANARY,
        "x: … is no array; x: … has more than 4 characters",
    ),
    "not the array": (
        {"anyOf": [{"type": "array", "items": {"type": "integer"}}, {**PASSWORD, "maxLength": 4}]},
        ["a"],
        "x.0: 'a' is no integer; x: … is no text",
    ),
    "enum": ({**PASSWORD, "enum": ["alpha", "beta"]}, CANARY, "x: … is not one of the allowed values"),
    "enum or null": (
        {"type": ["string", "null"], "format": "password", "enum": ["alpha", None]},
        CANARY,
        "x: … is not one of the allowed values",
    ),
    "const": ({"format": "password", "const": "alpha"}, CANARY, "x: … is not one of the allowed values"),
    "constants": (
        {"anyOf": [{**PASSWORD, "const": "alpha"}, {"const": "beta"}]},
        CANARY,
        "x: … is not one of the allowed values",
    ),
    "names": (
        {"type": "object", "propertyNames": {**PASSWORD, "maxLength": 4}},
        {CANARY: 1},
        "x.…: … has more than 4 characters",
    ),
    "names that are judged": (
        {"type": "object", "propertyNames": LEFT_OUT},
        {CANARY: 1},
        "x.…: Value is not as its schema says: not",
    ),
    "values of names": (
        {"type": "object", "propertyNames": PASSWORD, "additionalProperties": {"type": "integer"}},
        {CANARY: "a"},
        "x.…: … is no integer",
    ),
    "number": ({"type": "integer", "format": "password"}, CANARY, "x: … is no integer"),
}
"""Schemas of the property x, a value that it has, and what is said of it."""


@pytest.fixture(scope="module")
def passwords(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """A package with a component for each of PASSWORDS."""
    components = {
        f"Case{index}": {"type": "object", "properties": {"x": schema}}
        for index, (schema, _, _) in enumerate(PASSWORDS.values())
    }
    content = {name: {"schema": {"$ref": f"#/components/schemas/{name}"}} for name in components}
    body = {"required": True, "content": {f"application/vnd.{name}+json": one for name, one in content.items()}}
    operation = {"operationId": "a", "requestBody": body, "responses": {"204": {"description": ""}}}
    tree = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "components": {"schemas": components},
        "paths": {"/a": {"post": operation}},
    }
    folder = tmp_path_factory.mktemp("passwords")
    return imported(build_tree(folder, tree, package="in_words"), folder)


@pytest.mark.parametrize("case", PASSWORDS)
def test_no_message_has_a_password(passwords: ModuleType, case: str) -> None:
    """Neither the words for it, nor the details, nor the names of an object; what is allowed is not said either."""
    _, value, said = PASSWORDS[case]
    cls = getattr(passwords.models, f"Case{[*PASSWORDS].index(case)}")
    reader = importlib.import_module("in_words._runtime.wire.contract").Json(cls)
    with pytest.raises(passwords.errors.DecodeError) as caught:
        reader.read(json.dumps({"x": value}).encode())
    assert str(caught.value) == said
    assert not any(text in repr(caught.value.details) for text in (CANARY, "alpha", "beta"))


def test_the_walk_finds_what_is_there() -> None:
    assert paths_to_canary(ValueError({"a": [f"Bearer {CANARY}"]}), ())
    response = httpx2.Response(500, request=httpx2.Request("GET", "http://h", headers={"authorization": CANARY}))
    error = ValueError("x")
    error.__cause__ = httpx2.HTTPStatusError("x", request=response.request, response=response)
    assert paths_to_canary(error, ())


def test_the_response_of_an_error_has_its_own_parts_and_the_call(package: ModuleType) -> None:
    client = _failing(package, _with(500, b'{"detail": "x"}', x_trace="7"), {"query": CANARY})
    with pytest.raises(package.errors.InternalServerError) as caught:
        client.one.query()
    response = caught.value.response
    assert (response.status_code, response.json(), response.headers["x-trace"]) == (500, {"detail": "x"}, "7")
    assert (response.request.method, dict(response.request.headers), response.request.content) == (
        "GET",
        {"host": "h"},
        b"",
    )
    assert str(response.url).startswith("http://h/one/query?who=")


@pytest.mark.parametrize("given", [f"{CANARY} ", f" {CANARY}", f"{CANARY}\t"])
@pytest.mark.parametrize("scheme", ["bearer", "header"])
def test_a_credential_with_blanks_around_it_is_refused_without_it(package: ModuleType, scheme: str, given: str) -> None:
    """The HTTP client's message had the whole header."""
    client = package.client.Client("http://test", {scheme: given})
    if scheme == "bearer" and given.startswith(" "):
        return  # it stands within the field's value
    with pytest.raises(package.errors.EncodeError, match="blanks around it") as found:
        getattr(client.one, scheme)()
    assert CANARY not in "".join(traceback.format_exception(found.value))


@pytest.mark.parametrize("name", ["", "X Y", "X:Y", "Ä"])
def test_what_is_no_name_of_a_header_is_refused(package: ModuleType, name: str) -> None:
    client = package.client.Client("http://test", {"bearer": "t"})
    with pytest.raises(package.errors.EncodeError, match="is no name of a header") as found:
        client.with_options(headers={name: CANARY}).one.bearer()
    assert CANARY not in str(found.value)
