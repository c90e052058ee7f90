"""Documents of nine shapes, each at three sizes: work that grows faster than the document is seen before somebody uses it.

Work is counted in calls, of Python and of C, which a busy machine does not change; seconds are looked at too, for work
inside one call.
"""

from __future__ import annotations

import gc
import itertools
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.changes.document.operations import compare
from generator.diagnostics.diagnostic import Refused, show
from generator.document.load import load
from generator.output import plan
from generator.pipeline import build
from generator.settings.settings import Settings
from generator.settings.values import Layout
from generator.validation.validate import validate

Tree = dict[str, Any]
LAYOUTS: tuple[Layout, ...] = ("single", "split")
GROWTH = 2.6
"""How much more work twice the document may take: n·log n is below it from some hundred values on."""
NOISE = 0.15
"""Seconds below which a time says nothing."""
TEXT = {"type": "string"}


def _document(schemas: Tree, paths: Tree | None = None) -> Tree:
    head = {"openapi": "3.1.0", "info": {"title": "Doubled", "version": "1"}, "paths": paths or {}}
    return {**head, "components": {"schemas": schemas}}


def _reference(name: object) -> Tree:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(names: Iterator[str]) -> Tree:
    return {"type": "object", "properties": dict.fromkeys(names, TEXT)}


def _operation(schema: Tree) -> Tree:
    content = {"content": {"application/json": {"schema": schema}}}
    return {"post": {"requestBody": content, "responses": {"200": {"description": "", **content}}}}


def _chain(size: int) -> Tree:
    """Each schema adds to what the one before it requires: what is made of it grows as the document does."""
    links = {
        f"S{index}": {"allOf": [_reference(f"S{index - 1}"), {"required": [f"p{index % 5}"], "description": "more"}]}
        for index in range(1, size)
    }
    return _document({"S0": _object(f"p{index}" for index in range(5)), **links})


def _fan(size: int) -> Tree:
    parts = {f"S{index}": _object(f"p{index}_{one}" for one in range(2)) for index in range(size)}
    return _document({**parts, "All": {"allOf": [_reference(name) for name in parts]}})


def _unions(size: int) -> Tree:
    nested = {
        f"U{index}": {"anyOf": [_reference(f"U{index + 1}"), {"type": "object", "properties": {f"p{index}": TEXT}}]}
        for index in range(size)
    }
    return _document({**nested, f"U{size}": TEXT})


