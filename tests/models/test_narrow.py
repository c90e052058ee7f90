"""Annotations are as narrow as the schemas: what maps and lists hold, under which keys, and what conditions bring."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.model_packages import HERE, TEXT, WHOLE, Build, obj
from tests.support.type_checker import mypy

WORD = obj({"t": TEXT}, required=["t"])
REF = {"$ref": HERE + "Word"}


def declared(text: str, name: str) -> str:
    """Return what an alias stands for, on one line."""
    found = re.search(rf'^{name} = TypeAliasType\(\s*"{name}",\s*(.*?),?\s*\)\n', text, re.MULTILINE | re.DOTALL)
    assert found, name
    return re.sub(r"\s+", " ", found[1])


MAPS: dict[str, tuple[dict[str, Any], str, list[str], list[str]]] = {
    "one pattern, closed": (
        obj(None, patternProperties={"^[a-z]{2}$": REF}, additionalProperties=False),
        'dict[Annotated[str, Field(pattern="^[a-z]{2}$")], Word]',
        ["{}", '{"en": {"t": "x"}}'],
        ['{"eng": {"t": "x"}}', '{"en": {}}', '{"en": 1}'],
    ),
    "every name": (
        obj(None, patternProperties={".*": REF}),
        "dict[str, Word]",
        ['{"": {"t": "x"}}', '{"a\\nb": {"t": "x"}}'],
        ['{"": {}}'],
    ),
    "every name but those with line breaks": (
        obj(None, patternProperties={"^.*$": REF}),
        'Annotated[dict[str, Conditional[Word]], Rule("T")]',
        ['{"a": {"t": "x"}}', '{"a\\nb": 1}'],
        ['{"a": 1}'],
    ),
    "some names": (
        obj(None, patternProperties={"^a": REF}, minProperties=1),
        'Annotated[dict[str, Conditional[Word]], MinLen(1), Rule("T")]',
        ['{"a": {"t": "x"}, "b": [null]}'],
        ['{"a": [null]}', "{}"],
    ),
    "two patterns and the rest": (
        obj(None, patternProperties={"^a": REF, "^b": {"type": "boolean"}}, additionalProperties=WHOLE),
        'Annotated[dict[str, bool | Word | int], Rule("T")]',
        ['{"a": {"t": "x"}, "b": true, "c": 1}'],
        ['{"a": true}', '{"b": 1}', '{"c": {"t": "x"}}'],
    ),
    "unevaluated": (
        obj(None, patternProperties={"^a": WHOLE}, unevaluatedProperties=False),
        'dict[Annotated[str, Field(pattern="^a")], int]',
        ['{"a": 1}'],
        ['{"b": 1}'],
    ),
    "forbidden names": (
        obj(None, patternProperties={"^a": False}, additionalProperties=WHOLE),
        'Annotated[dict[str, int], Rule("T")]',
        ['{"b": 1}'],
        ['{"a": 1}'],
    ),
    "a pattern that looks around": (
        obj(None, patternProperties={"^(?!a)": WHOLE}, additionalProperties=False),
        'Annotated[dict[str, int], Rule("T")]',
        ['{"b": 1}'],
        ['{"a": 1}'],
    ),
    "a pattern that is none": (
        obj(None, patternProperties={"*": WHOLE}),
        "dict[str, Value]",
        ['{"b": ""}'],
        [],
    ),
    "names of an enum": (
        obj(None, propertyNames={"$ref": HERE + "Key"}, additionalProperties=REF),
        "dict[Key, Word]",
        ['{"en": {"t": "x"}}'],
        ['{"fr": {"t": "x"}}'],
    ),
    "names said in place": (
        obj(None, propertyNames={"enum": ["a", 1, "b"]}, additionalProperties=WHOLE),
        'dict[Literal["a", "b"], int]',
        ['{"a": 1}'],
        ['{"1": 1}'],
    ),
    "names of a length and a format": (
        obj(None, propertyNames={"minLength": 2, "pattern": "^a", "format": "uuid"}),
        'dict[Annotated[str, MinLen(2), Field(pattern="^a")], Value]',
        ['{"ab": null}'],
        ['{"a": 1}', '{"ba": 1}'],
    ),
    "names that are no texts": (
        obj(None, propertyNames=WHOLE),
        'Annotated[dict[str, Value], Rule("T")]',
        ["{}"],
        ['{"1": 1}'],
    ),
    "from two parts": (
        {"allOf": [obj(None, patternProperties={"^a": WHOLE}), obj(None, propertyNames={"maxLength": 2})]},
        'Annotated[dict[Annotated[str, MaxLen(2)], Conditional[int]], Rule("T")]',
        ['{"a": 1, "b": ""}'],
        ['{"a": ""}', '{"abc": 1}'],
    ),
    "closed by another part": (
        {"allOf": [obj(None, additionalProperties=False), obj(None, patternProperties={"^a": WHOLE})]},
        'Annotated[dict[str, Conditional[int]], Rule("T")]',
        ["{}"],
        ['{"a": 1}', '{"b": ""}'],
    ),
}


def listed(*prefix: Any, **more: Any) -> dict[str, Any]:
    return {"type": "array", "prefixItems": [*prefix], **more}


LISTS: dict[str, tuple[dict[str, Any], str, list[str], list[str]]] = {
    "the rest of another type": (
        listed(TEXT, items=WHOLE),
        'Annotated[list[str | int], Rule("T")]',
        ["[]", '["x"]', '["x", 1, 2]'],
        ["[1]", '["x", "y"]'],
    ),
    "closed, some may be left out": (
        listed(TEXT, REF, items=False, minItems=1),
        'Annotated[list[str | Word], MinLen(1), MaxLen(2), Rule("T")]',
        ['["x"]', '["x", {"t": "y"}]'],
        ["[]", '["x", "y"]', '["x", {"t": "y"}, 1]'],
    ),
    "closed by what is unevaluated": (
        listed(TEXT, WHOLE, unevaluatedItems=False, minItems=2),
        "tuple[str, int]",
        ['["x", 1]'],
        ['["x"]', '["x", 1, 2]'],
    ),
    "a part that looks at all items": (
        {"allOf": [listed(TEXT, unevaluatedItems=True)], "unevaluatedItems": False},
        'Annotated[list[Conditional[str]], Rule("T")]',
        ['["x", 1, null]'],
        ["[1]"],
    ),
    "a condition that looks at items": (
        {"type": "array", "if": {"prefixItems": [TEXT]}, "unevaluatedItems": False},
        'Annotated[list[Value], Rule("T")]',
        ['["x"]', "[]"],
        ["[1]", '["x", 1]'],
    ),
    "the rest is open": (
        listed(REF),
        'Annotated[list[Conditional[Word]], Rule("T")]',
        ["[]", '[{"t": "x"}, [null]]'],
        ["[[null]]", "[{}]"],
    ),
    "no room for all": (
        listed(TEXT, WHOLE, maxItems=1),
        'Annotated[list[str], MaxLen(1), Rule("T")]',
        ["[]", '["x"]'],
        ["[1]", '["x", 1]'],
    ),
    "beside a reference": (
        {"$ref": HERE + "Row", "maxItems": 2},
        'Annotated[list[str | int], MaxLen(2), Rule("T")]',
        ['["x", 1]'],
        ['["x", 1, 2]', '["x", "y"]'],
    ),
}
OTHERS = {"Word": WORD, "Key": {"enum": ["en", "de"]}, "Row": listed(TEXT, items=WHOLE)}


@pytest.mark.parametrize("case", [*MAPS, *LISTS])
def test_what_is_held_has_its_type(case: str, build: Build) -> None:
    schema, expected, accepted, refused = (MAPS | LISTS)[case]
    package = build({**OTHERS, "T": schema})
    assert declared(package.files["models.py"], "T") == expected
    for text in accepted:
        assert not package.refusals(text), text
    for text in refused:
        assert package.refusals(text), text


def test_what_matches_a_pattern_is_read_as_its_class_also_beside_properties(build: Build) -> None:
    open_ = obj({"id": TEXT}, patternProperties={"^x-": REF})
    package = build({**OTHERS, "T": open_, "Closed": {**open_, "additionalProperties": False}})
    for name, annotation in (("T", "Conditional[Word]"), ("Closed", "Word")):
        assert f"__pydantic_extra__: dict[str, {annotation}] = Field(init=False)" in package.files["models.py"]
        read = package.media(name).read(b'{"id": "a", "x-b": {"t": "c"}}')
        assert read.model_extra == {"x-b": package.models.Word(t="c")}
        assert package.again('{"id": "a", "x-b": {"t": "c"}}', name) == {"id": "a", "x-b": {"t": "c"}}
        assert [one["type"] for one in package.refusals('{"x-b": {"t": 1}}', name)]
    assert package.again('{"y": {"t": 1}}') == {"y": {"t": 1}}
    assert package.refusals('{"y": {"t": "c"}}', "Closed")


def test_a_condition_writes_its_own_type_as_it_is(build: Build) -> None:
    value = {"anyOf": [{**TEXT, "format": "date"}, REF, {"type": "null"}]}
    package = build({**OTHERS, "T": obj(None, patternProperties={"^a": value})})
    text = '{"a": "2020-01-02", "ab": {"t": "x"}, "ac": null, "b": "2020", "c": {"t": 1}, "d": [{"t": "x"}]}'
    read = package.media().read(text.encode())
    assert [type(one).__name__ for one in read.values()] == ["date", "Word", "NoneType", "str", "dict", "list"]
    assert package.again(text) == {
        "a": "2020-01-02",
        "ab": {"t": "x"},
        "ac": None,
        "b": "2020",
        "c": {"t": 1},
        "d": [{"t": "x"}],
    }
    assert package.refusals('{"b": NaN}')


CRON = {"if": {"properties": {"kind": {"const": "cron"}}, "required": ["kind"]}}
THEN = {"properties": {"when": TEXT}, "required": ["when"]}
ELSE = {"properties": {"at": {**TEXT, "format": "date"}, "when": WHOLE}}
CONDITIONS: dict[str, tuple[dict[str, Any], str, list[str], list[str]]] = {
    "one branch": (
        obj({"kind": TEXT}, **CRON, then=THEN),
        "when: Conditional[str] = None",
        ["{}", '{"when": 1}', '{"kind": "cron", "when": "x"}', '{"kind": "other", "when": null}'],
        ['{"kind": "cron"}', '{"kind": "cron", "when": 1}'],
    ),
    "both branches": (
        obj({"kind": TEXT}, **{**CRON, "then": THEN, "else": ELSE}),
        "when: Absent[str | int] = None",
        ["{}", '{"when": 1, "at": "2020-01-02"}', '{"kind": "cron", "when": "x", "at": [null]}'],
        ['{"when": "x"}', '{"kind": "cron", "when": 1}', '{"when": [1]}'],
    ),
    "a branch that forbids": (
        obj({"kind": TEXT}, **{**CRON, "then": {"properties": {"when": False}}, "else": ELSE}),
        "when: Absent[int] = None",
        ["{}", '{"when": 1}', '{"kind": "cron"}'],
        ['{"when": "x"}', '{"kind": "cron", "when": 1}'],
    ),
    "several conditions": (
        obj(
            {"kind": TEXT}, allOf=[{**CRON, "then": THEN}, {"if": {"required": ["b"]}, "then": {"$ref": HERE + "When"}}]
        ),
        "when: Conditional[str | Word] = None",
        ['{"when": 1}', '{"b": 1, "when": {"t": "x"}}', '{"kind": "cron", "when": "x"}'],
        ['{"b": 1, "when": "x"}'],
    ),
    "what the object declares without a type": (
        obj({"kind": TEXT, "when": {"description": "x"}}, **{**CRON, "then": THEN, "else": ELSE}, required=["when"]),
        "when: str | int",
        ['{"when": 1}', '{"kind": "cron", "when": "x"}'],
        ["{}", '{"when": "x"}'],
    ),
    "a schema for what depends": (
        obj({"kind": TEXT}, dependentSchemas={"kind": {"properties": {"when": WHOLE}}}),
        "when: Conditional[int] = None",
        ['{"when": "x"}', '{"kind": "", "when": 1}'],
        ['{"kind": "", "when": "x"}'],
    ),
    "no other properties": (
        obj(None, **CRON, then=THEN),
        "when: Conditional[str] = None",
        ["{}", '{"when": 1}'],
        ['{"kind": "cron", "when": 1}'],
    ),
    "a condition in a condition": (
        obj({"kind": TEXT}, **{**CRON, "then": {}, "else": {"if": {"required": ["b"]}, "then": THEN, "else": ELSE}}),
        "when: Conditional[str | int] = None",
        ['{"kind": "cron", "when": null}', '{"b": 1, "when": "x"}', '{"when": 1}'],
        ['{"b": 1, "when": 1}', '{"when": "x"}'],
    ),
}


@pytest.mark.parametrize("case", CONDITIONS)
def test_what_comes_under_a_condition_is_a_field(case: str, build: Build) -> None:
    schema, expected, accepted, refused = CONDITIONS[case]
    package = build({**OTHERS, "When": {"properties": {"when": REF}}, "T": schema})
    body = package.files["models.py"].partition("class T(RuledModel):")[2]
    assert f"    {expected}\n" in body, body
    for text in accepted:
        assert not package.refusals(text), text
        assert package.again(text) is not None
    for text in refused:
        assert package.refusals(text), text


def test_a_closed_object_has_no_field_for_what_it_refuses(build: Build) -> None:
    package = build({"T": obj({"kind": TEXT}, **CRON, then=THEN, additionalProperties=False)})
    assert [*package.models.T.model_fields] == ["kind"]


def test_a_condition_tells_no_branches_of_a_union_apart(build: Build) -> None:
    """Where a union recurses, a table says what each class needs: nothing that holds under a condition only."""
    union = {"anyOf": [{"$ref": HERE + "A"}, {"$ref": HERE + "B"}]}
    schemas = {
        "A": obj({"inner": {"$ref": HERE + "T"}}, **CRON, then=THEN, required=["kind"]),
        "B": obj({"kind": {"const": "b"}, "b": WHOLE}, required=["kind", "b"]),
        "T": union,
    }
    package = build(schemas)
    text = '{"kind": "else", "inner": {"kind": "b", "b": 1}}'
    assert package.again(text) == {"kind": "else", "inner": {"kind": "b", "b": 1}}


def test_schemas_that_lead_back_to_themselves_by_conditions_are_read(build: Build) -> None:
    many = {
        f"C{number}": obj(
            {f"p{number}": TEXT},
            **{
                "if": {"required": [f"p{number}"]},
                "then": {"$ref": f"{HERE}C{(number + 1) % 20}"},
                "else": {"$ref": f"{HERE}C{(number + 7) % 20}"},
            },
        )
        for number in range(20)
    }
    package = build(many)
    assert len(package.models.C0.model_fields) == 20


ENCODED: dict[str, tuple[dict[str, Any], str]] = {
    "base64": ({**TEXT, "contentEncoding": "base64"}, "Base64"),
    "an image": ({**TEXT, "contentEncoding": "base64", "contentMediaType": "image/png"}, "Base64"),
    "base64url": ({**TEXT, "contentEncoding": "base64url"}, "Base64Url"),
    "the format that means the same": ({**TEXT, "format": "base64url"}, "Base64Url"),
    "in capitals": ({**TEXT, "contentEncoding": "BASE64"}, "Base64"),
    "or null": ({"type": ["string", "null"], "contentEncoding": "base64"}, "Base64 | None"),
    "another format": ({**TEXT, "contentEncoding": "base64", "format": "uuid"}, "UUID"),
    "another encoding": ({**TEXT, "contentEncoding": "quoted-printable"}, "str"),
    "bounded": ({**TEXT, "contentEncoding": "base64", "maxLength": 4}, "Annotated[str, MaxLen(4)]"),
    "beside a reference": ({"$ref": HERE + "Plain", "contentEncoding": "base64"}, "Base64"),
}


@pytest.mark.parametrize("case", ENCODED)
def test_encoded_text_is_bytes(case: str, build: Build) -> None:
    schema, expected = ENCODED[case]
    package = build({"Plain": TEXT, "T": schema, "U": obj({"a": {**TEXT}, "b": schema}, required=["a", "b"])})
    assert declared(package.files["models.py"], "T") == expected
    assert f"    a: str\n    b: {expected}\n" in package.files["models.py"]
    if expected.startswith("Base64"):
        assert package.media().read(b'"YWI="') == b"ab"
        assert package.again('"YWI="') == "YWI="
        assert package.refusals('"a"')


@pytest.mark.parametrize("first", [True, False])
def test_text_beside_encoded_text_stays_text_in_3_0(first: bool, build: Build) -> None:
    """All text after the first that was encoded was read as bytes."""
    encoded, plain = {"i": {**TEXT, "contentEncoding": "base64"}}, {"name": TEXT}
    package = build({"T": obj(encoded | plain if first else plain | encoded)}, version="3.0.3", lenient=True)
    assert "    i: Absent[Base64] = None\n" in package.files["models.py"]
    assert "    name: Absent[str] = None\n" in package.files["models.py"]


def branches(*constants: Any) -> list[dict[str, Any]]:
    return [{"const": value, "title": f"Title {index}"} for index, value in enumerate(constants)]


CONSTANTS: dict[str, tuple[dict[str, Any], str, list[str], list[str]]] = {
    "a union of constants": (
        {"type": "integer", "oneOf": branches(0, 1)},
        "Annotated[Literal[0, 1], Exactly]",
        ["0", "1"],
        ["2", "true", "null"],
    ),
    "or null": (
        {"anyOf": [*branches("a", "b"), {"type": "null"}]},
        'Literal["a", "b"] | None',
        ['"a"', "null"],
        ['"c"'],
    ),
    "two branches of one constant": ({"oneOf": branches("a", "a", "b")}, 'Literal["b"]', ['"b"'], ['"a"']),
    "beside bounds": ({"minimum": 1, "oneOf": branches(0, 1)}, "Annotated[Literal[1], Exactly]", ["1"], ["0"]),
    "of two unions": (
        {"allOf": [{"anyOf": branches("a", "b")}, {"anyOf": branches("b", "c")}]},
        'Literal["b"]',
        ['"b"'],
        ['"a"', '"c"'],
    ),
    "of which a type refuses one": (
        {"anyOf": [{"const": 1, "type": "string"}, {"const": "a"}]},
        'Literal["a"]',
        ['"a"'],
        ["1"],
    ),
    "that have names as components": ({"anyOf": [{"$ref": HERE + "Key"}, {"const": 1}]}, "", ['"en"', "1"], ['"fr"']),
    "of several types": (
        {"enum": [0.5, "a", True, {"a": 1}]},
        'Annotated[bool | float | str | dict[str, Value], Rule("T")]',
        ["0.5", '"a"', "true", '{"a": 1}'],
        ["1", "false", "{}"],
    ),
}


@pytest.mark.parametrize("case", CONSTANTS)
def test_unions_of_constants_are_literals(case: str, build: Build) -> None:
    schema, expected, accepted, refused = CONSTANTS[case]
    package = build({**OTHERS, "T": schema})
    assert declared(package.files["models.py"], "T") == (expected or "Key | Annotated[Literal[1], Exactly]")
    for text in accepted:
        assert not package.refusals(text), text
    for text in refused:
        assert package.refusals(text), text


SAID: dict[str, dict[str, Any]] = {
    "titles": {"oneOf": [{"const": 1, "title": "One", "description": "the\n  first"}, {"const": 2, "title": "Two"}]},
    "x-enum-varnames": {"enum": [1, 2], "x-enum-varnames": ["One", "Two"], "x-enum-descriptions": ["the first"]},
    "by value": {"enum": [1, 2], "x-enumNames": ["One", "Two"], "x-enum-descriptions": {"1": "the first"}},
    "x-ms-enum": {
        "enum": [1, 2],
        "x-ms-enum": {"values": [{"value": 1, "name": "One", "description": "the first"}, {"value": 2, "name": "Two"}]},
    },
    "branches of one value": {
        "oneOf": [{"enum": [1], "title": "One", "description": "the first"}, {"enum": [2], "title": "Two"}]
    },
    "in two parts": {
        "anyOf": [
            {"enum": [1], "x-enum-varnames": ["One"], "x-enum-descriptions": ["the first"]},
            {"const": 2, "title": "Two"},
        ]
    },
}


@pytest.mark.parametrize("case", SAID)
def test_names_and_words_of_constants_are_in_the_docstrings(case: str, build: Build) -> None:
    schema = SAID[case]
    properties = {"a": {**schema, "description": "How many."}, "b": {"type": "array", "items": schema}}
    text = build({"T": schema, "U": obj(properties)}).files["models.py"]
    listed = "Values:\n- 1 (One): the first\n- 2: Two\n"
    assert f'"""{listed}"""' in text
    below = listed.replace("\n", "\n    ")
    assert f'"""How many.\n\n    {below}"""' in text
    assert f'"""{below}"""' in text


@pytest.mark.parametrize(
    "schema",
    [
        {"enum": [1, 2]},
        {"oneOf": [{"const": 1}, {"const": 2}]},
        {"enum": [1, 2], "x-enum-varnames": "One", "x-enum-descriptions": [3, {}], "x-ms-enum": {"values": [1]}},
        {"enum": [1, 2], "x-enum-varnames": [], "x-ms-enum": []},
    ],
)
def test_where_nothing_is_said_of_constants_nothing_is_added(schema: dict[str, Any], build: Build) -> None:
    assert "Values:" not in build({"T": schema}).files["models.py"]


def test_words_of_constants_are_text_and_nothing_else(build: Build) -> None:
    hostile = '"""\nimport os\\'
    text = build({"T": {"enum": [hostile], "x-enum-descriptions": [hostile], "x-enum-varnames": [hostile]}}).files[
        "models.py"
    ]
    compile(text, "models.py", "exec")
    assert not re.search("^import os", text, re.MULTILINE)


