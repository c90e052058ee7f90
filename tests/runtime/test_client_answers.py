"""What a client sends and what its errors tell: fields, cookies, redirects, messages, pickles."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import pickle
import re
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from tests.support.clients import bound
from tests.support.folders import ROOT

Runtime = Callable[[str], Any]


@pytest.fixture(scope="module")
def made(runtime: Runtime) -> SimpleNamespace:
    """An API with a parameter of each kind, keys in each place, and errors declared by range and default."""
    wire, schemes, parameters = runtime("wire.contract"), runtime("wire.schemes"), runtime("wire.parameters")
    exceptions = runtime("exceptions")

    class Problem(runtime("models.base").Model):
        __module__ = "runtime_package.errors"
        __qualname__ = "Problem"
        reason: str

    class ClientFault(exceptions.StatusError[Problem]):
        __module__ = "runtime_package.errors"

    class Fault(exceptions.StatusError[Problem]):
        __module__ = "runtime_package.errors"

    class Conflict(exceptions.Conflict[Problem]):
        __module__ = "runtime_package.errors"

    places = ("header", "query", "cookie")
    keys = {p: schemes.KeyScheme(p, location=p, wire_name=f"x-{p}") for p in places}
    bearer, tls = wire.SecurityScheme("B", "bearer"), schemes.TLSScheme("T")
    basic = wire.SecurityScheme("N", "basic")
    json = wire.Json(Problem)
    kinds = ("cookie", "header", "query")
    arguments = [parameters.Parameter(f"p-{k}", str, location=k, name=k, required=False) for k in kinds]
    options: Any = {"operation_id": "o", "path": "/things", "body_required": False, "body": wire.Json(dict[str, int])}
    fine = {"200": wire.Response(wire.Json(dict[str, int]))}

    def operation(name: str, **more: Any) -> Any:
        return wire.Operation(**{"name": name, "method": "POST", "responses": fine, **options, **more})

    plain = operation("plain")
    keyed = operation("keyed", security=tuple({one: ()} for one in keys.values()))
    ranged = {"4XX": wire.Response(json, error=ClientFault), "default": wire.Response(json, error=Fault)}
    module = SimpleNamespace(ClientFault=ClientFault, Fault=Fault, Conflict=Conflict, Problem=Problem)
    sys.modules["runtime_package.errors"] = module  # type: ignore[assignment]
    for kind in (ClientFault, Fault, Conflict):
        kind.__qualname__ = kind.__name__
    return SimpleNamespace(
        api=wire.Api(
            package="p",
            title="T",
            version="1",
            operations=(plain, keyed),
            schemes=(*keys.values(), bearer, basic, tls),
            servers=(),
        ),
        wire=wire,
        schemes=schemes,
        parameters=parameters,
        keys=keys,
        bearer=bearer,
        tls=tls,
        plain=plain,
        keyed=keyed,
        operation=operation,
        given=operation("given", parameters=parameters.Parameters(*arguments)),
        all=operation(
            "all", parameters=parameters.Parameters(*arguments), security=(dict.fromkeys(keys.values(), ()),)
        ),
        ranged=operation("ranged", responses={**fine, **ranged}),
        declared=operation("declared", responses={**fine, "409": wire.Response(json, error=Conflict)}),
        core=runtime("client.core"),
        exceptions=exceptions,
        errors=module,
    )


KEYS = {"header": "hs3cret", "query": "qs3cret", "cookie": "cs3cret"}


def answering(*answers: httpx2.Response) -> tuple[list[httpx2.Request], httpx2.MockTransport]:
    """Give a transport with these answers, the last again and again, and the requests that it is sent."""
    left, seen = [*answers], list[httpx2.Request]()

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return left.pop(0) if len(left) > 1 else copy.copy(left[0])

    return seen, httpx2.MockTransport(answer)


def ok() -> httpx2.Response:
    return httpx2.Response(200, json={"n": 1})


def client(made: SimpleNamespace, transport: Any, credentials: Any = None, **options: Any) -> Any:
    """Make a blocking client over a transport."""
    http = httpx2.Client(transport=transport, **options)
    return bound(made.core.BaseClient, made.api)("http://h", credentials or {}, http=http, retries=0)


def lines(request: httpx2.Request, name: str) -> list[str]:
    """The values of a header field, as many times as it was sent."""
    return [value.decode() for key, value in request.headers.raw if key.lower() == name.encode()]


@pytest.mark.parametrize("name", ["Content-Type", "Accept", "Host", "X-Header", "Authorization", "User-Agent"])
def test_a_field_that_the_caller_sets_replaces_ours_and_none_takes_it_out(made: SimpleNamespace, name: str) -> None:
    operation = made.operation(name, security=({made.keys["header"]: (), made.bearer: ()},))
    seen, transport = answering(ok())
    caller = client(made, transport, {"header": "k", "B": "t"}, headers={"user-agent": "mine"})
    for option in ({}, {name.upper(): "of-this/call"}, {name: None}):
        caller.with_options(headers=option).invoke(operation, {})
    assert [len(lines(one, name.lower())) for one in seen] == [1, 1, 0]
    assert lines(seen[1], name.lower()) == ["of-this/call"]


def test_no_field_is_sent_twice(made: SimpleNamespace) -> None:
    seen, transport = answering(ok())
    caller = client(made, transport, KEYS, headers={"P-Header": "of http", "x-header": "of http"})
    caller.with_options(headers={"P-HEADER": "of the options"}).invoke(made.all, {}, {"header": "of the call"})
    assert lines(seen[0], "p-header") == ["of the call"]
    assert lines(seen[0], "x-header") == ["of http"]
    names = [name.lower() for name, _ in seen[0].headers.raw]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", ["Content-Length", "transfer-encoding"])
def test_the_length_of_a_body_is_the_clients_to_write(made: SimpleNamespace, name: str) -> None:
    with pytest.raises(made.exceptions.EncodeError, match=name.lower()):
        client(made, answering(ok())[1]).with_options(headers={name: "3"})


def test_cookies_of_jar_parameters_and_keys_go_out_in_one_field(made: SimpleNamespace) -> None:
    seen, transport = answering(httpx2.Response(200, json={}, headers={"set-cookie": "sid=1"}), ok())
    caller = client(made, transport, KEYS)
    caller.invoke(made.plain)
    caller.invoke(made.all, None, {"cookie": "c"})
    caller.invoke(made.plain)
    assert [lines(one, "cookie") for one in seen] == [[], ["p-cookie=c; x-cookie=cs3cret; sid=1"], ["sid=1"]]
    caller._http.cookies.set("p-cookie", "of the jar")
    caller.invoke(made.all, None, {"cookie": "c"})
    assert lines(seen[3], "cookie") == ["p-cookie=c; x-cookie=cs3cret; sid=1"]
    caller.with_options(headers={"Cookie": "a=b"}).invoke(made.all, None, {"cookie": "c"})
    assert lines(seen[4], "cookie") == ["p-cookie=c; a=b"]


def test_the_first_alternative_with_credentials_is_used_and_nobody_is_the_last(made: SimpleNamespace) -> None:
    header, bearer = made.keys["header"], made.bearer
    alternatives: Any = ({}, {made.tls: ()}, {header: (), bearer: ()}, {bearer: ()})
    operation = made.operation("first", security=alternatives)
    found = []
    for given in ({}, {"B": "t"}, {"B": "t", "header": "k"}, {"header": "k"}):
        seen, transport = answering(ok())
        client(made, transport, given).invoke(operation)
        found.append((lines(seen[0], "x-header"), lines(seen[0], "authorization")))
    assert found == [([], []), ([], ["Bearer t"]), (["k"], ["Bearer t"]), ([], [])]


@pytest.mark.parametrize("to", ["http://other/a", "https://h/a", "http://h:81/a"])
@pytest.mark.parametrize("status", [302, 307])
def test_no_credential_follows_a_redirect_to_another_origin(made: SimpleNamespace, to: str, status: int) -> None:
    away, back = httpx2.Response(status, headers={"location": to}), {"location": "http://h/again"}
    seen, transport = answering(away, httpx2.Response(307, headers=back), ok())
    options = {"follow_redirects": True, "auth": ("user", "as3cret")}
    caller = client(made, transport, {**KEYS, "B": "bs3cret"}, **options)
    caller = caller.with_options(headers={"X-Own": "os3cret"}, query={"q": "s3cret"})
    assert caller.invoke(made.all, None, {"header": "ps3cret", "cookie": "s3cret"}) == {"n": 1}
    assert [str(one.url) for one in seen[1:]] == [to, "http://h/again"]
    for one in seen[1:]:
        assert b"s3cret" not in b"".join([*(value for _, value in one.headers.raw), one.url.raw_path])
        assert "authorization" not in one.headers


def test_of_the_fields_only_harmless_ones_go_to_another_origin(made: SimpleNamespace) -> None:
    harmless = {"accept", "accept-encoding", "accept-language", "content-type", "content-length", "user-agent"}
    seen, transport = answering(httpx2.Response(307, headers={"location": "http://other/a"}), ok())
    caller = client(made, transport, KEYS, follow_redirects=True)
    own = {"Accept-Language": "de", "X-Trace": "1", "Referer": "http://h/", "Origin": "http://h"}
    assert caller.with_options(headers=own).invoke(made.all, {"a": 1}) == {"n": 1}
    assert {name.lower() for name in seen[0].headers} > harmless | {"x-trace", "origin", "referer"}
    assert {name.lower() for name in seen[1].headers} == harmless | {"host"}


def test_a_redirect_within_the_origin_keeps_cookies(made: SimpleNamespace) -> None:
    given = [("set-cookie", "jar=1; Path=/"), ("set-cookie", "old=2; Path=/")]
    moved = [("location", "/b"), ("set-cookie", "jar=new; Path=/"), ("set-cookie", "old=; Path=/; Max-Age=0")]
    before = httpx2.Response(200, headers=given, json={"n": 1})
    seen, transport = answering(before, httpx2.Response(307, headers=moved), ok())
    caller = client(made, transport, KEYS, follow_redirects=True)
    caller.invoke(made.plain)
    assert caller.invoke(made.all, None, {"cookie": "a"}) == {"n": 1}
    first, second = ({*one.headers["cookie"].split("; ")} for one in seen[1:])
    assert first - second == {"jar=1", "old=2"}
    assert second - first == {"jar=new"}
    assert len(first & second) == 2  # the key and the parameter
    seen, transport = answering(httpx2.Response(307, headers={"location": "/b"}), ok())
    client(made, transport, follow_redirects=True).with_options(headers={"Cookie": "mine=ü"}).invoke(made.plain)
    assert lines(seen[1], "cookie") == ["mine=ü"]


def test_a_redirect_within_the_origin_keeps_the_key_and_ends(made: SimpleNamespace) -> None:
    here = httpx2.Response(307, headers={"location": "/b"})
    seen, transport = answering(here, ok())
    assert client(made, transport, KEYS, follow_redirects=True).invoke(made.keyed) == {"n": 1}
    assert lines(seen[1], "x-header") == ["hs3cret"]
    with pytest.raises(made.exceptions.ConnectionFailed, match="more than 3 redirects"):
        client(made, answering(here)[1], KEYS, follow_redirects=True, max_redirects=3).invoke(made.keyed)


@pytest.mark.parametrize(
    ("status", "content_type", "body", "text"),
    [
        (403, "application/json", b'{"title": "quota exceeded", "detail": "12 of 10"}', "quota exceeded: 12 of 10"),
        (
            404,
            "application/problem+json",
            b'{"title": "Not Found", "detail": "no such pet"}',
            "/things: 404 Not Found: no such pet",
        ),
        (404, "application/problem+json", b'{"message": "no\\nsuch\\u001b pet"}', "404 Not Found: no such pet"),
        (422, "application/json", b'{"detail": [{"msg": "a"}, {"msg": "b"}]}', "a; b"),
        (400, "application/json", b'{"error": {"message": "no model"}}', "400 Bad Request: no model"),
        (500, "text/plain", b"upstream is gone", "500 Internal Server Error: upstream is gone"),
        (500, "text/plain", b"Internal Server Error", "/things: 500 Internal Server Error"),
        (404, "application/json", b'{"title": "Not Found", "status": 404}', "/things: 404 Not Found"),
        (502, "text/html", b"<html>...</html>", "502 Bad Gateway"),
        (599, "", b"", "599"),
    ],
)
def test_what_a_status_says(made: SimpleNamespace, status: int, content_type: str, body: bytes, text: str) -> None:
    headers = {"content-type": content_type} if content_type else {}
    answer = httpx2.Response(status, content=body, headers=headers)
    with pytest.raises(made.exceptions.StatusError) as caught:
        client(made, answering(answer)[1]).invoke(made.plain)
    assert str(caught.value).startswith("POST http://h/things: ")
    assert str(caught.value).endswith(text)
    assert type(caught.value.body) is (dict if "json" in content_type else bytes if body else type(None))


@pytest.mark.parametrize("name", ["title", "detail", "message", "msg", "error", "error_description", "errors"])
def test_the_members_of_a_body_that_are_shown(made: SimpleNamespace, name: str) -> None:
    answer = httpx2.Response(400, json={name: "w" * 400, "reason": "not shown", "note": "not shown"})
    with pytest.raises(made.exceptions.BadRequest) as caught:
        client(made, answering(answer)[1]).invoke(made.plain)
    assert str(caught.value) == f"POST http://h/things: 400 Bad Request: {'w' * 300}"


def test_an_error_reads_as_the_guide_shows(made: SimpleNamespace) -> None:
    [line] = re.findall(r"^    (GET https://.+)$", (ROOT / "docs" / "client.md").read_text("utf-8"), re.MULTILINE)
    verbose = made.parameters.Parameter("verbose", int, location="query", name="verbose")
    key = made.schemes.KeyScheme("K", location="query", wire_name="key")
    operation = made.operation(
        "shown", method="GET", path="/pets/7", parameters=made.parameters.Parameters(verbose), security=({key: ()},)
    )
    api = dataclasses.replace(made.api, schemes=(key,))
    answer = httpx2.Response(403, json={"title": "quota exceeded", "detail": "12 of 10 used"})
    http = httpx2.Client(transport=answering(answer)[1])
    with pytest.raises(made.exceptions.Forbidden) as caught:
        bound(made.core.BaseClient, api)("https://api.example.com", "s3cret", http=http).invoke(
            operation, None, {"verbose": 1}
        )
    assert str(caught.value) == line


def test_parameters_whose_names_look_secret_are_not_shown(made: SimpleNamespace) -> None:
    names = ("access_token", "apiKey", "client-secret", "sessionId", "page", "author")
    parameters = made.parameters.Parameters(*(made.parameters.Parameter(n, str, location="query") for n in names))
    operation = made.operation("p", parameters=parameters)
    with pytest.raises(made.exceptions.NotFound) as caught:
        client(made, answering(httpx2.Response(404))[1]).invoke(operation, None, dict.fromkeys(names, "v4lue"))
    query = "access_token=…&apiKey=…&client-secret=…&sessionId=…&page=v4lue&author=v4lue"
    assert str(caught.value) == f"POST http://h/things?{query}: 404 Not Found"


@pytest.mark.parametrize("value", ["s3cret", "1", "a long/s3cret"])
def test_secrets_of_the_path_are_not_shown(made: SimpleNamespace, value: str) -> None:
    parameters = [made.parameters.Parameter(name, str, location="path") for name in ("id", "reset_token", "api_key")]
    operation = made.operation(
        "p",
        path="/v1/{id}/{reset_token}.txt/{api_key}",
        parameters=made.parameters.Parameters(*parameters),
        security=({made.keys["query"]: ()},),
    )
    arguments = {"id": "21", "reset_token": value, "api_key": "k3y"}
    there = f"/v1/21/{quote(value, '')}.txt/k3y/"
    seen, transport = answering(httpx2.Response(307, headers={"location": there}), httpx2.Response(404))
    with pytest.raises(made.exceptions.NotFound) as caught:
        client(made, transport, KEYS, follow_redirects=True).invoke(operation, None, arguments)
    error = caught.value
    shown = "http://h/v1/21/….txt/…"
    assert str(error) == f"POST {shown}?x-query=… → {shown}/: 404 Not Found"
    assert [one.url.path for one in seen] == [f"/v1/21/{value}.txt/k3y", f"/v1/21/{value}.txt/k3y/"]
    [moved] = error.response.history
    assert (moved.url.path, moved.headers["location"]) == ("/v1/21/….txt/…", quote("/v1/21/….txt/…/"))
    assert "k3y" not in repr(vars(error)) + repr(vars(error.response)) + repr(vars(moved)) + str(error.response.url)
    _, transport = answering(httpx2.Response(307, headers={"location": there}))
    with pytest.raises(made.exceptions.StatusError) as caught:
        client(made, transport, KEYS).invoke(operation, None, arguments)
    assert str(caught.value) == f"POST {shown}?x-query=… → {shown}/: 307 Temporary Redirect"


@pytest.mark.parametrize("name", ["key", "issue_key"])
def test_the_key_of_a_thing_is_shown(made: SimpleNamespace, name: str) -> None:
    parameters = made.parameters.Parameters(made.parameters.Parameter(name, str, location="path"))
    operation = made.operation("p", path=f"/issues/{{{name}}}", parameters=parameters)
    _, transport = answering(httpx2.Response(404))
    with pytest.raises(made.exceptions.NotFound, match="/issues/A-7: 404"):
        client(made, transport, KEYS).invoke(operation, None, {name: "A-7"})


@pytest.mark.parametrize(
    "to", ["?", "#end", "?x-query=qs3cret", "/things?x-query=qs3cret", "sub/../things?x-query=qs3cret"]
)
def test_a_hidden_key_stays_in_what_a_relative_location_leads_to(made: SimpleNamespace, to: str) -> None:
    operation = made.operation("k", security=({made.keys["query"]: ()},))
    seen, transport = answering(httpx2.Response(307, headers={"location": to}), ok())
    client(made, transport, {"query": "qs3cret"}, follow_redirects=True).invoke(operation)
    assert [one.url.raw_path for one in seen] == [b"/things?x-query=qs3cret"] * 2


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("/b?page_token=f%69rst&a=1", "/b?page_token=%E2%80%A6&a=1"),
        ("/b?page_token=second", "/b?page_token=second"),
        ("/b?=x&odd%2Fname=odd", "/b?=x&odd%2Fname=%E2%80%A6"),
    ],
)
def test_only_what_comes_back_in_location_is_hidden(made: SimpleNamespace, location: str, shown: str) -> None:
    token = made.parameters.Parameter("page_token", str, location="query", name="page_token")
    operation = made.operation("t", parameters=made.parameters.Parameters(token))
    _, transport = answering(httpx2.Response(200, headers={"location": location}, json={"n": 1}))
    caller = client(made, transport).with_options(query={"odd/name": "odd"})
    caller._raw = True
    assert caller.invoke(operation, None, {"page_token": "first"}).headers["location"] == shown


def test_a_message_is_bounded(made: SimpleNamespace) -> None:
    long = httpx2.Response(400, json={"detail": "x" * 10_000, "message": ["y"] * 10_000})
    with pytest.raises(made.exceptions.BadRequest) as caught:
        client(made, answering(long)[1]).with_options(query={"a": "z" * 5000}).invoke(made.plain)
    assert len(str(caught.value)) < 800


def test_urls_are_shown_without_secrets(made: SimpleNamespace) -> None:
    moved = httpx2.Response(302, headers={"location": "https://user:s3cret@other/x?sig=s3cret#s3cret"})
    caller = client(made, answering(moved)[1], {"query": "s3cret"}).with_options(query={"odd": "s3cret"})
    operation = made.operation("u", parameters=made.given.parameters, security=({made.keys["query"]: ()},))
    with pytest.raises(made.exceptions.StatusError) as caught:
        caller.invoke(operation, None, {"query": "a b"})
    assert str(caught.value) == ("POST http://h/things?p-query=a%20b&odd=…&x-query=… → https://other/x: 302 Found")
    caller = client(made, answering(moved, httpx2.Response(404))[1], follow_redirects=True)
    with pytest.raises(made.exceptions.NotFound) as caught:
        caller.invoke(made.plain)
    assert str(caught.value) == "POST http://h/things → https://other/x: 404 Not Found"


def test_a_secret_in_the_query_is_not_shown_however_its_name_is_written(made: SimpleNamespace) -> None:
    caller = client(made, answering(httpx2.Response(404))[1]).with_options(query={"a/b": "s3cret"})
    with pytest.raises(made.exceptions.StatusError) as caught:
        caller.invoke(made.plain)
    assert "a%2Fb=…" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_url_that_is_too_long_is_an_error_of_ours(made: SimpleNamespace) -> None:
    with pytest.raises(made.exceptions.EncodeError, match="a URL that is too long"):
        client(made, answering(httpx2.Response(204))[1]).with_options(query={"q": "x" * 70_000}).invoke(made.plain)


def test_a_status_always_has_its_class(made: SimpleNamespace) -> None:
    cases = [
        (404, "NotFound", "ClientFault"),
        (503, "ServiceUnavailable", "Fault"),
        (418, "StatusError", "ClientFault"),
    ]
    for status, known, declared in cases:
        for content in (b'{"reason": "x"}', b"", b"[]"):
            answer = httpx2.Response(status, content=content, headers={"content-type": "application/json"})
            with pytest.raises(getattr(made.exceptions, known)) as caught:
                client(made, answering(answer)[1]).invoke(made.ranged)
            assert isinstance(caught.value, getattr(made.errors, declared))
            assert caught.value.status == status
            assert getattr(caught.value.body, "reason", caught.value.body) == {b"": None, b"[]": []}.get(content, "x")
    # `errors.Conflict`, which the document declares for another operation, catches each 409.
    for operation in (made.declared, made.plain, made.ranged):
        with pytest.raises(made.errors.Conflict):
            client(made, answering(httpx2.Response(409))[1]).invoke(operation)


def errors_of(made: SimpleNamespace) -> list[Any]:
    """One error of each kind, from calls with secrets everywhere."""
    cookie = {"set-cookie": "sid=s3cret"}
    html = httpx2.Response(200, content=b"{", headers={"content-type": "application/json", **cookie})
    answers: list[Any] = [httpx2.Response(404, json={"reason": "x"}, headers=cookie), httpx2.Response(409), html]
    answers += [httpx2.Response(302, headers={"location": "/x"}), httpx2.ConnectError("x"), httpx2.ReadTimeout("x")]
    found = []
    for answer in answers:

        def handle(request: httpx2.Request, answer: Any = answer) -> Any:
            if isinstance(answer, Exception):
                raise answer
            return copy.copy(answer)

        caller = client(made, httpx2.MockTransport(handle), KEYS).with_options(headers={"X-Own": "s3cret"})
        operation = made.operation("e", security=made.all.security, responses=made.ranged.responses)
        with pytest.raises(made.exceptions.APIError) as caught:
            caller.invoke(operation, {"s3cret": 1})
        found.append(caught.value)
    return found


def pickled(error: Any) -> Any:
    """An error that went to another process."""
    return pickle.loads(pickle.dumps(error))  # noqa: S301


def test_every_error_pickles_and_copies_without_secrets(made: SimpleNamespace) -> None:
    found = errors_of(made)
    assert len({type(one) for one in found}) == 6
    for error in [*found, *(one.__cause__ for one in found if one.__cause__)]:
        assert b"s3cret" not in pickle.dumps(error)
        for other in (pickled(error), copy.copy(error), copy.deepcopy(error)):
            assert type(other) is type(error)
            assert str(other) == str(error)
            for name in ("status", "body", "method", "url", "details"):
                assert getattr(other, name, None) == getattr(error, name, None)
    again = pickled(found[0])
    assert (again.response, again.headers["Content-Type"]) == (None, "application/json")
    assert pickled(again).args == again.args


def test_one_clear_line_for_a_closed_client(made: SimpleNamespace) -> None:
    caller = client(made, answering(ok())[1])
    caller.close()
    with pytest.raises(made.exceptions.CallError, match=r"^POST http://h/things: the client is closed$"):
        caller.invoke(made.plain)

    async def main() -> Any:
        async with bound(made.core.AsyncBaseClient, made.api)("http://127.0.0.1:9", {}) as caller:
            pass
        with pytest.raises(made.exceptions.CallError, match=r"the client is closed$"):
            await caller.invoke(made.plain)
        await caller.aclose()
        return caller

    closed = asyncio.run(main())

    async def later() -> None:
        with pytest.raises(made.exceptions.CallError, match=r"the client is closed$"):
            await closed.invoke(made.plain)

    asyncio.run(later())


@pytest.mark.parametrize(
    "url", ["http://h\n", "h", "//h", "http://", "ftp://h", "http://h:x", "http://h /a", "http:///a"]
)
def test_one_clear_line_for_a_wrong_base_url(made: SimpleNamespace, url: str) -> None:
    with pytest.raises(ValueError, match=r"^base_url must be an absolute URL"):
        bound(made.core.BaseClient, made.api)(url, {})


def test_one_clear_line_for_credentials_that_are_none(made: SimpleNamespace) -> None:
    operation = made.operation("c", security=({made.bearer: ()},))
    for wrong, found in ((lambda: None, "NoneType"), (5, "int"), (("a", "b"), "tuple"), ("", "an empty one")):
        with pytest.raises(made.exceptions.EncodeError, match=rf"^B: a text is needed, as Unicode, not {found}$"):
            client(made, answering(ok())[1], {"B": wrong}).invoke(operation)
    with pytest.raises(ValueError, match=r"^there is no scheme b; there are: .*B"):
        client(made, answering(ok())[1], {"b": "t"})
    unauthorized = answering(httpx2.Response(401))[1]
    with pytest.raises(made.exceptions.Unauthorized, match="no credentials were sent: B is needed"):
        client(made, unauthorized).invoke(operation)
    with pytest.raises(made.exceptions.Unauthorized, match=r"401 Unauthorized$"):
        client(made, unauthorized, {"B": "t"}).invoke(operation)


def test_what_the_document_does_not_have_yet_is_called_with_everything_of_the_client(made: SimpleNamespace) -> None:
    seen, transport = answering(httpx2.Response(503), httpx2.Response(200, content=b"a,b"))
    http = httpx2.Client(transport=transport)
    caller = bound(made.core.BaseClient, made.api)("http://h/v1/", {**KEYS, "B": "t"}, http=http, retries=1)
    caller._pause = lambda _: None
    caller = caller.with_options(headers={"x-own": "1"})
    answer = caller.request(
        "get", "/new?a=1#part", params={"q": "a b", "r": [1, 2], "s": True}, headers={"Accept": "text/csv"}
    )
    assert (answer.content, len(seen)) == (b"a,b", 2)
    assert seen[1].url.raw_path == b"/v1/new?a=1&q=a+b&r=1&r=2&s=true&x-query=qs3cret"
    sent = seen[1].headers
    assert (sent["x-own"], sent["x-header"], sent["accept"], sent["authorization"]) == (
        "1",
        "hs3cret",
        "text/csv",
        "Bearer t",
    )
    assert ("content-type" in sent, seen[1].method) == (False, "GET")
    caller.request("POST", "/new", json={"a": [1]})
    assert (seen[2].read(), lines(seen[2], "content-type")) == (b'{"a":[1]}', ["application/json"])
    with pytest.raises(made.exceptions.NotFound, match="gone for good") as caught:
        client(made, answering(httpx2.Response(404, json={"detail": "gone for good"}))[1]).request("GET", "/new")
    assert caught.value.body == {"detail": "gone for good"}
    with pytest.raises(ValueError, match="must start with /"):
        caller.request("GET", "http://other/")

    async def main() -> httpx2.Response:
        http = httpx2.AsyncClient(transport=answering(ok())[1])
        async with bound(made.core.AsyncBaseClient, made.api)("http://h", {}, http=http) as caller:
            found: httpx2.Response = await caller.request("GET", "/new")
            return found

    assert asyncio.run(main()).json() == {"n": 1}


def test_several_cookies_that_are_set_come_in_whole(made: SimpleNamespace, runtime: Runtime) -> None:
    given = ["sid=1; Path=/; HttpOnly", "csrf=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT"]
    parameters = runtime("wire.parameters")
    for type_, value in ((list[str], given), (str, "\n".join(given))):
        headers = parameters.Headers(parameters.Header("Set-Cookie", type_))
        operation = made.operation("s", responses={"200": made.wire.Response(headers=headers)})
        answer = httpx2.Response(200, headers=[("set-cookie", one) for one in given])
        caller = client(made, answering(answer)[1])
        caller._raw = True
        assert caller.invoke(operation).typed_headers == {"Set-Cookie": value}
