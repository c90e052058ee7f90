"""The contract's parts: how operations are written to and read from HTTP messages, for client and server alike."""

from __future__ import annotations

import base64
import contextlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property, partial
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import CoreConfig, SchemaSerializer, SchemaValidator, from_json

from ..exceptions import DecodeError, EncodeError, StatusError
from ..models.base import HASTY, Model, deep, finite
from ..models.exact import SENT, exact, inside, reading, serializer, telling
from ..models.flood import first_only
from ..models.room import with_room
from ..models.steps import TOO_MANY, Steps, TooManySteps, counted
from .misfits import UNWRITABLE, Kept, misfit
from .words import refused

T = TypeVar("T")
Fields = list[tuple[bytes, bytes]]
_CONFIG = ConfigDict(strict=True, allow_inf_nan=False, ser_json_inf_nan="constants")
_STRICT = CoreConfig(strict=True, allow_inf_nan=False)
_LISTED = 1000  # problems of one text that are listed: a million of them would take seconds and a gigabyte
_N, _I = b"NI"
_MARK = b"\xef\xbb\xbf"  # a byte order mark, which may be ignored (RFC 8259 section 8.1)
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_UNFIT = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]|^[ \t]|[ \t]\Z")


def _whole(text: str) -> float:
    """Read 1.0 and 1e2 as integers, which they are to JSON Schema (2020-12 Core, 4.2.3)."""
    number = Decimal(text)
    return int(number) if number.adjusted() < 100 and number == number.to_integral_value() else float(text)


class Media:
    """A media type of a body: bytes and content type from a value, a value from bytes."""

    stream: Any = None  # what reads and writes items, where a body is a sequence of them (streaming.py)
    empty = False  # whether no bytes at all are a value
    is_secret = False  # whether what is read without its schema has a part that is secret, as the schema says

    def __init__(self, type_: Any, media_type: str) -> None:
        self.type, self.media_type, self.content_type = type_, media_type, media_type
        self.all: tuple[Media, ...] = (self,)  # more in a OneOf (content.py)

    def find(self, content_type: str) -> Media | None:
        """Return what reads a content type: this, if they are equal but for parameters (RFC 9110 section 8.3.1)."""
        if content_type == self.media_type:
            return self
        own, wanted = essence(self.media_type), essence(content_type)
        return self if wanted == own or (own == "application/json" and wanted.endswith("+json")) else None

    @property
    def conceals(self) -> bool:
        """Whether a value, or a part of one, is secret (`format: password`)."""
        held: Json | None = getattr(self, "json", None)
        return self.is_secret or (held is not None and held.conceals)

    write: Callable[..., tuple[Any, str]]  # the bytes of a value and their content type; raises EncodeError
    read: Callable[..., Any]  # the value of bytes and their content type; raises DecodeError


@deep()
def _adapter(type_: Any) -> TypeAdapter[Any]:
    is_model = isinstance(type_, type) and issubclass(type_, BaseModel)
    if is_model:
        type_.model_rebuild()  # so that aliases in it are as strict as the class
    adapter: TypeAdapter[Any] = TypeAdapter(type_, config=None if is_model else _CONFIG)
    adapter.rebuild()
    adapter.validator = reading(adapter.core_schema, adapter.validator)
    return adapter


@cache  # types live as long as their module
def _shared(type_: Any, _: str) -> TypeAdapter[Any]:
    """Return the adapter of a type; its text tells apart `A | B` and `B | A`, which are equal."""
    return _adapter(type_)


@cache
@deep()
def _teller(adapter: TypeAdapter[Any]) -> SchemaValidator:
    schema = telling(adapter.core_schema)
    return (
        SchemaValidator(schema, _STRICT, _use_prebuilt=False) if schema else cast("SchemaValidator", adapter.validator)
    )