PAGE = {"properties": {"links": {"properties": {"next": TEXT}}, "total": WHOLE}}
LOOSE: dict[str, tuple[dict[str, Any], str]] = {
    "a field": (obj({"a": {"$ref": HERE + "Page"}}), "a: Loose[Page] = None"),
    "a required field": (obj({"a": {"$ref": HERE + "Page"}}, required=["a"]), "a: Loose[Page]"),
    "a list": (obj({"a": {"type": "array", "items": {"$ref": HERE + "Page"}}}), "a: Absent[list[Loose[Page]]] = None"),
    "one of several": (obj({"a": {"anyOf": [{"$ref": HERE + "Page"}, TEXT]}}), "a: Loose[Page | str] = None"),
    "a map or a list": (
        obj({"a": {"anyOf": [{"$ref": HERE + "Page"}, {"items": TEXT}]}}),
        "a: Loose[Page | Loose[list[str]]] = None",
    ),
}


@pytest.mark.parametrize("case", LOOSE)
def test_the_annotation_says_what_a_schema_without_a_type_accepts(case: str, build: Build) -> None:
    schema, expected = LOOSE[case]
    package = build({"Page": PAGE, "T": schema}, body="T")
    assert f"    {expected}\n" in package.files["models.py"]
    assert "    links: Loose[PageLinks] = None\n" in package.files["models.py"]
    for value in ("5", "null", '"x"', '{"links": {"next": "x"}, "total": 1}', '{"links": 5}'):
        text = f'{{"a": [{value}]}}' if case == "a list" else f'{{"a": {value}}}'
        assert package.again(text) == json.loads(text)
    wrong = '{"a": [{"total": "x"}]}' if case == "a list" else '{"a": {"total": "x"}}'
    assert bool(package.refusals(wrong)) == (
        case != "a map or a list"
    )  # an object is no list: `items` says nothing of it


