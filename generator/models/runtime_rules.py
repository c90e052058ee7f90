"""The schemas that values are judged by, where a type can't hold them: self-contained JSON Schema 2020-12."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from ..parsing.limits import weigh
from ..pointer import join
from ..python import names
from ..records import record
from ..schemas.acceptance import AcceptedTypes
from ..schemas.bounds import LOWER, UPPER
from ..schemas.directions import Direction
from ..schemas.effort import Effort
from ..schemas.json_values import JUDGED_HERE, canonical
from ..schemas.keywords import APPLICATORS, LIST, MAP, ONE, format_of
from ..schemas.normal_form import BESIDE, TYPES, Flattener, PlacedSchema
from ..schemas.patterns import LONGEST, bounded_engine, is_judged_pattern, judged_names, linear, matches, size_of
from .definitions import Judged, Site
from .unions import branch_tags

COUNTS = frozenset(
    {"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains"}
)
NUMBERS = (frozenset({*LOWER, *UPPER, "multipleOf"}) - COUNTS) | {"multipleOf"}


@record(kw_only=True)
class Rules:
    """Rules by name, and what is needed to read their schemas."""

    flattener: Flattener
    directional: Callable[[str, Direction], bool]
    judged: Mapping[str, Judged]
    by_tag: bool = True
    """Whether a value that several branches of a `oneOf` accept is accepted, if its tag names one of these (OpenAPI 3.1, 4.8.25)."""


def bundle(
    rules: Rules,
    *,
    kept: Collection[str] = (),
    name: Callable[[str, Collection[str]], str] = names.rule,
) -> dict[str, Any]:
    """Write the schema of each rule, and those that they refer to, by name; annotations and formats are left out.

    `kept` are keywords that are kept all the same if they hold a string. `name` names a schema that rules refer to, from
    its key and the names that are taken.
    """
    return _Bundle(rules, kept, name).written()


def accepted(rules: Rules, values: list[Any]) -> list[Any]:
    """Choose the values that the one rule accepts; all, where these would be judged too often. Takes them off the budget."""
    from jsonschema_rs import Draft202012Validator

    ((name, judged),) = rules.judged.items()
    rules.flattener.spend(*weigh(values), judged.node.pointer)
    schema = {"$ref": f"#/$defs/{name}", "$defs": bundle(rules)}
    effort = Effort(schema)
    if not all(effort.allows(schema, value) for value in values):
        return values
    validator = Draft202012Validator(
        schema,
        pattern_options=bounded_engine(),
        validate_formats=False,
        keywords=dict(KEYWORDS),
    )
    return [value for value in values if validator.is_valid(value)]


def constraining(schema: Any) -> set[str]:
    """Name the keywords by which a schema refuses values; `type` only if there is nothing else."""
    if not isinstance(schema, dict):
        return {"false"}
    others = ("$ref", "required", *APPLICATORS)
    found = {key for key, value in schema.items() if key in others or _well_formed(key, value)}
    return found - {"type"} or found


class _Bundle:
    """Copies schemas with their references led to `#/$defs/…`; malformed keywords say nothing and are left out."""

    def __init__(self, rules: Rules, kept: Collection[str], name: Callable[[str, Collection[str]], str]) -> None:
        self._rules = rules
        self._kept = kept
        self._name = name
        self._flattener = rules.flattener
        self._admits = AcceptedTypes(rules.flattener)
        self._names = {self._key(one.node.pointer, one.site.direction): name for name, one in rules.judged.items()}
        self._waiting = {name: (one.node, one.site.direction) for name, one in rules.judged.items()}

    def written(self) -> dict[str, Any]:
        """Return the schemas by name."""
        result: dict[str, Any] = {}
        while self._waiting:
            name, (node, direction) = next(iter(self._waiting.items()))
            del self._waiting[name]
            result[name] = True
            result[name] = self._clean(node, direction, frozenset())
        return result

    def _key(self, pointer: str, direction: Direction) -> str:
        return Site(direction if self._rules.directional(pointer, direction) else "", "", ()).key(pointer)

    def _reference(self, pointer: str, direction: Direction) -> str:
        key = self._key(pointer, direction)
        if key not in self._names:
            self._names[key] = self._name(key, self._names.values())
            self._waiting[self._names[key]] = (self._flattener.at(pointer), direction)
        return f"#/$defs/{quote(self._names[key])}"

    def _clean(self, node: PlacedSchema, direction: Direction, hidden: frozenset[str]) -> Any:
        """Copy one schema without the properties that the direction hides."""
        schema = node.schema
        if not isinstance(schema, dict):
            return schema if isinstance(schema, bool) else True
        own = self._flattener.flat(node).properties
        hidden |= {name for name, one in own.items() if self._flattener.hidden(one, direction)}
        found: dict[str, Any] = {}
        for key, value in schema.items():
            if key == "$ref" and isinstance(value, str):
                found[key] = self._reference(value, direction)
            elif key == "required" and isinstance(value, list):
                found[key] = [name for name in _texts(value) if name not in hidden]
            elif key in APPLICATORS:
                found.update(self._children(key, value, node, direction, hidden))
            elif _well_formed(key, value) or (key in self._kept and isinstance(value, str)):
                found[key] = _distinct(value) if key in ("enum", "type") else value
        if "format" in self._kept and (written := format_of(schema)) is not None:
            found["format"] = written
        if self._rules.by_tag and "oneOf" in found and isinstance(schema.get("discriminator"), dict):
            self._settle_by_tag(found, node, schema["discriminator"])
        return _bounded(found)

    def _settle_by_tag(self, found: dict[str, Any], node: PlacedSchema, discriminator: Mapping[str, Any]) -> None:
        """Accept what several branches of `oneOf` accept, too, where the tag names one of these."""
        place, name = join(node.pointer.partition(BESIDE)[0], "oneOf"), discriminator.get("propertyName")
        branches = [self._flattener.node(join(place, index), one) for index, one in enumerate(node.schema["oneOf"])]
        tags = [branch_tags(discriminator, branch) for branch in branches]
        if not isinstance(name, str) or not any(tags) or self._admits.exclusive(branches):
            return
        written = found.pop("oneOf")
        settled = [
            {"type": "object", "required": [name], "properties": {name: {"enum": values}}, "allOf": [branch]}
            for values, branch in zip(tags, written, strict=True)
            if values
        ]
        found["allOf"] = [*found.get("allOf", ()), {"anyOf": [{"oneOf": written}, *settled]}]

    def _children(
        self, key: str, value: Any, node: PlacedSchema, direction: Direction, hidden: frozenset[str]
    ) -> Iterator[tuple[str, Any]]:
        pointer = node.pointer.partition(BESIDE)[0]
        shape = APPLICATORS[key]
        if shape == ONE and isinstance(value, bool | dict):
            yield key, self._clean(self._flattener.node(join(pointer, key), value), direction, frozenset())
        elif shape == LIST and isinstance(value, list) and value:
            below = hidden if key != "prefixItems" else frozenset[str]()
            parts = [self._flattener.node(join(pointer, key, str(index)), one) for index, one in enumerate(value)]
            yield key, [self._clean(part, direction, below) for part in parts]
        elif shape == MAP and isinstance(value, dict):
            kept = judged_names(value) if key == "patternProperties" else {name: name for name in value}
            kept = {name: plain for name, plain in kept.items() if key != "properties" or name not in hidden}
            parts_by_name = {
                plain: self._flattener.node(join(pointer, key, name), value[name]) for name, plain in kept.items()
            }
            yield key, {name: self._clean(part, direction, frozenset()) for name, part in parts_by_name.items()}


_SHORT = {"maxLength": LONGEST}


class _Lookaround:
    """Judges texts by patterns with look-around, each with its size."""

    def __init__(self, _: Any, sizes: Mapping[str, int], __: Any) -> None:
        self._patterns = list(sizes)

    def validate(self, value: Any) -> None:
        """Raise ValueError for a text that does not match all of them."""
        if isinstance(value, str) and not all(matches(one, value) for one in self._patterns):
            raise ValueError


class _Uncounted:
    """Says nothing: the keyword counts steps in what is generated, where all texts of a body have one bound."""

    def __init__(self, *_: Any) -> None:
        pass

    def validate(self, value: Any) -> None:
        """Accept any name."""


KEYWORDS: Mapping[str, Any] = {**JUDGED_HERE, "lookaround": _Lookaround, "lookaroundNames": _Uncounted}
"""Keywords of a bundle that are judged by us."""


def _bounded(schema: dict[str, Any]) -> Any:
    """Have patterns that no linear engine runs see short texts only; longer ones are refused."""
    if (pattern := schema.get("pattern")) is not None and linear(pattern) is None:
        del schema["pattern"]
        schema["allOf"] = [*schema.get("allOf", ()), _within(_SHORT, {"lookaround": {pattern: size_of(pattern)}})]
    names = {one: size_of(one) for one in schema.get("patternProperties", ()) if linear(one) is None}
    return _within({"propertyNames": _within(_SHORT, {"lookaroundNames": names})}, schema) if names else schema


def _within(bound: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Judge by a schema what lies within a bound, and nothing else: keywords side by side are all looked at."""
    return {"if": bound, "then": schema, "else": bound}


def _texts(value: list[Any]) -> list[str]:
    return list(dict.fromkeys(one for one in value if isinstance(one, str)))


def _distinct(value: Any) -> Any:
    return list({canonical(one): one for one in value}.values()) if isinstance(value, list) else value


def _well_formed(key: str, value: Any) -> bool:
    """Whether a keyword that holds no schema constrains, and has the form that it must have (Validation 6)."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if key in COUNTS:
        return number and value >= 0 and (isinstance(value, int) or value.is_integer())
    if key in NUMBERS:
        return number and (key != "multipleOf" or value > 0)
    if key == "type":
        kinds = value if isinstance(value, list) else [value]
        return bool(kinds) and all(kind in TYPES for kind in kinds)
    if key == "dependentRequired":
        return isinstance(value, dict) and all(isinstance(one, list) and _texts(one) == one for one in value.values())
    if key == "pattern":
        return isinstance(value, str) and is_judged_pattern(value)
    checks = {"enum": isinstance(value, list) and value != [], "const": True, "uniqueItems": isinstance(value, bool)}
    return key in checks and bool(checks[key])
