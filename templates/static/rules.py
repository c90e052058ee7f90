"""What Python's types can't say of JSON: values are judged by their JSON Schema as well."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, TypeVar, get_args, get_origin

from jsonschema_rs import Draft202012Validator, FancyRegexOptions, ValidationError
from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema, to_jsonable_python

from .base import Model, Value

T = TypeVar("T")
BACKTRACKS = 100_000
"""Steps that a pattern with look-around may take; other patterns run in linear time."""
OTHER = "\0"
"""Marks what a schema without `type` lets pass; never part of a wire name."""


def plain(value: Any) -> Any:
    """Return a value as JSON has it; what was not set stays absent."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return to_jsonable_python(value, by_alias=True)


class Rule:
    """Judges values by a JSON Schema (draft 2020-12)."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema

    @cache  # noqa: B019 - rules live as long as their module
    def _validator(self) -> Draft202012Validator:
        return Draft202012Validator(
            dict(self._schema), pattern_options=FancyRegexOptions(backtrack_limit=BACKTRACKS), validate_formats=False
        )

    def judge(self, value: T) -> T:
        """Return the value; raise PydanticCustomError with the rule that it breaks and the path to where."""
        error: ValidationError | None = next(iter(self._validator().iter_errors(plain(value))), None)
        if error is None:
            return value
        keyword = next((part for part in reversed(error.schema_path) if isinstance(part, str)), "schema")
        context = {"keyword": keyword, "path": [*error.instance_path]}
        raise PydanticCustomError("schema", "Value is not as its schema says: {keyword}", context)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.judge, handler(source))


class Rules:
    """The schemas of a package, by name; they refer to each other as `#/$defs/…`."""

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self._schemas = dict(schemas)

    @cache  # noqa: B019 - rules live as long as their module
    def __call__(self, name: str) -> Rule:
        return Rule({"$ref": f"#/$defs/{name}", "$defs": self._schemas})


class RuledModel(Model):
    """An object that is judged by `__rule__` as a whole."""

    __rule__: ClassVar[Rule]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = super().__get_pydantic_core_schema__(source, handler)
        if schema["type"] == "model" and (rule := vars(cls).get("__rule__")) is not None:
            inner: Any = dict(schema)
            reference = inner.pop("ref", None)
            return core_schema.no_info_after_validator_function(rule.judge, inner, ref=reference)
        return schema


class LooseModel(RuledModel):
    """An object whose schema has no `type`: every JSON value that is no object passes as it is."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema: Any = super().__get_pydantic_core_schema__(source, handler)
        return _loose(schema, (dict, cls), handler) if schema["type"] in ("model", "function-after") else schema


def _loose(schema: Any, kinds: tuple[type, ...], handler: GetCoreSchemaHandler) -> CoreSchema:
    """Apply a schema to values of some kinds and let all others pass."""
    inner = dict(schema)
    reference = inner.pop("ref", None)
    choices = {OTHER: inner, "value": handler.generate_schema(Value)}
    return core_schema.tagged_union_schema(
        choices, discriminator=lambda value: OTHER if isinstance(value, kinds) else "value", ref=reference
    )


class _Loose:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        inner = get_args(source)[0]
        bare = get_args(inner)[0] if get_origin(inner) is Annotated else inner
        kinds = (list, tuple) if get_origin(bare) in (list, tuple) else (dict,)
        return _loose(handler.generate_schema(inner), kinds, handler)


Loose = Annotated[T | Value, _Loose()]
"""A schema without `type` that speaks of T: every JSON value that is none passes as it is."""


class _Exactly:
    """Tells 1 from true, and takes 1.0 for 1, as JSON Schema does; Python's literals do not."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        found = {(type(value) is bool, value): value for value in get_args(source)}

        def exact(value: Any) -> Any:
            key = (type(value) is bool, value)
            if isinstance(value, list | dict) or key not in found:
                expected = " or ".join(repr(one) for one in found.values())
                raise PydanticCustomError("literal_error", "Input should be {expected}", {"expected": expected})
            return found[key]

        kinds = {"boolean" if flag else "string" if isinstance(value, str) else "number" for flag, value in found}
        return core_schema.no_info_plain_validator_function(
            exact,
            serialization=core_schema.plain_serializer_function_ser_schema(exact),
            metadata={"scalar": kinds.pop()} if len(kinds) == 1 else None,
        )


Exactly = _Exactly()
