"""What a document says of its schemas without effect is told: schemas that nothing fits, nullable, defaults, keywords."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from generator.pointer import get
from generator.schemas.acceptance import AcceptedTypes
from generator.schemas.normal_form import Flattener
from generator.schemas.satisfiable import Satisfiable
from tests.support.packages import build_tree

CLOSED_A = {"type": "object", "additionalProperties": False, "properties": {"a": {"type": "string"}}}


def _said(
    tmp_path: Path, schemas: dict[str, Any], version: str = "3.1.0", *, hints: bool = False, **options: Any
) -> dict[str, list[str]]:
    """The messages about each component, with their hints if these are wanted."""
    head = {"openapi": version, "info": {"title": "T", "version": "1"}, "paths": {}}
    found: dict[str, list[str]] = {}
    for one in build_tree(tmp_path, {**head, "components": {"schemas": schemas}}, **options).warnings:
        if one.severity == "warning":
            message = f"{one.message} ({one.hint})" if hints else one.message
            found.setdefault(one.pointer.split("/")[3], []).append(message)
    return found


NOTHING_FITS: dict[str, Any] = {
    "lengths": {"type": "string", "minLength": 5, "maxLength": 3},
    "numbers": {"type": "number", "minimum": 5, "exclusiveMaximum": 5},
    "no integer": {"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 2},
    "items": {"type": "array", "minItems": 3, "maxItems": 2},
    "types": {"allOf": [{"type": "string"}, {"type": "integer"}]},
    "enums": {"allOf": [{"enum": ["a"]}, {"enum": ["b"]}]},
    "enum and bound": {"type": "integer", "enum": [1, 2], "minimum": 3},
    "enum and pattern": {"type": "string", "enum": ["a"], "pattern": "^b"},
    "closed": {"allOf": [CLOSED_A], "type": "object", "required": ["b"]},
    "both closed": {"allOf": [CLOSED_A, {**CLOSED_A, "properties": {"b": {}}}], "required": ["a"]},
    "unevaluated": {"type": "object", "unevaluatedProperties": False, "properties": {"a": {}}, "required": ["b"]},
    "constants": {"enum": [1], "const": 2},
    "too many": {"type": "object", "required": ["a", "b"], "maxProperties": 1},
    "too few": {**CLOSED_A, "minProperties": 2},
    "clash": {
        "type": "object",
        "required": ["x"],
        "allOf": [{"properties": {"x": {"type": "string"}}}, {"properties": {"x": {"type": "integer"}}}],
    },
    "branches": {"type": "string", "anyOf": [{"type": "integer"}, {"type": "object"}]},
    "alike": {"oneOf": [{"type": "string"}, {"type": "string"}]},
    "first item": {"type": "array", "prefixItems": [{"type": "string", "minLength": 2, "maxLength": 1}], "minItems": 1},
    "endless": {
        "type": "object",
        "required": ["more"],
        "properties": {"more": {"$ref": "#/components/schemas/endless"}},
    },
}


@pytest.mark.parametrize("name", NOTHING_FITS)
def test_a_schema_that_nothing_fits_is_named(tmp_path: Path, name: str) -> None:
    said = _said(tmp_path, {name.replace(" ", "_"): NOTHING_FITS[name]})
    assert any("nothing fits" in one for one in said[name.replace(" ", "_")])


@pytest.mark.parametrize("keyword", ["additionalProperties", "unevaluatedProperties"])
def test_the_keyword_that_refuses_a_required_property_is_named(tmp_path: Path, keyword: str) -> None:
    said = _said(tmp_path, {"A": {"type": "object", "properties": {"a": {}}, keyword: False, "required": ["b"]}})
    assert said["A"] == [
        f'nothing fits this schema: the property "b" is required, and {keyword}: false refuses it',
    ]


SOMETHING_FITS: dict[str, Any] = {
    "other types": {"minLength": 5, "maxLength": 3},
    "never": {"not": {}},
    "empty list": {"type": "array", "items": False},
    "ends": {"type": "object", "properties": {"more": {"$ref": "#/components/schemas/ends"}}},
    "ends by null": {
        "type": "object",
        "required": ["more"],
        "properties": {"more": {"anyOf": [{"$ref": "#/components/schemas/ends_by_null"}, {"type": "null"}]}},
    },
    "pattern": {"type": "object", "patternProperties": {"^b": {}}, "additionalProperties": False, "required": ["b"]},
    "pattern of a part": {
        "type": "object",
        "unevaluatedProperties": False,
        "required": ["x1"],
        "allOf": [{"patternProperties": {"^x": {"type": "string"}}}],
    },
    "overlap": {"oneOf": [{"type": "integer"}, {"type": "number"}]},
    "equal bounds": {"type": "integer", "minimum": 5, "maximum": 5},
}


@pytest.mark.parametrize("name", SOMETHING_FITS)
def test_a_schema_that_something_fits_is_not(tmp_path: Path, name: str) -> None:
    said = _said(tmp_path, {name.replace(" ", "_"): SOMETHING_FITS[name]})
    assert [one for one in said.get(name.replace(" ", "_"), []) if one.startswith("nothing fits this")] == []


VALUES: list[Any] = [
    *(None, True, 0, 1, 2, 2.5, -3, "", "a", "b", "abcd", [], [1], ["a", 1], [1, 2, 3]),
    *({}, {"a": 1}, {"a": "a"}, {"b": 1}, {"a": "a", "b": 2}, {"a": {"a": 1}}),
]


def _random(chance: random.Random, depth: int = 3) -> dict[str, Any]:
    keywords: dict[str, Any] = {
        "type": chance.choice(
            ["string", "integer", "number", "array", "object", ["object", "null"], ["string", "integer"]]
        ),
        "enum": chance.sample(VALUES, 3),
        "minLength": chance.randrange(4),
        "maxLength": chance.randrange(4),
        "minimum": chance.choice([-2, 0, 1.5, 2]),
        "exclusiveMaximum": chance.choice([-2, 0, 1.5, 2]),
        "minItems": chance.randrange(3),
        "maxItems": chance.randrange(3),
        "required": chance.sample(["a", "b"], chance.randrange(3)),
        "additionalProperties": chance.choice([False, True]),
        "minProperties": chance.randrange(3),
        "maxProperties": chance.randrange(3),
    }
    if depth:
        keywords |= {
            "properties": {name: _random(chance, depth - 1) for name in ("a", "b")},
            "items": _random(chance, depth - 1),
            "allOf": [_random(chance, depth - 1) for _ in range(2)],
            "anyOf": [_random(chance, depth - 1) for _ in range(2)],
            "oneOf": [_random(chance, depth - 1) for _ in range(2)],
        }
    return {key: keywords[key] for key in chance.sample(sorted(keywords), 3)}


def test_no_value_fits_what_is_said_to_have_none() -> None:
    chance = random.Random(18)  # noqa: S311 - repeatable on purpose
    found = 0
    for _ in range(1_000):
        root = {"S": _random(chance)}
        flattener = Flattener((3, 1), partial(get, root))
        satisfiable = Satisfiable(flattener, AcceptedTypes(flattener), ["#/S"])
        if any(one.pointer == "#/S" for one in satisfiable.misfits()):
            found += 1
            validator = jsonschema.Draft202012Validator(root["S"])
            assert [value for value in VALUES if validator.is_valid(value)] == [], root["S"]
    assert found > 50


def test_what_only_follows_is_not_said_again(tmp_path: Path) -> None:
    schemas = {
        "Bad": NOTHING_FITS["lengths"],
        "Alias": {"$ref": "#/components/schemas/Bad"},
        "Holder": {"type": "object", "required": ["bad"], "properties": {"bad": {"$ref": "#/components/schemas/Bad"}}},
        "List": {"type": "array", "items": {"$ref": "#/components/schemas/Bad"}},
    }
    assert list(_said(tmp_path, schemas)) == ["Bad"]


def test_the_same_cause_is_said_of_five_places_with_the_number_of_the_others(tmp_path: Path) -> None:
    schemas = {f"S{number}": NOTHING_FITS["lengths"] for number in range(9)}
    said = [message for messages in _said(tmp_path, schemas).values() for message in messages]
    why = "nothing fits this schema: minLength is above maxLength"
    assert said == [why, why, why, why, f"{why} (the same in 4 other places)"]


def test_nullable_means_nothing_since_3_1(tmp_path: Path) -> None:
    schemas = {"A": {"type": "string", "nullable": True}, "B": {"type": "string", "nullable": False}}
    assert _said(tmp_path, schemas) == {"A": ["nullable means nothing since OpenAPI 3.1: null is refused"]}


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "string", "enum": ["a"], "nullable": True}, "its enum has no null"),
        ({"type": "object", "allOf": [{"$ref": "#/components/schemas/B"}], "nullable": True}, "its allOf refuses null"),
        (
            {"type": "object", "properties": {"b": {"$ref": "#/components/schemas/B", "nullable": True}}},
            "beside a $ref",
        ),
        ({"type": "string", "nullable": True}, ""),
        ({"allOf": [{"$ref": "#/components/schemas/B"}], "nullable": True}, ""),
        ({"type": "string", "enum": ["a", None], "nullable": True}, ""),
    ],
)
def test_nullable_without_effect_is_named_in_3_0(tmp_path: Path, schema: dict[str, Any], why: str) -> None:
    said = _said(tmp_path, {"A": schema, "B": {"type": "object", "properties": {"b": {"type": "string"}}}}, "3.0.3")
    assert [why in one and "nullable is without effect" in one for one in said.get("A", [])] == ([True] if why else [])


def test_several_defaults_of_a_property_are_named(tmp_path: Path) -> None:
    base = {"type": "object", "properties": {"name": {"type": "string", "default": "anon"}, "a": {"default": 1}}}
    schemas = {
        "Base": base,
        "Kid": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"properties": {"name": {"default": "kitty"}}}]},
        "Same": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"properties": {"a": {"default": 1.0}}}]},
    }
    assert _said(tmp_path, schemas) == {"Kid": ["\"name\" has several defaults: 'anon' counts, not 'kitty'"]}


def test_what_stands_beside_a_reference_in_3_0_is_named(tmp_path: Path) -> None:
    own = {
        "type": "object",
        "properties": {"a": {"$ref": "#/components/schemas/B", "maxLength": 3, "description": "d"}},
    }
    said = _said(tmp_path, {"A": own, "B": {"type": "string"}}, "3.0.3")
    assert said == {"A": ["maxLength beside a $ref: not checked, as nothing counts there in OpenAPI 3.0"]}
    assert _said(tmp_path, {"A": own, "B": {"type": "string"}}) == {}


def test_names_that_no_engine_takes_are_named(tmp_path: Path) -> None:
    said = _said(tmp_path, {"A": {"type": "object", "patternProperties": {r"^\p{L}{1,5000}$": {"type": "string"}}}})
    assert said["A"][0].startswith("a name in patternProperties is not checked")


def test_a_default_that_does_not_count_is_named(tmp_path: Path) -> None:
    schemas = {
        "A": {"allOf": [{"type": "string", "default": "a"}, {"minLength": 1, "default": "b"}]},
        "B": {"allOf": [{"type": "string", "default": "a"}], "default": "b"},
        "C": {"type": "object", "properties": {"c": {"allOf": [{"$ref": "#/components/schemas/B"}, {"default": "c"}]}}},
    }
    assert _said(tmp_path, schemas) == {"A": ["the default 'a' in a part of allOf does not count"]}


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"dependencies": {"a": ["b"]}}, '"dependencies" is no keyword of JSON Schema 2020-12: it is not checked'),
        ({"minLenght": 3}, '"minLenght" is no keyword of JSON Schema 2020-12: it is not checked'),
        ({"x-own": 3, "xml": {}, "example": 1, "$comment": "c"}, ""),
    ],
)
def test_keywords_that_nothing_checks_are_named(tmp_path: Path, schema: dict[str, Any], said: str) -> None:
    assert _said(tmp_path, {"A": schema}).get("A", []) == ([said] if said else [])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *(("datetime", "date-time"), ("dateTime", "date-time"), ("date_time", "date-time"), ("uid", "uuid")),
        *(("mail", "email"), ("UUID", "uuid")),
        *((known, "") for known in ("date-time", "int32", "url", "base64", "phone", "email", "time-local")),
    ],
)
def test_formats_that_are_almost_known_are_named(tmp_path: Path, written: str, meant: str) -> None:
    said = _said(tmp_path, {"A": {"type": "string", "format": written}}, hints=True)
    assert said == (
        {"A": [f'"{written}" is no known format: it has no effect (did you mean {meant}?)']} if meant else {}
    )


def test_a_format_with_a_type_of_its_own_is_known(tmp_path: Path) -> None:
    schemas = {"A": {"type": "string", "format": "mail"}}
    assert _said(tmp_path, schemas, types={"mail": "own.types:Mail"}) == {}


CITY = {"type": "object", "properties": {"city": {"type": "string"}, "name": {"type": "string"}}}


@pytest.mark.parametrize(
    ("schema", "hint"),
    [
        ({**CITY, "required": ["name", "town"]}, "declare it under properties"),
        ({**CITY, "required": ["citty"]}, "did you mean city?"),
        ({**CITY, "required": ["citty"], "anyOf": [{"properties": {"x": {}}}]}, "did you mean city?"),
        ({"allOf": [CITY, {"required": ["citty"]}]}, "did you mean city?"),
        ({"allOf": [CITY, {"required": ["city"]}]}, ""),
        ({**CITY, "required": ["town"], "oneOf": [{"properties": {"town": {}}}]}, ""),
        ({**CITY, "required": ["town"], "patternProperties": {"^t": {"type": "string"}}}, ""),
        ({**CITY, "required": ["town"], "additionalProperties": {"type": "string"}}, ""),
        ({"type": "object", "required": ["town"]}, ""),
    ],
)
def test_what_is_required_and_no_property_is_named(tmp_path: Path, schema: dict[str, Any], hint: str) -> None:
    name = "citty" if "city" in hint else "town"
    message = f'"{name}" is required, but the schema has no property of that name ({hint})'
    assert _said(tmp_path, {"A": schema}, hints=True) == ({"A": [message]} if hint else {})


@pytest.mark.parametrize(("name", "count"), [("citty", 1), ("town", 0)])
def test_what_an_extension_may_declare_is_no_mistake_unless_it_is_almost_spelt_so(
    tmp_path: Path, name: str, count: int
) -> None:
    base = {**CITY, "required": [name]}
    kid = {"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"town": {"type": "string"}}}]}
    assert len(_said(tmp_path, {"A": base, "B": kid}).get("A", [])) == count


def _told_apart(name: str, mapping: dict[str, str] | None = None, **second: Any) -> dict[str, Any]:
    def branch(kind: str) -> dict[str, Any]:
        return {"type": "object", "required": ["kind"], "properties": {"kind": {"const": kind}}}

    branches = [{"$ref": f"#/components/schemas/{one}"} for one in ("Car", "Boat")]
    discriminator = {"propertyName": name, **({"mapping": mapping} if mapping else {})}
    union = {"oneOf": branches, "discriminator": discriminator}
    return {"Any": union, "Car": branch("auto"), "Boat": {**branch("boat"), **second}}


@pytest.mark.parametrize(
    ("schemas", "said"),
    [
        (_told_apart("kind"), []),
        (
            _told_apart("kin"),
            ['no schema of the union has a property "kin": the discriminator has no effect (did you mean kind?)'],
        ),
        (_told_apart("kin", properties={}), []),
        ({**(own := _told_apart("kin")), "Any": {**own["Any"], "properties": {"kin": {"type": "string"}}}}, []),
        (
            _told_apart("kind", {"car": "#/components/schemas/Car", "boat": "Boat"}),
            [
                '"car" is mapped to a schema whose "kind" never has that value: it has no effect '
                '(the schema accepts "auto")'
            ],
        ),
        (_told_apart("kind", {"auto": "Car", "boat": "#/components/schemas/Boat"}), []),
    ],
)
def test_discriminators_that_tell_nothing_apart_are_named(
    tmp_path: Path, schemas: dict[str, Any], said: list[str]
) -> None:
    found = _said(tmp_path, schemas, hints=True).get("Any", [])
    assert [one for one in found if not one.startswith("branches of the oneOf")] == said
