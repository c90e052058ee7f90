"""What is generated holds against hostile callers and servers: patterns, bodies, headers, file names, pages."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import payloads, running
from tests.support.packages import build_tree, write

NAME = "hostile_runtime"
BASE = "http://127.0.0.1:8000"
TITLE = '</title><script>x</script>\r\nX-Evil: 1"\\ é 漢'
PATTERNS = {
    "nested-quantifiers": "^(a+)+$",
    "alternatives": "^(a|a)*$",
    "overlapping": "^(a|aa)+$",
    "trailing": "^(.*a){20}$",
    "look-ahead": "^(?=(a+)+$)a*b$",
    "look-behind": "(?<=a)(a+)+$(?<!b)",
    "back-reference": "^(a+)+\\1b$",
    "look-ahead-alone": "(?!x)((a+)+)+$",
}
CONTROLS = ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b", "a\x0bb", "a\x1bb", "a\x7fb"]


def operation(name: str, **more: Any) -> dict[str, Any]:
    return {"operationId": name, "tags": ["g"], "responses": {"204": {"description": ""}}, **more}


def body(schema: Mapping[str, Any], media_type: str = "application/json") -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}


def tree() -> dict[str, Any]:
    """Write a document with all that is attacked here."""
    tree = {"$ref": "#/components/schemas/Tree"}
    file = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
    free = {"type": "object", "properties": {"a": {"type": "object"}}}
    deep = body(free, "application/x-www-form-urlencoded")
    deep["requestBody"]["content"]["application/x-www-form-urlencoded"]["encoding"] = {"a": {"style": "deepObject"}}
    parameters = [
        {"name": "X-A", "in": "header", "schema": {"type": "string"}},
        {"name": "a", "in": "cookie", "schema": {"type": "string"}},
        {"name": "q", "in": "query", "schema": {"type": "string"}},
    ]
    item = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]
    answered = {"200": {"description": "", "headers": {"X-B": {"schema": {"type": "string"}}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": "1"},
        "security": [],
        "paths": {
            **{f"/p/{name}": {"post": operation(name, **body({"$ref": f"#/components/schemas/{name}"}))} for name in PATTERNS},
            "/tree": {"post": operation("tree", **body(tree))},
            "/any": {"post": operation("any", **body({}))},
            "/form": {"post": operation("form", **body({"type": "object"}, "application/x-www-form-urlencoded"))},
            "/deep": {
                "get": operation("deep", parameters=[{"name": "q", "in": "query", "style": "deepObject", "schema": {"type": "object"}}]),
                "post": operation("deep_form", **deep),
            },
            "/file": {"post": operation("file", **body(file, "multipart/form-data"))},
            "/headers": {"get": operation("headers", parameters=parameters)},
            "/answer": {"get": {**operation("answer"), "responses": answered}},
            "/items/{id}": {"get": operation("item", parameters=item)},
            "/s/{a}-{b}-{c}-{d}-{e}.x": {"get": operation("segments", parameters=[{**item[0], "name": n} for n in "abcde"])},
            "/secret": {"get": operation("secret", security=[{"Basic": []}, {"Key": []}, {"Digest": []}])},
        },
        "components": {
            "securitySchemes": {
                "Basic": {"type": "http", "scheme": "basic"},
                "Key": {"type": "apiKey", "in": "header", "name": "X-Key"},
                "Digest": {"type": "http", "scheme": "digest"},
            },
            "schemas": {
                "Tree": {"type": "object", "properties": {"a": tree, "b": {"type": "array", "items": tree}}},
                **{name: {"type": "object", "properties": {"a": {"type": "string", "pattern": text}}} for name, text in PATTERNS.items()},
            },
        },
    }  # fmt: skip


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("runtime")
    write(build_tree(folder, tree(), package=NAME), folder)
    with running.package(NAME, folder) as found:
        yield found


class Heard:
    """What the service was given."""

    value: Any = None
    answer: Any = None


def application(modules: Mapping[str, Any]) -> Any:
    stub = modules["server.stub"]

    class Service(stub.SyncG):  # type: ignore[misc, name-defined]
        def __getattribute__(self, name: str) -> Any:
            def method(*args: Any, **kwargs: Any) -> Any:
                Heard.value = args[0] if args else kwargs
                if name == "answer":
                    modules["server"].context().headers["X-B"] = Heard.answer

            return method if not name.startswith("_") else object.__getattribute__(self, name)

    factory: Any = lambda _: Service()  # noqa: E731
    return modules["server"].create_app(g=factory, authenticate=lambda presented: "somebody")


def send(modules: Mapping[str, Any], method: str, path: str, **options: Any) -> Any:
    """Send one request in process; exceptions of the server are answers 500."""
    import httpx2

    async def run() -> Any:
        transport = httpx2.ASGITransport(app=application(modules), raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url=BASE) as http:
            return await http.request(method, path, **options)

    return asyncio.run(run())


def post(modules: Mapping[str, Any], path: str, data: bytes, kind: str = "application/json") -> Any:
    return send(modules, "POST", path, content=data, headers={"content-type": kind})


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_takes_no_exponential_time(modules: dict[str, Any], name: str) -> None:
    for text in ("a" * 50 + "!", "a" * 100_000 + "!", "a" * 30 + "b", "ab" * 20_000):
        begin = time.process_time()
        response = post(modules, f"/p/{name}", json.dumps({"a": text}).encode())
        assert response.status_code < 500, f"{name} of {text[:60]}"
        assert time.process_time() - begin < 3.0


def test_a_path_with_several_variables_in_a_segment_takes_no_polynomial_time(modules: dict[str, Any]) -> None:
    begin = time.process_time()
    assert send(modules, "GET", "/s/" + "-" * 4_000).status_code == 404
    assert time.process_time() - begin < 3.0


DEEP = {
    "arrays": b"[" * 200_000 + b"]" * 200_000,
    "open": b"[" * 500_000,
    "objects": b'{"a":' * 100_000 + b"{}" + b"}" * 100_000,
    "mixed": b'{"b":[' * 50_000 + b"]}" * 50_000,
    "thousand": b'{"a":' * 1_000 + b"{}" + b"}" * 1_000,
    "two hundred": b'{"a":' * 200 + b"{}" + b"}" * 200,
    "digits": b'{"a": ' + b"9" * 1_000_000 + b"}",
    "decimals": b'{"a": 1.' + b"0" * 1_000_000 + b"}",
    "integral": b'{"a": ' + b"9" * 5_000 + b".0}",
    "dots": b"1." * 500_000,
    "open strings": b'\\"' * 500_000,
    "exponent": b'{"a": 1e999999999}',
    "nan": b'{"a": NaN}',
    "surrogate": b'{"a": "\\ud800"}',
    "not utf-8": b'{"a": "\xff"}',
    "many keys": json.dumps(dict.fromkeys(map(str, range(300_000)))).encode(),
    "equal keys": b"{" + b",".join([b'"a":{}'] * 100_000) + b"}",
    "too big": b'"' + b"a" * (11 * 2**20) + b'"',
    "empty": b"",
}


@pytest.mark.parametrize("path", ["/tree", "/any", "/p/look-ahead"])
@pytest.mark.parametrize("case", DEEP)
def test_a_deep_or_huge_body_is_refused_and_no_server_error(modules: dict[str, Any], case: str, path: str) -> None:
    begin = time.process_time()
    response = post(modules, path, DEEP[case])
    assert response.status_code < 500, response.text[:300]
    assert len(response.content) < 100_000
    assert time.process_time() - begin < 5.0


@pytest.mark.parametrize(
    "data",
    [b"&".join(b"k%d=v" % n for n in range(200_000)), b"a=1&" * 200_000, b"=" * 1_000_000, b"%" * 1_000_000, b"a[" * 100_000,
     b"a" + b"[b]" * 100_000 + b"=1", b"&".join(b"a[%d]=v" % n for n in range(200_000)), b"[" * 500_000 + b"]" * 500_000],
    ids=["many", "repeated", "equals", "percent", "brackets", "deep", "wide", "nested"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/form", "/deep"])
def test_a_form_that_floods_is_harmless(modules: dict[str, Any], path: str, data: bytes) -> None:
    begin = time.process_time()
    assert post(modules, path, data, "application/x-www-form-urlencoded").status_code < 500
    assert time.process_time() - begin < 5.0


def test_a_query_that_floods_is_harmless(modules: dict[str, Any]) -> None:
    begin = time.process_time()
    for query in ("&".join(f"q[{n}]=v" for n in range(5_000)), "q" + "[a]" * 20_000 + "=1", "q[" * 30_000 + "]"):
        assert send(modules, "GET", f"/deep?{query}").status_code < 500
    assert time.process_time() - begin < 5.0


FILES = [
    "../../evil",
    "/etc/passwd",
    "C:\\evil",
    "..",
    "a\\..\\b",
    "%2e%2e/evil",
    "",
    "x" * 10_000,
    "\u202egpj.exe",
    "a;b=c",
    "con",
]


@pytest.mark.parametrize("name", FILES, ids=lambda name: ascii(name[:20]))
def test_file_names_from_the_wire_are_names_and_never_paths(modules: dict[str, Any], name: str, tmp_path: Path) -> None:
    canaries = payloads.install()
    before = len(canaries.heard)
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    with canaries.watched():
        response = post(modules, "/file", head + b"data\r\n--x--\r\n", "multipart/form-data; boundary=x")
    assert canaries.heard[before:] == []
    if len(name) > 5_000:
        assert response.status_code == 400
        return
    assert response.status_code == 204, response.text
    assert Heard.value.file.read() == b"data"
    assert not isinstance(Heard.value.file.content, Path)
    assert Heard.value.file.name == name or "\\" in name or "%" in name


@pytest.mark.parametrize(
    "data",
    [b"--x\r\n" * 5_000, b"--x\r\nA: " + b"a" * 1_000_000, b"--x" + b"-" * 100_000, b"", b"--x\r\n\r\n--x--",
     b'--x\r\nContent-Disposition: form-data; name="file"; filename="\xff"\r\n\r\n\r\n--x--\r\n'],
    ids=["many", "header", "dashes", "empty", "no-name", "not-utf-8"],
)  # fmt: skip
@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "multipart/form-data", 'multipart/form-data; boundary="']
)
def test_a_broken_multipart_body_is_no_server_error(modules: dict[str, Any], data: bytes, kind: str) -> None:
    assert post(modules, "/file", data, kind).status_code < 500


def client(modules: Mapping[str, Any], sent: list[Any]) -> Any:
    import httpx2

    def handler(request: Any) -> Any:
        sent.append(request)
        return httpx2.Response(302, headers={"location": "http://127.0.0.1:9/elsewhere"})

    http = httpx2.Client(transport=httpx2.MockTransport(handler))
    return modules["client"].Client(BASE, {"Key": "secret-key"}, http=http, retries=0)


@pytest.mark.parametrize("value", CONTROLS, ids=ascii)
@pytest.mark.parametrize("argument", ["x_a", "a"])
def test_a_control_character_in_a_header_or_cookie_is_refused_or_encoded(
    modules: dict[str, Any], argument: str, value: str
) -> None:
    sent: list[Any] = []
    with pytest.raises((modules["errors"].EncodeError, modules["errors"].StatusError)):
        client(modules, sent).g.headers(**{argument: value})
    if argument == "a":  # a cookie in the default style is percent-encoded
        assert [request.headers["cookie"].isprintable() for request in sent] in ([], [True])
    else:
        assert sent == []


@pytest.mark.parametrize("value", CONTROLS, ids=ascii)
def test_a_control_character_in_a_header_of_an_answer_does_not_go_out(modules: dict[str, Any], value: str) -> None:
    Heard.answer = value
    response = send(modules, "GET", "/answer")
    assert response.status_code == 500
    assert "x-evil" not in response.headers
    assert "x-b" not in response.headers


@pytest.mark.parametrize("value", CONTROLS, ids=ascii)
@pytest.mark.parametrize("scheme", ["Key", "Digest"])
def test_a_control_character_in_a_credential_is_refused(modules: dict[str, Any], scheme: str, value: str) -> None:
    import httpx2

    sent: list[Any] = []

    def answer(request: Any) -> Any:
        sent.append(request)
        return httpx2.Response(204)

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    with pytest.raises((modules["errors"].EncodeError, ValueError)) as error:
        modules["client"].Client(BASE, {scheme: value}, http=http).g.secret()
    assert sent == []
    assert value not in str(error.value)


@pytest.mark.parametrize(
    "value", [".", "..", "../x", "a/../b", "%2e%2e", "..%2f", "a/b", "\\..\\", "a?b", "a#b", "//127.0.0.1:9/x"]
)
def test_a_path_parameter_does_not_lead_elsewhere(modules: dict[str, Any], value: str) -> None:
    sent: list[Any] = []
    try:
        client(modules, sent).g.item(id=value)
    except modules["errors"].EncodeError:
        assert value in (".", "..")
    except modules["errors"].StatusError:
        pass
    except modules["errors"].CallError:
        pass
    for request in sent:
        assert request.url.host == "127.0.0.1"
        path = request.url.raw_path.decode()
        assert path.startswith("/items/")
        assert path.count("/") == 2
        assert path.rpartition("/")[2] not in (".", "..", "")


def test_credentials_do_not_follow_a_redirect_and_are_not_shown(modules: dict[str, Any]) -> None:
    sent: list[Any] = []
    caller = client(modules, sent)
    with pytest.raises(modules["errors"].APIError) as error:
        caller.g.secret()
    assert [request.url.port for request in sent] == [8000]
    assert sent[0].headers["x-key"] == "secret-key"
    for shown in (repr(caller), str(error.value), repr(error.value), repr(vars(error.value))):
        assert "secret-key" not in shown


def test_the_pages_and_the_challenge_show_document_text_as_text(modules: dict[str, Any]) -> None:
    page = send(modules, "GET", "/docs")
    assert page.status_code == 200
    assert "<script>x" not in page.text
    answer = send(modules, "GET", "/secret")
    assert answer.status_code == 401
    assert "x-evil" not in answer.headers
    for challenge in answer.headers.get_list("www-authenticate"):
        assert challenge.isprintable()
        assert challenge.isascii()
        assert re.fullmatch(r'(?:(?:, )?\w+ \w+="[^"\\]*"(?:, \w+="[^"\\]*")*)+', challenge)
    assert send(modules, "GET", "/openapi.json").json()["info"]["title"] == TITLE


def test_a_document_without_a_name_is_served(tmp_path: Path) -> None:
    unnamed = {**tree(), "info": {"title": "", "version": ""}}
    write(build_tree(tmp_path, unnamed, package="hostile_unnamed"), tmp_path)
    with running.package("hostile_unnamed", tmp_path) as found:
        assert send(found, "GET", "/openapi.json").json()["info"] == unnamed["info"]
        assert send(found, "GET", "/docs").status_code == 200


def test_secrets_compare_in_constant_time() -> None:
    """No file of the runtime compares what a caller presents with `==`: it compares nothing, `authenticate` does."""
    from generator.render.folder import templates_folder

    for path in (templates_folder() / "static").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert "password ==" not in source
        assert "token ==" not in source


def test_the_runtime_does_not_backtrack_on_what_callers_send() -> None:
    """The runtime's own regular expressions have no quantifier inside another one."""
    from generator.render.folder import templates_folder

    for path in (templates_folder() / "static").rglob("*.py"):
        for pattern in re.findall(r're\.compile\(\s*r?b?"((?:[^"\\]|\\.)*)"', path.read_text(encoding="utf-8")):
            assert not re.search(r"\([^)]*[+*][^)]*\)[+*]", pattern), f"{path.name}: {pattern}"
