"""What Python's types can't say of JSON: values are judged by their JSON Schema as well."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, partial
from time import thread_time_ns
from types import NoneType
from typing import Any, TypeVar
from urllib.parse import quote

from jsonschema_rs import Draft202012Validator, FancyRegexOptions, ValidationError, ValidationErrorKind
from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema, to_jsonable_python

from .base import ABSENT, KNOWN
from .steps import FREE, STEPS, TOO_MANY, Steps, TooManySteps, counted, worst

T = TypeVar("T")
NAMED = ("properties", "patternProperties", "dependentSchemas")
BACKTRACKS = 10_000
"""Steps that a pattern with look-around may take; other patterns run in linear time."""
PATTERNS = FancyRegexOptions(backtrack_limit=BACKTRACKS)
EXPLAINED = 10_000
"""Errors that are made at most: one for each branch of a union, with a copy of what it is about (about 4 kB)."""
_WAYS = 10
"""Schemas that may judge one value, in most packages."""


def _canonical(value: Any) -> Any:
    """Copy a JSON value so that what is equal in JSON Schema is written alike: 1.0 is 1 (2020-12 Core, 4.2.2)."""
    if isinstance(value, dict):
        return {key: _canonical(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_canonical(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


class _Unique:
    """Judges `uniqueItems` in time that grows as the array does: compiled code compares all integers of over 64 bits."""

    def __init__(self, _: Any, is_asked: Any, __: Any) -> None:
        self._is_asked = is_asked

    def validate(self, value: Any) -> None:
        """Raise ValueError for an array that has an item twice."""
        if self._is_asked is True and isinstance(value, list):
            texts = {json.dumps(_canonical(one), sort_keys=True) for one in value}
            if len(texts) < len(value):
                raise ValueError  # without a word: those of recursive_rules.py name schemas


@cache  # a package has few of them
def _engine(pattern: str, limit: int) -> Draft202012Validator:
    options = FancyRegexOptions(backtrack_limit=limit)
    return Draft202012Validator({"pattern": pattern}, pattern_options=options)


def _matches(pattern: str, size: int, text: str) -> bool:
    """Whether a text matches, in as few steps as that takes: each time that they do not suffice, four times as many."""
    steps, limit = STEPS.get() or Steps(), min(max(FREE // size, 1), BACKTRACKS)
    while steps.allow(most := worst(limit, size, len(text))):
        engine, began = _engine(pattern, limit), thread_time_ns()
        error = next(engine.iter_errors(text), None)
        steps.count(most, began)
        if limit == BACKTRACKS or not (error and isinstance(error.kind, ValidationErrorKind.BacktrackLimitExceeded)):
            return error is None
        limit = min(4 * limit, BACKTRACKS)
    return False


class _Lookaround:
    """Judges texts by patterns with look-around, each with its size: the keyword of ours in the place of `pattern`."""

    def __init__(self, _: Any, sizes: Mapping[str, int], __: Any) -> None:
        self._sizes = dict(sizes)

    def validate(self, value: Any) -> None:
        """Raise ValueError for a text that does not match all of them."""
        if isinstance(value, str) and not all(_matches(*one, value) for one in self._sizes.items()):
            raise ValueError


class _Counted(_Lookaround):
    """Counts the steps that `patternProperties` takes for a name: the keyword of ours beside it."""

    def validate(self, value: Any) -> None:
        """Raise ValueError if there are too many."""
        for one in self._sizes.items():
            _matches(*one, value)
        if (steps := STEPS.get()) and steps.left < 0:
            raise ValueError


KEYWORDS: Mapping[str, Any] = {"uniqueItems": _Unique, "lookaround": _Lookaround, "lookaroundNames": _Counted}
"""Keywords that are judged here."""


_SCALARS = (str, int, float, bool, NoneType)


def _holds_models(value: Any) -> bool:
    """Whether a value is a model, or holds some and what JSON has as it is."""
    if isinstance(value, dict | list | tuple):
        parts = value.values() if isinstance(value, dict) else value
        return all(type(part) in _SCALARS or _holds_models(part) for part in parts)
    return isinstance(value, BaseModel)


def _dumped(value: BaseModel) -> dict[str, Any]:
    """Return a model as JSON has it, models in it as what was found for them before: each may be judged by itself."""
    known, own = KNOWN.get(), type(value)
    if known is not None and (own, id(value)) in known:
        return known[own, id(value)][0]  # type: ignore[no-any-return]
    data = _written(value, own.model_fields)
    if known is not None:
        known[own, id(value)] = data, value  # the value too, so that its identity stays its own
    return data


def _written(value: BaseModel, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Make a model JSON. If all that it holds is JSON, or models, its class need not be built: that holds all it leads to."""
    held = {name: part for name, part in value.__dict__.items() if name in value.__pydantic_fields_set__}
    deep = {name: plain(part) for name, part in held.items() if type(part) not in _SCALARS and _holds_models(part)}
    other = {name: part for name, part in held.items() if name not in deep}
    if all(type(part) in _SCALARS for part in other.values()):
        data = {str(name): plain(part) for name, part in (value.__pydantic_extra__ or {}).items()}
        deep |= {name: part for name, part in other.items() if part is not None or ABSENT not in fields[name].metadata}
    else:
        data = value.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude={*deep} or None)
    return data | {fields[name].alias or name: part for name, part in deep.items()}


