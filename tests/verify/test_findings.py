"""What verification says about documents that are legal and unusual, and about packages that are wrong in one way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.verify import process
from generator.verify.values.formats import is_value
from tests.support import packages

TEXT = {"type": "string"}


def content(schema: Any, media_type: str = "application/json", key: str = "schema") -> dict[str, Any]:
    return {"content": {media_type: {key: schema}}}


def document(operations: dict[str, Any], *, version: str = "3.1.0", **components: Any) -> dict[str, Any]:
    paths = {path: {"post": {"responses": {"204": {"description": "ok"}}, **one}} for path, one in operations.items()}
    info = {"title": "Tea house", "version": "1"}
    return {"openapi": version, "info": info, "paths": paths, "components": components}


def prove(folder: Path, root: dict[str, Any], *changes: tuple[str, str, str], thorough: bool = False) -> process.Proof:
    made = packages.write(packages.build_tree(folder, root, package="harbour"), folder)
    for name, old, new in changes:
        text = (made / name).read_text(encoding="utf-8")
        assert old in text, f"{name} is not as this test thinks: {text}"
        (made / name).write_text(text.replace(old, new), encoding="utf-8")
    tree = json.loads((made / "openapi.json").read_text(encoding="utf-8"))
    return process.prove(made.parent, made.name, tree, thorough=thorough)


def failures(proof: process.Proof) -> list[str]:
    return [*proof.problems, *(f"{one.title} [{one.case}]: {one.failure}" for one in proof.verdicts if one.failure)]


@pytest.mark.parametrize("components", [{}, {"schemas": {"Tea": {"type": "object", "properties": {"leaf": TEXT}}}}])
def test_a_document_without_operations_passes(components: dict[str, Any], tmp_path: Path) -> None:
    proof = prove(tmp_path, document({}, **components))
    assert proof.passed
    assert proof.problems == []


@pytest.mark.usefixtures("few_files")
def test_a_package_of_models_that_does_not_import_fails(tmp_path: Path) -> None:
    root = document({}, schemas={"Tea": {"type": "object", "properties": {"leaf": TEXT}}})
    proof = prove(tmp_path, root, ("models.py", "class Tea(Model):", "class Tea(Mode):"))
    assert "NameError" in "".join(proof.problems)


def test_operations_without_responses_pass(tmp_path: Path) -> None:
    root = document({"/a": {}, "/b": {"requestBody": content({"type": "object", "properties": {"x": TEXT}})}})
    for item in root["paths"].values():
        del item["post"]["responses"]
    proof = prove(tmp_path, root)
    assert failures(proof) == []
    assert all(one.calls >= 2 for one in proof.verdicts)


def test_events_without_data_are_refused_and_others_arrive(tmp_path: Path) -> None:
    item = {"type": "object", "required": ["event"], "properties": {"event": TEXT, "data": TEXT}}
    answer = {"description": "events", **content(item, "text/event-stream", "itemSchema")}
    proof = prove(tmp_path, document({"/a": {"responses": {"200": answer}}}, version="3.2.0"))
    (verdict,) = proof.verdicts
    assert failures(proof) == []
    assert any("an event without data" in one for one in verdict.refused)
    assert verdict.calls > 8


PART_ITEM = {"type": "object", "required": ["a"], "properties": {"a": TEXT, "b": {"type": "integer"}}}
PARTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "/objects": (PART_ITEM, {}),
    "/lists": ({"type": "array", "items": TEXT}, {"contentType": "application/vnd.a+json"}),
    "/texts": (TEXT, {}),
    "/constants": ({"type": "string", "enum": ["a", "1"]}, {"contentType": "text/csv; charset=utf-8"}),
    "/numbers": ({"type": "number"}, {}),
    "/pictures": ({}, {"contentType": "image/jpeg"}),
    "/files": ({"type": "string", "contentMediaType": "image/png"}, {}),
    "/tables": (PART_ITEM, {"contentType": "text/csv"}),
    "/nothing": ({}, {}),
    "/never": (False, {"contentType": "a/b"}),
}
"""Paths with the schema of their parts, and how these are written."""


def parts_of(schema: Any, encoding: dict[str, Any], media_type: str = "multipart/mixed") -> dict[str, Any]:
    entry = {"itemSchema": schema, **({"itemEncoding": encoding} if encoding else {})}
    return {"description": "parts", "content": {media_type: entry}}


def test_items_in_parts_arrive(tmp_path: Path) -> None:
    operations: dict[str, Any] = {
        path: {"responses": {"200": parts_of(*one), "400": parts_of(*one)}} for path, one in PARTS.items()
    }
    operations["/lines"] = {
        "responses": {
            "200": {"description": "", **content(TEXT, "application/jsonl", "itemSchema")},
            "400": {"description": "", **content(TEXT, "application/jsonl", "itemSchema")},
            "404": {"description": "", **content(TEXT, "text/event-stream", "itemSchema")},
        }
    }
    operations["/either"] = {"responses": {"200": parts_of(PART_ITEM, {})}}
    operations["/either"]["responses"]["200"]["content"] |= content(PART_ITEM)["content"]
    proof = prove(tmp_path, document(operations, version="3.2.0"))
    assert failures(proof) == []
    assert all(one.calls > 8 for one in proof.verdicts)
    assert len(proof.verdicts) == len(operations)


@pytest.mark.parametrize(
    ("path", "file", "old", "new", "said"),
    [
        (
            "/objects",
            "contract.py",
            "MultipartStream(models.",
            'JsonLines(media_type="multipart/mixed", type_=models.',
            "",
        ),
        ("/texts", "contract.py", 'item_type="text/plain"', 'item_type="text/json"', ""),
        ("/pictures", "contract.py", "image/jpeg", "image/png", "image/png"),
        ("/pictures", "_runtime/wire/multipart_stream.py", "return bytes(item)", "return bytes(item) or b'x'", ""),
        (
            "/objects",
            "_runtime/wire/multipart_stream.py",
            'self.start, self.tail = b"", b"--',
            'self.start, self.tail = b"", b"-',
            "",
        ),
        ("/objects", "_runtime/server/streams.py", "self.items.media.tail", 'b""', "the last boundary is missing"),
        ("/objects", "_runtime/wire/multipart_stream.py", "return head + data", "return head + data + data", ""),
    ],
)
@pytest.mark.usefixtures("few_files")
def test_items_in_parts_that_are_wrong_are_found(
    path: str, file: str, old: str, new: str, said: str, tmp_path: Path
) -> None:
    root = document({path: {"responses": {"200": parts_of(*PARTS[path])}}}, version="3.2.0")
    proof = prove(tmp_path, root, (file, old, new))
    assert any(said in one for one in failures(proof)), failures(proof)


def test_texts_that_are_no_value_of_their_format_are_refused(tmp_path: Path) -> None:
    body = {"required": True, **content({"type": "object", "required": ["a"], "properties": {"a": TEXT}})}
    answer = {"description": "ids", **content({"type": "array", "items": {"type": "string", "format": "uuid"}})}
    root = document({"/a": {"requestBody": body, "responses": {"200": answer}}})
    proof = prove(tmp_path, root, thorough=True)
    assert failures(proof) == []
    assert any("is no value of its format" in one for one in proof.verdicts[0].refused)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("date", "2024-02-29", "2023-02-29"),
        ("date", "2024-01-01", "20240101"),
        ("time", "12:30:45.5Z", "12:30:45"),
        ("date-time", "2024-02-29t12:30:45z", "2024-02-29"),
        ("date-time", "2024-02-29T12:30:45+01:00", "2024-02-29T23:59:60Z"),
        ("uuid", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "3f2504e04f8941d39a0c0305e82c3301"),
        ("byte", "YQ==", "YQ="),
        ("byte", "", "é"),
        ("ipv4", "192.0.2.1", "192.0.2.256"),
        ("ipv6", "::1", "1::2::3"),
    ],
)
def test_formats_are_judged_by_the_standard_library(name: str, good: str, bad: str) -> None:
    assert is_value(name, good)
    assert not is_value(name, bad)
    assert is_value("colour", bad)


def test_headers_with_line_breaks_are_refused_and_others_arrive(tmp_path: Path) -> None:
    broken = {"type": "string", "enum": ["a\nb"]}
    headers = {"X-Broken": {"schema": broken}, "X-Fine": {"required": True, "schema": {"type": "integer"}}}
    parameters = [
        {"name": "X-In", "in": "header", "schema": broken},
        {"name": "X-Also", "in": "header", "schema": {"type": "integer"}},
    ]
    answer = {"description": "ok", "headers": headers}
    proof = prove(tmp_path, document({"/a": {"parameters": parameters, "responses": {"200": answer}}}))
    (verdict,) = proof.verdicts
    assert failures(proof) == []
    assert any("X-In in header: control characters in a header" in one for one in verdict.refused)
    assert any("response header X-Broken: control characters in a header" in one for one in verdict.refused)
    assert verdict.calls > 4


def test_a_required_header_that_nothing_can_carry_is_no_failure(tmp_path: Path) -> None:
    headers = {"X-Broken": {"required": True, "schema": {"type": "string", "enum": ["a\nb"]}}}
    proof = prove(tmp_path, document({"/a": {"responses": {"200": {"description": "ok", "headers": headers}}}}))
    assert failures(proof) == []
    assert proof.verdicts[0].refused != []


def test_security_that_needs_one_field_twice_is_refused(tmp_path: Path) -> None:
    schemes = {"Basic": {"type": "http", "scheme": "basic"}, "Key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
    schemes["Bearer"] = {"type": "http", "scheme": "bearer"}
    proof = prove(tmp_path, document({"/a": {"security": [{"Basic": [], "Bearer": []}]}}, securitySchemes=schemes))
    assert failures(proof) == []
    assert proof.verdicts[0].refused == ["security: Basic, Bearer need the same place in a request"]


def test_a_body_for_which_no_value_is_found_fails(tmp_path: Path) -> None:
    odd = {"type": "string", "not": {"pattern": "^"}, "minLength": 3}
    impossible = {"allOf": [{"type": "string"}, {"type": "integer"}]}
    bodies = {path: {"required": True, **content(schema)} for path, schema in (("/a", odd), ("/b", impossible))}
    proof = prove(tmp_path, document({path: {"requestBody": body} for path, body in bodies.items()}))
    assert failures(proof) == [
        "POST /a [application/json]: no value was found for the body: no value was found that fits the schema"
    ]
    assert proof.verdicts[1].no_instance != []  # the schema contradicts itself


@pytest.mark.parametrize(
    ("schema", "old"),
    [
        ({"$ref": "#/components/schemas/Tea"}, "Json(models.Tea)"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Tea"}}, "Json(list[models.Tea])"),
        ({"type": "object", "properties": {"leaf": TEXT}}, "Json(models.DefaultPostAResponse)"),
    ],
)
@pytest.mark.usefixtures("few_files")
def test_an_answer_of_any_type_fails(schema: dict[str, Any], old: str, tmp_path: Path) -> None:
    tea = {"type": "object", "properties": {"leaf": TEXT}}
    root = document({"/a": {"responses": {"200": {"description": "ok", **content(schema)}}}}, schemas={"Tea": tea})
    new = "Json(list[base.Value])" if "list" in old else "Json(base.Value)"
    imported = ("contract.py", "from . import models", "from . import models\nfrom ._runtime.models import base")
    proof = prove(tmp_path, root, ("contract.py", old, new), imported)
    assert "takes any value, although" in "".join(failures(proof))


CART = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer"},
        "items": {"type": "array", "items": TEXT, "default": []},
        "labels": {"type": "object", "additionalProperties": TEXT, "default": {}},
        "plain": {"type": "string", "default": "x"},
    },
}
CARTS = document(
    {
        "/carts": {
            "requestBody": {"required": True, **content({"$ref": "#/components/schemas/Cart"})},
            "responses": {"200": {"description": "ok", **content({"$ref": "#/components/schemas/Cart"})}},
        }
    },
    schemas={"Cart": CART},
)


def test_what_is_changed_in_place_and_what_is_of_another_class_is_tried(tmp_path: Path) -> None:
    proof = prove(tmp_path, CARTS)
    assert failures(proof) == []
    without = dict(CARTS, components={"schemas": {"Cart": {**CART, "properties": {"id": {"type": "integer"}}}}})
    (tmp_path / "other").mkdir()
    other = prove(tmp_path / "other", without)
    assert failures(other) == []
    # Two defaults, changed by the client and by the service, each called async and blocking; and four strangers in both.
    assert proof.verdicts[0].calls > other.verdicts[0].calls + 4


EXACT = "_runtime/models/exact.py"


@pytest.mark.parametrize(
    ("what", "said", "more"),
    [
        ("changed in place", "was lost", "Writer.changed = Writer.plain"),
        ("another class as the body", "it was sent", "Writer.fitting = lambda self, value: value"),
        (
            "a subclass with more fields as the body",
            "it was sent",
            """
_fitting = Writer.fitting
def _careless(self, value):
    known = isinstance(value, self.cls)
    return model_of(self.cls, value.__dict__, {}, value.__pydantic_fields_set__) if known else _fitting(self, value)
Writer.fitting = _careless
""",
        ),
        (
            "a subclass with more fields as the body",
            "is not named",
            """
def _silent(self, value):
    raise PydanticSerializationUnexpectedValue("another one is needed")
Writer.fitting = _silent
""",
        ),
    ],
)
def test_writing_that_is_not_exact_fails(what: str, said: str, more: str, tmp_path: Path) -> None:
    made = packages.write(packages.build_tree(tmp_path, CARTS, package="harbour"), tmp_path)
    with (made / EXACT).open("a", encoding="utf-8") as file:
        file.write(f"\n{more}\n")
    proof = process.prove(made.parent, made.name, json.loads((made / "openapi.json").read_bytes()), thorough=False)
    assert what in "".join(failures(proof))
    assert said in "".join(failures(proof))