def _family(size: int) -> Tree:
    """A schema with a discriminator, and as many that extend it; the mapping names half of them."""
    mapping = {f"tag{index}": f"#/components/schemas/C{index}" for index in range(size // 2)}
    parent = {
        **_object(iter(["kind"])),
        "required": ["kind"],
        "discriminator": {"propertyName": "kind", "mapping": mapping},
    }
    children = {f"C{index}": {"allOf": [_reference("Parent"), _object(iter([f"p{index}"]))]} for index in range(size)}
    return _document({"Parent": parent, **children})


def _references(size: int) -> Tree:
    schemas: Tree = {f"R{index}": _reference(f"R{index + 1}") for index in range(size)}
    schemas[f"R{size}"] = _object(iter("ab"))
    users = {f"T{index}": {"type": "object", "properties": {"r": _reference(f"R{size}")}} for index in range(size)}
    return _document({**schemas, **users})


def _properties(size: int) -> Tree:
    return _document(
        {"A": {**_object(f"p{index}" for index in range(size)), "required": [f"p{index}" for index in range(size)]}}
    )


def _operations(size: int) -> Tree:
    return _document({"A": _object(iter("ab"))}, {f"/x{index}": _operation(_reference("A")) for index in range(size)})


def _findings(size: int) -> Tree:
    return _document({f"S{index}": {"type": "strange", "required": "a"} for index in range(size)})


def _json(make: Callable[[int], Tree]) -> Callable[[int], str]:
    return lambda size: json.dumps(make(size))


def _aliases(size: int) -> str:
    head = "openapi: 3.1.0\ninfo: {title: Doubled, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n"
    return f"{head}    S: &s {{type: object, properties: {{a: {{type: string}}}}}}\n" + "".join(
        f"    A{index}: *s\n" for index in range(size)
    )


SHAPES: dict[str, tuple[Callable[[int], str], int]] = {
    "allOf chain": (_json(_chain), 50),
    "allOf fan": (_json(_fan), 400),
    "nested unions": (_json(_unions), 25),
    "family": (_json(_family), 100),
    "references": (_json(_references), 250),
    "aliases": (_aliases, 400),
    "properties": (_json(_properties), 2_000),
    "operations": (_json(_operations), 200),
    "findings": (_json(_findings), 1_000),
}
"""Documents by their size, and the size of the smallest."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a stage took: calls, and seconds of processor time."""

    calls: int
    seconds: float


Measure = Callable[[Callable[[], Any]], tuple[Any, Work]]


def counted(stage: Callable[[], Any]) -> tuple[Any, Work]:
    """Run a stage for its calls."""
    calls = 0

    def count(_: Any, event: str, __: Any) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        found = stage()
    finally:
        sys.setprofile(None)
    return found, Work(calls, 0)


def measured(stage: Callable[[], Any]) -> tuple[Any, Work]:
    """Run a stage for its calls, and three times for its time: the shortest counts, as others may use the machine meanwhile.

    Python's collector is off: it looks at all that lives each time that this has grown by a quarter, so what it takes grows
    as the document does, but in steps.
    """
    found, work = counted(stage)
    gc.collect()
    gc.disable()
    try:
        return found, Work(work.calls, min(_seconds(stage) for _ in range(3)))
    finally:
        gc.enable()


def _seconds(stage: Callable[[], Any]) -> float:
    begin = time.process_time()
    stage()
    return time.process_time() - begin


def stages(text: str, folder: Path, layout: Layout, measure: Measure) -> Iterator[tuple[str, Work]]:
    """Send a document through every stage, with what each takes; one that refuses it is the last.

    The layout is given: a document that grows past the bound from which on packages are split makes a step, once.
    """
    spec = folder / ("a.json" if text.startswith("{") else "a.yaml")
    spec.write_text(text, encoding="utf-8")
    settings = Settings(spec=spec, package="doubled", output=folder / "out", layout=layout)
    try:
        loaded, work = measure(lambda: load(spec))
        yield "load", work
        checked, work = measure(lambda: validate(loaded)[0])
        yield "validate", work
        built, work = measure(lambda: build(checked, settings))
        yield "build", work
        _, work = measure(lambda: plan.plan(built, settings.output, inputs_digest="1"))
        yield "plan", work
        changed = json.loads(json.dumps(checked.root).replace('"string"', '"integer"'))
        _, work = measure(lambda: compare(checked.root, changed))
        yield "diff", work
    except Refused as refused:
        error = refused
        _, work = measure(lambda: show(error.diagnostics))
        yield "refused", work


def growth(
    shape: str, layout: Layout = "single", *, times: Iterable[int] = (1, 2, 4), measure: Measure = measured
) -> Iterator[tuple[str, list[Work]]]:
    """What each stage takes of a shape, at n, 2n and 4n."""
    make, size = SHAPES[shape]
    found: dict[str, list[Work]] = {}
    for factor in times:
        with tempfile.TemporaryDirectory() as folder:
            for stage, work in stages(make(size * factor), Path(folder), layout, measure):
                found.setdefault(stage, []).append(work)
    yield from found.items()


def factors(works: list[Work]) -> list[float]:
    """How much more each doubling took: by calls, and by seconds where these are long enough to be told."""
    pairs = list(itertools.pairwise(works))
    found = [after.calls / max(before.calls, 1) for before, after in pairs]
    return found + [after.seconds / before.seconds for before, after in pairs if before.seconds > NOISE]


def main() -> int:
    """Print a table of all shapes and stages; 1 if one grows too fast."""
    bad = 0
    for shape, layout in itertools.product(SHAPES, LAYOUTS):
        for stage, works in growth(shape, layout):
            found = factors(works)
            wrong = len(works) < 3 or max(found) >= GROWTH
            bad += wrong
            calls = " ".join(f"{work.calls:>10,}" for work in works)
            times = " ".join(f"{work.seconds:6.2f}" for work in works)
            print(
                f"{shape:14} {layout:6} {stage:9} {calls}  {times} s  x{max(found, default=0):.2f}{'  TOO MUCH' * wrong}",
                flush=True,
            )
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
