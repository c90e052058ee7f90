"""Judging documents: against openapi-spec-validator, mended trees, and documents that were damaged at random."""

from __future__ import annotations

import copy
import json
import pickle
import random
import time
import warnings
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.diagnostics.diagnostic import Diagnostic, Refused
from generator.document.document import Document
from generator.document.load import load
from generator.validation import example_rules
from generator.validation.validate import validate
from tests.support.folders import ERRORS

HEAD: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "Tea house", "version": "1"}, "paths": {}}
WHOLE: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Tea house", "version": "1", "license": {"name": "MIT"}},
    "servers": [{"url": "https://{host}.example.com", "variables": {"host": {"default": "a", "enum": ["a", "b"]}}}],
    "tags": [{"name": "cups"}],
    "security": [{"key": []}],
    "paths": {
        "/cups/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {
                "operationId": "getCup",
                "tags": ["cups"],
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 3, "format": "int32"}},
                    {"$ref": "#/components/parameters/Trace"},
                    {"name": "filter", "in": "query", "content": {"application/json": {"schema": {"type": "object"}}}},
                ],
                "responses": {
                    "200": {
                        "description": "fine",
                        "headers": {"X-Left": {"schema": {"type": "integer"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Cup"}}},
                        "links": {"again": {"operationId": "getCup"}},
                    },
                    "404": {"$ref": "#/components/responses/None"},
                },
            },
            "post": {
                "requestBody": {
                    "content": {
                        "multipart/form-data": {
                            "schema": {"type": "object", "properties": {"f": {"type": "string", "format": "binary"}}},
                            "encoding": {"f": {"contentType": "image/png"}},
                        }
                    }
                },
                "callbacks": {"made": {"{$request.body#/u}": {"post": {"responses": {"200": {"description": ""}}}}}},
                "security": [{"oauth": ["read"]}, {}],
                "responses": {"default": {"description": "any"}},
            },
        }
    },
    "components": {
        "schemas": {
            "Cup": {
                "type": "object",
                "required": ["size"],
                "properties": {
                    "size": {"type": "string", "enum": ["small", "big"], "default": "big"},
                    "kind": {"$ref": "#/components/schemas/Kind"},
                    "marks": {"type": "array", "items": {"type": "number", "minimum": 1}},
                },
                "additionalProperties": {"type": "string"},
            },
            "Kind": {
                "oneOf": [{"$ref": "#/components/schemas/Cup"}, {"$ref": "#/components/schemas/Pot"}],
                "discriminator": {"propertyName": "kind", "mapping": {"cup": "#/components/schemas/Cup"}},
            },
            "Pot": {"allOf": [{"$ref": "#/components/schemas/Cup"}, {"type": "object", "properties": {"lid": {}}}]},
        },
        "parameters": {"Trace": {"name": "X-Trace", "in": "header", "schema": {"type": "boolean"}}},
        "responses": {"None": {"description": "none"}},
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "K"},
            "oauth": {
                "type": "oauth2",
                "flows": {"clientCredentials": {"tokenUrl": "https://example.com", "scopes": {"read": ""}}},
            },
        },
    },
}


def _document(tmp_path: Path, tree: Any) -> Document:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    return load(path)


def _mended(tmp_path: Path, tree: Any) -> tuple[dict[str, Any], tuple[Diagnostic, ...]]:
    document, found = validate(_document(tmp_path, tree), lenient=True)
    return document.root, found


def _whole(version: str, **changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(WHOLE), "openapi": version, **changes}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.1", "3.2.0"])
def test_a_right_document_passes_untouched(tmp_path: Path, version: str) -> None:
    document = _document(tmp_path, _whole(version))
    judged, found = validate(document)
    assert found == ()
    assert judged.root is document.root
    assert pickle.loads(pickle.dumps(judged)).root == document.root  # noqa: S301 - our own bytes


def _operation(**parts: Any) -> dict[str, Any]:
    return {"responses": {"200": {"description": ""}}, **parts}


EITHER = [{"type": "string"}, {"type": "integer"}]


