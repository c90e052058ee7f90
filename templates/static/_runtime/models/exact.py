"""Models are written as their declared class, with whatever was given, assigned or changed in place."""

from __future__ import annotations

from typing import Any

from pydantic_core import CoreSchema, PydanticSerializationUnexpectedValue, core_schema


def exact(cls: Any, schema: Any) -> CoreSchema:
    """Return the schema of a model `cls` that writes what `Writer` makes of an instance."""
    inner = {key: value for key, value in schema.items() if key != "ref"}
    # For a subclass that a discriminator names: it comes out of the writer as it is, and writes itself.
    inner["config"] = {**schema.get("config", {}), "polymorphic_serialization": True}
    function = core_schema.plain_serializer_function_ser_schema(Writer(cls).function, return_schema=inner)  # type: ignore[arg-type]
    return {**schema, "serialization": function}


class Writer:
    """Gives what is written of a value where the model `cls` is declared.

    Its `function` raises PydanticSerializationUnexpectedValue for an instance of another class, which lets a union go on to its
    next member, and for a subclass with more fields: those of a `UserInDB` must not leave as a `User`. It is a plain
    function of the core schema, so that the JSON itself is still made by pydantic's compiled core.
    """

    def __init__(self, cls: Any) -> None:
        self.cls = cls
        fields = cls.model_fields.items()
        found = [(n, f.default_factory() if f.default_factory in (list, dict) else f.default) for n, f in fields]
        self.defaults = [(name, default) for name, default in found if type(default).__hash__ is None]
        self.is_closed = cls.model_config.get("extra") == "forbid"
        self.function = self.whole if self.is_closed or self.defaults else self.plain

    def plain(self, value: Any) -> Any:
        """Write an open model of which no default can change in place."""
        return value if type(value) is self.cls else self.fitting(value)

    def whole(self, value: Any) -> Any:
        """Write any model: a default that was changed in place counts as given, in a copy."""
        if type(value) is not self.cls or (self.is_closed and value.__pydantic_extra__):
            value = self.fitting(value)
        given, held = value.__pydantic_fields_set__, value.__dict__
        changed = [n for n, default in self.defaults if n not in given and _differs(held.get(n, default), default)]
        return _copied(value, type(value), given.union(changed)) if changed else value

    def fitting(self, value: Any) -> Any:
        """Return an instance of a subclass as one of `cls`, or as it is where the discriminator of `cls` names its class."""
        cls, own = self.cls, type(value)
        if not isinstance(value, cls):
            raise PydanticSerializationUnexpectedValue(f"{cls.__name__} is needed, not {own.__name__}")
        kind = next(one for one in own.__mro__ if one is cls or cls.__discriminates__(one))
        more = {*own.model_fields, *own.model_computed_fields} - {*kind.model_fields}
        if kind.model_config.get("extra") == "forbid":
            more |= {*(value.__pydantic_extra__ or ())}
        if more:
            names = ", ".join(sorted(more))
            raise PydanticSerializationUnexpectedValue(f"{own.__name__} has what {kind.__name__} has not: {names}")
        return value if own is kind else _copied(value, kind, value.__pydantic_fields_set__)


def _differs(value: Any, default: Any) -> bool:
    """Tell whether a default was changed in place; [1] equals [True] in Python only."""
    return bool(value != default or (default and repr(value) != repr(default)))


def _copied(value: Any, kind: Any, given: set[str]) -> Any:
    """Return a model of another class, or with other fields set, that shares its values."""
    copy = kind.__new__(kind)
    is_open = kind.model_config.get("extra") != "forbid"
    extra = value.__pydantic_extra__ or ({} if is_open else None)
    object.__setattr__(copy, "__dict__", value.__dict__)
    object.__setattr__(copy, "__pydantic_extra__", extra)
    object.__setattr__(copy, "__pydantic_fields_set__", given)
    object.__setattr__(copy, "__pydantic_private__", None)
    return copy
