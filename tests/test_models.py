"""What the models accept is what the schemas accept, and what they give back is what they were given."""

from __future__ import annotations

import importlib
import itertools
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generator import document as documents
from generator import pipeline
from generator.settings import Settings

from .packages import write
from .tools.instance_values import Maker
from .tools.instances import examine, same
from .tools.random_schemas import Schemas

HERE = "#/components/schemas/"
NUMBERS = itertools.count()
Build = Callable[..., "Package"]


@dataclass(frozen=True, slots=True)
class Package:
    """A generated package: its modules by name, its files, what the generator warned of."""

    name: str
    files: dict[str, str]
    warnings: tuple[str, ...]

    def module(self, name: str) -> ModuleType:
        return importlib.import_module(f"{self.name}.{name}")

    @property
    def models(self) -> Any:
        return self.module("models")

    def media(self, name: str = "T") -> Any:
        return self.module("wire").Json(getattr(self.models, name))

    def refusals(self, text: str, name: str = "T") -> list[dict[str, Any]]:
        """Read a text; what is wrong with it."""
        try:
            self.media(name).read(text.encode())
        except ValueError as error:
            details: list[dict[str, Any]] = error.details  # type: ignore[attr-defined]
            return details
        return []

    def again(self, text: str, name: str = "T") -> Any:
        """Read a text and write what was read."""
        media = self.media(name)
        return json.loads(media.write(media.read(text.encode()))[0])


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Build]:
    """Return a function that generates a package for component schemas and makes it importable."""
    sys.path.insert(0, str(tmp_path))

    def build(schemas: dict[str, Any], version: str = "3.1.0", body: str = "", **options: Any) -> Package:
        content = {"application/json": {"schema": {"$ref": HERE + body}}}
        operation = {
            "requestBody": {"required": True, "content": content},
            "responses": {"200": {"description": "-", "content": content}},
        }
        paths = {"/t": {"post": operation}} if body else {}
        info = {"title": "T", "version": "1"}
        root = {"openapi": version, "info": info, "paths": paths, "components": {"schemas": schemas}}
        path = tmp_path / "openapi.json"
        path.write_text(json.dumps(root), encoding="utf-8")
        name = f"models_{next(NUMBERS)}"
        package = pipeline.build(documents.load(path), Settings(spec=path, package=name, **options))
        write(package, tmp_path)
        files = {path.name: text for path, text in package.files.items()}
        return Package(name, files, tuple(one.message for one in package.warnings))

    yield build
    sys.path.remove(str(tmp_path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A schema called T (and others), JSON texts that it accepts, and texts that it refuses with the place of the error."""

    schema: Any
    accepted: list[str] = field(default_factory=list)
    refused: dict[str, list[str | int] | None] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)
    version: str = "3.1.0"


def obj(properties: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"type": "object", **({"properties": properties} if properties else {}), **more}


TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
CAT = obj({"kind": {"const": "cat"}, "lives": WHOLE}, required=["kind"])
DOG = obj({"kind": {"const": "dog"}, "barks": {"type": "boolean"}}, required=["kind"])
PLAIN_CAT = obj({"kind": TEXT, "lives": WHOLE}, required=["kind"])
PLAIN_DOG = obj({"kind": TEXT, "barks": {"type": "boolean"}}, required=["kind"])
REFS = [{"$ref": HERE + "Cat"}, {"$ref": HERE + "Dog"}]

CASES = {
    "integers": Case(
        schema=obj({"n": {"type": "integer", "maximum": 10**25}}),
        accepted=['{"n": 1.0}', '{"n": 9223372036854775808}', '{"n": 1e2}', '{"n": 10000000000000000000000000}'],
        refused={'{"n": true}': ["n"], '{"n": "1"}': ["n"], '{"n": 1.5}': ["n"], '{"n": 1e400}': ["n"]},
    ),
    "aliases are strict inside models": Case(
        schema=obj({"a": {"$ref": HERE + "Number"}, "b": {"$ref": HERE + "Number"}}),
        others={"Number": {"type": "number", "maximum": 7.5}},
        accepted=['{"a": 1}'],
        refused={'{"a": true}': ["a"], '{"a": "1"}': ["a"], '{"b": 8}': ["b"]},
    ),
    "absent is not null": Case(
        schema=obj({"a": TEXT, "b": {"type": ["string", "null"]}}),
        accepted=["{}", '{"b": null}', '{"a": "", "b": ""}'],
        refused={'{"a": null}': ["a"]},
    ),
    "nullable in 3.0": Case(
        version="3.0.3",
        schema=obj(
            {
                "a": {"type": "string", "nullable": True, "enum": ["x"]},
                "b": {"allOf": [{"$ref": HERE + "Cat"}], "nullable": True},
                "c": {"nullable": True, "minLength": 2},
                "d": {"type": "integer", "minimum": 1, "exclusiveMinimum": True},
            }
        ),
        others={"Cat": obj({"x": WHOLE})},
        accepted=['{"a": "x"}', '{"b": null}', '{"b": {"x": 1}}', '{"c": null}', '{"c": 7}', '{"d": 2}'],
        refused={'{"a": null}': ["a"], '{"b": {"x": null}}': ["b", "x"], '{"c": "a"}': ["c"], '{"d": 1}': ["d"]},
    ),
    "closed and open": Case(
        schema=obj({"open": obj({"a": TEXT}), "closed": obj({"a": TEXT}, additionalProperties=False)}),
        accepted=['{"open": {"z": [null, 1.5]}, "w": {}}', '{"closed": {"a": "x"}}'],
        refused={'{"closed": {"b": 1}}': ["closed", "b"], '{"open": {"z": NaN}}': ["open", "z"], '{"z": 1e400}': ["z"]},
    ),
    "typed further properties": Case(
        schema=obj({"a": TEXT}, additionalProperties=WHOLE),
        accepted=['{"a": "x", "b": 1}'],
        refused={'{"b": "x"}': ["b"]},
    ),
    "closed parts of allOf": Case(
        schema={"allOf": [obj({"a": TEXT}, additionalProperties=False), obj({"b": TEXT})]},
        accepted=["{}", '{"a": "x"}'],
        refused={'{"b": "x"}': None, '{"a": 1}': ["a"]},
    ),
    "required of unknown names": Case(
        schema=obj({"a": TEXT}, required=["a", "b"]),
        accepted=['{"a": "x", "b": null}'],
        refused={'{"a": "x"}': None, '{"b": 1}': ["a"]},
    ),
    "names": Case(
        schema=obj(dict.fromkeys(("$ref", "class", "a-b", "a_b", "", "model_x", "copy", "self", "é"), WHOLE)),
        accepted=['{"$ref": 1, "class": 2, "a-b": 3, "a_b": 4, "": 5, "model_x": 6, "copy": 7, "self": 8, "é": 9}'],
        refused={'{"a-b": "x"}': ["a-b"], '{"$ref": "x"}': ["$ref"], '{"": "x"}': [""]},
    ),
    "leftovers tell where": Case(
        schema=obj({"rows": {"type": "array", "items": obj({"tags": {"type": "array", "uniqueItems": True}})}}),
        accepted=['{"rows": [{"tags": [1, true, "1"]}]}'],
        refused={'{"rows": [{}, {"tags": [1, 1.0]}]}': ["rows", 1, "tags"]},
    ),
    "rules lead inside": Case(
        schema=obj({"a": obj({"b": TEXT}), "c": TEXT}, patternProperties={"^a": {"minProperties": 1}}),
        accepted=['{"a": {"b": "x"}}'],
        refused={'{"a": {}}': ["a"], '{"ab": {}}': ["ab"]},
    ),
    "oneOf is exactly one": Case(
        schema={"oneOf": [obj({"a": TEXT}, required=["a"]), obj({"b": TEXT}, required=["b"])]},
        accepted=['{"a": "x"}', '{"b": "x", "a": 1}'],
        refused={'{"a": "x", "b": "x"}': [], "{}": None},
    ),
    "properties beside oneOf": Case(
        schema=obj(
            {"id": WHOLE}, required=["id"], oneOf=[obj({"a": TEXT}, required=["a"]), obj({"b": WHOLE}, required=["b"])]
        ),
        accepted=['{"id": 1, "a": "x"}', '{"id": 1, "b": 2, "c": []}'],
        refused={'{"a": "x"}': None, '{"id": 1}': None, '{"id": 1, "a": "x", "b": 2}': [], '{"id": 1, "b": "x"}': None},
    ),
    "required in oneOf": Case(
        schema=obj({"a": TEXT, "b": TEXT}, oneOf=[{"required": ["a"]}, {"required": ["b"]}]),
        accepted=['{"a": "x"}', '{"b": "x"}'],
        refused={"{}": [], '{"a": "x", "b": "x"}': [], '{"a": 1}': ["a"]},
    ),
    "constants": Case(
        schema=obj({"a": {"const": 1}, "b": {"enum": [1.5, 2]}, "c": {"enum": [{"x": 1}, [1]]}, "d": {"const": None}}),
        accepted=['{"a": 1.0}', '{"b": 1.5}', '{"b": 2.0}', '{"c": {"x": 1.0}}', '{"c": [1]}', '{"d": null}'],
        refused={'{"a": true}': ["a"], '{"b": 1}': ["b"], '{"c": {"x": true}}': ["c"], '{"d": 0}': ["d"]},
    ),
    "constants that the schema refuses": Case(
        schema=obj({"a": {"enum": ["x", "long", 3, None], "type": ["string", "null"], "maxLength": 2}}),
        accepted=['{"a": "x"}', '{"a": null}'],
        refused={'{"a": "long"}': ["a"], '{"a": 3}': ["a"]},
    ),
    "true is no integer in a union": Case(
        schema=obj({"a": {"anyOf": [{"const": 1}, TEXT, {"type": "array", "items": WHOLE}]}}),
        accepted=['{"a": 1}', '{"a": "x"}', '{"a": [1.0]}'],
        refused={'{"a": true}': ["a"], '{"a": [true]}': ["a", 0]},
    ),
    "without type": Case(
        schema=obj({"a": {"properties": {"x": WHOLE}}, "b": {"items": WHOLE}, "c": {"minLength": 2}}),
        accepted=['{"a": 7, "b": 7, "c": 7}', '{"a": {"x": 1}, "b": [1], "c": "xx"}', '{"a": null, "b": {}}'],
        refused={'{"a": {"x": "1"}}': ["a", "x"], '{"b": [true]}': ["b", 0], '{"c": "x"}': ["c"]},
    ),
    "without type, and not": Case(
        schema={"properties": {"x": WHOLE}, "not": {"type": "string"}},
        accepted=["7", '{"x": 1}', "null"],
        refused={'"text"': [], '{"x": "1"}': ["x"]},
    ),
    "formats that a length or pattern narrows": Case(
        schema=obj(
            {"a": {**TEXT, "format": "date-time", "pattern": "^2020"}, "b": {**TEXT, "format": "uuid", "maxLength": 3}}
        ),
        accepted=['{"a": "2020-01-01T00:00:00z", "b": "abc"}'],
        refused={'{"a": "2021-01-01T00:00:00Z"}': ["a"], '{"b": "abcd"}': ["b"]},
    ),
    "formats come back by value": Case(
        schema={"type": "array", "items": {"anyOf": [{**TEXT, "format": "date-time"}, WHOLE]}},
        accepted=['["2020-01-01T00:00:00Z", "2020-01-01T09:00:00.5+09:00", 1]'],
        refused={'["1700000000"]': [0], '["2020-01-01"]': [0]},
    ),
    "patterns": Case(
        schema=obj(
            {"a": {**TEXT, "pattern": r"^\d+$"}, "b": {**TEXT, "pattern": "^(?!x)"}, "c": {**TEXT, "pattern": "[[a]"}}
        ),
        accepted=['{"a": "12", "b": "y", "c": "["}'],
        refused={'{"a": "12\\n"}': ["a"], '{"a": "\\u0661"}': ["a"], '{"b": "x"}': ["b"], '{"c": "b"}': ["c"]},
    ),
    "null beside a union that judges it": Case(
        schema={"oneOf": [{"oneOf": [{"$ref": HERE + "N"}, {"$ref": HERE + "N"}]}, {"type": "integer"}]},
        others={"N": {"type": ["object", "null"], "properties": {"a": TEXT}}},
        accepted=["1"],
        refused={"null": [], "{}": []},
    ),
    "tuples": Case(
        schema={"type": "array", "prefixItems": [TEXT, WHOLE], "minItems": 1, "items": {"type": "boolean"}},
        accepted=['["x"]', '["x", 1, true]'],
        refused={"[]": [], '["x", "y"]': [1], '["x", 1, 2]': [2]},
    ),
    "false is nothing": Case(schema=obj({"a": False, "b": True}), accepted=['{"b": 1}'], refused={'{"a": 1}': ["a"]}),
    "const null": Case(schema={"const": None}, accepted=["null"], refused={"0": [], "false": []}),
    "impossible": Case(
        schema=obj({"a": {"type": "array", "items": False, "minItems": 1}, "b": {"enum": [1], "type": "string"}}),
        accepted=["{}"],
        refused={'{"a": []}': ["a"], '{"a": [1]}': ["a"], '{"b": 1}': ["b"]},
    ),
    "tagged by constants": Case(
        schema={"oneOf": REFS, "discriminator": {"propertyName": "kind"}},
        others={"Cat": CAT, "Dog": DOG},
        accepted=['{"kind": "cat", "lives": 9}', '{"kind": "dog", "lives": "x"}'],
        refused={'{"kind": "cat", "lives": "x"}': ["lives"], '{"kind": "cow"}': [], "{}": [], '{"kind": 1}': []},
    ),
    "tagged, in a union with scalars": Case(
        schema={
            "anyOf": [{"oneOf": REFS, "discriminator": {"propertyName": "kind"}}, TEXT, {"type": "number"}],
        },
        others={"Cat": CAT, "Dog": DOG},
        accepted=['{"kind": "cat", "lives": 9, "more": 1}', '{"kind": "dog"}', '"x"', "1.5"],
        refused={'{"kind": "cow"}': [], "true": []},
    ),
    "tagged by name": Case(
        schema={"anyOf": REFS, "discriminator": {"propertyName": "kind", "mapping": {"puss": HERE + "Cat"}}},
        others={"Cat": PLAIN_CAT, "Dog": PLAIN_DOG},
        accepted=[
            '{"kind": "puss"}',
            '{"kind": "cow"}',
            '{"kind": "puss", "lives": "x"}',
            '{"kind": "Dog", "barks": 1}',
        ],
        refused={"{}": ["kind"], '{"kind": "cow", "lives": "x", "barks": 1}': None},
    ),
    "the tag is a hint, oneOf decides": Case(
        schema={"oneOf": REFS, "discriminator": {"propertyName": "kind"}},
        others={"Cat": PLAIN_CAT, "Dog": PLAIN_DOG},
        accepted=['{"kind": "Cat", "lives": "x"}'],
        refused={'{"kind": "Cat"}': []},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_models_accept_what_the_schema_accepts(name: str, build: Build) -> None:
    case = CASES[name]
    package = build({"T": case.schema, **case.others}, case.version)
    for text in case.accepted:
        assert package.refusals(text) == [], text
        assert same(package.again(text), json.loads(text)), text
    for text, loc in case.refused.items():
        found = [detail["loc"] for detail in package.refusals(text)]
        assert found, f"{text} is accepted"
        assert loc is None or loc in found, (text, found)
        assert "\0" not in str(found)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.version > "3.1" and name != "patterns"])
def test_the_cases_themselves_are_right(name: str) -> None:
    case = CASES[name]
    root = {"components": {"schemas": {"T": case.schema, **case.others}}}
    judge = Draft202012Validator({"$ref": HERE + "T", **root})
    texts = {text for text in case.refused if "NaN" not in text and "1e400" not in text}
    formats = {'["1700000000"]', '["2020-01-01"]'}  # jsonschema does not assert them
    assert [text for text in texts - formats if judge.is_valid(json.loads(text))] == []
    assert [text for text in case.accepted if not judge.is_valid(json.loads(text))] == []


def test_the_tag_picks_the_class(build: Build) -> None:
    case = CASES["tagged by name"]
    package = build({"T": case.schema, **case.others})
    read = package.media().read
    assert type(read(b'{"kind": "Dog"}')) is package.models.Dog
    assert type(read(b'{"kind": "puss", "barks": true}')) is package.models.Cat
    assert type(read(b'{"kind": "puss", "lives": "x"}')) is package.models.Dog  # valid there only
    assert package.again('{"kind": "puss", "barks": true}') == {"kind": "puss", "barks": True}
    package.models.Cat(kind="x")
    holder = build({"T": obj({"pet": case.schema}), **case.others})
    assert type(holder.models.T(pet={"kind": "puss", "lives": 1}).pet) is holder.models.Cat


def test_what_stands_beside_a_union_is_merged_into_its_classes(build: Build) -> None:
    card = obj({"number": TEXT}, required=["number"], description="By card.")
    payment = obj({"amount": WHOLE}, required=["amount"], oneOf=[{"$ref": HERE + "Card"}, {"$ref": HERE + "Cash"}])
    package = build({"T": payment, "Card": card, "Cash": obj({"coins": WHOLE}, required=["coins"])})
    found = package.media().read(b'{"amount": 1, "number": "x"}')
    assert type(found) is package.models.TCard
    assert (found.amount, found.number) == (1, "x")
    assert type(package.media().read(b'{"amount": 1, "coins": 3}')) is package.models.TCash


def test_directions(build: Build) -> None:
    thing = obj(
        {"id": {**WHOLE, "readOnly": True}, "secret": {**TEXT, "writeOnly": True}, "tags": {"uniqueItems": True}},
        required=["id", "secret"],
        minProperties=1,
        additionalProperties=False,
    )
    package = build({"Thing": thing}, body="Thing")
    assert package.refusals('{"secret": "x"}', "ThingRequest") == []
    assert [one["loc"] for one in package.refusals('{"id": 1, "secret": "x"}', "ThingRequest")] == [["id"]]
    assert package.refusals('{"id": 1}', "Thing") == []
    assert [one["loc"] for one in package.refusals("{}", "Thing")] == [["id"]]


def test_construction_in_python_is_held_to_the_same_rules(build: Build) -> None:
    schema = obj(
        {
            "a-b": {**TEXT, "minLength": 2},
            "inner": {"$ref": HERE + "Inner"},
            "none": {"type": ["string", "null"]},
            "tags": {"type": "array", "items": TEXT, "uniqueItems": True},
        },
        maxProperties=3,
    )
    package = build({"T": schema, "Inner": obj({"x": WHOLE}, additionalProperties=False)})
    made = package.models.T(a_b="xy", inner={"x": 1}, none=None)
    assert made == package.models.T(**{"a-b": "xy", "inner": package.models.Inner(x=1), "none": None})
    assert package.media().write(made)[0] == b'{"a-b":"xy","inner":{"x":1},"none":null}'
    absent = package.models.T(a_b=None, inner=None)
    assert package.media().write(absent)[0] == b"{}"
    wrong: list[dict[str, Any]] = [{"a_b": "x"}, {"inner": {"y": 1}}, {"tags": ["x", "x"]}, {"inner": {"x": "1"}}]
    wrong += [{"a_b": "xy", "inner": {}, "none": None, "tags": []}]
    for arguments in wrong:
        with pytest.raises(ValueError, match="validation error"):
            package.models.T(**arguments)


def test_no_leftovers_no_trace(build: Build) -> None:
    package = build({"T": obj({"a": {**TEXT, "pattern": "^a$"}, "b": {"type": ["integer", "null"]}}, required=["a"])})
    assert not {"schemas.py", "rules.py", "shapes.py"} & package.files.keys()
    assert package.warnings == ()
    loose = build({"T": {"properties": {"a": {"const": 1}}}})
    assert "shapes.py" in loose.files
    assert "rules.py" not in loose.files


def test_patterns_that_the_linear_engine_refuses_are_told(build: Build) -> None:
    package = build({"T": {**TEXT, "pattern": "^(?!a)b"}, "U": {**TEXT, "pattern": "*"}})
    assert any("look-around" in one for one in package.warnings)
    assert any("not checked" in one for one in package.warnings)
    assert package.refusals('"ab"')
    assert package.refusals('"anything"', "U") == []


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
    {"type": "integer", "minimum": 10**400, "maximum": 1e308},
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


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_random_schemas(seed: int, tmp_path: Path) -> None:
    version = "3.0.3" if seed % 2 else "3.1.0"
    path = tmp_path / f"random_{seed}.json"
    path.write_text(json.dumps(Schemas(seed, 12, version=version).document()), encoding="utf-8")
    tally = examine(path, seed, 21, "")
    assert dict(tally.causes) == {}
    assert tally.counts["valid"] > 30
    assert tally.counts["invalid"] > 30


def test_reading_tolerantly(build: Build, root: Path, tmp_path: Path) -> None:
    inner = obj({"x": WHOLE}, additionalProperties=False, minProperties=1)
    pets = {"oneOf": REFS, "discriminator": {"propertyName": "kind"}}
    properties = {
        "a": {"enum": ["x", "y"]},
        "n": {"enum": [1, 2]},
        "in": {"$ref": HERE + "In"},
        "ins": {"type": "array", "items": {"$ref": HERE + "In"}},
        "pet": {"$ref": HERE + "Pet"},
    }
    schema = obj(properties, required=["a"], additionalProperties=False)
    package = build({"T": schema, "In": inner, "Pet": pets, "Cat": CAT, "Dog": DOG})
    text = (root / "templates" / "static" / "tolerant.py").read_text(encoding="utf-8")
    (tmp_path / package.name / "tolerant.py").write_text(text, encoding="utf-8")
    contract = package.media()
    media = package.module("tolerant").tolerant(contract)
    assert package.module("tolerant").tolerant(contract) is media
    found = media.read(b'{"a": "new", "more": [1], "n": 3, "in": {"y": 1}, "ins": [{"x": 1, "z": {}}]}')
    assert type(found) is package.models.T
    assert (found.a, found.n, found.model_extra) == ("new", 3, {"more": [1]})
    assert (found.in_.y, found.ins[0].x, found.ins[0].z) == (1, 1, {})
    assert media.read(b'{"a": "x", "pet": {"kind": "cow", "milk": 1}}').pet == {"kind": "cow", "milk": 1}
    assert type(media.read(b'{"a": "x", "pet": {"kind": "cat"}}').pet) is package.models.Cat
    for wrong in ("{}", '{"a": 5}', '{"a": "x", "n": true}', '{"a": "x", "in": {"x": "1"}}', '{"a": "x", "in": null}'):
        with pytest.raises(ValueError, match=": "):
            media.read(wrong.encode())
    with pytest.raises(ValueError, match="pet"):
        media.read(b'{"a": "x", "pet": {"kind": "cat", "lives": "9"}}')
    assert package.refusals('{"a": "new"}')  # the contract is as it was


# The cost API


@pytest.fixture(scope="module")
def cost_schemas(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / "spec" / "openapi.json").read_text(encoding="utf-8"))
    return dict(found["components"]["schemas"])


COST_MODELS = ("CostCreateReq", "CostCreateRes", "CostCreateInput", "HTTPValidationError", "ValidationError")


@pytest.mark.parametrize("name", COST_MODELS)
def test_model_json_schema_says_what_the_document_says(name: str, cost_schemas: dict[str, Any]) -> None:
    import weave_costs.models
    import weave_costs.wire

    definitions = json.loads(json.dumps(cost_schemas).replace(HERE, "#/$defs/"))
    theirs = Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": definitions})
    model = getattr(weave_costs.models, name)
    ours = Draft202012Validator(model.model_json_schema(by_alias=True))
    media = weave_costs.wire.Json(model)
    maker = Maker(definitions, seed=0)
    verdicts: Counter[bool] = Counter()
    for _ in range(150):
        first = maker.make(definitions[name])
        for value in (first, maker.broken(first), maker.broken(first)):
            if _dates_are_well_formed(value):
                expected = theirs.is_valid(value)
                verdicts[expected] += 1
                assert ours.is_valid(value) == expected, value
                assert _reads(media, value) == expected, value
    assert min(verdicts[True], verdicts[False]) > 40


def _reads(media: Any, value: Any) -> bool:
    try:
        media.read(json.dumps(value).encode())
    except ValueError:
        return False
    return True


def _dates_are_well_formed(value: Any) -> bool:
    """Whether date-times are dates: the models ask for that, the schemas only say so."""
    if isinstance(value, dict):
        text = value.get("effective_date")
        fine = not isinstance(text, str) or re.fullmatch(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|z|[+-]\d\d:\d\d)", text
        )
        return bool(fine) and all(map(_dates_are_well_formed, value.values()))
    return True