def test_type_checkers_see_what_a_schema_without_a_type_accepts(build: Build, tmp_path: Path) -> None:
    schemas = {
        "Page": PAGE,
        "Or": {"oneOf": [{"$ref": HERE + "Page"}, {"properties": {"x": WHOLE}, "required": ["x"]}]},
        "List": {"items": {"$ref": HERE + "Page"}},
    }
    for name in schemas:
        package = build(schemas, body=name)
        code = f"from {package.name} import models\nfrom {package.name}.models import *\n"
        folder = Path(package.module("models").__file__ or "").parent
        (tmp_path / "use.py").write_text(
            code + "page = models.Page(links=5, total=1)\nreveal_type(page.links)\n", encoding="utf-8"
        )
        run = mypy(folder, tmp_path / "use.py", folder=folder.parent)
        assert "PageLinks | Any" in run.stdout, run.stdout
        assert "error" not in run.stdout, run.stdout


NULL = {"type": "null"}
UNIONS: dict[str, tuple[dict[str, Any], str, list[str], list[str]]] = {
    "a branch of another type": ({"type": "string", "anyOf": [TEXT, WHOLE]}, "str", ['"x"'], ["1"]),
    "a branch of more types": (
        {"type": ["string", "integer"], "anyOf": [{"type": ["string", "null"]}, {"type": "boolean"}]},
        "str",
        ['"x"'],
        ["1", "null", "true"],
    ),
    "a branch of no type": (
        {"type": "string", "anyOf": [{"format": "date"}, {"maxLength": 1}]},
        "Date | Annotated[str, MaxLen(1)]",
        ['"2020-01-02"', '"x"', '""'],
        ["1", '"xy"'],
    ),
    "two unions": (
        {"allOf": [{"anyOf": [TEXT, WHOLE]}, {"anyOf": [WHOLE, {"type": "boolean"}]}]},
        'Annotated[int, Rule("T")]',
        ["1"],
        ['"x"', "true"],
    ),
    "a component of several": (
        {"allOf": [{"$ref": HERE + "Many"}, {"type": "object"}]},
        "Word | Row",
        ['{"t": "x"}'],
        ["1", '"x"'],
    ),
    "bounds beside it": (
        {"anyOf": [TEXT, NULL], "minLength": 2},
        'Annotated[Annotated[str, MinLen(2)] | None, Rule("T")]',
        ['"xy"', "null"],
        ['"x"', "1"],
    ),
    "integers of numbers": (
        {"type": "integer", "oneOf": [{"type": "number", "minimum": 1}, TEXT]},
        "Annotated[int, Ge(1)]",
        ["1", "2.0"],
        ["0", "1.5", '"x"'],
    ),
    "nothing in common": (
        {"type": "boolean", "anyOf": [TEXT, WHOLE]},
        'Annotated[Value, Rule("T")]',
        [],
        ["true", '"x"', "1"],
    ),
}


