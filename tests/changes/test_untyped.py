"""What no Python type can tell is not looked for in packages: the shorter way finds what the longer one finds."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.changes import comparison
from generator.changes.comparison import Side, compare_sides
from generator.changes.model import Comparison
from generator.changes.untyped import same_types
from generator.document.load import load
from tests.support.packages import settings

BASE: dict[str, Any] = {
    "components": {
        "schemas": {
            "A": {
                "type": "object",
                "properties": {
                    "text": {"type": "string", "maxLength": 9, "description": "x"},
                    "number": {"type": "array", "items": {"type": "integer", "minimum": 2, "maximum": 5}},
                    "either": {"oneOf": [{"type": "string", "maxLength": 3}]},
                    "coded": {"type": "string", "maxLength": 20, "pattern": "a"},
                    "maxLength": {"type": "string", "maxLength": 30},
                    "flag": {"const": 1},
                },
            },
            "B": {"type": "string", "minLength": 1},
        }
    }
}


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    new = copy.deepcopy(BASE)
    at: Any = new["components"]["schemas"]["A"]["properties"]
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = to
    return new


@pytest.mark.parametrize(
    ("path", "value", "same"),
    [
        (("text", "maxLength"), 8, True),
        (("text", "maxLength"), 1, False),  # the least length of another text
        (("text", "maxLength"), 0, False),
        (("text", "maxLength"), -1, False),
        (("text", "maxLength"), True, False),
        (("text", "maxLength"), 9.5, False),
        (("text", "maxLength"), "9", False),
        (("text", "maxLength"), None, False),
        (("text", "description"), "y", False),
        (("text", "type"), "integer", False),
        (("number", "items", "minimum"), 3, True),
        (("number", "items", "minimum"), 5, False),
        (("number", "items", "maximum"), 2, False),
        (("number", "items", "maximum"), 99.5, True),
        (("either", "oneOf", 0, "maxLength"), 4, False),
        (("coded", "maxLength"), 21, False),
        (("maxLength",), 3, False),
        (("maxLength", "maxLength"), 31, True),
        (("flag", "const"), True, False),
        (("flag", "const"), 1, False),  # nothing differs: it is for others to see
    ],
)
def test_only_bounds_of_plain_values_are_untyped(path: tuple[str | int, ...], value: Any, same: bool) -> None:
    assert same_types(BASE, changed(*path, to=value)) is same
    assert same_types(changed(*path, to=value), BASE) is same


def test_true_beside_a_bound_is_not_one() -> None:
    new = changed("text", "maxLength", to=8)
    new["components"]["schemas"]["A"]["properties"]["flag"]["const"] = True
    assert not same_types(BASE, new)


def edits(root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Copies of a document in which one number that stands at a bound is another."""

    def walk(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        for key, one in (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        ):
            if isinstance(one, int) and not isinstance(one, bool) and str(key).startswith(("m", "exclusiveM")):
                yield (*path, key)
            yield from walk(one, (*path, key))

    for path in walk(root.get("components", {}).get("schemas", {}), ("components", "schemas")):
        for by in (1, -1):
            new = copy.deepcopy(root)
            at: Any = new
            for step in path[:-1]:
                at = at[step]
            at[path[-1]] += by
            yield new


TEXT = {"type": "string", "minLength": 1, "maxLength": 40}
REFERENCES = [{"$ref": f"#/components/schemas/{name}"} for name in ("Text", "Whole", "Thing", "Other")]
THING = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": TEXT, "size": {"type": "number", "exclusiveMinimum": 0}},
}
SCHEMAS = {
    "Text": TEXT,
    "Whole": {"type": "integer", "minimum": 1, "maximum": 99},
    "Thing": THING,
    "Other": {
        **THING,
        "properties": {
            "id": {**TEXT, "maxLength": 41},
            "many": {"type": "array", "items": {**TEXT, "type": ["string", "null"]}},
        },
    },
    "Both": {"allOf": [*REFERENCES[2:], {"properties": {"id": {"type": "string", "pattern": "^a", "maxLength": 50}}}]},
    "Either": {"oneOf": REFERENCES},
    "Again": {"anyOf": [*REFERENCES, {"type": "array", "items": {"$ref": "#/components/schemas/Again"}}]},
    "Kept": {"type": "object", "properties": {"text": {"allOf": [REFERENCES[0]], "default": "a" * 39}}},
}
CONTENT = {
    name: {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}, "description": ""}
    for name in SCHEMAS
}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "x", "version": "1"},
    "paths": {f"/{name}": {"post": {"requestBody": one, "responses": {"200": one}}} for name, one in CONTENT.items()},
    "components": {"schemas": SCHEMAS},
}


@pytest.fixture
def side(tmp_path: Path) -> Side:
    spec = tmp_path / "openapi.json"
    spec.write_text(json.dumps(DOCUMENT), "utf-8")
    return Side(load(spec), settings(spec))


def found(old: Side, root: dict[str, Any]) -> Comparison:
    new = replace(old, document=old.document.with_root(root))
    return compare_sides(old, new, severities={}, python=True, packages=False)


def test_the_shorter_way_finds_what_the_longer_one_finds(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    roots = [root for root in edits(side.document.root) if same_types(side.document.root, root)]
    assert len(roots) > 10
    for root in roots:
        short = found(side, root)
        with monkeypatch.context() as patch:
            patch.setattr(comparison, "same_types", lambda *_: False)
            long = found(side, root)
        assert (short.changes, short.faults) == (long.changes, long.faults)


def test_packages_are_not_made_for_a_bound(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    root = next(root for root in edits(side.document.root) if same_types(side.document.root, root))
    monkeypatch.setattr(comparison, "_with_outlines", lambda *_: pytest.fail("they were"))
    assert found(side, root).changes
