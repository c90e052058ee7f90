"""Documents with random schemas: what nobody writes, but every generator has to get right."""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import Any

NAMES = (
    "a",
    "b",
    "c",
    "kind",
    "list",
    "class",
    "$ref",
    "model_x",
    "a-b",
    "a_b",
    "A",
    "",
    "type",
    "self",
    "é",
    "x y",
    "_p",
)
TEXTS = ("cat", "dog", "", "a", "A b", "1", "true", "\U0001f642", "'\"\\")
PATTERNS = ("^[a-z]+$", r"^\d{2}$", "a|b", "^(?!x).*$", r"^\w*$", "[[a]", r"^x-")
FORMATS = ("date-time", "date", "uuid", "byte", "ipv4", "int32", "email", "password", "binary", "nonsense")
SCALARS = ("string", "integer", "number", "boolean", "null")


class Schemas:
    """Makes random schemas that may refer to each other."""

    def __init__(self, seed: int, components: int, *, version: str = "3.1.0") -> None:
        self.pick = random.Random(seed)  # noqa: S311 - test data
        self.components = [f"S{index}" for index in range(components)]
        self.old = version.startswith("3.0")
        self.version = version
        self.current = 0  # the component that is being made
        self.inside = 0  # arrays and objects around what is being made: only there it may refer back

    def document(self) -> dict[str, Any]:
        """Make a document whose only content are components, and an operation for each."""
        schemas = {}
        for self.current, name in enumerate(self.components):  # noqa: B020
            schemas[name] = self.schema(0)
        paths = {
            f"/{name}": {"post": {"requestBody": self._body(name), "responses": {"204": {"description": "-"}}}}
            for name in self.components[::3]
        }
        info = {"title": "Random", "version": "1"}
        return {"openapi": self.version, "info": info, "paths": paths, "components": {"schemas": schemas}}

    def _body(self, name: str) -> dict[str, Any]:
        return {"required": True, "content": {"application/json": {"schema": self._reference(name)}}}

    def _reference(self, name: str = "") -> dict[str, Any]:
        known = self.components if self.inside else self.components[self.current + 1 :]
        return {"$ref": f"#/components/schemas/{name or self.pick.choice(known)}"} if name or known else {}

    def _held(self, depth: int) -> Any:
        """Make the schema of what stands in an array or an object."""
        self.inside += 1
        made = self.schema(depth)
        self.inside -= 1
        return made

    def schema(self, depth: int) -> Any:
        """Make one schema."""
        pick = self.pick
        if depth and pick.random() < 0.2:
            return self._reference()
        if depth and not self.old and pick.random() < 0.04:
            return pick.choice([True, False, {}])
        makers = [self._text, self._number, self._enum, self._object, self._object, self._array, self._combined]
        made = pick.choice(makers[: 3 if depth > 3 else None])(depth)
        if pick.random() < 0.15:
            made = {**made, **self._combined(depth)}
        if pick.random() < 0.1:
            made.pop("type", None)
        self._nullable(made)
        if depth == 0 and pick.random() < 0.3:
            made["description"] = 'Ends with a "quote"'
        return made

    def _nullable(self, made: dict[str, Any]) -> None:
        pick = self.pick
        if pick.random() < 0.2:
            if self.old:
                made["nullable"] = True
            elif isinstance(made.get("type"), str):
                made["type"] = pick.sample([made["type"], "null"], 2)
        elif not self.old and isinstance(made.get("type"), str) and pick.random() < 0.08:
            made["type"] = list({made["type"], *pick.sample([*SCALARS, "array", "object"], 2)})

    def _some(self, made: dict[str, Any], **values: Any) -> dict[str, Any]:
        """Add some of several keywords."""
        return {**made, **{key: value for key, value in values.items() if self.pick.random() < 0.3}}

    def _text(self, _: int) -> dict[str, Any]:
        pick = self.pick
        made = self._some({"type": "string"}, minLength=pick.randint(0, 3), maxLength=pick.randint(2, 6))
        return self._some(made, pattern=pick.choice(PATTERNS), format=pick.choice(FORMATS), default="x")

    def _number(self, _: int) -> dict[str, Any]:
        pick = self.pick
        low, high = pick.choice([-5, 0, 1.5, 10**12]), pick.choice([3, 7.5, 10**20])
        step = pick.choice([1, 2, 0.5, 3.0, 0.01])
        made = self._some({"type": pick.choice(["integer", "number"])}, minimum=low, maximum=high, multipleOf=step)
        if self.old:
            return self._some(made, exclusiveMinimum=pick.random() < 0.5, exclusiveMaximum=True)
        return self._some(made, exclusiveMinimum=low, exclusiveMaximum=high)

    def _enum(self, _: int) -> dict[str, Any]:
        pick = self.pick
        values = [*TEXTS, None, True, False, 0, 1, 1.0, 2.5, -7, 10**20, [], [1], {}, {"a": 1}]
        if pick.random() < 0.5:
            values = list(TEXTS)
        listed = pick.sample(values, pick.randint(1, 4))
        distinct = {json.dumps(value): value for value in listed}
        made: dict[str, Any] = {"enum": list(distinct.values())}
        if not self.old and pick.random() < 0.4:
            made = {"const": listed[0]}
        return self._some(made, type=pick.choice(SCALARS), maxLength=3, minimum=1)

    def _object(self, depth: int) -> dict[str, Any]:
        pick = self.pick
        names = pick.sample(NAMES, pick.randint(0, 4))
        made: dict[str, Any] = {"type": "object", "properties": {name: self._property(depth) for name in names}}
        made = self._some(
            made,
            required=pick.sample(NAMES[:6], pick.randint(1, 2)) if pick.random() < 0.3 else names[:2] or ["a"],
            additionalProperties=pick.choice([False, False, True, {}, self._held(depth + 2)]),
            minProperties=pick.randint(0, 2),
            maxProperties=pick.randint(1, 4),
        )
        if not self.old:
            made = self._some(made, patternProperties={pick.choice(PATTERNS): self._held(depth + 2)})
            if pick.random() < 0.2:
                made = self._some(
                    made,
                    dependentRequired={"a": ["b"]},
                    propertyNames={"maxLength": pick.randint(1, 6)},
                    unevaluatedProperties=False,
                    dependentSchemas={"a": self.schema(depth + 2)},
                )
        return (
            made if made["properties"] or pick.random() < 0.5 else {k: v for k, v in made.items() if k != "properties"}
        )

    def _property(self, depth: int) -> Any:
        made = self._held(depth + 1)
        if isinstance(made, dict) and "$ref" not in made:
            made = self._some(made, default=None) if self.pick.random() < 0.1 else made
            if self.pick.random() < 0.06:
                made = {**made, self.pick.choice(["readOnly", "writeOnly"]): True}
        return made

    def _array(self, depth: int) -> dict[str, Any]:
        pick = self.pick
        made = {"type": "array", "items": self._held(depth + 1)}
        made = self._some(made, minItems=pick.randint(0, 2), maxItems=pick.randint(1, 3), uniqueItems=True)
        if not self.old and pick.random() < 0.25:
            made["prefixItems"] = [self._held(depth + 2) for _ in range(pick.randint(1, 2))]
            made = self._some(made, items=False, minItems=len(made["prefixItems"]), maxItems=len(made["prefixItems"]))
        if not self.old and pick.random() < 0.1:
            made["contains"] = self._held(depth + 2)
        return made

    def _combined(self, depth: int) -> dict[str, Any]:
        pick = self.pick
        kind = pick.choice(["oneOf", "oneOf", "anyOf", "allOf", "allOf", "not", "if", "tagged"])
        if kind == "tagged":
            return self._tagged(depth)
        if kind == "not":
            return {"not": self.schema(depth + 2)}
        if kind == "if" and not self.old:
            return {"if": self.schema(depth + 2), "then": self.schema(depth + 2), "else": self.schema(depth + 2)}
        key = kind if kind != "if" else "anyOf"
        return {key: [self.schema(depth + 1) for _ in range(pick.randint(1, 3))]}

    def _tagged(self, depth: int) -> dict[str, Any]:
        pick = self.pick
        branches: list[Any] = []
        for index in range(pick.randint(2, 3)):
            tag = {"enum": [TEXTS[index]]} if pick.random() < 0.6 else {"type": "string"}
            made = self._object(depth + 1)
            made["properties"] = {"kind": tag, **made.get("properties", {})}
            made["required"] = list(dict.fromkeys(["kind", *made.get("required", [])]))
            branches.append(made if pick.random() < 0.6 else self._reference())
        key = pick.choice(["oneOf", "anyOf"])
        return {key: branches, "discriminator": {"propertyName": "kind"}}


def main() -> None:
    """Write documents to a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--number", type=int, default=10)
    parser.add_argument("--components", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for index in range(options.number):
        version = "3.0.3" if index % 2 else "3.1.0"
        made = Schemas(options.seed + index, options.components, version=version).document()
        path = options.folder / f"random_{options.seed + index}.json"
        path.write_text(json.dumps(made, indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
