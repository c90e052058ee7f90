"""Reading what the contract does not have yet: properties, values, kinds, content types of a peer that is newer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import copy
from functools import cache, partial
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticUseDefault, SchemaValidator, core_schema, to_json

from ..models.base import KNOWN
from ..models.exact import OTHER, SEVERAL, TELLING, bare
from .content import Binary, OneOf
from .contract import Json, Media, essence
from .kept import KeptJson, is_closed, keep_fields, kept
from .parameters import Headers

_CONFIG: Any = {"strict": True, "allow_inf_nan": False}
_SCALARS: dict[type, Any] = {str: core_schema.str_schema, int: core_schema.int_schema, float: core_schema.float_schema}
_BOUNDS = {"pattern", "min_length", "max_length", "ge", "gt", "le", "lt", "multiple_of"}
_DATA = {"cls", "function", "metadata", "serialization", "default"}  # members of a core schema that are no schemas
_BYTES = ("text/plain", "application/octet-stream", "binary/octet-stream")  # what JSON is sent as by mistake
_OBJECT = core_schema.dict_schema(core_schema.str_schema(), core_schema.any_schema())


class _AnyJson(KeptJson):
    """JSON, whatever JSON type, text or bytes it is said to be."""

    def find(self, content_type: str) -> Media | None:
        name = essence(content_type)
        return self if name in _BYTES or name.endswith(("/json", "+json")) else super().find(content_type)


class _AnyOf(OneOf):
    """A body in one of several media types, in what is nearest to it."""

    def find(self, content_type: str) -> Media | None:
        return super().find(content_type) or next((one for one in self.all if one.find(content_type)), None)


@cache
def readable(media: Media) -> Media:
    """Return a body that reads more: the body itself, the items of a stream, the fields of a form."""
    if isinstance(media, OneOf):
        return _AnyOf(*map(readable, media.all))
    if isinstance(media, Json):
        return tolerant(media)
    found: Any = copy(media)
    found.all = (found,)
    if isinstance(inner := getattr(media, "json", None), Json):
        found.json = tolerant(inner)
    elif isinstance(media, Binary) or media.type is bytes:
        found.find = lambda _: found  # a file may have any type
    return found  # type: ignore[no-any-return]


def readable_headers(headers: Headers) -> Headers:
    """Return declared headers of which more values are read."""
    return Headers(*(header.reading(tolerant(header.json)) for header in headers.all))


@cache
def tolerant(media: Json) -> Json:
    """Return a media type that reads more than another one: what is new is kept, types and required fields still count.

    New fields stand in `model_extra`; a new value of an enum is read as it is, an object of a new kind as a dict; null is an
    absent property. Bounds, patterns and rules that types can't hold are not asked. It writes what the other one
    does, and what was read like that and is unchanged.
    """
    found = _AnyJson(media.type, media.media_type)
    found.content_type, found.adapter = media.content_type, copy(media.adapter)
    schema = _Loosened(media.adapter.core_schema).schema
    found.telling = found.adapter.validator = SchemaValidator(schema, _CONFIG, _use_prebuilt=False)
    return found


class _Loosened:
    """Copies a core schema with the constraints taken off that say: nothing else."""

    def __init__(self, schema: Any) -> None:
        self._known: dict[str, Any] = {}
        self._definitions: list[Any] = []
        self._collect(schema)
        self.schema = self._of(schema)

    def _collect(self, schema: Any) -> None:
        """Find the schemas that others refer to."""
        if isinstance(schema, dict) and "ref" in schema:
            self._known[schema["ref"]] = schema
        if isinstance(schema, dict) and schema.get("type") == "definitions":
            self._definitions += schema["definitions"]
        inner = (
            schema.items()
            if isinstance(schema, dict)
            else enumerate(schema if isinstance(schema, list | tuple) else ())
        )
        for key, value in inner:
            if key not in _DATA:
                self._collect([*value.values()] if _is_map(key, value) else value)

    def _of(self, schema: Any) -> Any:
        if isinstance(schema, list | tuple):
            return type(schema)(self._of(item) for item in schema)
        if not isinstance(schema, dict):
            return schema
        kind = schema.get("type")
        if kind == "function-after" and _constrains(schema["function"].get("function")):
            return {**self._of(schema["schema"]), **_reference(schema)}
        if kind == "literal":
            return _also(schema, schema["expected"])
        if kind == "function-wrap" and schema["schema"]["type"] == "literal":
            return _also(schema, schema["schema"]["expected"])
        if kind == "chain" and schema["steps"][0]["type"] == "custom-error":
            return schema  # how a date is written is its type
        result = {key: self._part(key, value) for key, value in schema.items() if key not in _BOUNDS}
        change: Callable[[Any, Any], Any] | None = getattr(self, f"_of_{str(kind).replace('-', '_')}", None)
        return change(schema, result) if change else result

    def _part(self, key: str, value: Any) -> Any:
        """Copy what a core schema has at a key."""
        if key in _DATA:
            return value
        return {name: self._of(one) for name, one in value.items()} if _is_map(key, value) else self._of(value)

    def _of_model_fields(self, schema: Any, result: Any) -> Any:
        extra = {"extra_behavior": "allow"} if result.get("extra_behavior") == "forbid" else {}
        return {**result, **extra}

    def _of_model(self, schema: Any, result: Any) -> Any:
        config = {"config": {**result["config"], "extra_fields_behavior": "allow"}} if "config" in result else {}
        result = {**result, **config}
        if not is_closed(schema):
            return result
        return {**core_schema.no_info_after_validator_function(keep_fields, bare(result)), **_reference(schema)}

    def _of_json_or_python(self, schema: Any, result: Any) -> Any:
        """Read classes that a tag names (models/tags.py) and unions that recurse (models/branches.py) by Once."""
        choices = schema["python_schema"].get("choices")
        if not isinstance(choices, dict) or TELLING not in choices:
            return result
        if OTHER not in choices:
            return {**bare(result["python_schema"]["choices"][TELLING]), **_reference(schema)}
        union = choices[OTHER]
        inner = union["schema"] if union["type"] == "nullable" else union
        once = self._each_once(
            schema, inner, self._of([one[0] if isinstance(one, tuple) else one for one in inner["choices"]])
        )
        once = core_schema.nullable_schema(once) if union["type"] == "nullable" else once
        return {**once, **_reference(schema)}

    def _each_once(self, schema: Any, union: Any, loose: list[Any]) -> Any:
        """Read what is exact as the contract says; else each part by `_Pick`, and keep what was found for it."""
        pick = self._pick(union)
        choices: dict[Any, Any] = {str(number): one for number, one in enumerate(loose)}
        once = schema["metadata"]["once"](pick.rounds, {}).schema({**choices, "new": _OBJECT})
        read = core_schema.tagged_union_schema(
            {SEVERAL: once, OTHER: core_schema.union_schema([*loose])},
            discriminator=lambda value: SEVERAL if isinstance(value, dict | list) else OTHER,
        )
        read_exactly = self._exactly(schema)

        def whole(value: Any, handler: Any) -> Any:
            if KNOWN.get() is None:  # else it is a part of what was not exact
                with suppress(ValueError):
                    return read_exactly(value)
            return handler(value)

        return core_schema.no_info_wrap_validator_function(whole, read)

    def _of_default(self, schema: Any, result: Any) -> Any:
        """Take null for absent, unless it is a value."""

        def absent(value: Any, handler: Any) -> Any:
            try:
                return handler(value)
            except ValidationError:
                if value is None:
                    raise PydanticUseDefault from None
                raise

        return {**result, "schema": core_schema.no_info_wrap_validator_function(absent, result["schema"])}

    def _of_tagged_union(self, schema: Any, result: Any) -> Any:
        """Take an object whose tag is none of those that are known."""
        name, known = schema["discriminator"], schema["choices"]
        if not isinstance(name, str):
            return result

        def new(value: dict[str, Any]) -> dict[str, Any]:
            if isinstance(tag := value.get(name), str) and tag in known:
                raise ValueError("the tag is known, the object is not as it should be")
            return value

        return _or(schema, result, core_schema.no_info_after_validator_function(new, _OBJECT))

    def _of_union(self, schema: Any, result: Any) -> Any:
        """Pick the class by required properties and their constants; take an object of which no class has these."""
        if schema.get("mode") == "left_to_right":  # what may be anything is not picked by what it needs
            return result
        loose = [one[0] if isinstance(one, tuple) else one for one in result["choices"]]
        pick = self._pick(schema)
        if not pick.known:
            return result
        choices = {number: loose[int(number)] for number in pick.known}
        exact = core_schema.no_info_plain_validator_function(self._exactly(schema))
        choices["any"] = core_schema.union_schema([exact, bare(result)], mode="left_to_right")
        others = [loose[int(number)] for number in pick.others]
        choices["new"] = core_schema.union_schema([*others, _OBJECT], mode="left_to_right")
        return {**core_schema.tagged_union_schema(choices, discriminator=pick.one), **_reference(schema)}

    def _pick(self, schema: Any) -> _Pick:
        parts = [one[0] if isinstance(one, tuple) else one for one in schema["choices"]]
        return _Pick([self._needed(one) for one in parts])

    def _exactly(self, schema: Any) -> Callable[[Any], Any]:
        """Return what reads a JSON value as the contract says, with definitions that are not loosened."""

        @cache  # built when it is needed: each costs time
        def validator() -> SchemaValidator:
            whole = core_schema.definitions_schema(bare(schema), [*self._definitions])
            return SchemaValidator(whole, _CONFIG, _use_prebuilt=False)

        return lambda value: validator().validate_json(to_json(value), context={})  # empty: nothing has to be explained

    def _needed(self, schema: Any) -> dict[str, Any] | None:
        """Return the properties that an object must have, with their values if these are constants; None for no model."""
        while (kind := schema["type"]) != "model-fields":
            if kind == "definition-ref":
                schema = self._known[schema["schema_ref"]]
            elif kind in ("model", "function-after", "definitions"):
                schema = schema["schema"]
            else:
                return None
        fields = {f.get("validation_alias", name): f["schema"] for name, f in schema["fields"].items()}
        return {name: one.get("expected") for name, one in fields.items() if one["type"] != "default"}


class _Pick:
    """Picks the members of a union for a value: `needed` has the required properties of each, None for what is no model."""

    def __init__(self, needed: Sequence[dict[str, Any] | None]) -> None:
        self.known = {str(number): one for number, one in enumerate(needed) if one is not None}
        self.others = [str(number) for number, one in enumerate(needed) if one is None]
        self._all = [str(number) for number in range(len(needed))]

    def _fitting(self, value: Any) -> list[str]:
        return [number for number, needed in self.known.items() if _has(value, needed)]

    def one(self, value: Any) -> str:
        """Name the only member that is meant, `any` or `new`."""
        if not isinstance(value, dict):
            return "any"
        fitting = self._fitting(value)
        return fitting[0] if len(fitting) == 1 else "any" if fitting else "new"

    def rounds(self, value: Any) -> list[list[str]]:
        """Name the members to be tried, in rounds."""
        if not isinstance(value, dict) or not self.known:
            return [self._all]
        fitting = self._fitting(value)
        return [fitting] if len(fitting) == 1 else [self._all] if fitting else [[one] for one in (*self.others, "new")]


def _has(value: Any, needed: dict[str, Any]) -> bool:
    return all(name in value and (known is None or value[name] in known) for name, known in needed.items())


def _is_map(key: Any, value: Any) -> bool:
    """Tell whether schemas stand by names, of fields or of tags: a name says nothing, even if it is `ref` or `pattern`."""
    return key in ("fields", "choices") and isinstance(value, dict)


def _constrains(function: Any) -> bool:
    """Tell whether a validator is a rule, or a bound that pydantic writes as a function."""
    bound = isinstance(function, partial) and function.func.__module__ == "pydantic._internal._validators"
    return bound or hasattr(getattr(function, "__self__", None), "judge")


def _reference(schema: Any) -> dict[str, Any]:
    return {"ref": schema["ref"]} if "ref" in schema else {}


def _or(schema: Any, result: Any, *others: Any) -> Any:
    """Read in another way what a schema does not take."""
    return {**core_schema.union_schema([bare(result), *map(kept, others)], mode="left_to_right"), **_reference(schema)}


def _also(schema: Any, expected: list[Any]) -> Any:
    """Take other values of the types that an enum has."""
    others = [found(strict=True) for kind, found in _SCALARS.items() if any(type(value) is kind for value in expected)]
    return _or(schema, schema, *others)
