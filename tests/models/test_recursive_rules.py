"""Rules whose schemas lead back to themselves: each part of a value is judged once by each schema that it may have."""

from __future__ import annotations

import contextlib
import json
import random
import time
from typing import Any
from unittest.mock import patch

import pytest
from jsonschema import Draft202012Validator

from tests.models.test_recursive_unions import deep, many, ref
from tests.support.model_packages import HERE, TEXT, WHOLE, Build, obj

A, B = obj({"kids": many(), "a": WHOLE}), obj({"kids": many(), "b": WHOLE})
SCHEMAS: dict[str, dict[str, Any]] = {
    "oneOf": {
        "T": {"oneOf": [ref("A"), ref("B"), TEXT]},
        "A": {**A, "required": ["a"]},
        "B": {**B, "maxProperties": 2},
    },
    "anyOf": {
        "T": {"anyOf": [ref("A"), ref("B"), TEXT]},
        "A": {**A, "minProperties": 2},
        "B": {**B, "minProperties": 1},
    },
    "not": {
        "T": obj({"kids": many(), "a": WHOLE}, **{"not": {"properties": {"kids": {"contains": ref("No")}}}}),
        "No": {**B, "required": ["b"], "properties": {"kids": many("No"), "b": WHOLE}},
    },
    "if": {
        "T": obj(
            {"kids": many()}, **{"if": {"properties": {"kids": {"items": ref("A")}}}, "then": {"maxProperties": 2}}
        ),
        "A": {**A, "required": ["a"]},
    },
    "allOf": {
        "T": {
            "allOf": [
                {"propertyNames": {"maxLength": 4}, "properties": {"kids": many()}},
                {"minProperties": 1, "properties": {"kids": {**many(), "uniqueItems": True}}},
            ],
            "type": "object",
        }
    },
    "unevaluated": {
        "T": obj(
            {"kids": many()},
            anyOf=[ref("A"), {"required": ["b"], "properties": {"b": WHOLE}}],
            unevaluatedProperties=False,
        ),
        "A": {**A, "required": ["a"]},
    },
    "names": {
        "T": obj(
            {"$ref": many(), "a/b~%": ref("T"), "enum": many()},
            minProperties=1,
            anyOf=[{"properties": {"enum": many("U")}}, {"required": ["a/b~%"]}],
        ),
        "U": obj({"enum": many()}, maxProperties=1),
    },
}
INNERMOST: tuple[Any, ...] = ("x", {"a": 1}, {"a": 1, "b": 1}, 1.5, {})
NAMES = ("kids", "a", "b", "$ref", "a/b~%", "enum", "other")


def _value(pick: random.Random, depth: int = 0) -> Any:
    if depth > 3 or pick.random() < 0.2:
        return pick.choice(["x", 1, None, {}, {"a": 1}, {"b": 2}, {"enum": []}, []])
    made: dict[str, Any] = {}
    for name in pick.sample(NAMES, pick.choice([1, 1, 2, 2, 3])):
        if name in ("kids", "$ref", "enum"):
            made[name] = [_value(pick, depth + 1) for _ in range(pick.randint(0, 2))]
        else:
            made[name] = _value(pick, depth + 1) if name == "a/b~%" or pick.random() < 0.1 else 1
    return made


@pytest.mark.parametrize("kind", SCHEMAS)
def test_verdicts_are_those_of_the_schema(kind: str, build: Build) -> None:
    package = build(SCHEMAS[kind])
    moved = json.loads(json.dumps(SCHEMAS[kind]).replace(HERE, "#/$defs/"))
    judge = Draft202012Validator({"$ref": "#/$defs/T", "$defs": moved})
    pick, verdicts = random.Random(3), [0, 0]  # noqa: S311 - test data
    media = package.media()
    for _ in range(400):
        value = _value(pick)
        refused, verdict = False, judge.is_valid(value)
        try:
            media.read(json.dumps(value).encode())
        except ValueError:
            refused = True
        assert (not refused) == verdict, (value, refused)
        verdicts[verdict] += 1
    assert min(verdicts) > 20


@pytest.mark.parametrize("kind", SCHEMAS)
def test_each_part_is_judged_once_by_each_schema(kind: str, build: Build) -> None:
    """Counted: else 40 levels would take 2^40 steps."""
    package = build(SCHEMAS[kind])
    module, media = package.module("_runtime.models.recursive_rules"), package.media()
    name = "enum" if kind == "names" else "kids"
    for innermost in INNERMOST:
        counts = []
        for depth in (20, 40):
            value = deep(lambda one: {name: [one], "a": 1, "b": 1}, innermost, depth)
            with (
                patch.object(module._Judged, "validate", autospec=True, side_effect=module._Judged.validate) as judged,
                contextlib.suppress(ValueError),
            ):
                media.read(json.dumps(value).encode())
            counts.append(judged.call_count)
        assert counts[1] < 2.6 * max(counts[0], 20)
        assert counts[1] < 40 * 30


