"""One value for a schema: its kind first, then its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..document.merging import Impossible, NoInstance, both, types
from ..document.schemas import Schemas, canonical
from . import numbers, patterns, strings
from .choices import Choices, Mode
from .resolver import Resolver

_DEEPEST = 24
_HINTS = {
    "object": ("properties", "required", "additionalProperties", "patternProperties", "minProperties", "maxProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"),
    "string": ("minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}


class Maker:
    """Makes one value for a translated schema (JSON Schema 2020-12)."""

    def __init__(self, schemas: Schemas, choices: Choices) -> None:
        self.resolver = Resolver(schemas, choices)
        self.choices = choices
        self.rng = choices.rng
        self.use = choices.use

    def make(self, schema: Any, depth: int = 0) -> Any:
        """Return a JSON value for a schema, which is `depth` levels within the whole one. Raises NoInstance."""
        self.choices.spend(1)
        if depth > _DEEPEST:
            raise NoInstance("the schema has no end")
        flat = self.resolver.flat(schema, depth)
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
            self.choices.spend(0, int(flat.get("minLength", 0)))
            return strings.string(flat, self.choices.level(depth), self.rng, self.use)
        if kind in ("integer", "number"):
            return numbers.number(flat, self.choices.level(depth), self.rng, whole=kind == "integer")
        return None if kind == "null" else self.rng.random() < 0.5

    def _enum(self, flat: Mapping[str, Any]) -> Any:
        allowed = types(flat["type"]) if "type" in flat else None
        values = [v for v in flat["enum"] if allowed is None or _types_of(v) & {*allowed}]
        if self.choices.mode.level < 2 or self.use != "json":
            values = [v for v in values if v is not None] or values
        if not values:
            raise NoInstance("no value of the enum has the type")
        return self.choices.pick(values)

    def _kind(self, flat: Mapping[str, Any], depth: int) -> str:
        if "type" in flat:
            kinds = types(flat["type"])
        else:
            kinds = [kind for kind, keys in _HINTS.items() if any(key in flat for key in keys)] or ["string"]
        real = [kind for kind in kinds if kind != "null"]
        may_be_null = "null" in kinds and self.use == "json" and self.choices.level(depth) == 2
        if not real or (may_be_null and self.rng.random() < 0.3):
            return "null"
        return self.choices.pick(real)

    def _array(self, flat: Mapping[str, Any], depth: int) -> list[Any]:
        prefix = flat.get("prefixItems", [])
        items = flat.get("items", True)
        low, high = int(flat.get("minItems", 0)), flat.get("maxItems")
        level = self.choices.level(depth)
        self.choices.require(low)
        is_json = self.use == "json"
        # An empty array cannot be told from an absent one outside of JSON.
        wanted = (low if is_json and depth else max(low, 1), max(low, 2), self.rng.choice((low, low + 3)))[level]
        wanted = max(wanted, min(len(prefix), low) if level == 0 else len(prefix), 0 if is_json else 1)
        wanted = min(wanted, int(high)) if high is not None else wanted
        found: list[Any] = []
        taken: set[str] = set()
        for position in range(wanted):
            schema = prefix[position] if position < len(prefix) else items
            if schema is False:
                break
            try:
                found.append(self._item(schema, taken, depth, unique=bool(flat.get("uniqueItems"))))
            except NoInstance:
                if len(found) < low:
                    raise
                break
        return found

    def _item(self, schema: Any, taken: set[str], depth: int, *, unique: bool) -> Any:
        for _ in range(20 if unique else 1):
            value = self.make(schema, depth + 1)
            text = canonical(value) if unique else ""
            if not unique or text not in taken:
                taken.add(text)
                return value
            self.choices.mode = Mode(max(self.choices.mode.level, 1), self.choices.mode.index + 1)
        raise NoInstance("not enough different items")

    def _object(self, flat: Mapping[str, Any], depth: int) -> dict[str, Any]:
        """Make what the level asks for of the declared properties, all required ones, and further ones."""
        properties = flat.get("properties", {})
        required = [name for name in flat.get("required", ()) if isinstance(name, str)]
        level = self.choices.level(depth)
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
                schema = self._additional(flat, name)
                if schema is False:
                    raise Impossible(f"{name} is required, and forbidden by additionalProperties: false")
                found[name] = self.make(schema, depth + 1)
        for name in self._more(flat, found, level):
            try:
                found[name] = self.make(self._additional(flat, name), depth + 1)
            except NoInstance:
                break
        return found

    def _additional(self, flat: Mapping[str, Any], name: str) -> Any:
        """Return the schema of a property that is not among `properties`."""
        for pattern, schema in flat.get("patternProperties", {}).items():
            if name in patterns.matching(pattern):
                return both(schema, flat.get("propertyNames", True) and True)
        return flat.get("additionalProperties", True)

    def _more(self, flat: Mapping[str, Any], found: Mapping[str, Any], level: int) -> Iterator[str]:
        """Yield the names of further properties."""
        low, high = int(flat.get("minProperties", 0)), flat.get("maxProperties")
        additional = flat.get("additionalProperties", flat.get("unevaluatedProperties", True))
        declared = "additionalProperties" in flat or not flat.get("properties")
        wanted = (0, 1 if declared and additional not in (True, False) else 0, self.rng.choice((0, 1, 2)))[level]
        if self.use != "json" and (self.use not in ("multipart", "form") or not isinstance(additional, Mapping)):
            wanted = 0
        room = max(low - len(found), wanted if additional is not False else 0)
        self.choices.require(room)
        names: list[str] = []
        if isinstance(flat.get("propertyNames"), Mapping) and room:
            own = self.resolver.flat(flat["propertyNames"], 0)
            self.choices.spend(0, room * int(own.get("minLength", 0)))
            names = [strings.string(own, 1, self.rng, "query") for _ in range(room * 3)]
        names += [text for pattern in flat.get("patternProperties", {}) for text in patterns.matching(pattern)[:2]]
        names += ["extra-1", "extra 2", "ключ", "$4", *(f"extra-{index}" for index in range(5, room + 1))]
        names = [n for n in dict.fromkeys(names) if n not in found and n not in flat.get("properties", {})]
        yield from names[: room if high is None else max(0, min(room, int(high) - len(found)))]


def _types_of(value: Any) -> set[str]:
    names = {bool: "boolean", float: "number", str: "string", list: "array", dict: "object"}
    return {"integer", "number"} if type(value) is int else {names.get(type(value), "null")}
