"""A client of yesterday's document, whose peer is newer: what is read with `tolerant`, and what is refused still."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.packages import build_tree, imported

TEXT: dict[str, Any] = {"type": "string"}
SHIPS = [{"$ref": "#/components/schemas/Tug"}, {"$ref": "#/components/schemas/Ferry"}]
BOX: dict[str, Any] = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer", "maximum": 10},
        "code": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 3},
        "unit": {"type": "string", "default": "USD"},
        "when": {"type": "string", "format": "date-time"},
        "note": {"type": ["string", "null"]},
        "tags": {"type": "array", "minItems": 1, "maxItems": 2, "uniqueItems": True, "items": TEXT},
        "size": {"enum": ["s", "m", None]},
        "ratio": {"type": ["number", "null"], "multipleOf": 0.5},
        "pets": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}},
        "ship": {"$ref": "#/components/schemas/Ship"},
        "boat": {"oneOf": SHIPS},
        "mood": {"anyOf": [{"$ref": "#/components/schemas/Day"}, {"$ref": "#/components/schemas/Night"}]},
    },
    "additionalProperties": False,
}
SCHEMAS = {
    "Box": BOX,
    "Cat": {"type": "object", "required": ["meow"], "properties": {"meow": TEXT}},
    "Dog": {"type": "object", "required": ["bark"], "properties": {"bark": {"type": "integer"}}},
    "Pet": {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]},
    "Tug": {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "tug"}, "n": {"type": "integer"}}},
    "Ferry": {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "ferry"}}},
    "Day": {"type": "object", "properties": {"mode": {"enum": ["sun", "rain"]}}},
    "Night": {"type": "object", "properties": {"mode": {"enum": ["moon", "stars"]}}},
    "Ship": {
        "oneOf": SHIPS,
        "discriminator": {"propertyName": "kind"},
    },
}
JSON = {"application/json": {"schema": {"$ref": "#/components/schemas/Box"}}}


def operation(name: str, content: Any, **more: Any) -> dict[str, Any]:
    answer = {"description": "", "content": content, **more}
    fault = {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Dog"}}}}
    return {"get": {"operationId": name, "tags": ["t"], "responses": {"200": answer, "default": fault}}}


FILE = {"schema": {"type": "string", "format": "binary"}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {
        "/box": operation("box", JSON, headers={"X-Kind": {"schema": {"type": "string", "enum": ["a"]}}}),
        "/hal": operation("hal", {"application/hal+json": JSON["application/json"]}),
        "/file": operation("file", {"application/octet-stream": FILE}),
        "/either": operation("either", {**JSON, "application/pdf": FILE}),
        "/events": operation("events", {"text/event-stream": JSON["application/json"]}),
    },
    "components": {"schemas": SCHEMAS},
}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("drift")
    return imported(build_tree(folder, DOCUMENT, package="yesterday", tolerant=True), folder)


def client(answer: httpx2.Response, *, tolerant: bool = True) -> Any:
    http = httpx2.Client(transport=httpx2.MockTransport(lambda _: answer))
    made = importlib.import_module("yesterday.client")
    return made.Client("http://h", http=http, retries=0, tolerant=tolerant)


def answered(body: str | bytes, content_type: str = "application/json", status: int = 200, **more: str) -> Any:
    content = body.encode() if isinstance(body, str) else body
    headers = {"content-type": content_type, **{key.replace("_", "-"): value for key, value in more.items()}}
    return httpx2.Response(status, content=content, headers=headers)


NEWER: dict[str, tuple[str, dict[str, Any]]] = {
    "null for absent": (
        '{"id": 1, "code": null, "when": null, "tags": null}',
        {"code": None, "when": None, "tags": None},
    ),
    "null for a default": ('{"id": 1, "unit": null}', {"unit": "USD"}),
    "null that is a value": ('{"id": 1, "note": null, "size": null}', {"note": None, "size": None}),
    "a wider bound": ('{"id": 11, "ratio": 0.3, "tags": []}', {"id": 11, "ratio": 0.3, "tags": []}),
    "a wider pattern": ('{"id": 1, "code": "a-long one"}', {"code": "a-long one"}),
    "more items, and the same twice": ('{"id": 1, "tags": ["a", "a", "b"]}', {"tags": ["a", "a", "b"]}),
    "a value of an enum": ('{"id": 1, "size": "xl"}', {"size": "xl"}),
    "a property": ('{"id": 1, "colour": "red"}', {"model_extra": {"colour": "red"}}),
    "a member of a union": ('{"id": 1, "pets": [{"chirp": 1}]}', {"pets": [{"chirp": 1}]}),
    "a member with a constant": ('{"id": 1, "boat": {"kind": "raft", "n": 1}}', {"boat": {"kind": "raft", "n": 1}}),
    "a member with a tag": ('{"id": 1, "ship": {"kind": "raft"}}', {"ship": {"kind": "raft"}}),
}


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize("name", NEWER)
def test_what_is_newer_is_read(name: str) -> None:
    body, wanted = NEWER[name]
    found = client(answered(body)).t.box()
    assert {key: getattr(found, key) for key in wanted} == wanted
    errors = importlib.import_module("yesterday.errors")
    if name != "null that is a value":
        with pytest.raises(errors.ContractError):
            client(answered(body), tolerant=False).t.box()


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"id": null}',
        '{"id": "1"}',
        '{"id": 1, "when": "1700000000"}',
        '{"id": 1, "size": 5}',
        '{"id": 1, "code": 5}',
        '{"id": 1, "pets": [{"bark": "x"}]}',
        '{"id": 1, "pets": ["x"]}',
        '{"id": 1, "ship": {"kind": "tug", "n": "x"}}',
        '{"id": 1, "boat": {"kind": "tug", "n": "x"}}',
        '{"id": 1, "ratio": true}',
        "[]",
    ],
)
def test_types_and_required_fields_still_count(body: str) -> None:
    errors = importlib.import_module("yesterday.errors")
    with pytest.raises(errors.ContractError):
        client(answered(body)).t.box()


@pytest.mark.usefixtures("package")
def test_what_is_known_is_read_as_before() -> None:
    models = importlib.import_module("yesterday.models")
    body = '{"id": 1, "pets": [{"meow": "x"}, {"bark": 1}], "ship": {"kind": "tug", "n": 1}, "when": "2026-01-01T00:00:00Z"}'
    loose, strict = client(answered(body)).t.box(), client(answered(body), tolerant=False).t.box()
    assert loose == strict
    assert [type(one) for one in loose.pets] == [models.Cat, models.Dog]
    assert type(loose.ship) is models.Tug
    for body, kind in (
        ('"boat": {"kind": "ferry"}', "Ferry"),
        ('"mood": {"mode": "moon"}', "Night"),
        ('"mood": {"mode": "sun"}', "Day"),
    ):
        loose, strict = (client(answered(f'{{"id": 1, {body}}}'), tolerant=one).t.box() for one in (True, False))
        assert loose == strict
        assert type(loose.boat or loose.mood).__name__ == kind


@pytest.mark.usefixtures("package")
def test_other_statuses_and_headers_are_read() -> None:
    for status in (201, 202, 206):
        assert client(answered('{"id": 1}', status=status)).t.box().id == 1
        assert next(client(answered('data: {"id": 1}\n\n', "text/event-stream", status)).t.events()).id == 1
    caller = client(answered('{"id": 1}', X_Kind="b"))
    assert caller.raw(caller.t.box).typed_headers == {"X-Kind": "b"}
    errors = importlib.import_module("yesterday.errors")
    with pytest.raises(errors.NotFound) as caught:
        client(answered('{"bark": 1, "more": 2}', status=404)).t.box()
    assert caught.value.body.model_extra == {"more": 2}


@pytest.mark.usefixtures("package")
def test_other_content_types_are_read() -> None:
    errors = importlib.import_module("yesterday.errors")
    said = ["text/plain; charset=utf-8", "application/octet-stream", "binary/octet-stream", "application/vnd.x+json"]
    for method in ("box", "hal", "either"):
        for content_type in [*said, "application/json", "text/json"]:
            assert getattr(client(answered('{"id": 1}', content_type)).t, method)().id == 1
        with pytest.raises(errors.ContractError):
            client(answered("{}", "text/html")).t.box()
    for content_type in ("application/pdf", "binary/octet-stream", "text/csv", "application/json"):
        assert b"".join(client(answered("x", content_type)).t.file()) == b"x"
    assert client(answered("x", "image/png")).t.either().value == b"x"


@pytest.mark.usefixtures("package")
def test_a_byte_order_mark_is_ignored() -> None:
    for tolerant in (True, False):
        assert client(answered(b'\xef\xbb\xbf{"id": 1}'), tolerant=tolerant).t.box().id == 1
        events = client(answered(b'\xef\xbb\xbfdata: {"id": 1}\n\n', "text/event-stream"), tolerant=tolerant).t.events()
        assert [one.id for one in events] == [1]
