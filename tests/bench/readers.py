"""Bodies of types that recurse, for `make bench`: the generated reader against a tagged union of pydantic's own, by hand."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from tests.bench.measure import Row, cpu, say, take_turns
from tests.support.model_packages import HERE, TEXT, WHOLE, builder, obj

Kind = Callable[[list[Any], int], dict[str, Any]]


class First(BaseModel):
    """The first class, by hand."""

    model_config = ConfigDict(extra="allow", strict=True)
    kind: Literal["A"]
    kids: list[Either] | None = None
    a: int | str | list[int | str] | None = None


class Second(BaseModel):
    """The other class, by hand."""

    model_config = ConfigDict(extra="allow", strict=True)
    kind: Literal["B"]
    kids: list[Either] | None = None
    b: int | str | None = None


Either = Annotated[First | Second, Field(discriminator="kind")]


def _union(first: dict[str, Any], other: dict[str, Any], free: Sequence[str] = ()) -> dict[str, Any]:
    kids = {"type": "array", "items": {"$ref": HERE + "T"}}
    refs = [{"$ref": HERE + "A"}, {"$ref": HERE + "B"}]

    def one(properties: dict[str, Any]) -> dict[str, Any]:
        required = [name for name in properties if name not in free]
        return obj({"kids": kids, "kind": TEXT} | properties, required=required)

    return {"T": {"anyOf": refs}, "A": one(first), "B": one(other)}


_KIDS = {"kids": {"type": "array", "items": {"$ref": HERE + "T"}}}
_TAGGED = {
    "T": obj(_KIDS | {"kind": TEXT}, discriminator={"propertyName": "kind"}),
    "A": {"allOf": [{"$ref": HERE + "T"}, obj({"a": WHOLE}, required=["a"])]},
    "B": {"allOf": [{"$ref": HERE + "T"}, obj({"b": WHOLE}, required=["b"])]},
}


def _turns(kids: list[Any], number: int) -> dict[str, Any]:
    """Make an object of one class or the other, by turns."""
    return {"kind": "A", "kids": kids, "a": 1} if number % 2 else {"kind": "B", "kids": kids, "b": 1}


KINDS: dict[str, tuple[dict[str, Any], Kind, str]] = {
    # schemas, an object of them around others, the bound
    "constants decide": (
        _union({"kind": {"const": "A"}, "a": WHOLE}, {"kind": {"const": "B"}, "b": WHOLE}),
        _turns,
        "≤ 1.5",
    ),
    "the class of the tag accepts": (_TAGGED, _turns, "≤ 1.5"),
    "required keys decide": (_union({"a": WHOLE}, {"b": WHOLE}), _turns, "≤ 1.5"),
    "nothing decides, other keys": (_union({"a": WHOLE}, {"b": WHOLE}, free=["a", "b"]), _turns, "≤ 8"),
    "nothing decides, the same keys": (
        _union({"a": WHOLE}, {"a": TEXT}, free=["a"]),
        lambda kids, number: {"kind": "A", "kids": kids, "a": 1 if number % 2 else "x"},
        "≤ 8",
    ),
    "each is tried, for what lies in it": (
        _union({"a": {"type": "array", "items": WHOLE}}, {"a": {"type": "array", "items": TEXT}}, free=["a"]),
        lambda kids, number: {"kind": "A", "kids": kids, "a": [1 if number % 2 else "x"]},
        "≤ 8",
    ),
    "refused by the class of the tag": (_TAGGED, lambda kids, _: {"kind": "A", "kids": kids, "a": "x"}, "≤ 12"),
}


def _tree(one: Kind, depth: int) -> dict[str, Any]:
    return one([_tree(one, depth - 1) for _ in range(8)] if depth else [], depth)


def _chain(one: Kind, depth: int) -> dict[str, Any]:
    return one([_chain(one, depth - 1)] if depth else [], depth)


SHAPES: dict[str, tuple[Callable[[Kind], dict[str, Any]], int]] = {
    # how often one is read in a round
    "10,000 in an array": (lambda one: one([one([], number) for number in range(10_000)], 0), 1),
    "80 in each other": (lambda one: _chain(one, 80), 100),
    "four levels of 8": (lambda one: _tree(one, 4), 2),
}


def _taken(read: Callable[[], object], times: int) -> float:
    """Measure without the collector of garbage: with 10,000 new objects it takes three quarters, whoever's turn it is."""
    gc.collect()
    gc.disable()
    try:
        return cpu(read, times)
    finally:
        gc.enable()


def readers(folder: Path, rounds: int) -> list[Row]:
    """CPU time of reading one body, by kind and shape, each reader in turn."""
    hand: TypeAdapter[Any] = TypeAdapter(Either)
    rows = []
    with builder(folder) as build:
        for kind, (schemas, one, target) in KINDS.items():
            say(f"readers: {kind}")
            media = build(schemas).media()
            for shape, (body, times) in SHAPES.items():
                data = json.dumps(body(one)).encode()
                theirs = hand.dump_json(hand.validate_json(data), exclude_unset=True)
                if json.loads(media.write(media.read(data))[0]) != json.loads(theirs):
                    raise RuntimeError(f"what is read differs: {kind}, {shape}")
                candidates = {
                    "ours": partial(_taken, partial(media.read, data), times),
                    "hand": partial(_taken, partial(hand.validate_json, data), times),
                }
                taken = {name: value * 1e3 for name, value in take_turns(candidates, rounds).items()}
                rows.append(
                    Row(
                        what=f"read {shape}, {kind}",
                        against="a tagged union by hand",
                        measured=taken["ours"] / taken["hand"],
                        target=target,
                        note=f"{taken['ours']:.2f} ms / {taken['hand']:.2f} ms",
                    )
                )
    return rows