@pytest.mark.parametrize("case", UNIONS)
def test_of_unions_stays_what_all_parts_accept(case: str, build: Build) -> None:
    schema, expected, accepted, refused = UNIONS[case]
    row = obj({"r": TEXT}, required=["r"])
    many = {"anyOf": [REF, {"$ref": HERE + "Row"}, TEXT]}
    package = build({**OTHERS, "Row": row, "Many": many, "T": schema})
    assert declared(package.files["models.py"], "T") == expected
    for text in accepted:
        assert not package.refusals(text), text
    for text in refused:
        assert package.refusals(text), text


def test_branches_of_no_type_beside_one_are_classes_of_objects(build: Build) -> None:
    branches_ = [{"properties": {"a": TEXT}, "required": ["a"]}, {"properties": {"b": TEXT}, "required": ["b"]}]
    package = build({"T": {"type": "object", "anyOf": branches_}})
    assert declared(package.files["models.py"], "T") == "TOptionA | TOptionB"
    assert "Loose" not in package.files["models.py"]
    assert package.refusals("1")
    assert type(package.media().read(b'{"b": "x"}')) is package.models.TOptionB


def test_a_tolerant_reader_takes_all_that_the_contract_takes(build: Build, root: Path, tmp_path: Path) -> None:
    schemas = {
        **OTHERS,
        "T": obj({"id": TEXT}, patternProperties={"^x-": REF}),
        "Map": obj(None, propertyNames={"$ref": HERE + "Key"}, additionalProperties=REF),
        "Page": PAGE,
    }
    package = build(schemas)
    for file in (root / "templates" / "static" / "_runtime" / "wire").glob("*.py"):
        (tmp_path / package.name / "_runtime" / "wire" / file.name).write_text(file.read_text("utf-8"), "utf-8")

    def again(name: str, text: str) -> Any:
        media = package.module("_runtime.wire.tolerant").tolerant(package.media(name))
        return json.loads(media.write(media.read(text.encode()))[0])

    for name, text in (
        ("T", '{"x-a": {"t": "a"}, "b": {"t": 5}, "c": {"more": 1}}'),
        ("Page", '{"links": {"next": "x"}, "total": 1}'),
        ("Page", '{"links": 5}'),
        ("Map", '{"new": {"t": "x"}}'),  # a new value of an enum
    ):
        assert again(name, text) == json.loads(text)
    with pytest.raises(ValueError, match="t"):
        again("Map", '{"en": {"t": 1}}')
