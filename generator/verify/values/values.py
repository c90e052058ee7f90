"""Values that fit a schema: the plainest, full ones, extreme ones; each is judged by a JSON Schema validator."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..document.merging import NoInstance, both, merge, types
from ..document.schemas import Schemas, canonical
from . import hypothesis_values, strings

_RETRIES = 10
_EXAMPLES = 3  # by hypothesis-jsonschema for one schema
_TIME = 6.0  # seconds for all of them
_DEEPEST = 24
_NODES = 400  # values in one instance, after which only what is required is made
_FILES = ("binary",)
_HINTS = {
    "object": ("properties", "required", "additionalProperties", "patternProperties", "minProperties", "maxProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"),
    "string": ("minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}
_LIMITS = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_SAFE = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Mode:
    """Which of the values that fit: `level` 0 plain, 1 full, 2 extreme; `index` chooses among several."""

    level: int
    index: int = 0


MINIMAL, FULL = Mode(0), Mode(1)


class Values:
    """Makes values for the schemas of one direction; equal questions are answered once."""

    def __init__(self, schemas: Schemas, seed: int) -> None:
        self.schemas = schemas
        self.seed = seed
        self.time = _TIME
        self._examples: dict[str, list[Any]] = {}
        self._known: dict[tuple[str, str, Mode], Any] = {}
        self._validators: dict[str, Any] = {}
        self._texts: dict[int, str] = {}

    def text(self, node: Any) -> str:
        """Return a text that stands for a schema of the document."""
        if id(node) not in self._texts:
            self._texts[id(node)] = canonical(self.schemas.convert(node))
        return self._texts[id(node)]

    def make(self, node: Any, mode: Mode, use: str = "json") -> Any:
        """Return a value for a schema of the document. Raises NoInstance."""
        key = self.text(node), use, mode
        if key not in self._known:
            try:
                self._known[key] = self._make(node, mode, use)
            except NoInstance as error:
                self._known[key] = error
        found = self._known[key]
        if isinstance(found, NoInstance):
            raise found
        return found

    def examples(self, node: Any) -> list[Any]:
        """Return what hypothesis-jsonschema makes of a schema, while there is time for it."""
        text = self.text(node)
        if text not in self._examples:
            begin = time.monotonic()
            closed = self.schemas.closed(self.schemas.convert(node))
            found = hypothesis_values.examples(closed, self.seed) if self.time > 0 else []
            self._examples[text] = [value for value in found if self.is_valid(node, value)][:_EXAMPLES]
            self.time -= time.monotonic() - begin
        return self._examples[text]

    def is_valid(self, node: Any, value: Any) -> bool:
        """Judge a value by a schema of the document; what no validator can be built for is taken."""
        validator = self._validator(node)
        return validator is None or validator.is_valid(value)

    def _validator(self, node: Any) -> Any:
        import jsonschema_rs

        text = self.text(node)
        if text not in self._validators:
            try:
                closed = self.schemas.closed(self.schemas.convert(node))
                self._validators[text] = jsonschema_rs.Draft202012Validator(closed, validate_formats=False)
            except (ValueError, jsonschema_rs.ValidationError):
                self._validators[text] = None
        return self._validators[text]

    def _make(self, node: Any, mode: Mode, use: str) -> Any:
        schema = self.schemas.convert(node)
        problem = NoInstance("no value was found that fits the schema")
        for attempt in range(_RETRIES):
            # After some failures any kind of value will do.
            level = mode.level if attempt < _RETRIES - 3 else attempt % 2
            rng = random.Random(f"{self.seed}/{mode.level}/{mode.index}/{attempt}")  # noqa: S311 - no secret
            try:
                value = Maker(self.schemas, rng, Mode(level, mode.index + attempt), use).make(schema)
            except NoInstance as error:
                problem = error
                continue
            except RecursionError:
                break
            if self.is_valid(node, value):
                return value
        raise problem


class Maker:
    """Makes one value."""

    def __init__(self, schemas: Schemas, rng: random.Random, mode: Mode, use: str) -> None:
        self.schemas = schemas
        self.rng = rng
        self.mode = mode
        self.use = use
        self.nodes = 0
        self.choices = 0  # between alternatives, so far

    def make(self, schema: Any, depth: int = 0) -> Any:
        """Return a value. Raises NoInstance."""
        self.nodes += 1
        if depth > _DEEPEST:
            raise NoInstance("the schema has no end")
        flat = self.flat(schema, depth)
        if "const" in flat:
            return flat["const"]
        if "enum" in flat:
            return self._enum(flat)
        kind = self._kind(flat, depth)
        if kind == "object":
            return self._object(flat, depth)
        if kind == "array":
            return self._array(flat, depth)
        if kind == "string":
            return strings.string(flat, self.level(depth), self.rng, self.use)
        if kind in ("integer", "number"):
            return self._number(flat, whole=kind == "integer", level=self.level(depth))
        return None if kind == "null" else self.rng.random() < 0.5

    def level(self, depth: int) -> int:
        """Return how full a value is at a depth: deep ones and those after many others are plain."""
        return 0 if depth > 6 or self.nodes > _NODES else self.mode.level

    def flat(self, schema: Any, depth: int, seen: tuple[str, ...] = (), *, inherited: bool = False) -> dict[str, Any]:
        """Return a schema without references and compositions. Raises NoInstance."""
        if schema is True or schema == {}:
            return {}
        if not isinstance(schema, Mapping):
            raise NoInstance("false fits nothing")
        result = {k: v for k, v in schema.items() if k not in ("$ref", "allOf", "oneOf", "anyOf", "discriminator")}
        if "$ref" in schema:
            if schema["$ref"] in seen:
                raise NoInstance("the schema refers to itself")
            target = self.schemas.resolve(schema["$ref"])
            further = (*seen, schema["$ref"])
            child = None if inherited else self._child(schema["$ref"], target)
            result = merge(self.flat(child or target, depth, further), result)
        for part in schema.get("allOf", ()):
            result = merge(result, self.flat(part, depth, seen, inherited=True))
        for key in ("oneOf", "anyOf"):
            if schema.get(key):
                result = self._choose(schema, key, result, depth, seen)
        return result

    def _choose(
        self, schema: Mapping[str, Any], key: str, result: dict[str, Any], depth: int, seen: tuple[str, ...]
    ) -> dict[str, Any]:
        """Merge one of the alternatives in."""
        branches = list(schema[key])
        if self.level(depth) == 0 and self.mode.index == 0:
            order = sorted(branches, key=lambda b: isinstance(b, Mapping) and b.get("type") == "null")
        else:
            start = (self.mode.level + self.mode.index + self.choices) % len(branches)
            self.choices += 1
            order = branches[start:] + branches[:start]
        if self.use != "json":
            order.sort(key=lambda b: isinstance(b, Mapping) and b.get("type") == "null")
        problem = NoInstance("no alternative fits")
        for branch in order:
            try:
                found = merge(result, self.flat(branch, depth, seen))
                return merge(found, self._told_apart(schema, branch, found))
            except NoInstance as error:
                problem = error
        raise problem

    def _told_apart(self, schema: Mapping[str, Any], branch: Any, found: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a discriminator asks of the chosen alternative (OpenAPI 3.1, 4.8.25)."""
        discriminator = schema.get("discriminator")
        if not isinstance(discriminator, Mapping) or not isinstance(branch, Mapping) or "$ref" not in branch:
            return {}
        name = str(discriminator.get("propertyName"))
        return _fixed(name, self._key(discriminator, branch["$ref"]), found)

    def _key(self, discriminator: Mapping[str, Any], ref: str) -> str:
        original = self.schemas.original(ref)
        own = original.rpartition("/")[2]
        mapping = discriminator.get("mapping") or {}
        return next((k for k, v in mapping.items() if v in (original, own)), own)

    def _child(self, ref: str, target: Any) -> dict[str, Any] | None:
        """Return a schema that inherits from one with a discriminator, in its place."""
        discriminator = target.get("discriminator") if isinstance(target, Mapping) else None
        if not isinstance(discriminator, Mapping) or "oneOf" in target or "anyOf" in target:
            return None
        name = str(discriminator.get("propertyName"))
        own = self.schemas.original(ref)
        components = (self.schemas.reader.root.get("components") or {}).get("schemas") or {}
        children = [
            self.schemas.reference(f"#/components/schemas/{child.replace('~', '~0').replace('/', '~1')}")
            for child, value in components.items()
            if isinstance(value, Mapping)
            and any(isinstance(p, Mapping) and p.get("$ref") == own for p in value.get("allOf") or ())
        ]
        mapping = discriminator.get("mapping") or {}
        if mapping and own not in mapping.values() and own.rpartition("/")[2] not in mapping.values():
            candidates = children
        else:
            candidates = [ref, *children]
        if not candidates:
            return None
        chosen = candidates[(self.mode.index + (self.rng.randrange(8) if self.mode.level else 0)) % len(candidates)]
        key = self._key(discriminator, chosen)
        target = self.schemas.resolve(chosen)
        return {"allOf": [target, {"properties": {name: {"const": key}}}]}

    def _enum(self, flat: Mapping[str, Any]) -> Any:
        allowed = types(flat["type"]) if "type" in flat else None
        values = [
            v
            for v in flat["enum"]
            if allowed is None or _type(v) in allowed or (_type(v) == "integer" and "number" in allowed)
        ]
        if self.mode.level < 2 or self.use != "json":
            values = [v for v in values if v is not None] or values
        if not values:
            raise NoInstance("no value of the enum has the type")
        return values[self.mode.index % len(values)] if self.mode.level == 0 else self.rng.choice(values)

    def _kind(self, flat: Mapping[str, Any], depth: int) -> str:
        if "type" in flat:
            kinds = types(flat["type"])
        else:
            kinds = [kind for kind, keys in _HINTS.items() if any(key in flat for key in keys)] or ["string"]
        real = [kind for kind in kinds if kind != "null"]
        if not real or ("null" in kinds and self.use == "json" and self.level(depth) == 2 and self.rng.random() < 0.3):
            return "null"
        return real[self.mode.index % len(real)] if self.mode.level == 0 else self.rng.choice(real)

    def _array(self, flat: Mapping[str, Any], depth: int) -> list[Any]:
        prefix = flat.get("prefixItems", [])
        items = flat.get("items", True)
        low, high = int(flat.get("minItems", 0)), flat.get("maxItems")
        level = self.level(depth)
        # An empty array cannot be told from an absent one outside of JSON.
        wanted = (low if self.use == "json" and depth else max(low, 1), max(low, 2), self.rng.choice((low, low + 3)))[
            level
        ]
        wanted = max(wanted, min(len(prefix), low) if level == 0 else len(prefix), 1 if self.use != "json" else 0)
        wanted = min(wanted, int(high)) if high is not None else wanted
        found: list[Any] = []
        for position in range(wanted):
            schema = prefix[position] if position < len(prefix) else items
            if schema is False:
                break
            try:
                found.append(self._item(schema, found, depth, unique=bool(flat.get("uniqueItems"))))
            except NoInstance:
                if len(found) < low:
                    raise
                break
        return found

    def _item(self, schema: Any, others: list[Any], depth: int, *, unique: bool) -> Any:
        for _ in range(20 if unique else 1):
            value = self.make(schema, depth + 1)
            if not unique or all(canonical(value) != canonical(other) for other in others):
                return value
            self.mode = Mode(max(self.mode.level, 1), self.mode.index + 1)
        raise NoInstance("not enough different items")

    def _object(self, flat: Mapping[str, Any], depth: int) -> dict[str, Any]:
        properties = flat.get("properties", {})
        required = [name for name in flat.get("required", ()) if isinstance(name, str)]
        level = self.level(depth)
        found: dict[str, Any] = {}
        for name, schema in properties.items():
            if name in required:
                found[name] = self.make(schema, depth + 1)
            elif level and (level == 1 or self.rng.random() < 0.7):
                try:
                    found[name] = self.make(schema, depth + 1)
                except NoInstance:
                    continue
        for name in required:
            if name not in properties:
                found[name] = self._needed(flat, name, depth)
        for name in self._more(flat, found, level):
            try:
                found[name] = self.make(self._additional(flat, name), depth + 1)
            except NoInstance:
                break
        return found

    def _needed(self, flat: Mapping[str, Any], name: str, depth: int) -> Any:
        schema = self._additional(flat, name)
        if schema is False:
            raise NoInstance(f"{name} is required, and forbidden by additionalProperties: false")
        return self.make(schema, depth + 1)

    def _additional(self, flat: Mapping[str, Any], name: str) -> Any:
        """Return the schema of a property that is not among `properties`."""
        for pattern, schema in flat.get("patternProperties", {}).items():
            if name in strings.matching(pattern):
                return both(schema, flat.get("propertyNames", True) and True)
        return flat.get("additionalProperties", True)

    def _more(self, flat: Mapping[str, Any], found: Mapping[str, Any], level: int) -> Iterator[str]:
        """Yield the names of further properties."""
        low, high = int(flat.get("minProperties", 0)), flat.get("maxProperties")
        additional = flat.get("additionalProperties", flat.get("unevaluatedProperties", True))
        declared = "additionalProperties" in flat or not flat.get("properties")
        wanted = (0, 1 if declared and additional not in (True, False) else 0, self.rng.choice((0, 1, 2)))[level]
        if self.use not in ("json", "multipart", "form") or (
            self.use != "json" and not isinstance(additional, Mapping)
        ):
            wanted = 0
        room = max(low - len(found), wanted if additional is not False else 0)
        names: list[str] = []
        if isinstance(flat.get("propertyNames"), Mapping) and room:
            names = [strings.string(self.flat(flat["propertyNames"], 0), 1, self.rng, "query") for _ in range(room * 3)]
        names += [text for pattern in flat.get("patternProperties", {}) for text in strings.matching(pattern)[:2]]
        names += ["extra-1", "extra 2", "ключ", "$4"]
        names = [n for n in dict.fromkeys(names) if n not in found and n not in flat.get("properties", {})]
        yield from names[: room if high is None else max(0, min(room, int(high) - len(found)))]

    def _number(self, flat: Mapping[str, Any], *, whole: bool, level: int) -> int | float:
        low, high = _range(flat, whole=whole)
        step = flat.get("multipleOf")
        if step:
            return _multiple(step, low, high, level, self.rng)
        if whole:
            lowest, highest = int(-(-low // 1)), int(high // 1)
            if lowest > highest:
                raise NoInstance("no integer in the range")
            near = min(max(1, lowest), highest)
            return (
                near,
                self.rng.randint(max(lowest, near - 50), min(highest, near + 50)),
                (highest, lowest)[self.rng.randrange(2)],
            )[level]
        near_float = min(max(1.5, float(low)), float(high))
        if level == 2:
            return self.rng.choice(
                [v for v in (float(low), float(high), 0.1, -0.001, 1e15, 3) if low <= v <= high] or [near_float]
            )
        return (
            near_float
            if level == 0
            else round(self.rng.uniform(max(float(low), near_float - 50), min(float(high), near_float + 50)), 3)
        )


def _range(flat: Mapping[str, Any], *, whole: bool) -> tuple[Decimal, Decimal]:
    """Return the bounds of a number, both within it."""
    smallest, largest = _LIMITS.get(str(flat.get("format")), (-_SAFE, _SAFE)) if whole else (-(10**9), 10**9)
    gap = Decimal(1) if whole else Decimal("0.001")
    lows = [Decimal(str(flat["minimum"]))] if "minimum" in flat else []
    highs = [Decimal(str(flat["maximum"]))] if "maximum" in flat else []
    lows += [Decimal(str(flat["exclusiveMinimum"])) + gap] if "exclusiveMinimum" in flat else []
    highs += [Decimal(str(flat["exclusiveMaximum"])) - gap] if "exclusiveMaximum" in flat else []
    low = max(lows) if lows else min([Decimal(smallest), *highs])
    high = min(highs) if highs else max([Decimal(largest), *lows])
    if low > high:
        raise NoInstance("the bounds exclude each other")
    return low, high


def _multiple(step: float, low: Decimal, high: Decimal, level: int, rng: random.Random) -> int | float:
    exact = Decimal(str(step))
    first, last = -(-low // exact), high // exact
    if low > 0 and first * exact < low:
        first += 1
    if first > last:
        raise NoInstance("no multiple in the range")
    lowest = max(int(first), min(int(last), -99))
    plain, usual = min(max(1, int(first)), int(last)), rng.randint(lowest, min(int(last), lowest + 99))
    number = (plain, usual, int(last))[level]
    value = number * exact
    return int(value) if value == value.to_integral_value() else float(value)


def _fixed(name: str, key: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema that fixes a property, unless it is fixed already."""
    present = found.get("properties", {}).get(name)
    if isinstance(present, Mapping) and ("enum" in present or "const" in present):
        return {"required": [name]}
    return {"properties": {name: {"const": key}}, "required": [name]}


def _type(value: Any) -> str:
    if value is None:
        return "null"
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
    return names.get(type(value), "object")
