"""Mutates the schemas of documents and holds what `diff` says of them against values: `make change-soundness`.

For each mutation and direction, a value that one version accepts and the other refuses shows whether the claim is wrong.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any, Literal

from generator.diagnostics.diagnostic import Refused
from generator.document.load import load
from tests.changes.soundness import contradiction, mutated_document

_DIRECTIONS: tuple[Literal["request", "response"], ...] = ("request", "response")


def lifted(root: dict[str, Any]) -> dict[str, Any]:
    """A document with named schemas: those that stand in its operations, where it names none."""
    components = root.get("components") or {}
    if components.get("schemas"):
        return root
    found: dict[str, Any] = {}
    todo: list[Any] = [root.get("paths"), components]
    while todo:
        one = todo.pop()
        todo += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        schema = one.get("schema") if isinstance(one, dict) else None
        if isinstance(schema, dict) and "#/paths/" not in json.dumps(schema):  # what it leads to has no name
            found[f"Inline{len(found)}"] = schema
    return {**root, "components": {**components, "schemas": found}}


def run(folder: Path, each: int, seed: int) -> int:
    """Mutate `each` schemas of every document of a folder; returns how many claims values contradict."""
    total: Counter[str] = Counter()
    for path in sorted(folder.glob("*.json")):
        try:
            root: dict[str, Any] = lifted(load(path).root)
        except Refused:
            continue
        names = sorted((root.get("components") or {}).get("schemas") or {})
        rng = Random(f"{path.name} {seed}")  # noqa: S311 - repeatable, not secret
        for name in rng.choices(names, k=each) if names else ():
            new = mutated_document(root, name, rng)
            pointer = f"#/components/schemas/{name.replace('~', '~0').replace('/', '~1')}"
            for direction in _DIRECTIONS:
                for old, changed in ((root, new), (new, root)):
                    claim, wrong = contradiction(old, changed, pointer, direction, rng, 20)
                    total[claim] += 1
                    if wrong:
                        total["contradicted"] += 1
                        print(f"{path.name} {name} {direction}: {wrong[:300]}")
        total["documents"] += bool(names)
    print(dict(total))
    return total["contradicted"]


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[2:]]
    sys.exit(min(run(Path(sys.argv[1]), *[*numbers, 10, 0][:2]), 1))
