"""The base class of the models, and what JSON needs beyond Python's own types."""

import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from math import isfinite
from operator import is_
from threading import RLock
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, SchemaValidator, core_schema

T = TypeVar("T")
HASTY: dict[Any, Any] = {...: True}  # no text, as the marks of files are
"""What the context of a first reading has, beside the files of a form: what takes time to be read again is refused, as a second
reading follows (tags.py)."""
LONGEST = 500
"""Characters of a message, or of a name in a place."""
_BUILDING = RLock()


@contextmanager
def deep() -> Iterator[None]:
    """Let pydantic build types that lie deep in each other: it recurses some 25 times for each."""
    with _BUILDING:
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, 50_000))
        try:
            yield
        finally:
            sys.setrecursionlimit(limit)


KNOWN: ContextVar[dict[Any, Any] | None] = ContextVar("known", default=None)
"""What once.py found for the parts of a value so far, while it reads one. Of `finite` it has the identities of those that hold NaN
or infinity, which were looked for before."""


def finite(value: Any) -> Any:
    """Return a JSON value as it is; raise ValueError for NaN or infinity anywhere in it (RFC 8259 section 6)."""
    known = KNOWN.get()
    if known is not None and id(value) not in known.get(finite, ()):
        return value
    if known is not None or (isinstance(value, float) and not isfinite(value)):
        raise ValueError("NaN and infinity are no JSON numbers")
    if isinstance(value, (dict, list, tuple)):
        for item in value.values() if isinstance(value, dict) else value:
            if type(item) not in PLAIN:
                finite(item)
    return value


def place(loc: Iterable[str | int], whole: Any) -> tuple[str | int, ...]:
    """Leave out of the place of an error what is none in the value: pydantic's names for the members of a union."""
    found: list[str | int] = []
    for part in loc:
        if part in (range(len(whole)) if isinstance(whole, list) else whole if isinstance(whole, dict) else ()):
            whole = whole[part]
            found.append(part)
    return tuple(found)


PLAIN = (str, int, bool, type(None))
Value = Annotated[Any, AfterValidator(finite)]
"""Any JSON value."""


class _Other(str):
    """The wire name of a further property that a field has in Python: never equal to that field's name."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return type(other) is _Other and str.__eq__(self, other)

    def __hash__(self) -> int:
        return hash((_Other, str(self)))


class Model(BaseModel):
    """An object of the API, with strict types: wire names where it is read and written, Python names where it is made.

    Wire names are taken in calls too, and a dict for an object inside. `__concealed__`: no message shows the names of further
    properties.
    """

    __concealed__: ClassVar[bool] = False

    model_config = ConfigDict(
        extra="allow",  # unless a subclass says "forbid"
        strict=True,
        allow_inf_nan=False,
        serialize_by_alias=True,
        protected_namespaces=(),
        ser_json_inf_nan="constants",  # a NaN that came in past validation must be noticed, not sent as null
        defer_build=True,
    )
    if TYPE_CHECKING:
        __pydantic_extra__: dict[str, Value] = Field(init=False)
    else:  # without a value, which pydantic takes for a field that is too many where models stand in a union of dicts
        __pydantic_extra__: dict[str, Value]

    if not TYPE_CHECKING:

        def __init__(self, /, **data: Any) -> None:
            self.__pydantic_validator__.validate_python(data, self_instance=self, by_alias=True, by_name=True)

        __init__.__pydantic_base_init__ = True  # pydantic calls it nowhere: what is read has wire names alone

    @classmethod
    @deep()
    def model_rebuild(cls, **options: Any) -> bool | None:
        """Build what was deferred, from the names of the class's own module: not of whoever uses it first."""
        return super().model_rebuild(**{**options, "_types_namespace": {}})

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema: Any = handler(source)
        if schema["type"] == "model":
            if cls.__concealed__:
                schema["metadata"] = {**schema.get("metadata", {}), "concealed": True, "keys": True}
            schema["strict"] = False  # instance or dict; the fields stay strict by model_config
            for name in (name for name, one in cls.model_fields.items() if ABSENT in one.metadata):
                schema["schema"]["fields"][name]["serialization_exclude_if"] = partial(is_, None)
            renamed = {name for name, one in cls.model_fields.items() if one.alias not in (None, name)}
            if renamed and cls.model_config.get("extra") == "allow":
                keys = core_schema.no_info_after_validator_function(partial(_apart, renamed), core_schema.str_schema())
                schema["schema"]["extras_keys_schema"] = keys
        return cast("CoreSchema", schema)


def _apart(renamed: Collection[str], key: str) -> str:
    """Tell a further property from the field of that name: only what was set is sent."""
    return _Other(key) if key in renamed else key


class _NotNull:
    """Refuses null on the wire, takes None in Python."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        inner = schema["schema"] if schema["type"] == "nullable" else schema
        return core_schema.json_or_python_schema(json_schema=inner, python_schema=schema)


ABSENT = _NotNull()
Absent = Annotated[T | None, ABSENT]
"""A property that may be absent but is never null: None stands for absent, and is not sent."""


class Written:
    """A type written as text: on the wire, only text that matches is taken; in Python, only instances."""

    def __init__(self, what: str, pattern: str) -> None:
        self.what, self.pattern = what, f"^{pattern}$"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        lax: Any = {**handler(source), "strict": False}
        kind = f"{lax['type'].replace('timedelta', 'time_delta')}_parsing"
        text: Any = core_schema.str_schema(pattern=self.pattern, strict=True)
        text = core_schema.custom_error_schema(text, kind, custom_error_context={"error": self.what})
        # A validator of its own, which `strict=True` of a call does not reach: a text is the only way to write it in JSON.
        apart = core_schema.no_info_before_validator_function(SchemaValidator(lax).validate_python, lax)
        wire = core_schema.lax_or_strict_schema(lax_schema=lax, strict_schema=apart, strict=False)
        own = core_schema.is_instance_schema(_CLASSES[lax["type"]])  # `strict=False` of a call takes no other either
        return core_schema.json_or_python_schema(
            json_schema=core_schema.chain_schema([text, wire]),
            python_schema=core_schema.chain_schema([own, {**lax, "strict": True}]),
        )


_CLASSES = {one.__name__: one for one in (date, datetime, time, timedelta)}
# RFC 3339 section 5.6. Pydantic alone would also take "1700000000" for a date-time.
DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
OFFSET = "([Zz]|[+-][0-9]{2}:[0-9]{2})"
UTCDateTime = Annotated[
    datetime,
    Written("RFC 3339 is needed", f"{DATE}[Tt ]{TIME}{OFFSET}?"),
    AfterValidator(lambda value: value if value.tzinfo else value.replace(tzinfo=UTC)),
]
"""A date-time in which a missing offset means UTC."""