class Json(Media):
    """JSON: fields that were not set stay absent; types are taken strictly, by their wire names."""

    writes: Callable[[Any], SchemaSerializer] = staticmethod(serializer)  # gives what writes a class by itself

    def __init__(self, type_: Any, media_type: str = "application/json") -> None:
        super().__init__(type_, media_type)

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """The type as pydantic sees it, built at first use: once for each type, as it may be large."""
        with contextlib.suppress(TypeError):  # of a type that has no hash
            return _shared(self.type, repr(self.type))
        return _adapter(self.type)

    @cached_property
    def marks(self) -> list[Mapping[str, Any]]:
        """What the type marks as secret (`format: password`), at any depth: values, keys of objects, names of properties."""
        found = (one.get("metadata", {}) for one in inside(self.adapter.core_schema))
        return [one for one in found if "concealed" in one]

    @property
    def conceals(self) -> bool:
        """Whether a value, or a part of one, is secret."""
        return bool(self.marks)

    @cached_property
    def named(self) -> frozenset[str] | None:
        """The names of properties that messages show: the declared ones if others are secret, None if all are shown."""
        if not any(one.get("keys") for one in self.marks):
            return None
        models = (one["fields"] for one in inside(self.adapter.core_schema) if one["type"] == "model-fields")
        return frozenset(one.get("validation_alias", name) for fields in models for name, one in fields.items())

    @cached_property
    def telling(self) -> SchemaValidator:
        """Reads what was refused again, to say what is wrong: slowly where unions recurse."""
        return _teller(self.adapter)

    @cached_property
    def serializer(self) -> SchemaSerializer:
        """Writes a value exactly, built at first use: once for each class."""
        is_model = isinstance(self.type, type) and issubclass(self.type, Model)
        return self.writes(self.type) if is_model else exact(self.adapter.core_schema)

    def write(self, value: Any, context: Any = None) -> tuple[bytes, str]:
        try:
            return _dump(context, self.serializer, value), self.content_type
        except UNWRITABLE:  # which has the value: what is raised below does not lead to it
            kept = Kept(self.conceals, self.named)
        dump = partial(_dump, context)
        raise misfit(partial(dump, self.serializer), value, lambda one: dump(self.writes(type(one)), one), kept)

    def read(self, data: bytes, content_type: str = "", context: Any = None) -> Any:
        try:
            recurses = self.adapter.core_schema["type"] == "definitions"  # or may do so
            return with_room(partial(self._read, data, context), data) if recurses else self._read(data, context)
        except RecursionError:
            raise DecodeError.of("this is too deep to be read", "too_deep") from None
        except TooManySteps:
            raise DecodeError.of(TOO_MANY, "too_many_steps") from None

    def _read(self, data: bytes, context: Any) -> Any:
        first, steps = first_only(self.adapter, data), Steps()
        try:
            hasty, read = {**(context or {}), **HASTY}, (first or self.adapter.validator).validate_json
            return counted(partial(read, data, context=hasty), steps)
        except ValidationError as error:
            failed = error
        if data.startswith(_MARK) and not data.startswith(_MARK * 2):
            return self._read(data[len(_MARK) :], context)
        if failed.error_count() > 1 or failed.errors(include_input=False)[0]["type"] != "json_invalid":
            with contextlib.suppress(ValueError, ArithmeticError):  # once more, with 1.0 as an integer
                mended = json.dumps(json.loads(data, parse_float=_whole)).encode()
                try:
                    read = partial((first or self.telling).validate_json, mended, context=context)
                    return counted(read, Steps(steps.left))
                except ValidationError as error:
                    failed = error
        number = failed.error_count()
        if number > _LISTED:
            raise DecodeError.of(f"{number} problems", "too_many_problems")
        found = failed.errors(include_url=False, include_input=False)
        raise refused(found, None if found[0]["type"] == "json_invalid" else from_json(data), named=self.named)


def _dump(context: Any, writer: SchemaSerializer, value: Any) -> bytes:
    data = writer.to_json(value, context=context, **SENT)
    # A character is looked for in a tenth of the time of a word.
    if (_N in data or _I in data) and (b"NaN" in data or b"Infinity" in data):
        finite(from_json(data))
    return data


def essence(content_type: str) -> str:
    """Return a media type in lower case without its parameters (RFC 9110 section 8.3.1)."""
    return content_type.partition(";")[0].strip().lower()


def fields(values: Iterable[tuple[str, Any]]) -> Fields:
    """Return header fields as bytes, without those that are None; raise EncodeError for what no UTF-8 field has (RFC 9110, 5.1, 5.5)."""
    found = [(name, value) for name, value in values if value is not None]
    for name, value in found:
        if not isinstance(value, str) or _UNFIT.search(value) or not _NAME.fullmatch(name):
            what = "text without control characters or lone surrogates, and without blanks around it"
            raise EncodeError(
                f"header {name!r} must be {what}" if _NAME.fullmatch(name) else f"{name!r} is no name of a header"
            )
    return [(name.lower().encode(), value.encode()) for name, value in found]


