"""Faults of a document that no schema of OpenAPI refuses, and that used to pass in silence."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from generator.diagnostics.diagnostic import Diagnostic, Refused
from generator.document.load import load
from generator.pointer import join
from generator.validation.validate import validate

OPERATION: dict[str, Any] = {"responses": {"204": {"description": "done"}}}


def _judged(
    tmp_path: Path, *, version: str = "3.1.0", lenient: bool = False, **parts: Any
) -> tuple[Any, list[Diagnostic]]:
    """The mended tree (None where it is refused) and what was found."""
    path = tmp_path / "spec.json"
    head = {"openapi": version, "info": {"title": "T", "version": "1"}, "paths": {}}
    path.write_text(json.dumps({**head, **parts}), encoding="utf-8")
    try:
        document, found = validate(load(path), lenient=lenient)
    except Refused as refused:
        return None, list(refused.diagnostics)
    return document.root, list(found)


def _with_parameter(**parameter: Any) -> dict[str, Any]:
    return {"/a": {"get": {**OPERATION, "parameters": [{"schema": {"type": "string"}, **parameter}]}}}


def _with_body(content: dict[str, Any]) -> dict[str, Any]:
    return {"/a": {"post": {**OPERATION, "requestBody": {"content": content}}}}


@pytest.mark.parametrize(
    ("location", "name"),
    [("header", "X Trace"), ("header", "X:Y"), ("header", "é"), ("header", ""), ("cookie", "a b"), ("cookie", "a;b")],
)
def test_a_name_that_no_message_can_have_is_an_error_with_its_place(tmp_path: Path, location: str, name: str) -> None:
    paths = _with_parameter(**{"name": name, "in": location})
    _, found = _judged(tmp_path, paths=paths)
    assert [(one.severity, one.pointer) for one in found] == [("error", "#/paths/~1a/get/parameters/0/name")]
    root, found = _judged(tmp_path, paths=paths, lenient=True)
    assert [one.severity for one in found] == ["warning"]
    assert root["paths"]["/a"]["get"]["parameters"] == []


@pytest.mark.parametrize(
    ("location", "name"), [("header", "X-Trace_1.0"), ("header", "!#$%&'*+^`|~"), ("cookie", "a[b]"), ("query", "a b")]
)
def test_a_name_that_a_message_can_have_is_none(tmp_path: Path, location: str, name: str) -> None:
    assert _judged(tmp_path, paths=_with_parameter(**{"name": name, "in": location}))[1] == []


def test_headers_of_responses_have_names_of_headers_and_components_have_any(tmp_path: Path) -> None:
    response = {"description": "", "headers": {"no name": {"schema": {}}, "fine": {"$ref": "#/components/headers/a.b"}}}
    paths = {"/a": {"get": {"responses": {"200": response}}}}
    root, found = _judged(tmp_path, paths=paths, components={"headers": {"a.b": {"schema": {}}}}, lenient=True)
    assert [one.pointer for one in found] == ["#/paths/~1a/get/responses/200/headers/no name"]
    assert list(root["paths"]["/a"]["get"]["responses"]["200"]["headers"]) == ["fine"]


def test_a_key_that_no_header_can_have_stays_closed(tmp_path: Path) -> None:
    schemes = {"Key": {"type": "apiKey", "in": "header", "name": "my api key"}}
    _, found = _judged(tmp_path, components={"securitySchemes": schemes}, security=[{"Key": []}])
    assert [(one.severity, one.pointer) for one in found] == [("error", "#/components/securitySchemes/Key/name")]
    root, found = _judged(tmp_path, components={"securitySchemes": schemes}, security=[{"Key": []}], lenient=True)
    assert root["components"]["securitySchemes"] == {"Key": {"type": "http", "scheme": "bearer"}}
    assert [one.severity for one in found] == ["warning"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("text/plain; utf-8", "text/plain"),
        ("text/plain; charset = utf-8", "text/plain; charset=utf-8"),
        ("application/json; charset=utf-8; what", "application/json; charset=utf-8"),
        ("text/plain; charset=", "text/plain"),
    ],
)
def test_a_parameter_of_a_media_type_is_a_name_and_a_value(tmp_path: Path, written: str, read: str) -> None:
    _, found = _judged(tmp_path, paths=_with_body({written: {}}))
    assert [one.severity for one in found] == ["error"]
    assert written in found[0].message
    root, found = _judged(tmp_path, paths=_with_body({written: {}}), lenient=True)
    assert list(root["paths"]["/a"]["post"]["requestBody"]["content"]) == [read]
    assert [one.severity for one in found] == ["warning"]


@pytest.mark.parametrize("written", ["json", "*", "", "a/b/c", "a b/c", "*/json", "/json", "; charset=utf-8", "text/"])
def test_a_media_type_is_a_type_and_a_subtype(tmp_path: Path, written: str) -> None:
    content: dict[str, Any] = {
        written: {},
        "*/*": {},
        "text/*": {},
        "application/vnd.a+json": {},
        " text/plain ;x=1": {},
    }
    _, found = _judged(tmp_path, paths=_with_body(content))
    assert [(one.severity, "is no media type" in one.message) for one in found] == [("error", True)]
    assert found[0].pointer == join("#/paths/~1a/post/requestBody/content", written)
    root, found = _judged(tmp_path, paths=_with_body(content), lenient=True)
    assert [one.severity for one in found] == ["warning"]
    assert written not in root["paths"]["/a"]["post"]["requestBody"]["content"]


@pytest.mark.parametrize(("written", "count"), [("json", 1), ("image/png, json", 1), ("image/png, text/*", 0), ("", 0)])
def test_a_part_has_media_types_too(tmp_path: Path, written: str, count: int) -> None:
    encoding = {"f": {"contentType": written}}
    _, found = _judged(
        tmp_path, paths=_with_body({"multipart/form-data": {"schema": {"type": "object"}, "encoding": encoding}})
    )
    assert ["is no media type" in one.message for one in found] == [True] * count


@pytest.mark.parametrize("schemas", [{}, {"A": {"$anchor": "x"}}, {"A": {"$id": "https://tea.test/a"}}])
@pytest.mark.parametrize("reference", ["#nope", "#/components/schemas/Nope"])
@pytest.mark.parametrize("keyword", ["$ref", "$dynamicRef"])
def test_a_reference_of_a_schema_that_leads_nowhere_is_an_error(
    tmp_path: Path, keyword: str, reference: str, schemas: dict[str, Any]
) -> None:
    components = {"schemas": {**schemas, "T": {keyword: reference}}}
    _, found = _judged(tmp_path, components=components)
    assert [one.severity for one in found] == ["error"]
    assert found[0].message.startswith(f'the reference "{reference}" leads nowhere')
    root, found = _judged(tmp_path, components=components, lenient=True)
    assert [one.severity for one in found] == ["warning"]
    assert root["components"]["schemas"]["T"] == {}


def test_media_types_with_parameters_pass_and_one_that_is_read_as_another_goes(tmp_path: Path) -> None:
    fine = ['multipart/form-data; boundary="a; b"', "application/json;version=1;", "text/*; q=0.5", 'a/b; c="d\\"e"']
    assert _judged(tmp_path, paths=_with_body({one: {} for one in fine}))[1] == []
    root, _ = _judged(tmp_path, paths=_with_body({"text/plain": {}, "text/plain; utf-8": {}}), lenient=True)
    assert list(root["paths"]["/a"]["post"]["requestBody"]["content"]) == ["text/plain"]


def test_one_of_two_media_types_that_are_read_as_the_same_is_said_to_be_left_out(tmp_path: Path) -> None:
    content = {f"application/json; {name}": {"schema": {"title": name}} for name in "abc"}
    root, found = _judged(tmp_path, paths=_with_body(content), lenient=True)
    assert root["paths"]["/a"]["post"]["requestBody"]["content"] == {"application/json": {"schema": {"title": "a"}}}
    assert ['it is read as "application/json"' in one.message for one in found] == [True, False, False]
    assert ["it is left out, as another one is read as" in one.message for one in found] == [False, True, True]


def test_no_content_type_of_a_part_has_more_than_a_thousand_characters(tmp_path: Path) -> None:
    long = "text/plain" + "".join(f"; {number} b" for number in range(20_000))
    encoding = {"f": {"contentType": long, "allowReserved": True}}
    paths = _with_body({"multipart/form-data": {"schema": {"type": "object"}, "encoding": encoding}})
    begun = time.process_time()
    root, found = _judged(tmp_path, paths=paths, lenient=True)
    assert time.process_time() - begun < 5
    assert [len(one.message) < 250 and "more than 1,000 characters" in one.message for one in found] == [True]
    content = root["paths"]["/a"]["post"]["requestBody"]["content"]
    assert content == {
        "multipart/form-data": {"schema": {"type": "object"}, "encoding": {"f": {"allowReserved": True}}}
    }


def test_content_types_of_parts_are_a_list_of_media_types(tmp_path: Path) -> None:
    def parts(content_type: str) -> dict[str, Any]:
        schema = {"type": "object", "properties": {"f": {"type": "string"}}}
        return _with_body({"multipart/form-data": {"schema": schema, "encoding": {"f": {"contentType": content_type}}}})

    assert _judged(tmp_path, paths=parts("image/png, text/plain; charset=utf-8"))[1] == []
    root, found = _judged(tmp_path, paths=parts("image/png, text/plain; utf-8"), lenient=True)
    encoding = root["paths"]["/a"]["post"]["requestBody"]["content"]["multipart/form-data"]["encoding"]
    assert encoding == {"f": {"contentType": "image/png, text/plain"}}
    assert [one.severity for one in found] == ["warning"]


def test_a_mapping_that_leads_nowhere_is_an_error(tmp_path: Path) -> None:
    pet = {"discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat", "dog": "Pet"}}}
    _, found = _judged(tmp_path, components={"schemas": {"Pet": {"type": "object", **pet}}})
    place = "#/components/schemas/Pet/discriminator/mapping/cat"
    assert [(one.severity, one.pointer) for one in found] == [("error", place)]
    root, found = _judged(tmp_path, components={"schemas": {"Pet": {"type": "object", **pet}}}, lenient=True)
    assert root["components"]["schemas"]["Pet"]["discriminator"]["mapping"] == {"dog": "Pet"}


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("http://json-schema.org/draft-07/schema#", "draft 07"),
        ("https://json-schema.org/draft/2019-09/schema", "draft 2019-09"),
        ("https://example.com/own", "https://example.com/own"),
    ],
)
def test_another_dialect_is_refused_by_its_name(tmp_path: Path, uri: str, name: str) -> None:
    for parts in ({"jsonSchemaDialect": uri}, {"components": {"schemas": {"A": {"$schema": uri}}}}):
        _, found = _judged(tmp_path, **parts)
        assert [one.severity for one in found] == ["error"]
        assert name in found[0].message
        root, found = _judged(tmp_path, **parts, lenient=True)
        assert uri not in json.dumps(root)
        assert [one.severity for one in found] == ["warning"]


@pytest.mark.parametrize(
    "uri",
    [
        "https://json-schema.org/draft/2020-12/schema",
        "https://json-schema.org/draft/2020-12/schema#",
        "https://spec.openapis.org/oas/3.1/dialect/base",
        "https://spec.openapis.org/oas/3.2/dialect/2025-09-17",
    ],
)
def test_the_dialect_that_is_read_may_be_named(tmp_path: Path, uri: str) -> None:
    assert _judged(tmp_path, jsonSchemaDialect=uri, components={"schemas": {"A": {"$schema": uri}}})[1] == []


LATER: list[tuple[str, Any]] = [
    ("patternProperties", {"^x": {"type": "string"}}),
    ("propertyNames", {"pattern": "^x"}),
    ("prefixItems", [{"type": "string"}]),
    ("contains", {"type": "string"}),
    ("if", {"required": ["a"]}),
    ("dependentRequired", {"a": ["b"]}),
    ("unevaluatedProperties", False),
    ("$defs", {"B": {"type": "string"}}),
    ("contentEncoding", "base64"),
]


@pytest.mark.parametrize(("keyword", "value"), LATER, ids=[keyword for keyword, _ in LATER])
def test_a_word_of_a_later_version_is_named_and_kept(tmp_path: Path, keyword: str, value: Any) -> None:
    components = {"schemas": {"A": {keyword: value}}}
    _, found = _judged(tmp_path, version="3.0.3", components=components)
    assert [one.severity for one in found] == ["error"]
    assert "OpenAPI 3.1" in found[0].hint
    root, found = _judged(tmp_path, version="3.0.3", components=components, lenient=True)
    assert root["components"] == components
    assert [one.severity for one in found] == ["warning"]


def test_objects_of_a_later_version_are_kept_and_judged(tmp_path: Path) -> None:
    parts: dict[str, Any] = {
        "webhooks": {"made": {"post": {**OPERATION, "parameters": [{"name": "q", "in": "query", "required": "yes"}]}}},
        "components": {"securitySchemes": {"A": {"type": "mutualTLS"}}},
        "info": {"title": "T", "version": "1", "summary": "s"},
        "security": [{"A": []}],
    }
    root, found = _judged(tmp_path, version="3.0.3", lenient=True, **parts)
    assert {one.severity for one in found} == {"warning"}
    assert (root["components"], root["info"]) == (parts["components"], parts["info"])
    (parameter,) = root["webhooks"]["made"]["post"]["parameters"]
    assert "required" not in parameter or isinstance(parameter["required"], bool)


def test_what_stands_below_a_word_of_a_later_version_is_judged_too(tmp_path: Path) -> None:
    schema = {"patternProperties": {"^x": {"type": "strng"}}, "if": {"properties": {"a": {"minimum": "1"}}}}
    root, found = _judged(tmp_path, version="3.0.3", components={"schemas": {"A": schema}}, lenient=True)
    assert {one.pointer.rpartition("/")[2] for one in found} == {"patternProperties", "if", "type", "minimum"}
    assert root["components"]["schemas"]["A"]["if"] == {"properties": {"a": {"minimum": 1}}}


@pytest.mark.parametrize(
    ("version", "parts", "later"),
    [
        ("3.0.3", {"webhooks": {}}, "3.1"),
        ("3.0.3", {"components": {"pathItems": {}}}, "3.1"),
        ("3.0.3", {"components": {"securitySchemes": {"A": {"type": "mutualTLS"}}}}, "3.1"),
        ("3.0.3", {"info": {"title": "T", "version": "1", "summary": "s"}}, "3.1"),
        ("3.1.0", {"components": {"mediaTypes": {}}}, "3.2"),
        ("3.1.0", {"paths": {"/a": {"query": OPERATION}}}, "3.2"),
        ("3.1.0", {"tags": [{"name": "a", "parent": "b"}]}, "3.2"),
        ("3.1.0", {"paths": _with_body({"text/event-stream": {"itemSchema": {}}})}, "3.2"),
        ("3.1.0", {"paths": _with_parameter(**{"name": "q", "in": "querystring"})}, "3.2"),
        ("3.2.0", {"info": {"title": "T", "version": "1", "sumary": "s"}}, ""),
    ],
)
def test_the_hint_names_the_version_that_has_a_word(
    tmp_path: Path, version: str, parts: dict[str, Any], later: str
) -> None:
    _, found = _judged(tmp_path, version=version, **parts)
    hint = next(one.hint for one in found if one.severity == "error")
    assert (f"OpenAPI {later}," in hint) == bool(later)


SPELLED = """
openapi: 3.1.0
info: {title: T, version: "1"}
paths: {}
components:
  schemas:
    Version: {type: [string, "null"], enum: [1.10, 0x1F, null, a]}
    Only: {type: string, const: 1e3}
    Usual: {type: string, enum: [2.0, 2.50], default: 2.50}
