"""Unions that recurse: one branch reads a value, or each of them once; the verdict is that of the schema."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from jsonschema import Draft202012Validator

from tests.support.model_packages import HERE, TEXT, WHOLE, Build, Package, obj


def ref(name: str = "T") -> dict[str, str]:
    return {"$ref": HERE + name}


def many(name: str = "T") -> dict[str, Any]:
    return {"type": "array", "items": ref(name)}


def word(op: str) -> dict[str, Any]:
    """An object whose recursive property stands before the constant."""
    return obj({"args": many(), "op": {"const": op}}, required=["op", "args"])


KINDS: dict[str, tuple[dict[str, Any], str, Callable[[Any], Any], Any]] = {
    # schemas, the table in models.py, what wraps a value, the innermost valid value
    "constants": (
        {"T": {"oneOf": [ref("And"), ref("Or"), TEXT]}, "And": word("and"), "Or": word("or")},
        'Constants("op", {"and": "And", "or": "Or"})',
        lambda value: {"op": "or", "args": [value]},
        "x",
    ),
    "constants alone": (
        {
            "T": {"oneOf": [ref("And"), ref("Or")], "discriminator": {"propertyName": "op"}},
            "And": word("and"),
            "Or": word("or"),
        },
        'Constants("op", {"and": "And", "or": "Or"})',
        lambda value: {"op": "or", "args": [value]},
        {"op": "and", "args": []},
    ),
    "required properties": (
        {
            "T": {"anyOf": [ref("And"), ref("Or"), ref("Leaf")]},
            "And": obj({"and": many()}, required=["and"]),
            "Or": obj({"or": many()}, required=["or"]),
            "Leaf": obj({"leaf": WHOLE}, required=["leaf"]),
        },
        'Branches({"And": {"and": []}, "Or": {"or": []}, "Leaf": {"leaf": []}})',
        lambda value: {"or": [value]},
        {"leaf": 1},
    ),
    "JSON types": (
        {"T": {"anyOf": [{"type": "object", "additionalProperties": ref()}, many(), WHOLE, {"type": "null"}]}},
        "Branches()",
        lambda value: [value],
        None,
    ),
    "nothing": (
        {
            "T": {"anyOf": [ref("A"), ref("B"), TEXT]},
            "A": obj({"kids": many(), "a": WHOLE, "pair": {"type": "array", "prefixItems": [ref(), WHOLE]}}),
            "B": obj({"kids": many(), "b": {"type": "string", "format": "date"}}),
        },
        "Branches()",
        lambda value: {"kids": [value], "b": "2024-01-01"},
        "x",
    ),
    "rules": (
        {
            "T": {"oneOf": [ref("A"), ref("B"), TEXT]},
            "A": obj({"kids": many(), "a": WHOLE}),
            "B": obj({"kids": many(), "b": WHOLE}, minProperties=2),
        },
        "Branches()",
        lambda value: {"kids": [value]},
        "x",
    ),
    "a tag that hints": (
        {
            "T": {"anyOf": [ref("A"), ref("B")], "discriminator": {"propertyName": "kind"}},
            "A": obj({"kids": many(), "kind": TEXT, "a": WHOLE}),
            "B": obj({"kids": many(), "kind": TEXT, "b": WHOLE}),
        },
        'Branches({}, "kind", {"A": "A", "B": "B"})',
        lambda value: {"kids": [value], "kind": "B"},
        {},
    ),
    "a union inside": (
        {
            "T": {"anyOf": [{"oneOf": [obj({"kids": many(), "a": WHOLE}), obj({"a": TEXT, "b": WHOLE})]}, ref("Any")]},
            "Any": {"type": "array"},
        },
        "Branches()",
        lambda value: {"kids": [value], "a": 1},
        {"a": "x"},
    ),
    "a union of a map inside": (
        {
            "T": {"anyOf": [ref("A"), {"oneOf": [{"type": "object"}, obj({"b": {"type": "array"}})]}]},
            "A": obj({"kids": many(), "b": TEXT}, required=["kids"]),
        },
        'Branches({"A": {"kids": []}})',
        lambda value: {"kids": [value]},
        {"b": 1},
    ),
    "a union of scalars inside": (
        {
            "T": {"anyOf": [ref("A"), {"oneOf": [WHOLE, {"type": ["number", "null"], "minimum": 5}]}]},
            "A": obj({"kids": many(), "a": WHOLE}),
        },
        "Branches()",
        lambda value: {"kids": [value]},
        1,
    ),
    "arrays": (
        {"T": {"anyOf": [{**many(), "minItems": 2}, {"type": "array", "items": {"anyOf": [ref(), WHOLE]}}, TEXT]}},
        "Branches()",
        lambda value: [value, "x"],
        "x",
    ),
}


def deep(wrap: Callable[[Any], Any], value: Any, depth: int) -> Any:
    for _ in range(depth):
        value = wrap(value)
    return value


@contextmanager
def counted(package: Package) -> Iterator[list[int]]:
    """Count what is asked of branches: which one has a value, and whether it accepts it."""
    branches, hasty, count = package.module("_runtime.models.branches"), package.module("_runtime.models.hasty"), [0]
    best = package.module("_runtime.models.best").Best
    fitting, quickly, tried = branches.Branches._fitting, hasty.Quick._branch, best._best

    def asked(self: Any, value: Any) -> Any:
        count[0] += 1
        return (quickly if isinstance(self, hasty.Quick) else fitting)(self, value)

    def read(self: Any, known: Any, value: Any, handler: Any, *others: Any) -> Any:
        def handled(one: Any) -> Any:
            count[0] += 1
            return handler(one)

        return tried(self, known, value, handled, *others)

    with (
        patch.object(branches.Branches, "_fitting", asked),
        patch.object(hasty.Quick, "_branch", asked),
        patch.object(best, "_best", read),
    ):
        yield count


def loosely(package: Package) -> str:
    return " ".join(package.files["models.py"].split()).replace("( ", "(").replace(" )", ")").replace(", )", ")")


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_stands_beside_the_union_and_work_grows_as_the_depth(kind: str, build: Build) -> None:
    schemas, table, wrap, inner = KINDS[kind]
    package = build(schemas)
    assert table in loosely(package)
    for innermost in (inner, 1.5):
        counts = []
        for depth in (20, 40):
            with counted(package) as count:
                refused = package.refusals(json.dumps(deep(wrap, innermost, depth)))
            assert bool(refused) == (innermost == 1.5)
            counts.append(count[0])
        assert counts[1] < 2.6 * max(counts[0], 1)
        assert counts[1] < 40 * 2 * 12  # twice, as 1.0 is read as an integer in a second reading


@pytest.mark.parametrize("more", [[], [TEXT]])
def test_tuples_below_constants_are_read(more: list[Any], build: Build) -> None:
    pair = {"type": "array", "prefixItems": [ref(), WHOLE], "items": False, "minItems": 2}
    classes = {name: obj({"op": {"const": name}, "pair": pair, "args": many()}, required=["op"]) for name in ("A", "B")}
    package = build({"T": {"oneOf": [ref("A"), ref("B"), *more]}, **classes})
    value = {"op": "A", "args": [{"op": "B", "pair": [{"op": "A"}, 1]}]}
    assert package.again(json.dumps(value)) == value
    value["args"][0]["pair"][1] = "x"  # type: ignore[index]
    assert [one["loc"] for one in package.refusals(json.dumps(value))] == [["args", 0, "pair", 1]]


def test_tuples_below_tags_are_read(build: Build) -> None:
    pair = {"type": "array", "prefixItems": [TEXT, WHOLE], "items": False, "minItems": 2}
    whole = obj({"kind": TEXT, "pair": pair}, required=["kind"], discriminator={"propertyName": "kind"})
    package = build({"T": whole, "A": {"allOf": [ref(), obj({"a": TEXT}, required=["a"])]}})
    assert package.again('{"kind": "A", "pair": ["x", 1]}') == {"kind": "A", "pair": ["x", 1]}


def _values(pick: random.Random, depth: int = 0) -> Any:
    if depth > 3 or pick.random() < 0.2:
        return pick.choice(["x", 1, 1.0, 1.5, None, True, {}, [], "2024-02-30", "2024-01-01"])
    if pick.random() < 0.3:
        return [_values(pick, depth + 1) for _ in range(pick.randint(0, 3))]
    made: dict[str, Any] = {}
    for name in pick.sample(["op", "args", "and", "or", "leaf", "kids", "a", "b", "kind", "pair"], pick.randint(0, 4)):
        lists = name in ("args", "and", "or", "kids", "pair") and pick.random() < 0.9
        made[name] = [_values(pick, depth + 1) for _ in range(pick.randint(0, 2))] if lists else _values(pick, 9)
    if pick.random() < 0.6:
        made |= pick.choice(
            [{"op": "and", "args": []}, {"op": "or", "args": [_values(pick, depth + 1)]}, {"kind": "B"}]
        )
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_the_verdict_is_that_of_the_schema_and_values_come_back(kind: str, build: Build) -> None:
    schemas = KINDS[kind][0]
    package = build(schemas)
    moved = json.loads(json.dumps(schemas).replace(HERE, "#/$defs/"))
    judge = Draft202012Validator(
        {"$ref": "#/$defs/T", "$defs": moved}, format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    pick, accepted = random.Random(7), 0  # noqa: S311 - test data
    for _ in range(500):
        value = _values(pick)
        refused = package.refusals(json.dumps(value))
        assert (not refused) == judge.is_valid(value), (value, refused)
        if not refused:
            accepted += 1
            assert package.again(json.dumps(value)) == value
    assert accepted > 20


def test_of_several_branches_the_one_with_the_most_fields_has_a_value(build: Build) -> None:
    """As in a union that does not recurse."""
    schemas = KINDS["nothing"][0]
    package = build(schemas)
    read = package.media().read
    assert type(read(b'{"a": 1}')).__name__ == "A"
    found = read(b'{"kids": [{"b": "2024-01-01"}, {"kids": []}], "b": "2024-01-01"}')
    assert [type(one).__name__ for one in (found, *found.kids)] == ["B", "B", "A"]
    hinted = build(KINDS["a tag that hints"][0]).media().read(b'{"a": 1, "kind": "B"}')
    assert type(hinted).__name__ == "B"


def test_the_place_of_what_is_wrong_is_told(build: Build) -> None:
    for kind, value, loc in (
        ("constants", {"op": "and", "args": ["x", {"op": "or", "args": [1]}]}, ["args", 1, "args", 0]),
        ("constants", {"op": "xor", "args": []}, []),
        ("required properties", {"or": [{"leaf": "x"}]}, ["or", 0, "leaf"]),
        ("required properties", {"or": [{}]}, ["or", 0, "and"]),
        ("nothing", {"kids": [{"kids": [1]}]}, ["kids", 0, "kids", 0]),
    ):
        refused = build(KINDS[kind][0]).refusals(json.dumps(value))
        assert [one["loc"] for one in refused] == [loc], refused


def test_dicts_of_python_may_have_the_names_of_fields(build: Build) -> None:
    models = build(KINDS["required properties"][0]).models
    made = models.And(and_=[{"or_": [{"leaf": 1}]}, models.Leaf(leaf=2)])
    assert [type(one).__name__ for one in made.and_] == ["Or", "Leaf"]


def test_many_errors_below_many_branches_are_told_as_one(build: Build) -> None:
    """Each error would have a place as long as the value is deep."""
    package = build(KINDS["constants"][0])
    value = deep(KINDS["constants"][2], {"op": "and", "args": [1] * 3000}, 80)
    (told,) = package.refusals(json.dumps(value))
    assert told["loc"][-1] == 0
    assert len(told["loc"]) == 162


def test_what_does_not_recurse_has_no_table(build: Build) -> None:
    package = build({"T": {"anyOf": [ref("A"), ref("B")]}, "A": obj({"a": TEXT}), "B": obj({"a": WHOLE})})
    assert "branches" not in package.files["models.py"]
    assert not any(name.endswith("branches.py") for name in package.files)


@pytest.mark.parametrize("kind", ["constants", "arrays"])
def test_what_cannot_be_written_is_tried_a_few_times_at_each_depth(kind: str, build: Build) -> None:
    """Counted: pydantic tries each member strictly and not, at every depth."""
    schemas, _, wrap, inner = KINDS[kind]
    package = build(schemas)
    media, branches = package.media(), package.module("_runtime.models.branches")
    counts = []
    for depth in (10, 20):
        value = media.read(json.dumps(deep(wrap, wrap(inner), depth)).encode())
        holder = value if isinstance(value, list) else value.args
        while not isinstance(holder[0], str):
            holder = holder[0] if isinstance(holder[0], list) else holder[0].args
        holder[0] = object()
        with (
            patch.object(branches, "reason", wraps=branches.reason) as reason,
            pytest.raises(ValueError, match="object"),
        ):
            media.serializer.to_json(value, by_alias=True, exclude_unset=True, warnings="error")
        counts.append(reason.call_count)
    assert 0 < counts[1] < 4.5 * counts[0]  # pydantic infers what no member writes: once more at each depth


@pytest.mark.parametrize("kind", ["constants", "required properties"])
def test_a_tolerant_client_takes_a_new_kind_of_object_in_a_union_that_recurses(kind: str, build: Build) -> None:
    schemas, _, wrap, inner = KINDS[kind]
    package = build(schemas, tolerant=True, body="T")
    media = package.module("_runtime.wire.tolerant").tolerant(package.media())
    found = media.read(json.dumps(wrap({"op": "xor", "new": [inner]})).encode())
    (one,) = getattr(found, "args", None) or found.or_
    assert one == {"op": "xor", "new": [inner]}
    assert type(media.read(json.dumps(wrap(wrap(inner))).encode())).__name__ == "Or"


def test_a_tolerant_client_tells_the_place_of_what_is_wrong(build: Build) -> None:
    """It told the reason of each branch at the body's own place."""
    package = build(KINDS["required properties"][0], tolerant=True, body="T")
    media = package.module("_runtime.wire.tolerant").tolerant(package.media())
    with pytest.raises(ValueError, match="is no integer") as found:
        media.read(json.dumps({"and": [{"or": [{"leaf": "x"}]}]}).encode())
    details: Any = found.value
    assert [one["loc"] for one in details.details] == [["and", 0, "or", 0, "leaf"]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_tolerant_client_looks_at_each_object_once_for_each_class(kind: str, build: Build) -> None:
    """Else 40 levels would take 2^40 steps."""
    schemas, _, wrap, inner = KINDS[kind]
    package = build(schemas, tolerant=True, body="T")
    media = package.module("_runtime.wire.tolerant").tolerant(package.media())
    for innermost in (inner, {"new": True}, 1.5):
        counts = []
        for depth in (20, 40):
            with counted(package) as count, contextlib.suppress(ValueError):
                found = media.read(json.dumps(deep(wrap, innermost, depth)).encode())
                if innermost == inner:
                    assert media.write(found)[0]
            counts.append(count[0])
        assert counts[1] < 2.6 * max(counts[0], 1)
        assert counts[1] < 40 * 2 * 13  # who has it is asked three times, then each class is tried


def test_a_secret_is_not_shown_at_any_depth(build: Build) -> None:
    leaf = obj({"n": WHOLE, "pin": {"type": "string", "format": "password"}}, required=["n"])
    pair = obj({"left": ref(), "both": TEXT}, required=["left", "both"])
    package = build({"T": {"anyOf": [ref("And"), ref("Leaf")]}, "And": pair, "Leaf": leaf})
    value: Any = {"n": 1, "pin": 1234}
    for _ in range(3):
        with pytest.raises(ValueError, match="pin") as caught:
            package.media().read(json.dumps(value).encode())
        assert "1234" not in str(caught.value)
        value = {"left": value, "both": "x"}