def joined(found: Fields) -> dict[str, str]:
    """Return header fields with repeated ones joined (RFC 9110 section 5.3, RFC 9113 section 8.2.3 for cookies)."""
    values = {name.decode("latin-1"): value.decode("latin-1") for name, value in found}
    if len(values) == len(found):  # as nearly always
        return values
    several: dict[str, list[str]] = {}
    for name, value in found:
        several.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
    return {name: ("; " if name == "cookie" else ", ").join(texts) for name, texts in several.items()}


@dataclass(frozen=True, slots=True)
class Basic:
    """Name and password (RFC 7617)."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token (RFC 6750), also for oauth2 and openIdConnect."""

    token: str = field(repr=False)


@dataclass(eq=False, slots=True)
class Parts:
    """What parameters and credentials put into a request; path and query are percent-encoded."""

    path: str = ""
    query: list[str] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)  # what is written into path or query, and not shown


@dataclass(eq=False)
class SecurityScheme:
    """A way to present credentials: basic, or a token (bearer, oauth2, openIdConnect); others are in schemes.py."""

    name: str
    kind: str
    challenge: str = "Bearer"  # what WWW-Authenticate says (RFC 9110 section 11.6.1)
    sends = True  # whether it puts anything into a request

    def place(self, value: Any, parts: Parts) -> None:
        """Put credentials into a request: (name, password), or a token; raise EncodeError."""
        if self.kind == "basic" and ":" in value[0]:
            raise EncodeError("a user name cannot have a colon, which ends it (RFC 7617 section 2)")
        basic = self.kind == "basic" and base64.b64encode(":".join(value).encode()).decode()
        parts.headers.append(("authorization", f"Basic {basic}" if basic else f"Bearer {value}"))

    def find(self, headers: Mapping[str, str], query: str) -> Any:
        """Return the credentials that a request presents, None if there are none, False for what can't be read as such."""
        name, _, text = headers.get("authorization", "").partition(" ")
        text = text.strip()
        if name.lower() != ("basic" if self.kind == "basic" else "bearer"):
            return None
        if self.kind != "basic":
            return bool(text) and Bearer(text)
        try:
            username, colon, password = base64.b64decode(text, validate=True).decode().partition(":")
        except ValueError:
            return False
        return bool(colon) and Basic(username, password)


class Response:
    """What one status, range of statuses or the default carries. `headers` are Headers of parameters.py."""

    def __init__(
        self, media: Media | None = None, *, headers: Any = None, error: type[StatusError[Any]] | None = None
    ) -> None:
        self.media, self.headers, self.error = media, headers, error


@dataclass(eq=False, kw_only=True)
class Operation(Generic[T]):
    """One operation of the document. T is what the client's method returns, or the items of its stream."""

    name: str
    operation_id: str
    method: str
    path: str
    parameters: Any = None  # of parameters.py
    body: Media | None = None
    body_required: bool = True
    responses: Mapping[str, Response] = field(default_factory=dict)
    statuses: tuple[int, ...] = (200,)  # those of answers; others are errors
    security: tuple[Mapping[SecurityScheme, tuple[str, ...]], ...] = ()  # alternatives: schemes with their scopes
    servers: tuple[Any, ...] = ()  # of servers.py

    def response(self, status: int) -> Response | None:
        """Find what is declared for a status: by itself, by its range, by default (OpenAPI 4.8.16)."""
        found = self.responses
        return found.get(str(status)) or found.get(f"{status // 100}XX") or found.get("default")

    def succeeds(self, status: int) -> bool:
        """Tell whether a status is an answer, not an error."""
        return 200 <= status < 300 or status in self.statuses


@dataclass(eq=False, kw_only=True)
class Api:
    """The whole contract."""

    package: str
    title: str
    version: str
    operations: tuple[Operation[Any], ...]
    schemes: tuple[SecurityScheme, ...] = ()
    servers: tuple[Any, ...] = ()
    base_url: str | None = None  # in place of the servers
    mount_path: str = ""  # where `python -m <package>.server` answers, too
    environment: str = ""  # begins the names of the variables that clients read; without it they read none
