"""Bodies whose types recurse are read quickly first: as what the slow reader, which says what is wrong, reads them."""

from __future__ import annotations

import json
import random
from typing import Annotated, Any
from unittest.mock import patch

import pytest
from pydantic import BaseModel
from pydantic_core import SchemaValidator, core_schema

from tests.models.test_recursive_unions import many, ref
from tests.support.model_packages import TEXT, WHOLE, Build, Package, obj

ANY: dict[str, Any] = {}
NODES: dict[str, dict[str, Any]] = {
    "by the number of fields": {
        "T": {"anyOf": [ref("A"), ref("B")]},
        "A": obj({"x": WHOLE, "y": TEXT, "kids": many()}),
        "B": obj({"x": TEXT, "kids": many()}),
    },
    "by names": {
        "T": {"anyOf": [ref("A"), ref("B"), {"type": "null"}]},
        "A": obj({"x": WHOLE, "y": TEXT, "kids": many()}, required=["x"]),
        "B": obj({"x": TEXT, "y": TEXT, "kids": many()}, required=["y"]),
    },
    "of arrays": {
        "T": {"anyOf": [ref("A"), {**many(), "minItems": 2}, {"type": "array", "items": WHOLE}, TEXT]},
        "A": obj({"x": WHOLE, "y": TEXT, "kids": many()}),
    },
    "by constants": {
        "T": {"oneOf": [ref("A"), ref("B")]},
        "A": obj({"x": {"const": "a"}, "y": TEXT, "kids": many()}, required=["x"]),
        "B": obj({"x": {"const": "b"}, "y": WHOLE, "kids": many()}, required=["x"]),
    },
    "by tags": {
        "T": obj({"x": TEXT, "kids": many()}, discriminator={"propertyName": "x"}),
        "A": {"allOf": [ref(), obj({"y": TEXT}, required=["y"])]},
    },
    "alone": {"T": obj({"x": WHOLE, "y": TEXT, "kids": many()}, required=["x"])},
}
AROUND: dict[str, Any] = {
    "Alone": ref(),
    "Map": obj({"y": WHOLE}, patternProperties={"^v": ref()}),
    "Or": {"anyOf": [ref(), obj(additionalProperties=True)]},
    "Lists": obj({"v": {"anyOf": [many(), {"type": "array", "items": ANY}]}}),
    "If": obj(
        {"y": TEXT, "v": ANY}, **{"if": {"properties": {"y": {"const": "a"}}}, "then": {"properties": {"v": ref()}}}
    ),
    "Wrap": obj({"v": ref()}),
    "Other": obj({"y": TEXT}),
    "Wraps": obj({"v": {"anyOf": [ref("Wrap"), ref("Other")]}}),
    "Picked": {"anyOf": [obj({"v": ref(), "y": TEXT}), obj({"v": ref(), "b": WHOLE})]},
    "Either": {"anyOf": [ref("Other"), ref(), {"type": "array", "items": {"anyOf": [ref("Wrap"), ref()]}}]},
}


def build_around(kind: str, build: Build) -> Package:
    return build({**AROUND, **NODES[kind]})


def _node(pick: random.Random, depth: int = 0) -> Any:
    if pick.random() < 0.05:
        return pick.choice([None, 1, 1.5, "x", [], [1], ["x", "y"], {}])
    made: dict[str, Any] = {}
    for name in pick.sample(["x", "y", "v", "w"], pick.randint(0, 2)):
        made[name] = pick.choice([1, 1, 1, "x", "a", "A", "b", None, {"x": 1}])
    if pick.random() < 0.7:
        made["x"] = pick.choice([1, 1, "a", "b"])
    if depth < 3 and pick.random() < 0.6:
        made["kids"] = [_node(pick, depth + 1) for _ in range(pick.randint(0, 2))]
    return made


def _around(pick: random.Random, name: str) -> Any:
    node = _node(pick)
    if name == "Lists":
        return {"v": [node, *([_node(pick)] if pick.random() < 0.5 else [])]}
    if name == "Either" and pick.random() < 0.4:
        return [{"v": node}, _node(pick)]
    if name == "Wraps":
        return {"v": {"v": node, **({"y": "x"} if pick.random() < 0.3 else {})}}
    if name == "Picked":
        return {"v": node, "b": 1}
    return node if name in ("Alone", "Or", "Either") else {"v": node, "v2": _node(pick), "y": pick.choice(["a", 1])}


def _read(read: Any, text: Any) -> Any:
    try:
        return read(text)
    except ValueError:
        return "refused"