def plain(value: Any) -> Any:
    """Return a value as JSON has it; what was not set stays absent."""
    if isinstance(value, BaseModel):
        return _dumped(value)
    if isinstance(value, dict | list | tuple):
        known = KNOWN.get()
        if known is not None and (kept := known.get((plain, id(value)))):
            return kept[0]
        if isinstance(value, dict):
            found: Any = {key: plain(item) for key, item in value.items()}
        else:
            found = [plain(item) for item in value]
        if known is not None:
            known[plain, id(value)] = found, value  # the value too, so that its identity stays its own
        return found
    return to_jsonable_python(value, by_alias=True, bytes_mode="base64")


def _keyword(error: ValidationError) -> str:
    """Name the keyword that refuses; `false` stands below one that holds schemas by name."""
    parts = ["schema", *(part for part in error.schema_path if isinstance(part, str))]
    by_name = isinstance(error.kind, ValidationErrorKind.FalseSchema) and parts[-2] in NAMED
    found = parts[-2 if by_name else -1]
    return "pattern" if found == "lookaround" else found


def _property(kind: ValidationErrorKind) -> list[str]:
    """Name the property that is missing, or one too many."""
    if isinstance(kind, ValidationErrorKind.Required):
        return [kind.property]
    if isinstance(kind, ValidationErrorKind.AdditionalProperties | ValidationErrorKind.UnevaluatedProperties):
        return kind.unexpected[:1]
    return [str(kind.error.instance)] if isinstance(kind, ValidationErrorKind.PropertyNames) else []


def told(error: ValidationError) -> dict[str, Any]:
    """Say which keyword refuses a value, and where in it."""
    return {"keyword": _keyword(error), "path": [*error.instance_path, *_property(error.kind)]}


class Rule:
    """Judges values by a JSON Schema (draft 2020-12)."""

    def __init__(self, schema: Mapping[str, Any], ways: int = _WAYS) -> None:
        self._schema, self._ways = schema, ways

    @cache  # rules live as long as their module
    def _validator(self) -> Draft202012Validator:
        return Draft202012Validator(
            dict(self._schema), pattern_options=PATTERNS, validate_formats=False, keywords=dict(KEYWORDS)
        )

    @cache
    def _is_dear(self) -> bool:
        """Whether telling what is wrong may take much more than judging: each branch makes an error."""
        text = repr(self._schema)
        return "'anyOf'" in text or "'oneOf'" in text

    def judge(self, value: T) -> T:
        """Return the value; raise PydanticCustomError with the rule that it breaks and the path to where."""
        if (steps := STEPS.get()) is None:  # of what Python gives
            try:
                return counted(partial(self.judge, value))
            except TooManySteps:
                raise PydanticCustomError("too_many_steps", TOO_MANY) from None
        data = plain(value)
        is_valid = self._validator().is_valid(data)
        if steps.left < 0:
            raise TooManySteps
        if is_valid:
            return value
        if steps.quiet > 0:
            raise PydanticCustomError("branch", "The value is as no branch")
        is_told = not self._is_dear() or steps.explain(data, EXPLAINED // self._ways)
        context = self._problem(data) if is_told else {"keyword": "schema", "path": []}
        if steps.left < 0:
            raise TooManySteps
        raise PydanticCustomError("schema", "Value is not as its schema says: {keyword}", context)

    def _problem(self, data: Any) -> dict[str, Any]:
        """Say what is wrong first."""
        try:
            self._validator().validate(data)  # ends at the first error: each holds a copy of what it is about
        except ValidationError as error:
            return told(error)
        return {"keyword": "schema", "path": []}

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.judge, handler(source))


class Rules:
    """The schemas of a package, by name; they refer to each other as `#/$defs/…`, and as many as `ways` judge one value."""

    def __init__(self, schemas: Mapping[str, Any], ways: int = _WAYS) -> None:
        self._schemas, self._ways = dict(schemas), ways

    @cache  # rules live as long as their module
    def __call__(self, name: str) -> Rule:
        return Rule({"$ref": f"#/$defs/{quote(name)}", "$defs": self._schemas}, self._ways)