def _schema(version: str, schema: Any) -> dict[str, Any]:
    return {**HEAD, "openapi": version, "components": {"schemas": {"A": schema}}}


@pytest.mark.parametrize(
    ("version", "wrong", "right"),
    [
        ("3.0.0", {"type": "file"}, {"type": "string", "format": "binary"}),
        ("3.0.0", {"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        ("3.0.0", {"type": ["string", "integer"]}, {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        ("3.0.0", {"type": ["string", "integer"], "allOf": None}, {"anyOf": EITHER}),
        ("3.0.0", {"type": ["string", "integer"], "allOf": "x"}, {"allOf": [{}, {"anyOf": EITHER}]}),
        (
            "3.0.0",
            {"type": ["string", "integer"], "allOf": {"title": "B"}},
            {"allOf": [{"title": "B"}, {"anyOf": EITHER}]},
        ),
        ("3.0.0", {"type": "null"}, {"enum": [None], "nullable": True}),
        ("3.0.0", {"type": ["string", None]}, {"type": "string", "nullable": True}),
        ("3.1.0", {"type": ["string", None]}, {"type": ["string", "null"]}),
        ("3.1.0", {"anyOf": [{"type": "string"}, {"type": None}]}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ("3.1.0", {"type": ["str", "int"]}, {"type": ["string", "integer"]}),
        ("3.0.0", {"type": "Long", "minimum": "3"}, {"type": "integer", "minimum": 3}),
        ("3.0.0", {"type": "any"}, {}),
        ("3.0.0", {"const": 1}, {"enum": [1]}),
        ("3.0.0", {"enum": []}, {}),
        ("3.0.0", {"required": []}, {}),
        ("3.0.0", {"required": ["a", "b", "a"]}, {"required": ["a", "b"]}),
        ("3.0.0", {"properties": {"a": {"required": True}}}, {"properties": {"a": {}}}),
        ("3.0.0", {"properties": {"a": None, "b": "string"}}, {"properties": {"a": {}, "b": {"type": "string"}}}),
        ("3.0.0", {"type": "array", "items": [{"type": "string"}]}, {"type": "array", "items": {"type": "string"}}),
        ("3.0.0", {"type": "string", "enum": [1, True]}, {"type": "string", "enum": ["1", "true"]}),
        ("3.0.0", {"type": "integer", "enum": ["1", "2"]}, {"type": "integer", "enum": [1, 2]}),
        ("3.0.0", {"type": "integer", "default": "1"}, {"type": "integer", "default": 1}),
        ("3.0.0", {"type": "object", "default": "x"}, {"type": "object"}),
        ("3.0.0", {"exclusiveMinimum": 3}, {"exclusiveMinimum": True, "minimum": 3}),
        ("3.0.0", {"exclusiveMinimum": 0, "minimum": -1}, {"exclusiveMinimum": True, "minimum": 0}),
        ("3.0.0", {"exclusiveMaximum": 5, "maximum": 3}, {"maximum": 3}),
        ("3.0.0", {"type": "string", "pattern": "[a-"}, {"type": "string"}),
        ("3.1.0", {"type": "string", "pattern": "[a-"}, {"type": "string"}),
        ("3.0.0", {"nullable": "true", "minLength": -1}, {"nullable": True}),
        ("3.0.0", {"$ref": "#/components/schemas/None"}, {}),
        ("3.1.0", {"allOf": [{"$ref": "#/components/schemas/A"}, {"type": "string"}]}, {"allOf": [{"type": "string"}]}),
        ("3.0.0", {"discriminator": {"mapping": {}}, "xml": {"name": 3}}, {"xml": {"name": "3"}}),
    ],
)
def test_schemas_are_mended(tmp_path: Path, version: str, wrong: Any, right: Any) -> None:
    root, found = _mended(tmp_path, _schema(version, wrong))
    assert root["components"]["schemas"]["A"] == right
    assert found
    assert {part.severity for part in found} == {"warning"}
    assert validate(_document(tmp_path, root)) is not None


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (
            {"parameters": [{"name": "a", "in": "body", "required": True, "schema": {"type": "string"}}]},
            {
                "parameters": [],
                "requestBody": {"content": {"application/json": {"schema": {"type": "string"}}}, "required": True},
            },
        ),
        (
            {"parameters": [{"name": "a", "in": "formData", "type": "file"}, {"name": "b", "in": "formData"}]},
            {
                "parameters": [],
                "requestBody": {
                    "content": {
                        "multipart/form-data": {
                            "schema": {
                                "type": "object",
                                "properties": {"a": {"type": "string", "format": "binary"}, "b": {}},
                            }
                        }
                    },
                    "required": False,
                },
            },
        ),
        (
            {"parameters": [{"name": "a", "in": "Query", "type": "integer"}]},
            {"parameters": [{"name": "a", "in": "query", "schema": {"type": "integer"}}]},
        ),
        ({"parameters": [{"name": "a", "schema": {}}]}, {"parameters": [{"name": "a", "schema": {}, "in": "query"}]}),
        ({"parameters": [{"in": "query", "schema": {}}], "tags": "a"}, {"parameters": [], "tags": ["a"]}),
        ({"parameters": None, "deprecated": "true", "summary": 3}, {"deprecated": True, "summary": "3"}),
        ({"responses": {}}, {"responses": {"default": {"description": ""}}}),
        ({"responses": {"2xx": {"content": {}}}}, {"responses": {"2XX": {"content": {}, "description": ""}}}),
        ({"security": [{"a": None}]}, {"security": [{"a": []}]}),
        (
            {"requestBody": {"required": True}},
            {"requestBody": {"required": True, "content": {"application/octet-stream": {}}}},
        ),
    ],
)
def test_operations_are_mended(tmp_path: Path, wrong: Any, right: Any) -> None:
    tree = {**HEAD, "openapi": "3.0.0", "paths": {"/a": {"get": _operation(**wrong)}}}
    tree["components"] = {"securitySchemes": {"a": {"type": "http", "scheme": "basic"}}}
    root, found = _mended(tmp_path, tree)
    assert root["paths"]["/a"]["get"] == _operation(**right)
    assert {part.severity for part in found} == {"warning"}


STRING = {"type": "string"}


def _at(location: str, name: str, schema: Any = STRING, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": location, **more, "schema": schema}


def _in_path(name: str) -> dict[str, Any]:
    return _at("path", name, required=True)


@pytest.mark.parametrize(
    ("path", "parameters", "right_path", "right_parameters", "own"),
    [
        ("/a/{id}", [], "/a/{id}", None, [_in_path("id")]),
        ("/a/{itemId}", [_in_path("item_id")], "/a/{itemId}", [_in_path("itemId")], None),
        ("/a/{id}", [_at("query", "id")], "/a/{id}", [_in_path("id")], None),
        ("/a?q={q}", [_at("query", "q")], "/a", [_at("query", "q")], None),
        ("/a?x={q}&y=1", [], "/a?y=1", None, [_at("query", "x", required=True)]),
        ("/a/{id:[0-9]+}", [_in_path("id")], "/a/{id}", [_in_path("id")], None),
        ("/a", [_in_path("id")], "/a", [], None),
        ("a", [], "/a", None, None),
    ],
)
def test_paths_are_mended(
    tmp_path: Path, path: str, parameters: list[Any], right_path: str, right_parameters: Any, own: Any
) -> None:
    operation = _operation(parameters=parameters) if parameters else _operation()
    root, found = _mended(tmp_path, {**HEAD, "openapi": "3.0.0", "paths": {path: {"get": operation}}})
    ((made, item),) = root["paths"].items()
    assert made == right_path
    assert item["get"].get("parameters") == right_parameters
    assert item.get("parameters") == own
    assert {part.severity for part in found} == {"warning"}
    assert all(part.line == 1 and part.column > 1 for part in found)


def test_positions_after_items_were_left_out(tmp_path: Path) -> None:
    parameters = [
        {"in": "query"},
        {"name": "a", "in": "query", "schema": {"type": "int"}},
        {"name": "b", "in": "query"},
    ]
    path = tmp_path / "openapi.json"
    tree = {**HEAD, "paths": {"/a": {"get": _operation(parameters=parameters)}}}
    path.write_text(json.dumps(tree, indent=1), encoding="utf-8")
    document, _ = validate(load(path), lenient=True)
    left = document.root["paths"]["/a"]["get"]["parameters"]
    assert [part["name"] for part in left] == ["a", "b"]
    for index, name in enumerate(("a", "b")):
        found = document.locate(f"#/paths/~1a/get/parameters/{index}/name")
        assert f'"name": "{name}"' in found.source


@pytest.mark.parametrize(
    "changes",
    [
        {"paths": [1]},
        {"paths": {"/a": True}},
        {"paths": {"/a": {"get": 3}}},
        {"security": ["key"]},
        {"components": {"securitySchemes": {"a": {"type": "http"}}}},
        {"components": {"securitySchemes": {"a": {"type": "apiKey", "in": "header"}}}},
        {"components": {"securitySchemes": {"a": {"$ref": "#/nowhere"}}}},
    ],
)
def test_what_would_lose_or_open_an_operation_stays_an_error(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        validate(_document(tmp_path, {**HEAD, **changes}), lenient=True)


WHOLE_QUERY = {"name": "q", "in": "querystring", "content": {"text/plain": {"schema": {"type": "string"}}}}


@pytest.mark.parametrize("other", [_at("query", "r"), {**WHOLE_QUERY, "name": "p"}])
@pytest.mark.parametrize("shared", [True, False])
def test_what_is_the_whole_query_stands_alone(tmp_path: Path, other: dict[str, Any], shared: bool) -> None:
    """A schema sees neither what is behind a reference nor what a path item brings."""
    referred, tree = {"$ref": "#/components/parameters/Q"}, {**HEAD, "openapi": "3.2.0"}
    item = {"parameters": [other], "get": _operation(parameters=[referred])}
    item = item if shared else {"get": _operation(parameters=[other, referred])}
    tree |= {"paths": {"/a": item}, "components": {"parameters": {"Q": WHOLE_QUERY}}}
    with pytest.raises(Refused, match="is the whole query"):
        validate(_document(tmp_path, tree), lenient=True)
    item["parameters" if shared else "get"] = [] if shared else _operation(parameters=[referred])
    assert validate(_document(tmp_path, tree))[1] == ()


def test_names_of_headers_have_no_case(tmp_path: Path) -> None:
    tree = {**HEAD, "paths": {"/a": {"get": _operation(parameters=[_at("header", "X-A"), _at("header", "x-a")])}}}
    with pytest.raises(Refused, match='the header parameter "x-a" is declared twice'):
        validate(_document(tmp_path, tree))
    document, _ = _mended(tmp_path, tree)
    assert document["paths"]["/a"]["get"]["parameters"] == [_at("header", "X-A")]


def test_an_undeclared_security_scheme_never_opens_an_operation(tmp_path: Path) -> None:
    tree = {**HEAD, "paths": {"/a": {"get": _operation(security=[{"lost": []}])}}}
    with pytest.raises(Refused, match='the security scheme "lost" is not declared'):
        validate(_document(tmp_path, tree))
    document, found = validate(_document(tmp_path, tree), lenient=True)
    assert document.root["paths"] == tree["paths"]
    assert document.root["components"]["securitySchemes"] == {"lost": {"type": "http", "scheme": "bearer"}}
    assert [part.severity for part in found] == ["warning"]


def test_what_is_read_only_and_write_only_is_a_warning_with_its_place(tmp_path: Path) -> None:
    marks = {"both": {"readOnly": True, "writeOnly": True}, "one": {"readOnly": True, "writeOnly": False}}
    path = tmp_path / "spec.json"
    path.write_text(json.dumps({**HEAD, "components": {"schemas": {"Cup": {"properties": marks}}}}), encoding="utf-8")
    _, said = validate(load(path))
    assert [(one.severity, one.pointer) for one in said] == [
        ("warning", "#/components/schemas/Cup/properties/both/writeOnly")
    ]


@pytest.mark.parametrize(
    ("other", "place"),
    [
        ({"type": "oauth2", "flows": {}}, "header field Authorization"),
        ({"type": "apiKey", "in": "header", "name": "AUTHORIZATION"}, "header field Authorization"),
        ({"type": "apiKey", "in": "query", "name": "Authorization"}, ""),
        ({"type": "mutualTLS"}, ""),
    ],
)
def test_schemes_that_need_one_field_can_not_be_used_together(
    tmp_path: Path, other: dict[str, Any], place: str
) -> None:
    schemes = {"Basic": {"type": "http", "scheme": "basic"}, "Other": other}
    alternatives: list[dict[str, list[str]]] = [{"Basic": [], "Other": []}, {"Basic": []}]
    tree = _whole("3.1.0", security=alternatives, components={"securitySchemes": schemes})
    tree, warnings = _mended(tmp_path, tree)
    said = [one.message for one in warnings if one.pointer == "#/security/0"]
    assert said == [f'"Basic" and "Other" both need the {place}: no request satisfies this alternative'] * bool(place)
    assert tree["security"] == alternatives


@pytest.mark.parametrize(
    ("where", "name", "security", "pointers"),
    [
        ("query", "key", [{"K": []}], ["0"]),
        ("query", "Key", [{"K": []}], []),
        ("query", "key", [{"H": []}, {}], []),
        ("query", "key", [], []),
        ("header", "x-KEY", [{"K": [], "H": []}], ["0"]),
        ("header", "authorization", [{"B": []}], []),
    ],
)
def test_a_parameter_at_the_place_of_a_credential_is_a_warning(
    tmp_path: Path, where: str, name: str, security: list[Any], pointers: list[str]
) -> None:
    schemes = {
        "K": {"type": "apiKey", "in": "query", "name": "key"},
        "H": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "B": {"type": "http", "scheme": "bearer"},
    }
    parameters = [{"name": name, "in": where, "schema": {"type": "string"}}]
    done = {"responses": {"204": {"description": "done"}}}
    shared = {"parameters": parameters, "get": done, "post": {**done, "security": []}}
    head = {**HEAD, "security": security, "components": {"securitySchemes": schemes}}
    for item, below in (({"get": {**done, "parameters": parameters}}, "/get"), (shared, "")):
        _, said = validate(_document(tmp_path, {**head, "paths": {"/a": item}}))
        places = [(one.severity, one.pointer) for one in said if "has its credential" in one.message]
        assert places == [("warning", f"#/paths/~1a{below}/parameters/{number}") for number in pointers]


def test_examples_that_do_not_fit_are_warnings_and_summed_up(tmp_path: Path) -> None:
    things = {f"T{number}": {"type": "integer", "example": "x"} for number in range(example_rules.SHOWN + 3)}
    found = validate(_document(tmp_path, {**HEAD, "components": {"schemas": things}}))[1]
    assert {one.severity for one in found} == {"warning"}
    assert len(found) == example_rules.SHOWN + 1
    assert found[0].message == 'the example "x" does not fit its schema: it is not of the type integer'
    assert found[-1].message == "from here on, 3 more examples do not fit their schemas"
    assert found[-1].pointer == f"#/components/schemas/T{example_rules.SHOWN}/example"


def test_no_more_time_goes_into_examples_than_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(example_rules, "SECONDS", -1.0)
    things = {f"T{number}": {"type": "integer", "example": "x"} for number in range(3)}
    (found,) = validate(_document(tmp_path, {**HEAD, "components": {"schemas": things}}))[1]
    assert found.message == "from here on, 3 examples were not held against their schemas: it takes too long"


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_where_examples_are_looked_for(tmp_path: Path, version: str) -> None:
    """Those that fit, or are no value of the schema, pass without a word."""
    old = version == "3.0.3"
    null = {"type": "string", "nullable": True} if old else {"type": ["string", "null"]}
    schema = {
        "type": "object",
        "required": ["id", "size"],
        "properties": {"id": {"type": "string", "readOnly": True}, "size": {"type": "integer"}, "note": null},
    }
    reference = {"$ref": "#/components/schemas/T"}
    right, wrong = {"size": 1, "note": None}, {"size": "one"}
    media = {
        "application/json": {"schema": reference, "examples": {"a": {"value": right}, "b": {"value": wrong}}},
        "application/xml": {"schema": reference, "example": "<T/>"},
        "application/vnd.t+json; v=1": {"schema": reference, "examples": {"c": {"$ref": "#/components/examples/E"}}},
    }
    parameter = {"name": "q", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}, "example": "a,b"}
    responses = {"200": {"description": "", "headers": {"X-N": {"schema": {"type": "integer"}, "example": 1}}}}
    operation = {"parameters": [parameter], "requestBody": {"content": media}, "responses": responses}
    components = {"schemas": {"T": {**schema, "example": {"size": 2, "id": 3}}}, "examples": {"E": {"value": [1]}}}
    root = {**HEAD, "openapi": version, "paths": {"/t": {"post": operation}}, "components": components}
    messages = [one.message for one in validate(_document(tmp_path, root))[1]]
    assert messages == [
        'the example "a,b" does not fit its schema: "a,b" is not of type "array"',
        'the example does not fit its schema: size: "one" is not of type "integer"',
        'the example does not fit its schema: [1] is not of type "object"',
        'the example does not fit its schema: id: 3 is not of type "string"',
    ]


def test_bounds_of_operations_names_and_enums(tmp_path: Path) -> None:
    for changes, message in (
        ({"paths": {"/a": {"get": _operation(operationId="n" * 1_001)}}}, "1,001 characters"),
        ({"components": {"schemas": {"A": {"enum": list(range(10_001))}}}}, "10,001 values"),
        ({"paths": {f"/{number}": {"get": _operation()} for number in range(20_001)}}, "20,001 operations"),
    ):
        with pytest.raises(Refused, match=message):
            validate(_document(tmp_path, {**HEAD, **changes}), lenient=True)


def test_patterns_of_the_document_take_no_time(tmp_path: Path) -> None:
    schema = {"type": "string", "pattern": "^(a+)+$", "default": "a" * 40 + "b"}
    look = {"type": "string", "pattern": "^(?=a)(a+)+$", "default": "a" * 40 + "b"}
    begin = time.perf_counter()
    with pytest.raises(Refused, match="does not fit"):
        validate(_document(tmp_path, {**HEAD, "components": {"schemas": {"A": schema, "B": look}}}))
    assert time.perf_counter() - begin < 5


def test_circles_and_long_chains_end(tmp_path: Path) -> None:
    chain = {f"A{n}": {"allOf": [{"$ref": f"#/components/schemas/A{n + 1}"}]} for n in range(5_000)}
    chain["A5000"] = {"allOf": [{"$ref": "#/components/schemas/A0"}]}
    begin = time.perf_counter()
    with pytest.raises(Refused, match="leads back to itself"):
        validate(_document(tmp_path, {**HEAD, "components": {"schemas": chain}}))
    assert time.perf_counter() - begin < 5


# Against openapi-spec-validator, and at random


def _accepted(tree: Any) -> bool:
    import openapi_spec_validator as reference

    validators = {
        "3.0": reference.OpenAPIV30SpecValidator,
        "3.1": reference.OpenAPIV31SpecValidator,
        "3.2": reference.OpenAPIV32SpecValidator,
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return not list(validators[str(tree["openapi"])[:3]](tree).iter_errors())
    except Exception:
        return False


@pytest.mark.parametrize(
    "case", sorted(path.name for path in ERRORS.iterdir() if (path / "expected-lenient.txt").exists())
)
def test_openapi_spec_validator_refuses_the_golden_cases_too(case: str) -> None:
    # What it misses: references that it does not follow, paths that only look right.
    missed = {"ref_to_another_kind", "unused_reference", "odd_media_types"}
    spec = next((ERRORS / case).glob("spec.*"))
    tree = yaml.safe_load(spec.read_text(encoding="utf-8"))
    assert _accepted(tree) == (case in missed)


VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1.5, "", "x", "string", "object", "body", "path", "query", "{id}", "Integer", "file"),
    *([], {}, [1], ["a", "a"], {"a": 1}, {"type": "string"}, {"$ref": "#/components/schemas/Cup"}, {"$ref": "#/no"}),
    *({"$ref": 3}, [None], {"x-a": 1}, ["string", "null"], {"allOf": [{"$ref": "#/components/schemas/Kind"}]}),
]
KEYS = [
    *("$ref", "type", "properties", "items", "required", "enum", "default", "allOf", "in", "name", "schema", "content"),
    *("parameters", "responses", "x-a", "a/b~c", "nullable", "discriminator", "mapping", "security", "operationId"),
    *("tags", "get", "200", "const", "examples", "example", "pattern", "format", "$schema", "$id", "servers", "query"),
    *("/b", "callbacks", "links", "headers", "webhooks", "additionalOperations", "description", "variables"),
]


STRICTER = (
    "reference",
    "the discriminator maps to",
    "the security scheme",
    "that no header",
    "is no media type",
    "is not read:",
)
"""What ours says of documents that openapi-spec-validator accepts: it follows few references, and knows no RFC 9110."""


def _damage(tree: Any, chance: random.Random) -> None:
    """Change one place of a tree: put, remove, rename, repeat or move a value."""
    places: list[tuple[Any, Any, Any]] = []
    pending: list[Any] = [tree]
    while pending:
        node = pending.pop()
        for key, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
            places.append((node, key, value))
            if isinstance(value, dict | list):
                pending.append(value)
    if not places:
        return
    parent, key, value = chance.choice(places)
    kind = chance.randrange(5)
    new = copy.deepcopy(chance.choice([*VALUES, chance.choice(places)[2]]))
    if kind == 0:
        parent[key] = new
    elif kind == 1:
        del parent[key]
    elif kind == 2 and isinstance(parent, dict):
        parent[chance.choice(KEYS)] = parent.pop(key)
    elif isinstance(value, dict):
        value[chance.choice(KEYS)] = new
    elif isinstance(value, list):
        value.append(new)


def _judge_damaged(tmp_path: Path, seed: int) -> str:
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    tree = _whole(chance.choice(["3.0.3", "3.1.0", "3.2.0"]))
    for _ in range(chance.choice([1, 1, 2, 4])):
        _damage(tree, chance)
    try:
        document = _document(tmp_path, tree)
    except Refused:
        return "not read"
    try:
        validate(document)
        outcome = "right"
    except Refused as refused:
        outcome = "refused"
        errors = [found.message for found in refused.diagnostics if found.severity == "error"]
        ours = [message for message in errors if not any(text in message for text in STRICTER)]
        assert not ours or not _accepted(tree), (seed, ours)
    try:
        mended, found = validate(document, lenient=True)
    except Refused:
        return outcome
    assert all(part.severity != "error" for part in found)
    try:
        validate(mended)
    except Refused as refused:
        left = [part for part in refused.diagnostics if part.severity == "error"]
        assert all("the name" in part.message or "OpenAPI 3.1" in part.hint for part in left), (seed, left)
    return "mended" if outcome == "refused" else outcome


def test_damaged_documents_are_refused_or_mended_for_good(tmp_path: Path) -> None:
    outcomes = [_judge_damaged(tmp_path, seed) for seed in range(400)]
    assert outcomes.count("mended") > 100
    assert outcomes.count("right") > 20


def test_checking_a_large_document_is_fast(tmp_path: Path) -> None:
    tree = _whole("3.0.3")
    for number in range(1_000):
        tree["components"]["schemas"][f"Cup{number}"] = copy.deepcopy(tree["components"]["schemas"]["Cup"])
        tree["paths"][f"/cups{number}"] = {"get": _operation()}
    document = _document(tmp_path, tree)
    begin = time.perf_counter()
    validate(document)
    assert time.perf_counter() - begin < 3