@pytest.mark.parametrize("kind", NODES)
def test_the_quick_reader_finds_the_classes_that_the_slow_one_finds(kind: str, build: Build) -> None:
    """A class that refused was no end of the reading: a union around took its next member, with the classes of that."""
    accepted, package, pick = 0, build_around(kind, build), random.Random(7)  # noqa: S311 - test data
    for name in AROUND:
        media = package.media(name)
        for _ in range(100):
            text = json.dumps(_around(pick, name))
            quick = _read(media.read, text.encode())
            assert repr(quick) == repr(_read(media.telling.validate_json, text)), (name, text)
            accepted += quick != "refused"
    assert accepted > 150


@pytest.mark.parametrize("other", [obj(additionalProperties=True), {"not": TEXT}])
@pytest.mark.parametrize("is_first", [False, True])
def test_anything_has_what_no_class_accepts(other: dict[str, Any], is_first: bool, build: Build) -> None:
    """A dict had what holds others, a class what holds none; beside any value with a rule, what the class refused was refused."""
    members = [other, ref("A")] if is_first else [ref("A"), other]
    package = build({"T": {"anyOf": members}, "A": obj({"x": WHOLE, "kids": many()})})
    media = package.media()
    for body in ("{}", '{"kids": []}', '{"kids": [{}]}', '{"kids": [{"x": "x"}]}', '{"w": {"x": 1}}', '{"x": 1}'):
        found = media.read(body.encode())
        assert type(found) is package.models.A
        assert found == media.telling.validate_json(body)
        assert not found.kids or type(found.kids[0]) is (dict if "x" in body else package.models.A)
    for body in ('{"x": "x"}', '{"x": "x", "kids": [{}]}', '{"kids": [null, "x"]}'):
        assert media.read(body.encode()) == media.telling.validate_json(body) == json.loads(body)


@pytest.mark.parametrize("is_first", [False, True])
@pytest.mark.parametrize("required", [[], ["x"]])
def test_of_a_class_and_a_map_the_first_has_an_object(required: list[str], is_first: bool, build: Build) -> None:
    """As in a union that does not recurse. The map had it, unless it held models: also what has all properties of the class."""
    a, map_ = obj({"x": {"anyOf": [ref(), WHOLE]}}, required=required), obj(additionalProperties=ref())
    package = build({"T": {"anyOf": [map_, ref("A"), TEXT] if is_first else [ref("A"), map_, TEXT]}, "A": a})
    media, kind = package.media(), package.models.A
    for body in ('{"x": "w"}', '{"x": {"x": "w"}}', '{"x": {}}', '{"x": "w", "z": "w"}', '{"z": "w"}', "{}"):
        found = media.read(body.encode())
        assert repr(found) == repr(media.telling.validate_json(body))
        is_map = is_first or body == "{}" or ("x" not in body and required)
        assert type(found) is (dict if is_map else kind), body
    assert type(media.read(b'{"x": {"z": {"x": 1}}}')) is kind  # with more fields


@pytest.mark.parametrize(
    ("schemas", "value"),
    [
        (NODES["by tags"], {"x": "A", "y": 1}),
        (NODES["by tags"], {"x": "A", "kids": [{"x": "A", "y": 1}], "y": 1}),
        (
            {
                "T": {"anyOf": [ref("A"), obj(additionalProperties=ref())]},
                "A": obj({"x": WHOLE, "kids": many()}),
            },
            {"x": 1},
        ),
    ],
)
def test_a_union_around_counts_the_fields_of_what_is_tried(schemas: dict[str, Any], value: Any, build: Build) -> None:
    """It counted those of the first time only, then what was remembered: its first member had the value."""
    around = {"Around": {"anyOf": [obj({"v": ref()}), obj({"v": ref(), "b": WHOLE})]}}
    media = build({**schemas, **around}).media("Around")
    body = json.dumps({"v": value, "b": 1})
    found = media.read(body.encode())
    assert repr(found) == repr(media.telling.validate_json(body))
    assert found.b == 1
    assert "b" in found.model_fields_set
    assert not found.model_extra


