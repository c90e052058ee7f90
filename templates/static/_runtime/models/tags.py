"""Classes that a discriminator tells apart: an object is read as the class that its tag names (OpenAPI 3.1, 4.8.25)."""

from __future__ import annotations

import sys
from collections.abc import Collection
from functools import cache, partial
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import GetCoreSchemaHandler, ValidationError, ValidationInfo
from pydantic_core import CoreConfig, CoreSchema, PydanticCustomError, SchemaValidator, core_schema, to_json

from .base import ABSENT, KNOWN, Model, deep
from .exact import TELLING, telling
from .once import WIDE, Once, holds
from .reading import LEAD, NATIVE, QUICK, Reading, is_hasty, silent, stopping
from .shapes import OBJECTS, Tagged, judged, loose

OWN = "\0"
"""Stands for the declared class among tags; never a tag."""


@cache  # classes live as long as their module
def _tags(cls: type[Model]) -> tuple[tuple[str, dict[str, type[Model]]], ...]:
    """Return the properties that tell a class apart, the nearest first, with the classes of the module by tag."""
    found = [
        (vars(one)["__tags__"], vars(sys.modules[one.__module__])) for one in cls.__mro__ if "__tags__" in vars(one)
    ]
    return tuple((tags.name, {tag: known[name] for tag, name in tags.classes.items()}) for tags, known in found)


def _field(cls: type[Model], wire_name: str) -> str:
    """Name the field of a wire name; the empty text if there is none."""
    return next((name for name, one in cls.model_fields.items() if wire_name in (one.alias, name)), "")


def _filled(cls: type[Model], given: dict[str, Any]) -> dict[str, Any]:
    """Add the tags of a class to its arguments, if they are not given; raise ValidationError for those of another class."""
    for name, classes in _tags(cls):
        own = next((one for one in cls.__mro__ if one in classes.values()), None)
        field = _field(cls, name)
        default = cls.model_fields[field].default if field else None
        if not {field, name} & given.keys() and isinstance(default, str) and classes.get(default) is own:
            given = {**given, field: default}
        tag = given.get(field, given.get(name))
        named = classes.get(tag) if isinstance(tag, str) else None
        if named not in (None, own):
            error = PydanticCustomError("tag", "{tag} is the tag of {named}", {"tag": tag, "named": named.__name__})
            raise ValidationError.from_exception_data(cls.__name__, [{"type": error, "loc": (name,), "input": tag}])
    return given


class TaggedModel(Model):
    """An object that is read as the class that its tag names, if that one accepts it; else as the declared class.

    Its own tag is filled in where it is made, and sent. `__rule__` judges it as a whole. `__loose__`: its schema has no
    `type`, so every JSON value that is no object passes.
    """

    __tags__: ClassVar[Tagged]
    __loose__: ClassVar[bool]

    if not TYPE_CHECKING:

        def __init__(self, /, **data: Any) -> None:
            given = _filled(type(self), data)
            _maker(type(self)).validate_python(given, self_instance=self, by_alias=True, by_name=True)

        __init__.__pydantic_base_init__ = True  # pydantic calls it nowhere: what is read has wire names alone

    @classmethod
    @deep()
    def model_rebuild(cls, **options: Any) -> bool | None:
        """Build what was deferred."""
        done = super().model_rebuild(**options)
        if (
            done
        ):  # pydantic would have it in the place of the class's own fields, but for the function that comes after it
            found = core_schema.no_info_after_validator_function(_same, cls.__pydantic_core_schema__)
            cls.__pydantic_validator__ = _validator(cls, found)
        return done

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema: Any = super().__get_pydantic_core_schema__(source, handler)
        if schema["type"] != "model":
            return schema  # type: ignore[no-any-return]
        for name, _ in _tags(cls):
            if (field := _field(cls, name)) and ABSENT not in cls.model_fields[field].metadata:
                one = schema["schema"]["fields"][field]  # filled in where it is made, but never where it is read
                one["schema"] = one["schema"]["schema"] if one["schema"]["type"] == "default" else one["schema"]
        reference = schema["ref"]
        own = {**judged(cls, schema), "ref": _own(cls)}
        found = _dispatched(cls, core_schema.definition_reference_schema(own["ref"]), handler) or own
        if vars(cls).get("__loose__"):
            found = loose(found, OBJECTS, handler)
        definitions: list[CoreSchema] = [] if found is own else [own]
        return core_schema.definitions_schema({**found, "ref": reference}, definitions)


@cache  # classes live as long as their module
def _required(cls: type[Model]) -> tuple[tuple[str, str], ...]:
    """Return the names in JSON and in Python of what an object of a class must have."""
    return tuple((one.alias or name, name) for name, one in cls.model_fields.items() if one.is_required())


def _has_all(value: dict[str, Any], cls: type[Model]) -> bool:
    return all(alias in value or name in value for alias, name in _required(cls))


