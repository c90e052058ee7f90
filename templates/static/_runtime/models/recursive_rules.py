"""Rules whose schemas lead back to themselves, or share many: each part of a value is judged once by each schema of its own.

A validator of JSON Schema alone would judge a part again for each branch of each value around it: 2^depth times. So a schema
of parts that leads back becomes a keyword of ours with a validator of its own, and so does one that mentions much. Its outcome
is kept while a value is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any, TypeVar, cast
from urllib.parse import quote, unquote

from jsonschema_rs import Draft202012Validator, ValidationError, ValidationErrorKind
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema

from .base import KNOWN
from .exact import bare
from .once import Once
from .rules import KEYWORDS, PATTERNS, Rule, Rules, told
from .shapes import RuledModel
from .steps import STEPS

T = TypeVar("T")
_HERE = "#/$defs/"
_JUDGED = "judged"
"""The keyword of ours: it names the schema that judges a value."""
_LARGE = 2_000
"""So many characters has a schema, with those that it mentions, that has a validator of its own wherever it is mentioned."""
_DATA = ("const", "enum")
_NAMED = ("properties", "patternProperties", "prefixItems")
_ALL = ("items", "additionalProperties", "contains", "propertyNames", "unevaluatedItems", "unevaluatedProperties")


def _mentioned(schema: Any) -> Iterator[str]:
    """Yield the references in a schema."""
    if isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
        yield schema["$ref"]
    parts = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    for part in parts:
        yield from _mentioned(part)


def _ending(schemas: Mapping[str, Any]) -> list[str]:
    """List the references to schemas that lead to no circle, each after those that it leads to."""
    mentioned = {_HERE + quote(name): frozenset(_mentioned(schema)) for name, schema in schemas.items()}
    by: dict[str, list[str]] = {one: [] for one in mentioned}
    for one, others in mentioned.items():
        for other in others & by.keys():
            by[other].append(one)
    left = {one: len(others & by.keys()) for one, others in mentioned.items()}
    ended = [one for one, count in left.items() if not count]
    for other in ended:
        del left[other]
        for one in by[other]:
            left[one] -= 1
            if not left[one]:
                ended.append(one)
    return ended


class _Parts:
    """The schemas of a package, and those of parts that lead back: equal ones are one."""

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self._names = {_HERE + quote(name): name for name in schemas}
        self.leading_back = self._names.keys() - _ending(schemas)
        self.apart: set[str] = set()
        self.sharing: set[str] = set()
        self._numbers: dict[str, str] = {}
        self._schemas = dict(schemas)
        self._schemas |= {name: self._cut(schema) for name, schema in schemas.items()}
        texts = {name: json.dumps(schema) for name, schema in self._schemas.items()}
        if not any("unevaluated" in text for text in texts.values()):  # which asks what others have judged
            sizes = {_HERE + quote(name): len(text) for name, text in texts.items()}
            for one in _ending(self._schemas):
                mentioned = [other for other in _mentioned(self._schemas[unquote(one[len(_HERE) :])]) if other in sizes]
                sizes[one] += sum(sizes[other] for other in mentioned)
                if sizes[one] > _LARGE:
                    self.apart.add(one)
                    sizes[one] = 0
                if one in self.apart or not self.sharing.isdisjoint(mentioned):
                    self.sharing.add(one)
            self._schemas = {name: self._shared(schema) for name, schema in self._schemas.items()}

    def _shared(self, schema: Any) -> Any:
        """Copy a schema with the keyword of ours in the place of references to large ones, which each validator would copy."""
        if isinstance(schema, list):
            return [self._shared(one) for one in schema]
        if not isinstance(schema, dict):
            return schema
        copied = {key: value if key in _DATA else self._shared(value) for key, value in schema.items()}
        if isinstance(copied.get("$ref"), str) and copied["$ref"] in self.apart:
            copied[_JUDGED] = self._names[copied.pop("$ref")]
        return copied

    def _cut(self, schema: Any) -> Any:
        """Copy a schema with the keyword of ours in the place of schemas of parts."""
        if isinstance(schema, list):
            return [self._cut(one) for one in schema]
        if not isinstance(schema, dict):
            return schema
        return {key: value if key in _DATA else self._below(key, value) for key, value in schema.items()}

    def _below(self, key: str, value: Any) -> Any:
        if key in _ALL:
            return self._part(value)
        if key in _NAMED and isinstance(value, dict):
            return {name: self._part(one) for name, one in value.items()}
        if key in _NAMED and isinstance(value, list):
            return [self._part(one) for one in value]
        if key == "dependentSchemas" and isinstance(value, dict):
            return {name: self._cut(one) for name, one in value.items()}
        return self._cut(value)

    def _part(self, schema: Any) -> Any:
        made = self._cut(schema)
        if self.leading_back.isdisjoint(_mentioned(made)):
            return made
        if made.keys() == {"$ref"}:
            return {_JUDGED: self._names[made["$ref"]]}
        name = self._numbers.setdefault(json.dumps(made, sort_keys=True), f"part {len(self._numbers)}")
        self._schemas[name] = made
        return {_JUDGED: name}

    @cache  # rules live as long as their module
    def validator(self, name: str) -> Draft202012Validator:
        """Return what judges by a schema and all that judges the same value."""
        needed, waiting = {name: self._schemas[name]}, [name]
        while waiting:
            mentioned = self._names.keys() & _mentioned(needed[waiting.pop()])
            for one in {self._names[each] for each in mentioned} - needed.keys():
                needed[one] = self._schemas[one]
                waiting.append(one)
        keywords: Any = {**KEYWORDS, _JUDGED: partial(_Judged, self)}
        schema = {"$ref": _HERE + quote(name), "$defs": needed}
        return Draft202012Validator(schema, pattern_options=PATTERNS, validate_formats=False, keywords=keywords)

    def accepts(self, name: str, value: Any) -> bool:
        """Judge a value by a schema, an object or array once."""
        known = KNOWN.get()
        if known is None or not (isinstance(value, dict | list) or _HERE + quote(name) in self.apart):
            return self.validator(name).is_valid(value)
        key = (self, name, id(value))
        if key not in known:
            known[key] = (
                self.validator(name).is_valid(value),
                value,
            )  # the value too, so that its identity stays its own
        return cast("bool", known[key][0])


class _Judged:
    """The keyword of ours in one schema."""

    def __init__(self, parts: _Parts, _: Any, name: str, __: Any) -> None:
        self._parts, self._name = parts, name

    def validate(self, value: Any) -> None:
        """Raise ValueError with the name of the schema that refuses the value."""
        if not self._parts.accepts(self._name, value):
            raise ValueError(self._name)


class RecursiveRule(Rule):
    """Judges values by a schema that leads back to itself."""

    def __init__(self, parts: _Parts, schemas: Mapping[str, Any], name: str, ways: int) -> None:
        super().__init__(schemas, ways)
        self._parts, self._name = parts, name

    @cache  # rules live as long as their module
    def _validator(self) -> Draft202012Validator:
        return self._parts.validator(self._name)

    @cache
    def _is_dear(self) -> bool:
        """Whether telling what is wrong may take much more than judging: the error of each level holds all below."""
        return True

    def judge(self, value: T) -> T:
        if KNOWN.get() is not None:
            return super().judge(value)
        steps = STEPS.get()
        token = KNOWN.set(steps.known if steps else {})
        try:
            return super().judge(value)
        finally:
            KNOWN.reset(token)

    def _problem(self, data: Any) -> dict[str, Any]:
        """Say what is wrong first: in the part whose schema refuses it."""
        name, path = self._name, list[str | int]()
        while True:
            try:
                self._parts.validator(name).validate(data)
            except ValidationError as error:
                found, refused = told(error), error
                steps, part = _way(data, error.instance_path)
                if isinstance(error.kind, ValidationErrorKind.PropertyNames):
                    refused = error.kind.error
                    steps, part = found["path"], refused.instance
                if not (isinstance(refused.kind, ValidationErrorKind.Custom) and refused.kind.message):
                    return {**found, "path": [*path, *found["path"]]}
                if part == refused.instance:  # else jsonschema-rs has left out a step, as it does if a name is empty
                    name, data, path = refused.kind.message, part, [*path, *steps]
                    continue
            return {"keyword": "schema", "path": path}


def _way(data: Any, path: Sequence[str | int]) -> tuple[list[str | int], Any]:
    """Follow a path as far as it leads; return its steps, numbers as names in objects, and what is there."""
    steps: list[str | int] = []
    for one in path:
        step = str(one) if isinstance(data, dict) else one
        if step not in (data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()):
            break
        steps.append(step)
        data = data[step]
    return steps, data


class RecursiveRules(Rules):
    """The schemas of a package, some of which lead back to themselves, or share many."""

    def __init__(self, schemas: Mapping[str, Any], ways: int = 10) -> None:
        super().__init__(schemas, ways)
        self._parts = _Parts(schemas)

    @cache  # rules live as long as their module
    def __call__(self, name: str) -> Rule:
        if _HERE + quote(name) not in self._parts.leading_back | self._parts.sharing:
            return super().__call__(name)
        return RecursiveRule(self._parts, self._schemas, name, self._ways)


class RecursiveModel(RuledModel):
    """An object that is judged by `__rule__` as a whole, and may hold others of its class: all have one memory for outcomes."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema: Any = super().__get_pydantic_core_schema__(source, handler)
        if schema["type"] != "function-after":
            return cast("CoreSchema", schema)
        return {**Once(lambda _: ("",)).alone(bare(schema)), "ref": schema["ref"]}