def test_plans_are_kept_by_the_names_that_classes_know_and_not_without_an_end(build: Build) -> None:
    """An object with another property was planned each time; a plan for each of a peer's own names would fill the memory."""
    package = build(NODES["by the number of fields"])
    media, hasty, plans = package.media(), package.module("_runtime.models.hasty"), []
    planned = hasty.Quick._planned

    def counted(self: Any, value: Any) -> Any:
        plans.append(self._plans)
        return planned(self, value)

    with patch.object(hasty.Quick, "_planned", counted), patch.object(hasty, "_PLANS", 4):
        found = media.read(json.dumps({"kids": [{"x": 1, f"other {one}": 1} for one in range(20)]}).encode())
        assert found.kids[7].model_extra == {"other 7": 1}
        assert len(plans) == 2
        for names in (("x", "y"), ("y", "x"), ("x", "kids"), ("kids", "x"), ("y", "kids")):
            media.read(json.dumps({name: [] if name == "kids" else "x" for name in names}).encode())
        assert len(plans) == 7
        assert 0 < max(map(len, plans)) <= 4


def test_a_hint_leads_also_where_another_value_needs_each_class_to_be_tried(build: Build) -> None:
    """Counted by their fields, the other class would have had the object."""
    inner = [obj({"x": one}) for one in (WHOLE, TEXT)]
    schemas = {
        "T": {"anyOf": [ref("A"), ref("B")], "discriminator": {"propertyName": "kind"}},
        "A": obj({"kind": TEXT, "w": inner[0], "kids": many()}),
        "B": obj({"kind": TEXT, "w": inner[1], "b": WHOLE, "kids": many()}),
    }
    media = build(schemas).media()
    body = '{"kind": "A", "w": {"x": 1}, "kids": [{"kind": "A", "w": {"x": "x"}}, {"kind": "A", "b": 1}]}'
    found = media.read(body.encode())
    assert repr(found) == repr(media.telling.validate_json(body))
    assert [type(one).__name__ for one in (found, *found.kids)] == ["A", "B", "A"]


@pytest.mark.parametrize("kind", NODES)
def test_nan_is_refused_in_any_value_and_in_further_properties(kind: str, build: Build) -> None:
    package = build_around(kind, build)
    for name in ("Alone", "Map", "Or", "Wrap", "Lists"):
        for number in ("NaN", "[1, -Infinity]"):
            node = f'{{"x": 1, "y": "x", "w": {{"deep": {number}}}}}'
            text = {"Lists": f'{{"v": [{node}]}}', "Map": f'{{"v": {node}}}', "Wrap": f'{{"v": {node}}}'}.get(
                name, node
            )
            assert package.refusals(text, name), text


def test_the_place_of_nan_is_told(build: Build) -> None:
    package = build(NODES["alone"])
    for text, loc, words in (
        ('{"x": NaN}', ["x"], "x: nan is no integer"),
        ('{"x": 1, "kids": [{"x": 1, "w": [NaN]}]}', ["kids", 0, "w"], "NaN and infinity are no JSON numbers"),
        ('{"x": 1, "kids": [{"x": 1.0, "w": 1}, {"x": Infinity}]}', ["kids", 1, "x"], "kids.1.x: inf is no integer"),
    ):
        with pytest.raises(ValueError, match=words) as caught:
            package.media().read(text.encode())
        assert [one["loc"] for one in caught.value.details] == [loc]  # type: ignore[attr-defined]


def test_a_tuple_of_an_operation_is_read_from_an_array(build: Build) -> None:
    package = build(NODES["by the number of fields"])
    node: Any = package.models.T
    value: Any = package.module("_runtime.models.base").Value
    media = package.module("_runtime.wire.contract").Json(tuple[node, int] | list[value])
    assert repr(media.read(b'[{"x": "x", "kids": [{"x": 1}]}, 1]')).startswith("(B(x='x', kids=[A(x=1")
    assert type(media.read(b"[1, 1]")) is list


def test_a_uuid_that_may_be_a_text_is_a_uuid(build: Build) -> None:
    own = obj({"id": {"anyOf": [{"type": "string", "format": "uuid"}, TEXT]}, "kids": many()})
    media = build({"T": own}).media()
    found = media.read(b'{"id": "x", "kids": [{"id": "e2c56db5-dffb-48d2-b060-d0f5a71096e0"}]}')
    assert [type(one.id).__name__ for one in (found, found.kids[0])] == ["str", "UUID"]


def test_null_lists_and_texts_are_read_in_the_first_way(build: Build) -> None:
    """No class was sought for the names that they have not: null ended the first reading."""
    package = build(
        {**NODES["by names"], "Or": obj({"v": {"anyOf": [ref(), TEXT, {"type": "array", "items": WHOLE}]}})}
    )
    for name, text in (("T", '{"x": 1, "kids": [null, {"y": "x"}]}'), ("Or", '{"v": "x"}'), ("Or", '{"v": [1]}')):
        reader = package.media(name).adapter.validator._values
        with patch.object(type(reader), "_second", ()):
            assert reader.read(json.loads(text), {})


