"""Bodies of types that recurse: work grows as they do, and memory stays small, whether they are accepted or not."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import resource
import threading
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest

from tests.models.test_recursive_unions import KINDS, counted, deep, many, ref
from tests.support.model_packages import TEXT, WHOLE, Build, obj

MEMORY = 50  # MiB
TAGGED = {
    "T": obj({"kids": many(), "kind": TEXT}, discriminator={"propertyName": "kind"}),
    "A": {"allOf": [ref(), obj({"a": TEXT}, required=["a"])]},
}
RULES: dict[str, dict[str, Any]] = {
    "propertyNames": {"propertyNames": {"maxLength": 4}},
    "dependentRequired": {"dependentRequired": {"a": ["kids"]}},
    "not": {"not": {"required": ["no"]}},
    "if": {"if": {"required": ["no"]}, "then": {"required": ["a"]}},
}


def wrapped(value: Any) -> Any:
    """What the class of the tag refuses for what it has."""
    return {"kids": [value], "kind": "A", "a": 1}


def lacking(value: Any) -> Any:
    """What the class of the tag refuses for what it lacks."""
    return {"kids": [value], "kind": "A"}


def _grown(media: Any, data: bytes, sent: Any) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with contextlib.suppress(ValueError):
        media.read(data)
    sent.send((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)


def grown(media: Any, data: bytes) -> int:
    """Read a body in a child; how much its memory grew, in MiB."""
    _ = media.adapter, media.telling
    context = multiprocessing.get_context("fork")
    received, sent = context.Pipe(duplex=False)
    child = context.Process(target=_grown, args=(media, data, sent))
    child.start()
    sent.close()
    found: int = received.recv()
    child.join()
    return found


BODIES: dict[str, tuple[dict[str, Any], Callable[[Any], Any]]] = {
    **{kind: (schemas, wrap) for kind, (schemas, _, wrap, _) in KINDS.items()},
    "refused by the class of the tag": (TAGGED, wrapped),
    "lacking what the class of the tag needs": (TAGGED, lacking),
    "a class with a rule": ({"T": obj({"kids": many(), "a": WHOLE}, minProperties=1)}, lacking),
    "a rule that nothing decides": (
        {
            "T": {"oneOf": [ref("A"), ref("B")]},
            "A": obj({"kids": many()}, minProperties=1),
            "B": obj({"kids": many()}, maxProperties=1),
        },
        lacking,
    ),
}


@pytest.mark.parametrize("kind", BODIES)
def test_a_small_body_takes_little_memory(kind: str, build: Build) -> None:
    """Each error would have a place as long as the value is deep: 10 kB took 500 MiB."""
    schemas, wrap = BODIES[kind]
    media = build(schemas).media()
    for depth in (30, 80):
        units: list[Any] = [1.5, {}]
        for unit in units:
            around = len(json.dumps(deep(wrap, [], depth)))
            inner = [unit] * ((10_000 - around) // (len(json.dumps(unit)) + 2))
            text = json.dumps(deep(wrap, "@", depth))
            body = text.replace('["@"', "[" + json.dumps(inner)[1:-1]).encode()
            assert len(body) > 7_000
            assert grown(media, body) < MEMORY


@pytest.mark.parametrize("kind", BODIES)
def test_a_tolerant_client_takes_little_memory_for_a_small_body(kind: str, build: Build) -> None:
    """8 kB took 2.4 GiB: errors of each level held those of all below."""
    schemas, wrap = BODIES[kind]
    package = build(schemas, tolerant=True, body="T")
    media = package.module("_runtime.wire.tolerant").tolerant(package.media())
    around = json.dumps(deep(wrap, "@", 80))
    numbers = json.dumps([1.5] * ((9_900 - len(around)) // 5))[1:-1]
    body = around.replace('["@"', "[" + numbers).encode()
    assert 9_800 < len(body) < 10_000
    assert grown(media, body) < MEMORY


def _in_a_small_thread(media: Any, data: bytes, sent: Any) -> None:
    def read() -> None:
        with contextlib.suppress(ValueError):
            media.read(data)
        sent.send("read")

    threading.stack_size(1 << 20)
    thread = threading.Thread(target=read)
    thread.start()
    thread.join()


@pytest.mark.parametrize("kind", BODIES)
def test_a_deep_body_is_read_in_a_thread_that_has_little_stack(kind: str, build: Build) -> None:
    """One MiB was too little for 60 levels: the process ended."""
    schemas, wrap = BODIES[kind]
    media = build(schemas).media()
    _ = media.adapter
    units: list[Any] = [{}, 1.5]
    for innermost in units:
        body = json.dumps(deep(wrap, innermost, 95)).encode()
        received, sent = multiprocessing.Pipe(duplex=False)
        child = multiprocessing.get_context("fork").Process(target=_in_a_small_thread, args=(media, body, sent))
        child.start()
        sent.close()  # else nothing is waited for without an end
        child.join()
        assert child.exitcode == 0
        assert received.recv() == "read"


@pytest.mark.parametrize("part", [{"anyOf": [ref(), {"type": "null"}]}, ref()])
def test_a_small_body_of_many_properties_takes_little_memory(part: dict[str, Any], build: Build) -> None:
    """The first body makes the validators: one for each property, with a copy of all that it mentions, took 150 MiB."""
    names = [f"p{one}" for one in range(400)]
    media = build({"T": obj(dict.fromkeys(names, part), maxProperties=400)}).media()
    body = json.dumps({name: {} for name in names}, separators=(",", ":")).encode()
    assert len(body) < 10_000
    assert grown(media, body) < MEMORY


NESTED: dict[str, tuple[Any, Callable[[Any], Any], Callable[[list[Any]], Any]]] = {
    # the schema, what wraps a value, what holds many
    "arrays": (obj({"kids": many()}), lambda value: {"kids": [value]}, lambda found: {"kids": found}),
    "objects": (
        obj({"left": ref(), "right": ref()}),
        lambda value: {"left": value},
        lambda found: {"left": found[0]} if len(found) == 1 else halves(found),
    ),
    "maps": (
        obj(additionalProperties=ref()),
        lambda value: {"m": value},
        lambda found: {str(place): one for place, one in enumerate(found)},
    ),
    "an alias of arrays": (many(), lambda value: [value], lambda found: found),
    "an alias of maps": (
        {"type": "object", "additionalProperties": {"type": "array", "items": ref()}},
        lambda value: {"m": [value]},
        lambda found: {"m": found},
    ),
    "objects without type": (
        {"properties": {"kids": many(), "a": WHOLE}},
        lambda value: {"kids": [value]},
        lambda found: {"kids": [{"a": 1.5} if one == 1 else one for one in found]},
    ),
}


def halves(found: list[Any]) -> Any:
    """Hold values as the leaves of a tree."""
    middle = len(found) // 2
    return {"left": halves(found[:middle]), "right": halves(found[middle:])} if middle else found[0]


@pytest.mark.parametrize("kind", NESTED)
def test_a_body_of_nested_objects_that_is_wrong_everywhere_takes_little_memory(kind: str, build: Build) -> None:
    """100 kB took 250 MiB: each value that is wrong had an error with a place as long as it is deep, or as much as a whole body."""
    schema, wrap, holding = NESTED[kind]
    package = build({"T": schema})
    media = package.media()
    valid = json.dumps(deep(wrap, {} if kind != "an alias of arrays" else [], 60))
    assert package.refusals(valid) == []
    for wrong in (1, holding([1])):
        one = len(json.dumps(holding([wrong] * 1_000))) / 1_000
        body = json.dumps(deep(wrap, holding([wrong] * int(95_000 / one)), 80)).encode()
        assert 90_000 < len(body) < 110_000
        assert grown(media, body) < MEMORY
    assert len(package.refusals(json.dumps(deep(wrap, holding([1] * 3), 2)))) == 3


@pytest.mark.parametrize("innermost", [{"kids": []}, 1.5])
@pytest.mark.parametrize(("wrap", "least"), [(wrapped, 20), (lacking, 0)])
def test_a_body_that_is_refused_by_the_class_of_each_tag_is_read_again_once(
    build: Build, wrap: Callable[[Any], Any], least: int, innermost: Any
) -> None:
    package = build(TAGGED)
    once, counts = package.module("_runtime.models.once"), []
    media = package.media()
    for depth in (20, 40):
        with patch.object(once.Once, "_tried", autospec=True, side_effect=once.Once._tried) as tried:
            try:
                media.read(json.dumps(deep(wrap, innermost, depth)).encode())
            except ValueError:
                assert innermost == 1.5
        counts.append(tried.call_count)
    assert least <= counts[0] < 50
    assert counts[1] < 2.6 * max(counts[0], 20)


@pytest.mark.parametrize("kind", KINDS)
def test_a_union_around_one_that_recurses_reads_no_level_twice(kind: str, build: Build) -> None:
    """Pydantic tries the members of a union strictly, and then not."""
    schemas, _, wrap, _ = KINDS[kind]
    package = build({**schemas, "Body": {"anyOf": [ref(), obj({"other": WHOLE}, required=["other"])]}})
    media, counts = package.media("Body"), []
    for depth in (15, 30):
        with counted(package) as count, pytest.raises(ValueError, match=r"other|no branch|is no"):
            media.read(json.dumps(deep(wrap, 1.5, depth)).encode())
        counts.append(count[0])
    assert counts[1] < 2.6 * counts[0] < 2.6 * 15 * 40


@pytest.mark.parametrize("kind", ["required properties", "nothing", "a tag that hints"])
def test_a_union_is_read_by_the_class_that_the_names_of_properties_lead_to(kind: str, build: Build) -> None:
    schemas, _, wrap, inner = KINDS[kind]
    package = build(schemas)
    best = package.module("_runtime.models.best")
    with patch.object(best.Best, "_best", side_effect=AssertionError):
        assert package.refusals(json.dumps(deep(wrap, inner, 20))) == []


def test_where_the_class_that_names_lead_to_refuses_each_class_is_tried(build: Build) -> None:
    one, other = ({"type": "array", "items": items} for items in (WHOLE, TEXT))
    classes = {"A": obj({"kids": many(), "a": one}), "B": obj({"kids": many(), "a": other})}
    package = build({"T": {"anyOf": [ref("A"), ref("B")]}, **classes})
    best, counts = package.module("_runtime.models.best"), []
    for depth in (20, 40):
        body = json.dumps(deep(lambda value: {"kids": [value], "a": ["x"]}, {"a": [1]}, depth)).encode()
        with patch.object(best.Best, "_best", autospec=True, side_effect=best.Best._best) as tried:
            found = package.media().read(body)
        assert type(found) is package.models.B
        counts.append(tried.call_count)
    assert 20 <= counts[0] < 50
    assert counts[1] < 2.6 * counts[0]


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [
        (WHOLE, TEXT, "x"),
        ({"type": "boolean"}, {"type": "number"}, 1),
        ({"type": "number"}, {"type": "string", "minLength": 1}, "x"),
        ({"enum": ["a", "b"]}, WHOLE, 1),
        ({"type": ["integer", "null"]}, {"type": ["string", "boolean"]}, True),
        ({"type": "array", "items": WHOLE}, {"type": "object"}, {"b": 1}),
        ({"type": "object"}, {"type": "array", "prefixItems": [TEXT]}, ["x"]),
    ],
)
def test_types_of_properties_decide(one: Any, other: Any, value: Any, build: Build) -> None:
    classes = {"A": obj({"kids": many(), "a": one}), "B": obj({"kids": many(), "a": other})}
    package = build({"T": {"anyOf": [ref("A"), ref("B")]}, **classes})
    best = package.module("_runtime.models.best")
    body = json.dumps(deep(lambda inner: {"kids": [inner], "a": value}, {"a": value}, 20)).encode()
    with patch.object(best.Best, "_best", side_effect=AssertionError):
        found = package.media().read(body)
    assert type(found) is type(found.kids[0]) is package.models.B


def test_a_whole_number_with_a_point_is_an_integer_to_the_types_that_decide(build: Build) -> None:
    classes = {"A": obj({"x": WHOLE, "kids": many()}), "B": obj({"y": TEXT, "kids": many()})}
    package = build({"T": {"anyOf": [ref("A"), ref("B")]}, **classes})
    found = package.media().read(b'{"x": 1.0, "kids": [{"x": 2.0}]}')
    assert type(found) is type(found.kids[0]) is package.models.A


def test_all_unions_of_a_class_have_one_reader(build: Build) -> None:
    """Each of 400 that are not equal had its own, with a copy of all that it leads to: they took 800 MiB."""
    texts: list[dict[str, Any]] = [{"type": "string", "maxLength": size} for size in range(1, 31)]
    package = build(
        {
            "T": obj({f"p{size}": {"anyOf": [ref(), ref("A"), text]} for size, text in enumerate(texts)}),
            "A": obj({"a": ref()}),
        }
    )
    media, reading = package.media(), package.module("_runtime.models.reading")
    hasty = package.module("_runtime.models.hasty")
    with (
        patch.object(hasty.Hasty, "read", side_effect=AssertionError),
        patch.object(reading, "SchemaValidator", side_effect=reading.SchemaValidator) as made,
    ):
        media.read(json.dumps({f"p{size}": {"a": {}} for size in range(30)}).encode())
    assert made.call_count == 1


def test_parts_of_a_rule_that_are_not_equal_have_validators_that_grow_as_they_do(build: Build) -> None:
    """Each held all that it mentions: 400 took 170 MiB."""
    sizes = []
    for number in (40, 80):
        parts = {f"p{one}": {"anyOf": [ref(), {"type": "string", "maxLength": one}]} for one in range(number)}
        package = build({"T": obj(parts, maxProperties=number)})
        rules = package.module("_runtime.models.recursive_rules")
        with patch.object(rules, "Draft202012Validator", side_effect=rules.Draft202012Validator) as made:
            package.media().read(json.dumps({name: {} for name in parts}).encode())
        sizes.append(sum(len(json.dumps(call.args[0])) for call in made.call_args_list))
    assert sizes[1] < 2.6 * sizes[0]


def test_a_class_is_not_built_to_be_judged(build: Build) -> None:
    """Each would hold all that it leads to: 100 took 1.5 GiB."""
    names = [f"S{number}" for number in range(10)]
    bounds = {name: {"allOf": [ref()], "maxProperties": number + 1} for number, name in enumerate(names)}
    package = build({"T": obj({"kids": {"type": "array", "items": {"anyOf": [*map(ref, names)]}}}), **bounds})
    package.media().read(b'{"kids": [{}, {"kids": [{}]}]}')
    assert not any(getattr(package.models, name).__pydantic_complete__ for name in names)


@pytest.mark.parametrize("kind", ["constants", "constants alone", "JSON types"])
def test_what_constants_or_json_types_decide_is_read_by_compiled_code_alone(kind: str, build: Build) -> None:
    schemas, _, wrap, inner = KINDS[kind]
    package = build(schemas)
    hasty = package.module("_runtime.models.hasty")
    with counted(package) as count, patch.object(hasty.Hasty, "read", side_effect=AssertionError):
        assert package.refusals(json.dumps(deep(wrap, inner, 20))) == []
    assert count == [0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_valid_body_is_read_the_quick_way_alone(kind: str, build: Build) -> None:
    schemas, _, wrap, inner = KINDS[kind]
    media = build(schemas).media()
    with patch.object(type(media), "telling", None):
        media.read(json.dumps(deep(wrap, inner, 20)).encode())


@pytest.mark.parametrize("rule", RULES)
def test_rules_below_rules_have_each_object_once(rule: str, build: Build) -> None:
    """Counted: how often a model is made JSON again to be judged."""
    classes = {"A": obj({"kids": many()}, **RULES[rule]), "B": obj({"kids": many(), "b": WHOLE}, **RULES[rule])}
    package = build({"T": {"anyOf": [ref("A"), ref("B"), TEXT]}, **classes})
    media, rules, counts = package.media(), package.module("_runtime.models.rules"), list[int]()
    _ = media.adapter
    for depth in (20, 40):
        with patch.object(rules, "_written", side_effect=rules._written) as written:
            media.read(json.dumps(deep(lambda value: {"kids": [value]}, "x", depth)).encode())
        counts.append(written.call_count)
    assert 20 <= counts[0] < 60
    assert counts[1] < 2.6 * counts[0]
