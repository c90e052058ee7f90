"""Random schemas, mutations of schemas, and values near what a schema accepts: to hold claims against facts."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

Schema = Any
_NAMES = ("a", "b", "c", "kind")
_SCALARS: tuple[Any, ...] = tuple(
    json.loads('[null, true, false, 0, 1, 2, 3, 5, 7, 10, -1, 0.5, 2.5, "", "a", "ab", "abc", "abcdef", "1", "x"]')
)
_SUBSCHEMA_KEYS = ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames")


def random_schema(rng: Random, depth: int = 3) -> Schema:
    """A small schema over few names and values, so that constraints meet."""
    makers: list[Callable[[Random, int], Schema]] = [_string, _number, _enum, _typed]
    if depth > 0:
        makers += [_object, _object, _object, _array, _union, _union, _all_of, _odd, _reference]
    schema = rng.choice(makers)(rng, depth)
    if isinstance(schema, dict) and rng.random() < 0.1:
        schema["description"] = rng.choice(("one", "two"))
        if rng.random() < 0.5:
            schema["nullable"] = True
    return schema


def _string(rng: Random, _: int) -> Schema:
    schema: dict[str, Any] = {"type": "string"}
    if rng.random() < 0.4:
        schema["maxLength"] = rng.randint(0, 5)
    if rng.random() < 0.4:
        schema["minLength"] = rng.randint(0, 3)
    if rng.random() < 0.2:
        schema["pattern"] = rng.choice(("^a", "b$", "c", "^[a-z]*$"))
    return schema


def _number(rng: Random, _: int) -> Schema:
    schema: dict[str, Any] = {"type": rng.choice(("integer", "number"))}
    for key in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
        if rng.random() < 0.25:
            schema[key] = rng.choice((0, 1, 2, 3, 2.5, 5, 7))
    if rng.random() < 0.15:
        schema["multipleOf"] = rng.choice((1, 2, 3, 0.5, 4))
    return schema


def _enum(rng: Random, _: int) -> Schema:
    if rng.random() < 0.3:
        return {"const": rng.choice(_SCALARS)}
    return {"enum": rng.sample(_SCALARS, rng.randint(1, 4))} | ({"type": "string"} if rng.random() < 0.2 else {})


def _typed(rng: Random, _: int) -> Schema:
    types = ["null", "boolean", "integer", "number", "string", "array", "object"]
    if rng.random() < 0.2:
        return rng.choice(({}, True, {"type": types}))
    return {"type": rng.sample(types, rng.randint(1, 3))}


def _object(rng: Random, depth: int) -> Schema:
    schema: dict[str, Any] = {"type": "object"} if rng.random() < 0.9 else {}
    names = rng.sample(_NAMES, rng.randint(0, 3))
    schema["properties"] = {name: random_schema(rng, depth - 1) for name in names}
    if rng.random() < 0.6:
        schema["required"] = rng.sample(_NAMES, rng.randint(1, 2))
    roll = rng.random()
    if roll < 0.3:
        schema["additionalProperties"] = False
    elif roll < 0.5:
        schema["additionalProperties"] = random_schema(rng, depth - 1)
    return schema | _rare(rng, depth)


def _rare(rng: Random, depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    if rng.random() < 0.1:
        schema["minProperties"] = rng.randint(0, 2)
    if rng.random() < 0.1:
        schema["maxProperties"] = rng.randint(0, 3)
    if rng.random() < 0.1:
        schema["patternProperties"] = {rng.choice(("^a", "b", "^k")): random_schema(rng, depth - 1)}
    if rng.random() < 0.08:
        schema["dependentRequired"] = {rng.choice(_NAMES): rng.sample(_NAMES, 1)}
    if rng.random() < 0.05:
        schema["dependentSchemas"] = {rng.choice(_NAMES): random_schema(rng, depth - 1)}
    if rng.random() < 0.05:
        schema["propertyNames"] = rng.choice(({"maxLength": 1}, {"enum": ["a", "b"]}, {"pattern": "^k"}))
    if rng.random() < 0.05:
        schema["unevaluatedProperties"] = False
    return schema


def _array(rng: Random, depth: int) -> Schema:
    schema: dict[str, Any] = {"type": "array"}
    if rng.random() < 0.3:
        schema["prefixItems"] = [random_schema(rng, depth - 1) for _ in range(rng.randint(1, 2))]
    if rng.random() < 0.7:
        schema["items"] = rng.choice((False, True)) if rng.random() < 0.2 else random_schema(rng, depth - 1)
    for key in ("minItems", "maxItems"):
        if rng.random() < 0.25:
            schema[key] = rng.randint(0, 3)
    if rng.random() < 0.15:
        schema["uniqueItems"] = True
    if rng.random() < 0.15:
        schema["contains"] = random_schema(rng, depth - 1)
        for key, top in (("minContains", 2), ("maxContains", 3)):
            if rng.random() < 0.3:
                schema[key] = rng.randint(0, top)
    return schema


def _union(rng: Random, depth: int) -> Schema:
    branches = [random_schema(rng, depth - 1) for _ in range(rng.randint(1, 3))]
    schema: dict[str, Any] = {rng.choice(("anyOf", "oneOf")): branches}
    if rng.random() < 0.2:
        schema |= _object(rng, 0) if rng.random() < 0.5 else _string(rng, 0)
    return schema


def _all_of(rng: Random, depth: int) -> Schema:
    schema: dict[str, Any] = {"allOf": [random_schema(rng, depth - 1) for _ in range(rng.randint(1, 2))]}
    return schema | (_object(rng, depth - 1) if rng.random() < 0.4 else {})


def _odd(rng: Random, depth: int) -> Schema:
    if rng.random() < 0.5:
        return {"not": random_schema(rng, depth - 1)}
    schema = {"if": random_schema(rng, depth - 1)}
    for key in ("then", "else"):
        if rng.random() < 0.7:
            schema[key] = random_schema(rng, depth - 1)
    return schema


def _reference(rng: Random, _: int) -> Schema:
    return {"$ref": f"#/components/schemas/{rng.choice('ST')}"}


def mutated(schema: Schema, rng: Random) -> Schema:
    """A copy with one to three changes somewhere inside."""
    changed = copy.deepcopy(schema)
    for _ in range(rng.randint(1, 3)):
        places = list(_places(changed, ()))
        path = rng.choice(places)
        changed = _replaced(changed, path, _change(_get(changed, path), rng))
    return changed


def _places(schema: Schema, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    yield path
    if not isinstance(schema, dict):
        return
    for key in _SUBSCHEMA_KEYS:
        if key in schema:
            yield from _places(schema[key], (*path, key))
    for key in ("allOf", "anyOf", "oneOf", "prefixItems"):
        for index, each in enumerate(schema.get(key, ())):
            yield from _places(each, (*path, key, index))
    for key in ("properties", "patternProperties", "dependentSchemas"):
        for name, each in schema.get(key, {}).items():
            yield from _places(each, (*path, key, name))


def _get(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def _replaced(schema: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    holder = _get(schema, path[:-1])
    holder[path[-1]] = value
    return schema


def _change(schema: Schema, rng: Random) -> Schema:
    if not isinstance(schema, dict) or rng.random() < 0.1:
        return random_schema(rng, 1)
    keys = list(schema)
    roll = rng.random()
    if keys and roll < 0.25:
        key = rng.choice(keys)
        return {name: value for name, value in schema.items() if name != key}
    if keys and roll < 0.65:
        return schema | {(key := rng.choice(keys)): _other(key, schema[key], rng)}
    if roll < 0.85:
        other = random_schema(rng, 1)
        return schema | (other if isinstance(other, dict) else {})
    return rng.choice(({"allOf": [schema]}, {"anyOf": [schema, random_schema(rng, 1)]}, {"oneOf": [schema]}, schema))


def _other(key: str, value: Any, rng: Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return max(1 if key == "multipleOf" else 0, value + rng.choice((-2, -1, 1, 2)))
    if key in {"enum", "required"} and isinstance(value, list):
        pool = list(_SCALARS) if key == "enum" else list(_NAMES)
        kept = [each for each in value if rng.random() < 0.7]
        made = (kept + rng.sample(pool, rng.randint(0, 2))) or [pool[0]]
        return [each for index, each in enumerate(made) if repr(each) not in map(repr, made[:index])]
    if key == "type":
        return rng.choice(("integer", "number", "string", "object", ["string", "null"], ["integer", "string"]))
    if key in {"properties", "patternProperties", "dependentSchemas"}:
        changed = {name: each for name, each in value.items() if rng.random() < 0.7}
        return changed if rng.random() < 0.4 else changed | {rng.choice(_NAMES): random_schema(rng, 1)}
    if isinstance(value, list):
        kept = [each for each in value if rng.random() < 0.7]
        if rng.random() < 0.5 or not kept:
            kept.append(random_schema(rng, 1))
        rng.shuffle(kept)
        return kept
    if key in _SUBSCHEMA_KEYS:
        return _change(value, rng)
    return rng.choice(("^a", "c")) if key == "pattern" else value


class Sampler:
    """Values that a schema may accept, or nearly."""

    def __init__(self, root: dict[str, Any], rng: Random) -> None:
        self.root, self.rng = root, rng

    def value(self, schema: Schema, depth: int = 5) -> Any:
        rng = self.rng
        if depth <= 0 or not isinstance(schema, dict) or not schema or rng.random() < 0.04:
            return self.anything(2)
        if "$ref" in schema:
            return self.value(self._target(schema["$ref"]), depth - 1)
        if "const" in schema:
            return schema["const"]
        if isinstance(schema.get("enum"), list) and rng.random() < 0.95:
            return rng.choice(schema["enum"])
        options = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
        parts = [*schema.get("allOf", ()), *([rng.choice(options)] if options else ())]
        parts += [schema[key] for key in ("then", "else", "contains") if key in schema and rng.random() < 0.4]
        own = {key: value for key, value in schema.items() if key not in {"allOf", "anyOf", "oneOf"}}
        if not parts:
            return self._simple(own, depth)
        values = [self.value(part, depth - 1) for part in parts]
        if "type" in own or "properties" in own:
            values.append(self._simple(own, depth))
        objects = [value for value in values if isinstance(value, dict)]
        if len(objects) > 1:
            return {name: each for value in objects for name, each in value.items()}
        return rng.choice(values)

    def _target(self, ref: str) -> Schema:
        value: Any = self.root
        for escaped in ref.split("/")[1:]:
            token = escaped.replace("~1", "/").replace("~0", "~")
            value = value[int(token)] if isinstance(value, list) else value[token]
        return value

    def _simple(self, schema: dict[str, Any], depth: int) -> Any:
        rng = self.rng
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = rng.choice(kind)
        if kind is None:
            kind = "object" if "properties" in schema or "required" in schema else None
            kind = "array" if "items" in schema or "prefixItems" in schema else kind
        if schema.get("nullable") and rng.random() < 0.2:
            return None
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            return self._array(schema, depth)
        if kind in {"integer", "number"}:
            return self._number(schema, kind)
        if kind == "string":
            low, high = schema.get("minLength", 0), schema.get("maxLength", 4)
            size = max(0, rng.choice((low, high, low + 1, high + 1, high - 1, low - 1)))
            return rng.choice(("a", "b", "c", "x", "abc"))[:1] * min(int(size), 5000)
        return {"boolean": rng.random() < 0.5, "null": None}.get(str(kind), self.anything(1))

    def _number(self, schema: dict[str, Any], kind: str) -> Any:
        ends = [schema[key] for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum") if key in schema]
        near = self.rng.choice([each for each in ends if not isinstance(each, bool)] or [0, 1, 5, 2.5])
        step = schema.get("multipleOf", 1)
        value = self.rng.choice((near, near + 1, near - 1, near + 0.5, step, step * 2, near * 2))
        return int(value) if kind == "integer" and self.rng.random() < 0.9 else value

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        rng = self.rng
        made: dict[str, Any] = {}
        required = set(schema.get("required", ()))
        for name, each in schema.get("properties", {}).items():
            if rng.random() < (0.95 if name in required else 0.4):
                made[name] = self.value(each, depth - 1)
        for name in required - set(schema.get("properties", {})):
            made[name] = self.anything(1)
        additional = schema.get("additionalProperties", True)
        for name in _NAMES:
            if name not in made and rng.random() < (0.05 if additional is False else 0.2):
                made[name] = self.value(additional, depth - 1) if isinstance(additional, dict) else self.anything(1)
        return made

    def _array(self, schema: dict[str, Any], depth: int) -> list[Any]:
        rng = self.rng
        low, high = schema.get("minItems", 0), schema.get("maxItems", 3)
        size = max(0, min(int(rng.choice((low, high, low + 1, high + 1))), 8))
        prefix = schema.get("prefixItems", [])
        items = schema.get("items", True)
        return [self.value(prefix[i] if i < len(prefix) else items, depth - 1) for i in range(size)]

    def anything(self, depth: int) -> Any:
        rng = self.rng
        if depth > 0 and rng.random() < 0.4:
            if rng.random() < 0.3:
                return [self.anything(depth - 1) for _ in range(rng.randint(0, 3))]
            return {name: self.anything(depth - 1) for name in rng.sample(_NAMES, rng.randint(0, 4))}
        return rng.choice(_SCALARS)