def test_the_place_of_what_a_rule_refuses_is_told(build: Build) -> None:
    package = build(
        {"T": obj({"kids": many(), "a": WHOLE}, dependentRequired={"a": ["kids"]}, propertyNames={"maxLength": 4})}
    )
    told = package.refusals('{"kids": [{"a": 1, "kids": [{}, {"a": 1}]}]}')
    assert [(one["loc"], one["msg"]) for one in told] == [(["kids", 0, "kids", 1, "kids"], told[0]["msg"])]
    assert "dependentRequired" in told[0]["msg"] or told[0]["type"]


def test_a_name_of_digits_is_no_place_in_an_array(build: Build) -> None:
    package = build(
        {"T": {"type": "object", "additionalProperties": ref(), "maxProperties": 2, "not": {"required": ["a"]}}}
    )
    assert package.refusals('{"98": {"a": {}}}')[0]["loc"] == ["98"]
    held = {"T": obj({"a": WHOLE}, patternProperties={"^[0-9]+$": ref()}, **{"not": {"required": ["b"]}})}
    assert build(held).refusals('{"98": {"97": {"b": 1}}}')[0]["loc"][:1] == ["98"]


def test_an_empty_name_ends_the_search_for_the_place(build: Build) -> None:
    """It was looked for without end: jsonschema-rs gives no step for it."""
    schema = {"type": "object", "maxProperties": 2, "patternProperties": {"^(?!x).*$": ref()}}
    assert build({"T": schema}).refusals('{"a": {}, "": 1}')
    assert build({"T": schema}).refusals('{"a": {"": {"b": {"c": 1}}}}')
    both = build({"T": {**schema, "patternProperties": {"^(?!x).*$": ref("U")}}, "U": schema})
    for text in ('{"": 1}', '{"": {"": 1}}', '{"a": {"": {"": {"": 1}}}}', '{"": {"a": {}, "b": {}, "c": {}}}'):
        [refused] = both.refusals(text)
        assert "judged" not in refused["msg"]


def test_what_is_wrong_with_a_name_is_told(build: Build) -> None:
    """Its keyword was one of ours."""
    name = {"type": ["string", "object"], "maxLength": 3, "properties": {"kid": ref()}}
    package = build({"T": obj({"kid": ref()}, propertyNames=ref("Name")), "Name": name})
    [refused] = package.refusals('{"kid": {"long": 1}}')
    assert (refused["loc"], refused["msg"]) == (["kid", "long"], "Value is not as its schema says: maxLength")


def test_schemas_that_lead_nowhere_back_need_nothing_of_this(build: Build) -> None:
    package = build({"T": obj({"a": {"$ref": HERE + "U"}}, minProperties=1), "U": obj({"b": WHOLE}, minProperties=1)})
    assert "import Rules" in package.files["schemas.py"]
    assert not any(name.endswith("recursive_rules.py") for name in package.files)


def test_what_was_read_is_written_as_any_other(build: Build) -> None:
    package = build({"T": obj({"kids": many(), "a": WHOLE}, minProperties=1)})
    assert "class T(RecursiveModel):" in package.files["models.py"]
    value = {"kids": [{"kids": [{"a": 1}], "a": 2}]}
    assert package.again(json.dumps(value)) == value
    read = package.models.T.model_validate_json(json.dumps(value))
    assert read.model_dump(exclude={"kids": {0: {"kids"}}}, exclude_unset=True) == {"kids": [{"a": 2}]}
    assert package.models.T(kids=[{"kids": [], "a": 1}]) == package.models.T(kids=[package.models.T(kids=[], a=1)])
    with pytest.raises(ValueError, match="minProperties"):
        package.models.T(kids=[{}])


def test_schemas_that_lead_back_are_found_in_time_that_grows_as_their_number(build: Build) -> None:
    """A chain took the second power of its length: 6 seconds."""
    schemas: dict[str, Any] = {f"S{one}": {"items": {"$ref": f"#/$defs/S{one + 1}"}} for one in range(8_000)}
    schemas |= {"N": {"items": {"anyOf": [{"$ref": "#/$defs/M"}, {"$ref": "#/$defs/S0"}]}}}
    schemas |= {"M": {"items": {"$ref": "#/$defs/N"}}, "L": {"not": {"$ref": "#/$defs/N"}}}
    module = build({"T": obj({"kids": many()}, minProperties=1)}).module("_runtime.models.recursive_rules")
    began = time.process_time()
    ending = module._ending(schemas)
    assert time.process_time() - began < 1
    assert {f"#/$defs/{name}" for name in schemas}.difference(ending) == {"#/$defs/N", "#/$defs/M", "#/$defs/L"}