@cache  # classes live as long as their module
def _needed(cls: type[Model]) -> frozenset[str]:
    """Return the names in JSON of what an object of a class must have."""
    return frozenset(alias for alias, _ in _required(cls))


def _own(cls: type[Model]) -> str:
    """Refer to a class's own fields, whatever the tag is."""
    return f"{OWN}{id(cls)}"


def _validator(cls: type[Model], schema: CoreSchema) -> SchemaValidator:
    return SchemaValidator(schema, CoreConfig(title=cls.__name__), _use_prebuilt=False)


@cache  # classes live as long as their module
def _maker(cls: type[Model]) -> SchemaValidator:
    """Return what makes a model of arguments: as the class itself, whatever the tag is."""
    cls.model_rebuild()
    schema: Any = cls.__pydantic_core_schema__
    if any(one["ref"] == _own(cls) for one in schema.get("definitions", ())):
        schema = {**schema, "schema": core_schema.definition_reference_schema(_own(cls))}
    return _validator(cls, schema)


def _dispatched(cls: type[Model], own: Any, handler: GetCoreSchemaHandler) -> Any:
    """Have a class read as the one that the tag names; None if there is no other."""
    name, every = next(iter(_tags(cls)), ("", {}))
    classes = {tag: one for tag, one in every.items() if issubclass(one, cls)}
    others = {one.__name__: handler.generate_schema(one) for one in classes.values() if one is not cls}
    if not others:
        return None
    choices = {tag: own if one is cls else others[one.__name__] for tag, one in classes.items()}

    def order(value: Any) -> list[str]:
        tag = value.get(name) if isinstance(value, dict) else None
        return [tag, OWN] if isinstance(tag, str) and tag in choices and _has_all(value, classes[tag]) else [OWN]

    def turn(value: Any) -> str:
        """Name what reads a value alone; inside of what Once has taken over, and if few errors are to be told of it."""
        is_alone = KNOWN.get() is not None and type(value) is dict and len(order(value)) == 1
        return OWN if is_alone and len(value) <= WIDE and not holds(value, WIDE) else "object"

    def lead(value: Any) -> Any:
        """Name the class that has an object, if it accepts it: that of the tag, or the declared one if the other lacks something."""
        tag = value.get(name) if type(value) is dict else None
        return tag if isinstance(tag, str) and tag in choices and _needed(classes[tag]) <= value.keys() else OWN

    either = {**choices, OWN: own}
    once = core_schema.tagged_union_schema({OWN: own, "object": Once(order).schema(either)}, discriminator=turn)
    tagged = core_schema.custom_error_schema(  # one error, or each would have a place as long as the value is deep
        core_schema.tagged_union_schema(choices, discriminator=name),
        "no_class",
        custom_error_message="The class of the tag refuses it",
    )
    again = core_schema.with_info_wrap_validator_function(partial(_again, cls), own)
    wire = core_schema.union_schema([tagged, again], mode="left_to_right")
    kinds: dict[Any, CoreSchema] = {"instance": own, "object": once, TELLING: once}
    turns = Once(lambda value: [value[name], OWN], tells=False).schema(either)
    kinds[QUICK] = core_schema.tagged_union_schema(
        {OWN: silent(own), "object": turns}, discriminator=lambda value: OWN if lead(value) == OWN else "object"
    )
    kinds[NATIVE] = stopping(core_schema.tagged_union_schema(choices, discriminator=name))
    kinds[LEAD] = stopping(core_schema.tagged_union_schema(either, discriminator=lead))
    python = core_schema.tagged_union_schema(
        kinds, discriminator=lambda value: "instance" if isinstance(value, cls) else "object"
    )
    return core_schema.json_or_python_schema(
        json_schema=wire,
        python_schema=python,
        serialization=_whole(cls, {**others, cls.__name__: own}, classes.values()),
        metadata={"reading": Reading},
    )


def _whole(
    cls: type[Model], schemas: dict[str, CoreSchema], classes: Collection[type[Model]]
) -> core_schema.PlainSerializerFunctionSerSchema:
    """Have an object written as its own class, or the nearest that a tag names."""

    def kind(value: Any) -> str:
        return next((one.__name__ for one in type(value).__mro__ if one in classes), cls.__name__)

    by_class = core_schema.tagged_union_schema({**schemas}, discriminator=kind)
    return core_schema.plain_serializer_function_ser_schema(_same, return_schema=by_class)


def _again(cls: type[Model], value: Any, _: Any, info: ValidationInfo) -> Any:
    """Read JSON that pydantic has refused, or an object with an unknown tag: Once reads all that lies in it."""
    if is_hasty(info.context):
        raise PydanticCustomError("again", "This is read again")
    return _teller(cls).validate_json(to_json(value, inf_nan_mode="constants"), context=info.context)


@cache  # classes live as long as their module
def _teller(cls: type[Model]) -> SchemaValidator:
    cls.model_rebuild()
    return _validator(cls, telling(cls.__pydantic_core_schema__))


def _same(value: Any) -> Any:
    return value
