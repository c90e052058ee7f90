"""Odd schemas: legal ones that nobody would write, malformed ones, such as lead back to themselves, random ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.model_packages import HERE, PLAIN_CAT, PLAIN_DOG, REFS, TEXT, WHOLE, Build, obj
from tests.support.odd_schemas import NEW, OLD
from tests.tools.instances import examine
from tests.tools.random_schemas import Schemas


@pytest.mark.parametrize(
    "schemas",
    [
        {"T": {"$ref": HERE + "U"}, "U": {"$ref": HERE + "T"}},
        {"T": {"anyOf": [{"$ref": HERE + "U"}, TEXT]}, "U": {"oneOf": [{"$ref": HERE + "T"}, {"type": "null"}]}},
        {"T": {"allOf": [{"$ref": HERE + "U"}]}, "U": {"allOf": [{"$ref": HERE + "T"}, obj({"a": TEXT})]}},
        {"T": {"anyOf": [{"allOf": [{"$ref": HERE + "T"}, {"title": "x"}]}, TEXT]}},
        {"T": obj({"a": TEXT}, oneOf=[{"$ref": HERE + "U"}]), "U": {"allOf": [{"$ref": HERE + "T"}, obj({"b": TEXT})]}},
        {"T": {"type": "array", "items": {"anyOf": [{"$ref": HERE + "T"}, TEXT]}}},
        {"T": {"type": ["object", "string"], "properties": {"a": {"$ref": HERE + "T"}}}},
        {"T": obj({"a": {"$ref": HERE + "T/properties/b"}, "b": {"anyOf": [TEXT, {"$ref": HERE + "T/properties/a"}]}})},
        {"T": obj({"a": {"type": "array", "items": {"$ref": HERE + "T/properties/a"}}})},
    ],
)
def test_what_leads_back_to_itself_neither_hangs_nor_fails(schemas: dict[str, Any], build: Build) -> None:
    package = build(schemas)
    for name in schemas:
        assert package.media(name).adapter is not None
        package.refusals('"x"', name)


MALFORMED = [
    {"type": []},
    {"type": ["integer", "null", "integer"]},
    {"type": "file"},
    {"enum": []},
    {"enum": [1, 1, "1", True, None, None]},
    {"enum": list(range(3000))},
    {"additionalProperties": {}, "properties": {}},
    {"type": "array", "items": []},
    {"type": "array", "items": [TEXT, WHOLE]},
    {"type": "object", "required": "a", "properties": {"a": TEXT}},
    {"type": "object", "properties": []},
    {"type": "object", "required": ["a", 1, None]},
    {"type": "string", "pattern": 5, "minLength": "1"},
    {"type": "string", "minLength": -1, "maxLength": -2},
    {"type": "number", "multipleOf": 0, "minimum": "0"},
    {"allOf": []},
    {"oneOf": []},
    {"oneOf": [None, 5, "x", {}]},
    {"not": None, "if": 5, "then": {}},
    {"discriminator": {}, "oneOf": [TEXT]},
    {"discriminator": {"propertyName": 5, "mapping": []}, "oneOf": REFS},
    {"patternProperties": {"*": TEXT, "^a": WHOLE}, "type": "object"},
    {"uniqueItems": "yes", "type": "array"},
    {"$ref": 5},
    {"$dynamicRef": "#nowhere"},
    {"type": "object", "properties": {"__root__": TEXT, "model_config": TEXT, "a b": TEXT, "a_b": TEXT, "A-B": TEXT}},
    {"type": "object", "properties": {"x": 5, "y": None, "z": []}},
    {"dependentRequired": {"a": "b"}, "dependentSchemas": [], "type": "object"},
    {"prefixItems": [], "type": "array"},
    {"type": "integer", "minimum": 10**249, "maximum": 1e308},
    {"const": {"deep": [[[[{}]]]]}},
    {"default": {"a": [1]}, "type": "string"},
    {"properties": {"a": {"readOnly": "yes", "type": "string", "default": float(1)}}},
]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_malformed_schemas_do_not_stop_the_generator(version: str, build: Build) -> None:
    schemas = {f"S{index}": schema for index, schema in enumerate(MALFORMED)}
    package = build({**schemas, "Cat": PLAIN_CAT, "Dog": PLAIN_DOG}, version)
    for name in schemas:
        assert package.media(name).adapter is not None
        for text in ("1", '"x"', "{}", "[]", "null", '{"a": "x", "x": 1}', '[1, "x"]'):
            package.refusals(text, name)


@pytest.mark.parametrize(("version", "schemas"), [("3.0.3", OLD), ("3.1.0", NEW)])
def test_odd_schemas(version: str, schemas: dict[str, Any], tmp_path: Path) -> None:
    content = {name: {"content": {"application/json": {"schema": {"$ref": HERE + name}}}} for name in schemas}
    paths = {
        f"/{index}": {
            "post": {"requestBody": content[name], "responses": {"200": {"description": "-", **content[name]}}}
        }
        for index, name in enumerate(schemas)
    }
    info = {"title": "Odd", "version": "1"}
    root = {"openapi": version, "info": info, "paths": paths, "components": {"schemas": schemas}}
    path = tmp_path / f"odd_{version[2]}.json"
    path.write_text(json.dumps(root), encoding="utf-8")
    tally = examine(path, 1, 21, "")
    assert dict(tally.causes) == {}
    assert tally.counts["schemas"] >= len(schemas)
    assert tally.counts["valid"] > 6 * len(schemas)
    assert tally.counts["invalid"] > 5 * len(schemas)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_random_schemas(seed: int, tmp_path: Path) -> None:
    version = "3.0.3" if seed % 2 else "3.1.0"
    path = tmp_path / f"random_{seed}.json"
    path.write_text(json.dumps(Schemas(seed, 12, version=version).document()), encoding="utf-8")
    tally = examine(path, seed, 21, "")
    assert dict(tally.causes) == {}
    assert tally.counts["valid"] > 30
    assert tally.counts["invalid"] > 30


@pytest.mark.parametrize("length", [59, 61, 400])
def test_a_chain_of_any_length_is_followed(length: int, build: Build) -> None:
    """Nothing of a chain is lost, in whatever order its schemas are asked for, also where there is a shorter way."""
    chain = {"S0": obj({"first": TEXT}, required=["first"])} | {
        f"S{number}": {"allOf": [{"$ref": f"{HERE}S{number - 1}"}, {"$ref": HERE + "S0"}, {"description": "more"}]}
        for number in range(1, length)
    }
    package = build({"T": {"$ref": f"{HERE}S{length - 1}"}, **dict(reversed(chain.items()))})
    assert package.refusals('{"first": 1}')
    assert package.refusals("{}")
    assert not package.refusals('{"first": "x"}')