def test_what_is_wrong_deep_in_a_large_value_is_refused_without_an_error_for_each_level(build: Build) -> None:
    """Each error would hold a copy of all below."""
    part = {"properties": {"a": ref("Deep"), "l": {}}, "maxProperties": 3}
    whole = obj({"go": WHOLE}, dependentSchemas={"go": {"properties": {"a": ref("Deep")}}})
    package, took = build({"T": whole, "Deep": part}), []
    for depth in (1, 120):
        wrong = deep(lambda value: {"a": value}, {"l": [1] * 30_000, "b": 1, "c": 1, "d": 1}, depth)
        text = json.dumps({"go": 1, "a": wrong})
        began = time.process_time()
        assert package.refusals(text)
        took.append(time.process_time() - began)
    assert took[1] < 5 * took[0]
    small = {"go": 1, "a": {"a": {"l": [1], "b": 1, "c": 1, "d": 1}}}
    assert "maxProperties" in package.refusals(json.dumps(small))[0]["msg"]


@pytest.mark.parametrize("name", ["Forest", "uniqueItems"])
def test_items_that_are_equal_deep_in_a_value_are_told(build: Build, name: str) -> None:
    """What judges them here says no name of a schema, as what judges parts does."""
    tree = obj({"kids": {"type": "array", "items": ref(name), "uniqueItems": True}, "n": WHOLE}, maxProperties=5)
    package = build({"T": obj({"go": ref(name)}, minProperties=1), name: tree})
    wrong = {"go": {"kids": [{"n": 1}, {"kids": [{"n": 2}, {"n": 2.0}]}]}}
    [found] = package.refusals(json.dumps(wrong))
    assert "uniqueItems" in found["msg"]
    assert found["loc"] == ["go", "kids", 1, "kids"]
    assert package.refusals(json.dumps({"go": {"kids": [{"n": 1}, {"n": 2}]}})) == []


PATTERNED: dict[str, dict[str, Any]] = {
    "alias": {"patternProperties": {"^k": ref("T"), "^x": WHOLE}, "maxProperties": 90},
    "class": {"properties": {"a": WHOLE}, "patternProperties": {"^k": ref("T")}, "minProperties": 1},
}


@pytest.mark.parametrize("kind", PATTERNED)
def test_what_nobody_hears_of_is_not_explained(kind: str, build: Build) -> None:
    """Below `patternProperties` each level explained what was wrong in all levels below it, and judged these again."""
    package = build({"T": {"type": "object", **PATTERNED[kind]}})
    rules, recursive = (package.module(f"_runtime.models.{one}") for one in ("rules", "recursive_rules"))
    innermost: Any = {"x": "s"} if kind == "alias" else {}
    counts = []
    for width in (10, 20):
        chain = deep(lambda one: {"k": one, "x": 1}, innermost, 100)
        body = json.dumps({f"k{number}": chain for number in range(width)}).encode()
        with (
            patch.object(
                recursive.RecursiveRule, "_problem", autospec=True, return_value={"keyword": "", "path": []}
            ) as told,
            patch.object(
                recursive._Judged, "validate", autospec=True, side_effect=recursive._Judged.validate
            ) as judged,
            patch.object(rules, "plain", side_effect=rules.plain) as plain,
            pytest.raises(ValueError, match=r"schema says|one of many"),
        ):
            package.media().read(body)
        assert told.call_count < 5
        counts.append((judged.call_count, plain.call_count))
        assert counts[-1][0] < 100 * width * 10
        assert counts[-1][1] < 100 * width * 20
    assert all(twice < 2.2 * once for once, twice in zip(*counts, strict=True))


def test_what_is_wrong_is_said_of_so_many_values(build: Build) -> None:
    """Each level of an array in arrays was copied for each branch, in the first reading too, of which nobody hears."""
    pair = {"type": "array", "prefixItems": [ref("T"), {"type": "integer"}]}
    few = {"type": "array", "items": ref("T"), "maxItems": 1}
    package = build({"T": {"anyOf": [few, pair, {"type": "integer"}]}})
    rules, steps = package.module("_runtime.models.recursive_rules"), package.module("_runtime.models.steps")
    problem, sizes = rules.RecursiveRule._problem, list[int]()

    def counting(rule: Any, data: Any) -> Any:
        sizes.append(json.dumps(data).count("[") + 1)
        return problem(rule, data)

    with patch.object(rules.RecursiveRule, "_problem", counting):
        for depth, chains in ((10, 2), (45, 64), (180, 16)):
            sizes.clear()
            assert package.refusals("[" + ",".join(["[" * depth + '"x"' + "]" * depth] * chains) + "]") != []
            assert sum(sizes) <= steps.EXPLAINED
            assert len(sizes) <= depth * chains + 1
