"""A body that is wrong everywhere: pydantic lists all that is wrong, with up to a kilobyte for each problem."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest

from tests.models.test_recursion_bounds import MEMORY, grown
from tests.models.test_recursive_unions import ref
from tests.support.model_packages import TEXT, Build, obj


def _class(prefix: str, number: int) -> dict[str, Any]:
    properties = {f"{prefix}{index}": TEXT for index in range(number)}
    return obj(properties, required=[*properties])


MEMBERS = {f"U{index}": _class(f"u{index}_", 5) for index in range(20)}
TYPES: dict[str, tuple[dict[str, Any], int]] = {
    # schemas, what an object without properties lacks
    "an array of a class": ({"T": {"type": "array", "items": ref("A")}, "A": _class("a", 30)}, 30),
    "a map of a class": ({"T": obj(additionalProperties=ref("A")), "A": _class("a", 30)}, 30),
    "an array in a class": ({"T": obj({"all": {"type": "array", "items": ref("A")}}), "A": _class("a", 30)}, 30),
    "an array of a union": ({"T": {"type": "array", "items": {"anyOf": [*map(ref, MEMBERS)]}}, **MEMBERS}, 100),
    "an array of a nullable class": (
        {"T": {"type": "array", "items": {"anyOf": [ref("A"), {"type": "null"}]}}, "A": _class("a", 30)},
        30,
    ),
}


def _wrong(kind: str, number: int) -> bytes:
    many: list[Any] = [{}] * number
    held: Any = {str(index): {} for index in range(number)} if "map" in kind else many
    return json.dumps({"all": held} if "in a class" in kind else held).replace(" ", "").encode()


@pytest.mark.parametrize("kind", TYPES)
def test_what_is_wrong_with_the_first_part_is_told_of_many(kind: str, build: Build) -> None:
    """10 kB took 177 MiB, and only their number was told."""
    schemas, lacking = TYPES[kind]
    package = build(schemas)
    media = package.media()
    assert package.module("_runtime.models.flood").lacking(media.adapter) == lacking
    for number in (1_000, 3_000):
        found = package.refusals(_wrong(kind, number).decode())
        assert len(found) == lacking
        assert len({str(one["loc"][:-1]) for one in found}) == 1
    assert len(package.refusals(_wrong(kind, 5).decode())) == lacking * 5
    assert grown(media, _wrong(kind, 3_000)) < MEMORY


@pytest.mark.parametrize("kind", TYPES)
def test_a_large_body_that_is_right_is_read_as_any_other(kind: str, build: Build) -> None:
    schemas, _ = TYPES[kind]
    media = build(schemas).media()
    held = dict.fromkeys(schemas["A" if "A" in schemas else "U3"]["required"], "x")
    body = _wrong(kind, 1_000).replace(b"{}", json.dumps(held).encode())
    found = media.read(body)
    assert json.loads(media.write(found)[0]) == json.loads(body)
    assert media.read(body) == media.adapter.validator.validate_json(body)


def test_what_leads_back_to_itself_is_left_alone(build: Build) -> None:
    schemas = {"T": obj({"kid": ref("T"), "a": TEXT, "b": TEXT}, required=["a", "b"])}
    package = build(schemas)
    count = package.module("_runtime.models.flood").lacking
    assert count(package.media().adapter) == 0  # which has a way of its own


def test_the_words_of_a_long_enum_are_made_once(build: Build) -> None:
    """Counted in what Python allocates: a thousand errors had 40 kB each."""
    words = [f"value number {number} of the enum" for number in range(2_000)]
    package = build({"T": {"type": "array", "items": {"type": "string", "enum": words}}})
    media, peaks = package.media(), []
    assert media.read(b"[]") == []
    assert media.read(json.dumps(words).encode()) == words
    for count in (500, 1_000):
        failed = pytest.raises(ValueError, match="'a' is not one of 'value number 0 of the enum', 'value number 1 of")
        tracemalloc.start()
        with failed as found:
            media.read(json.dumps(["a"] * count).encode())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert len(found.value.details) == count  # type: ignore[attr-defined]
    assert peaks[1] < 8_000_000