def test_all_that_is_wrong_with_the_outermost_value_is_told_in_words(build: Build) -> None:
    names = [f"n{number}" for number in range(12)]
    package = build(
        {
            "T": obj(
                {**dict.fromkeys(names, WHOLE), "kids": many(), "e": {"enum": ["a"]}, "few": {**WHOLE, "maximum": 3}}
            )
        }
    )
    for value, number in (
        (dict.fromkeys(names, "x"), 12),
        ({"kids": [{"n1": "x"}] * 11}, 11),
        ({"kids": [{"e": "b"}, dict.fromkeys(names, "x"), {"few": 4}]}, 3),
        ({"kids": [{"few": 4, **dict.fromkeys(names, "x")}]}, 1),
    ):
        assert len(package.refusals(json.dumps(value))) == number


def test_the_first_of_many_problems_has_the_words_that_it_has_alone(build: Build) -> None:
    names = [f"n{number}" for number in range(12)]
    kinds: dict[str, Any] = {
        "enum": {"enum": ["a", "b"]},
        "most": {**WHOLE, "maximum": 3},
        "date": {**TEXT, "format": "date"},
    }
    for name, wrong in (("enum", "c"), ("most", 4), ("date", "x")):
        package = build({"T": obj({"first": kinds[name], **dict.fromkeys(names, WHOLE), "kids": many()})})
        told = []
        for more in ({}, dict.fromkeys(names, "x")):
            with pytest.raises(ValueError, match="first") as caught:
                package.media().read(json.dumps({"kids": [{"first": wrong, **more}]}).encode())
            told.append(str(caught.value))
        assert told[0] == told[1]


def test_the_readers_of_a_type_are_built_once(build: Build) -> None:
    """Those of a large document take 10 MiB; many operations have the same body."""
    package = build(NODES["alone"])
    json_of: Any = package.module("_runtime.wire.contract").Json
    node: Any = package.models.T
    for type_ in (node, list[node], node | None):
        one, other = json_of(type_), json_of(type_)
        assert one.adapter is other.adapter
        assert one.telling is other.telling
    assert json_of(node | dict[str, Any]).adapter is not json_of(dict[str, Any] | node).adapter
    without_hash: Any = Annotated[list, []]
    assert json_of(without_hash).read(b"[]") == []


def test_a_class_of_one_union_stands_in_it(build: Build) -> None:
    """What leads back is looked up once for each object: by the union, not by its class again."""
    package = build(NODES["by names"])
    made: list[Any] = []
    reading = package.module("_runtime.models.reading")
    original = reading.SchemaValidator

    def noted(schema: Any, *others: Any, **named: Any) -> Any:
        made.append(schema)
        return original(schema, *others, **named)

    with patch.object(reading, "SchemaValidator", noted):
        package.media().read(b'{"x": 1, "kids": [{"y": "b", "kids": []}, null]}')
    [found] = made
    assert [one["ref"].rpartition(":")[0].rpartition(".")[2] for one in found["definitions"]] == ["T"]


@pytest.mark.parametrize("wrong", ["1", "true", '"x"', '["x"]', "[[]]", '[{"x": 1}]', "{}"])
@pytest.mark.parametrize("depth", [0, 2])
def test_what_has_none_of_the_names_is_refused_in_words(wrong: str, depth: int, build: Build) -> None:
    text = '{"x": 1, "kids": [' * depth + wrong + "]}" * depth
    [refused, *_] = build(NODES["by names"]).refusals(text)
    assert refused["loc"][: 2 * depth] == ["kids", 0] * depth
    assert refused["type"] in {"missing", "model_type"}, refused


def test_a_name_that_only_leads_to_a_class_stays(build: Build) -> None:
    reading = build(NODES["by names"]).module("_runtime.models.reading")
    fields = core_schema.model_fields_schema({"x": core_schema.model_field(core_schema.int_schema())})
    name = core_schema.definition_reference_schema("class", ref="name")
    several = core_schema.tuple_schema([core_schema.definition_reference_schema("name")] * 2)
    model = core_schema.model_schema(type("C", (BaseModel,), {}), fields, ref="class")
    found = reading._inlined(core_schema.definitions_schema(several, [name, model]))
    assert [(one["ref"], one["type"]) for one in found["definitions"]] == [("name", "model")]
    assert len(SchemaValidator(found).validate_python(({"x": 1}, {"x": 2}))) == 2