"""


def test_numbers_among_texts_are_refused_and_keep_their_spelling(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(SPELLED, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        validate(load(path))
    assert [(one.severity, one.pointer) for one in refused.value.diagnostics] == [
        ("error", "#/components/schemas/Version/enum"),
        ("error", "#/components/schemas/Only/const"),
        ("error", "#/components/schemas/Usual/enum"),
        ("error", "#/components/schemas/Usual/default"),
    ]
    assert 'quote what is a text: "1.10"' in refused.value.diagnostics[0].hint
    schemas = validate(load(path), lenient=True)[0].root["components"]["schemas"]
    assert schemas["Version"]["enum"] == ["1.10", "0x1F", None, "a"]
    assert schemas["Only"]["const"] == "1e3"
    assert (schemas["Usual"]["enum"], schemas["Usual"]["default"]) == (["2.0", "2.50"], "2.50")


def test_a_text_of_json_keeps_its_spelling_wherever_a_text_is_needed(tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    text = '{"openapi": "3.1.0", "info": {"title": "T", "version": 1.10}, "paths": {}, "tags": [{"name": 1.0e1}]}'
    path.write_text(text, encoding="utf-8")
    root = validate(load(path), lenient=True)[0].root
    assert (root["info"]["version"], root["tags"][0]["name"]) == ("1.10", "1.0e1")


def test_an_overlay_decides_what_a_number_is_read_as(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(SPELLED, encoding="utf-8")
    (tmp_path / "overlay.yaml").write_text(
        "overlay: 1.0.0\ninfo: {title: O, version: '1'}\n"
        "actions: [{target: $.components.schemas.Only, update: {const: 7}}]\n",
        encoding="utf-8",
    )
    document = load(tmp_path / "spec.yaml", overlays=[tmp_path / "overlay.yaml"])
    assert validate(document, lenient=True)[0].root["components"]["schemas"]["Only"]["const"] == "7"


def test_a_requirement_names_a_scheme_by_its_address_since_3_2(tmp_path: Path) -> None:
    schemes = {"Key": {"type": "apiKey", "in": "header", "name": "K"}}
    parts: dict[str, Any] = {
        "components": {"securitySchemes": schemes},
        "security": [{"#/components/securitySchemes/Key": []}],
    }
    root, found = _judged(tmp_path, version="3.2.0", **parts)
    assert (root["security"], found) == ([{"Key": []}], [])
    for version, name in (("3.1.0", "Key"), ("3.2.0", "Lost")):
        other = {**parts, "security": [{f"#/components/securitySchemes/{name}": []}]}
        assert [one.severity for one in _judged(tmp_path, version=version, **other)[1]] == ["error"]


@pytest.mark.parametrize("word", ["default", "example"])
def test_a_value_that_would_be_judged_too_often_is_told(tmp_path: Path, word: str) -> None:
    """2^40 times; so it ends at all."""
    here = "#/components/schemas/S"
    levels = {
        f"S{one}": {"anyOf": [{"$ref": f"{here}{one - 1}"}, {"allOf": [{"$ref": f"{here}{one - 1}"}]}]}
        for one in range(1, 40)
    }
    top = {"allOf": [{"$ref": f"{here}39"}], word: {"a": 1}}
    schemas = {"S0": {"minProperties": 2}, **levels, "T": top}
    _, found = _judged(tmp_path, components={"schemas": schemas})
    assert [(one.severity, one.pointer) for one in found] == [("warning", f"#/components/schemas/T/{word}")]
    assert "it would be judged too often" in found[0].message


@pytest.mark.parametrize(("levels", "errors"), [(400, 0), (5_000, 1)])
def test_a_union_does_not_lead_through_too_many_schemas(tmp_path: Path, levels: int, errors: int) -> None:
    """It ended in a RecursionError."""
    schemas: dict[str, Any] = {
        f"S{one}": {"anyOf": [{"$ref": f"#/components/schemas/S{one - 1}"}, {"type": "string"}]}
        for one in range(1, levels)
    }
    _, found = _judged(tmp_path, components={"schemas": {"S0": {"type": "integer"}, **schemas}})
    assert [one.severity for one in found] == ["error"] * errors
    assert all("schemas that lead to one another" in one.message for one in found)


def test_equal_items_are_found_among_integers_of_any_size(tmp_path: Path) -> None:
    """Compiled code compares all of them that are one double: 20,000 took two minutes."""
    many = [10**24 + one for one in range(20_000)]
    schemas = {
        "A": {"type": "array", "uniqueItems": True, "example": many},
        "B": {"type": "array", "uniqueItems": True, "example": [10**24, 10**24]},
    }
    begin = time.process_time()
    _, found = _judged(tmp_path, components={"schemas": schemas})
    assert [one.pointer for one in found] == ["#/components/schemas/B/example"]
    assert "has non-unique elements" in found[0].message
    assert time.process_time() - begin < 30


@pytest.mark.parametrize(
    ("pattern", "value", "count"),
    [
        ("^((a{0,30}){0,30}){0,50}" + "()" * 500 + "$", "a" * 100, 0),  # took 6 seconds and 1.5 GB
        ("^(?:(?!(?:(?:a{0,30}){0,30}){0,50}b).)*$", "a" * 199, 0),  # took 14 seconds
        ("^(?=.*[0-9])[a-z0-9]+$", "abc", 1),
        ("^[a-z]+$", "abc1", 1),
        ("^[a-z]+$", 1, 0),
    ],
)
def test_an_example_is_held_against_patterns_within_the_bounds_of_engines(
    tmp_path: Path, pattern: str, value: object, count: int
) -> None:
    schemas = {"A": {"properties": {"p": {"pattern": pattern}}, "example": {"p": value}}}
    begin = time.process_time()
    _, found = _judged(tmp_path, components={"schemas": schemas})
    assert [f'"{value}" does not match "{pattern}"' in one.message for one in found] == [True] * count
    assert time.process_time() - begin < 3
