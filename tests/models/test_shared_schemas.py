"""Schemas that share others level by level, without a circle: n of them may judge one value in 2^n ways."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from jsonschema_rs import Draft202012Validator

from generator.diagnostics.diagnostic import Refused
from generator.schemas import effort
from generator.schemas.effort import Effort
from generator.verify.values.ways import too_many, too_many_built
from tests.models.test_recursive_unions import ref
from tests.support.model_packages import TEXT, Build, obj

MANY = 60
"""Levels: 2^60 steps end after the tests."""
LEVELS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "anyOf": lambda one: {"anyOf": [{"allOf": [one, {"required": ["q"]}]}, {"allOf": [one, {"minProperties": 2}]}]},
    "oneOf": lambda one: {"oneOf": [{"allOf": [one, {"required": ["q"]}]}, {"not": one}]},
    "allOf": lambda one: {"allOf": [one, one], "not": {"required": ["z"]}},
    "if": lambda one: {"if": one, "then": one, "else": {"allOf": [one, {"maxProperties": 1}]}},
    "dependentSchemas": lambda one: {"dependentSchemas": {"q": one, "r": one}, "allOf": [one]},
    "below": lambda one: {"anyOf": [obj({"a": one}, required=["q"]), obj({"a": one}, minProperties=2)]},
    "patternProperties": lambda one: obj({"a": one}, patternProperties={"^a": one, "^[ab]": one}),
    "contains": lambda one: {"type": ["array", "object"], "items": one, "contains": one},
}
AROUND: dict[str, Callable[[Any], Any]] = {
    "below": lambda one: {"a": one, "q": "x"},
    "patternProperties": lambda one: {"a": one},
    "contains": lambda one: [one],
}


def _shared(kind: str, levels: int) -> dict[str, Any]:
    last = {"S0": obj({"q": TEXT}, propertyNames={"maxLength": 4})}
    return last | {f"S{one}": LEVELS[kind](ref(f"S{one - 1}")) for one in range(1, levels + 1)}


def _nested(levels: int, last: Any, around: Callable[[Any], Any]) -> Any:
    for _ in range(levels):
        last = around(last)
    return last


def _value(kind: str, levels: int, last: Any) -> Any:
    return _nested(levels, last, AROUND[kind]) if kind in AROUND else last


@pytest.mark.parametrize("kind", LEVELS)
def test_defaults_are_not_judged_for_ever(kind: str, build: Build) -> None:
    top = {"allOf": [ref(f"S{MANY}")], "default": _value(kind, MANY, {"r": 1, "q": 1})}
    with patch("generator.schemas.effort.STEPS", 5_000):
        assert build({**_shared(kind, MANY), "T": obj({"p": top})}, body="T").files


@pytest.mark.parametrize("kind", LEVELS)
def test_verdicts_are_those_of_the_schema(kind: str, build: Build) -> None:
    schemas = _shared(kind, 9)
    text = json.dumps({"$ref": "#/$defs/S9", "$defs": schemas}).replace("#/components/schemas/", "#/$defs/")
    judge, package, pick = Draft202012Validator(json.loads(text)), build({**schemas, "T": ref("S9")}), random.Random(7)  # noqa: S311 - no secret
    seen = set()
    for _ in range(60):
        names = pick.sample(["q", "r", "z", "long name"], pick.randint(0, 3))
        value = _value(kind, 9, {name: pick.choice(["x", 1]) for name in names})
        assert (not package.refusals(json.dumps(value))) == judge.is_valid(value), value
        seen.add(judge.is_valid(value))
    assert seen == {True, False}


@pytest.mark.parametrize("kind", LEVELS)
def test_a_service_judges_each_part_once_by_each_schema(kind: str, build: Build) -> None:
    counts = []
    for levels in (MANY // 2, MANY):
        package = build({**_shared(kind, levels), "T": ref(f"S{levels}")})
        module = package.module("_runtime.models.recursive_rules")
        with patch.object(module._Judged, "validate", autospec=True, side_effect=module._Judged.validate) as judged:
            package.refusals(json.dumps(_value(kind, levels, {"q": "x", "r": 1})))
        counts.append(judged.call_count)
    rules = 2 if kind in ("patternProperties", "contains") else 1  # each level has a rule of its own there
    assert counts[1] < 2.6 * rules * max(counts[0], 50)


def _blind(kind: str, levels: int) -> dict[str, Any]:
    """Schemas beside `unevaluatedProperties`, which asks them once more for what they have looked at."""
    told = {"unevaluatedProperties": False}
    if kind == "each":
        each = {f"S{one}": {"allOf": [ref(f"S{one - 1}")], **told} for one in range(1, levels + 1)}
        return {"S0": obj({"q": TEXT}), **each, "T": ref(f"S{levels}")}
    back = {"S0": obj({"q": TEXT, "back": ref("T")})} if kind == "leading back" else {}
    return {**_shared("anyOf", levels), **back, "T": {"allOf": [ref(f"S{levels}")], **told}}


@pytest.mark.parametrize("kind", ["below", "each", "leading back"])
def test_what_can_not_be_judged_once_is_refused_at_its_place(kind: str, build: Build) -> None:
    with pytest.raises(Refused) as refused:
        build(_blind(kind, 20), body="T")
    (found,) = refused.value.diagnostics
    assert (found.severity, found.pointer) == ("error", f"#/components/schemas/{'S20' if kind == 'each' else 'T'}")
    assert "ways: schemas share others beside unevaluated…" in found.message
    assert build(_blind(kind, 3), body="T").files


@pytest.mark.parametrize("kind", ["below", "each", "leading back"])
def test_what_unevaluated_asks_again_is_counted(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.verify.values.ways._MOST", 15_000)
    for levels in (3, 12):
        schemas = _blind(kind, levels)
        root = {"components": {"schemas": schemas}}
        assert Effort(root).allows(ref("T"), {"q": "x"}) == (levels == 3)
        below = {"properties": {"a": ref("T")}}
        assert Effort(root).allows(below, 1) == (levels == 3), "it is built, whatever the value is"
        text = json.dumps({**ref("T"), "$defs": schemas}).replace("#/components/schemas/", "#/$defs/")
        closed = json.loads(text)
        assert (too_many(closed, {"q": "x"}), too_many_built(closed)) == (levels == 12, levels == 12)


def test_unions_of_classes_that_share_others_are_read_once(build: Build) -> None:
    levels = [obj({"a": ref(f"S{one}"), "b": TEXT}, title=f"B{one}") for one in range(MANY)]
    schemas = {f"S{one + 1}": {"anyOf": [{**each, "required": ["b"]}, each]} for one, each in enumerate(levels)}
    package = build({"S0": obj({"q": TEXT}), **schemas, "T": ref(f"S{MANY}")})
    around = AROUND["patternProperties"]
    assert len(package.refusals(json.dumps(_nested(MANY, {"q": 1}, around)))) < 2 * MANY
    valid = json.dumps(_nested(MANY, {"q": "x"}, around))
    assert package.again(valid) == json.loads(valid)


def test_few_levels_have_no_table(build: Build) -> None:
    schemas = {
        f"S{one}": {"anyOf": [obj({"a": ref(f"S{one - 1}")}), obj({"b": ref(f"S{one - 1}")})]} for one in range(1, 6)
    }
    assert "Branches" not in build({"S0": obj({"q": TEXT}), **schemas}).files["models.py"]


def test_errors_of_branches_are_bounded_by_the_ways_to_them(build: Build) -> None:
    part = {"anyOf": [{"required": [f"p{one}"]} for one in range(100)]}
    package = build(
        {
            "T": {
                "type": "array",
                "items": {"type": "object"},
                "uniqueItems": True,
                "anyOf": [{"items": part}, {"maxItems": 1}],
            }
        }
    )
    assert ", ways=10" in package.files["schemas.py"]
    told = package.module("schemas").Rule("T")
    for count, keyword in ((20, "anyOf"), (400, "schema")):
        with pytest.raises(ValueError, match=f"{keyword}$"):
            told.judge([{"x": one} for one in range(count)])


def test_what_leads_back_is_combined_once(build: Build) -> None:
    """Each property is of two schemas, whose properties are of three: ten took 7 GB."""
    circle = {
        f"S{one}": obj({"z": {"allOf": [ref(f"S{(one + 1) % 10}"), ref(f"S{(one + 2) % 10}")]}}) for one in range(10)
    }
    package = build({**circle, "T": ref("S0")})
    assert package.files["models.py"].count("class ") < 150
    assert package.again(json.dumps(_nested(30, {}, lambda one: {"z": one})))
    assert package.refusals('{"z": {"z": 1}}')


def test_combinations_without_an_end_are_refused(build: Build) -> None:
    """One step may lead to two schemas, each of which counts its steps: there are 2^n sets of n."""
    steps = {f"S{one}": obj({"a": ref(f"S{one + 1}"), "b": ref(f"S{one + 1}")}) for one in range(1, 20)}
    first = obj({"a": {"allOf": [ref("S0"), ref("S1")]}, "b": ref("S0")})
    with pytest.raises(Refused) as refused:
        build({**steps, "S0": first, "S20": obj({"q": TEXT}), "T": {"allOf": [ref("S0"), ref("S1")]}})
    assert "combined to ever new ones" in refused.value.diagnostics[0].message


@pytest.mark.parametrize("holder", ["items", "additionalProperties"])
def test_what_lies_deep_has_names(holder: str, build: Build) -> None:
    """Python reads 200 brackets inside each other."""
    array = holder == "items"
    schema: dict[str, Any] = TEXT
    for _ in range(150):
        schema = {"type": "array" if array else "object", f"min{'Items' if array else 'Properties'}": 1, holder: schema}
    package = build({"T": schema})
    around = AROUND["contains" if array else "patternProperties"]
    assert not package.refusals(json.dumps(_nested(150, "x", around)))
    assert package.refusals(json.dumps(_nested(150, 1, around)))


def test_effort_is_bounded_for_each_value_and_for_all() -> None:
    chain = {f"s{one}": {"allOf": [{"$ref": f"#/$defs/s{one + 1}"}]} for one in range(6_000)}
    assert not Effort({"$defs": chain}).allows({"$ref": "#/$defs/s0"}, 1), "a validator would have no stack"
    with patch.multiple("generator.schemas.effort", STEPS=100, _ALL=400, _SHARED=0):
        assert Effort({"$defs": {**chain, "s6000": {}}}).steps({"$ref": "#/$defs/s5990"}, 1) == 22
        many = {"patternProperties": {f"^a{one}": True for one in range(1_000)}}
        assert not Effort({}).allows(many, {f"b{one}": 1 for one in range(1_000)})
        effort = Effort({})
        whole: dict[str, Any] = {"items": {"anyOf": [{}, {}]}}
        assert effort.steps(whole, [1] * 30) == 91
        assert effort.steps(whole, [1] * 34) is None
        assert [effort.allows(whole, [1] * 30) for _ in range(4)] == [True, True, False, False]


def test_values_that_few_schemas_judge_may_have_any_size_and_number() -> None:
    few = {"items": {"oneOf": [{"$ref": f"#/$defs/s{one}"} for one in range(30)]}}
    schemas: dict[str, Any] = {f"s{one}": obj({"kind": {"const": one}}) for one in range(30)}
    schemas |= {"few": few, "circle": {"items": {"anyOf": [{"$ref": "#/$defs/circle"}, {"type": "null"}]}}}
    with patch.multiple("generator.schemas.effort", STEPS=100, _ALL=400):
        effort = Effort({"$defs": schemas})
        assert all(effort.allows({"$ref": "#/$defs/few"}, [{"kind": 1}] * 1_000) for _ in range(10))
        assert not effort.allows({"$ref": "#/$defs/circle"}, [None] * 1_000)


def test_schemas_are_looked_through_once_for_all_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """For each value of an enum, all of its values were looked at: 30 kB took a minute."""
    seen, original = list[Any](), effort._mentioned

    def mentioned(schema: Any) -> list[str]:
        seen.append(schema)
        return original(schema)

    monkeypatch.setattr(effort, "_mentioned", mentioned)
    schema = {"$ref": "#/$defs/E", "$defs": {"E": {"enum": list(range(1_000)), "minimum": 1}}}
    judged = effort.Effort(schema)
    assert all(judged.allows(schema, value) for value in range(1_000))
    assert len(seen) == 2
    assert original(
        {"properties": {"enum": {"$ref": "#/a"}, "default": {"$ref": "#/b"}}, "enum": [{"$ref": "#/c"}]}
    ) == [
        "#/a",
        "#/b",
    ]
