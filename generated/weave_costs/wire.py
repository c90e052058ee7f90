"""The contract's parts: how operations are written to and read from HTTP messages, for client and server alike."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from .base import deep
from .exceptions import DecodeError, EncodeError, StatusError
from .places import details

T = TypeVar("T")
Fields = list[tuple[bytes, bytes]]
_CONFIG = ConfigDict(strict=True, allow_inf_nan=False, ser_json_inf_nan="constants")
# JSON strings are matched first, so that numbers and NaN are only found outside of them (RFC 8259). Nothing is looked at
# twice, whatever callers send: quantifiers are possessive, a string need not end, digits are bounded.
_STRING = rb'"(?:[^"\\]++|\\.)*+"?'
_REAL = (
    _STRING + rb"|((?<![0-9])-?[0-9]{1,400}+(?:\.[0-9]{1,400}+(?:[eE][+-]?[0-9]{1,2})?|[eE][+-]?[0-9]{1,2}))(?![0-9])"
)
_NOT_FINITE = _STRING + rb"|(NaN|Infinity)"
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def _integral(match: re.Match[bytes]) -> bytes:
    """Write 1.0 and 1e2 as integers."""
    number = Decimal(match[1].decode()) if match[1] else None
    return match[0] if number is None or number != number.to_integral_value() else b"%d" % int(number)


class Media:
    """A media type of a body: bytes and content type from a value, a value from bytes."""

    stream: Any = None  # what reads and writes items, where a body is a sequence of them (streaming.py)
    empty = False  # whether no bytes at all are a value
    concrete = "application/json"  # what is written for a range of media types such as */*

    def __init__(self, type_: Any, media_type: str) -> None:
        self.type = type_
        self.media_type = media_type
        self.content_type = self.concrete if re.search(r"\*(?!\+)", media_type) else media_type.replace("*", "x.any")

    def write(self, value: Any) -> tuple[bytes, str]:
        """Return the bytes and their content type; raise EncodeError."""
        raise NotImplementedError

    def read(self, data: bytes, content_type: str = "") -> Any:
        """Return the value; raise DecodeError."""
        raise NotImplementedError

    @cached_property
    @deep()
    def adapter(self) -> TypeAdapter[Any]:
        """The type as pydantic sees it, built at first use."""
        is_model = isinstance(self.type, type) and issubclass(self.type, BaseModel)
        if is_model:
            self.type.model_rebuild()  # so that aliases in it are as strict as the class
        adapter: TypeAdapter[Any] = TypeAdapter(self.type, config=None if is_model else _CONFIG)
        adapter.rebuild()
        return adapter


class Json(Media):
    """JSON: fields that were not set stay absent; types are taken strictly, by their wire names."""

    def __init__(self, type_: Any, media_type: str = "application/json") -> None:
        super().__init__(type_, media_type)

    @cached_property
    def _dump(self) -> Callable[..., bytes]:
        return self.adapter.serializer.to_json

    @cached_property
    def _load(self) -> Callable[..., Any]:
        return self.adapter.validator.validate_json

    def write(self, value: Any, context: Any = None) -> tuple[bytes, str]:
        try:
            data = self._dump(value, by_alias=True, exclude_unset=True, warnings="error", context=context)
        except (PydanticSerializationError, ValueError) as error:
            message = re.sub(r"input_value=.*, (?=input_type=)", "", str(error), flags=re.DOTALL)
            raise EncodeError(message) from None  # without the value, which may be secret
        if (b"NaN" in data or b"Infinity" in data) and any(m[1] for m in re.finditer(_NOT_FINITE, data)):
            raise EncodeError("NaN and infinity are no JSON numbers")
        return data, self.content_type

    def read(self, data: bytes, content_type: str = "", context: Any = None) -> Any:
        try:
            return self._load(data, by_alias=True, by_name=False, context=context)
        except ValidationError as error:
            # JSON Schema takes 1.0 for an integer (2020-12 Core, 4.2.3); only what was refused is read once more.
            mended = re.sub(_REAL, _integral, data)
            if mended != data:
                try:
                    return self._load(mended, by_alias=True, by_name=False, context=context)
                except ValidationError:
                    pass
            raise DecodeError(details(error, data)) from None


@dataclass(frozen=True, slots=True)
class Content(Generic[T]):
    """A body in another media type than the first one declared."""

    media_type: str
    value: T


def essence(content_type: str) -> str:
    """Return a media type in lower case without its parameters (RFC 9110 section 8.3.1)."""
    return content_type.partition(";")[0].strip().lower()


def _words(media_type: str) -> set[str]:
    """Return what a media type consists of: its essence and its parameters."""
    return {word.strip().lower().replace('"', "") for word in media_type.split(";")}


def choose(media: tuple[Media, ...], content_type: str) -> Media | None:
    """Find the media that a content type is: with the most parameters equal, else by the narrowest range."""
    if content_type == media[0].media_type:
        return media[0]
    words, wanted = _words(content_type), essence(content_type)
    if equal := [m for m in media if _words(m.media_type) <= words]:
        return max(equal, key=lambda m: len(_words(m.media_type)))
    names = [wanted, wanted.partition("/")[0] + "/*", "*/*"]
    if wanted.endswith("+json"):
        names[1:1] = ["application/*+json", "application/json"]
    known = {essence(m.media_type): m for m in reversed(media)}
    return next((known[name] for name in names if name in known), None)


def write(media: tuple[Media, ...], value: Any) -> tuple[Any, str]:
    """Write a value in its media type: the first, unless it is a Content; raise EncodeError."""
    if not isinstance(value, Content):
        return media[0].write(value)
    found = choose(media, value.media_type)
    if found is None or not value.media_type.isprintable():
        raise EncodeError(f"{value.media_type!r} is none of {', '.join(m.media_type for m in media)}")
    data, content_type = found.write(value.value)
    return data, content_type if essence(value.media_type) == essence(found.media_type) else value.media_type


def read(media: tuple[Media, ...], data: bytes, content_type: str) -> Any:
    """Read a body in its media type, the first where none is said; raise DecodeError."""
    found = choose(media, content_type) if content_type else media[0]
    if found is None:
        raise DecodeError.of(f"{content_type!r} is none of {', '.join(m.media_type for m in media)}", "content_type")
    value = found.read(data, content_type)
    name, declared = essence(content_type), found.media_type
    return value if found is media[0] else Content(declared if essence(declared) == name else name, value)


def fields(values: Iterable[tuple[str, Any]]) -> Fields:
    """Return header fields as bytes; raise EncodeError for control characters (RFC 9110 section 5.5)."""
    found = [*values]
    for name, value in found:
        if not isinstance(value, str) or _CONTROL.search(name + value):
            raise EncodeError(f"header {name!r} must be text without control characters")
    return [(name.lower().encode(), value.encode()) for name, value in found]


def joined(found: Fields) -> dict[str, str]:
    """Return header fields with repeated ones joined (RFC 9110 section 5.3, RFC 9113 section 8.2.3 for cookies)."""
    values: dict[str, str] = {}
    for key, value in found:
        name, text = key.decode("latin-1"), value.decode("latin-1")
        values[name] = f"{values[name]}{'; ' if name == 'cookie' else ', '}{text}" if name in values else text
    return values


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
    cover: Callable[[Any], Any] | None = None  # hides a URL that holds a secret


@dataclass(eq=False)
class SecurityScheme:
    """A way to present credentials: basic, bearer, oauth2 or openIdConnect (others: schemes.py)."""

    name: str
    kind: str
    sends = True  # whether it puts anything into a request

    def challenge(self, realm: str) -> str:
        """Return what WWW-Authenticate says (RFC 9110 section 11.6.1)."""
        return f'Basic realm="{realm}", charset="UTF-8"' if self.kind == "basic" else "Bearer"

    def place(self, value: Any, parts: Parts) -> None:
        """Put credentials into a request: (name, password), or a token."""
        text = f"Bearer {value}"
        if self.kind == "basic":
            text = "Basic " + base64.b64encode(":".join(value).encode()).decode()
        parts.headers.append(("authorization", text))

    def find(self, headers: Mapping[str, str], query: str) -> Any:
        """Return the credentials that a request presents, or None."""
        name, _, rest = headers.get("authorization", "").partition(" ")
        if name.lower() != ("basic" if self.kind == "basic" else "bearer") or not rest.strip():
            return None
        if self.kind != "basic":
            return Bearer(rest.strip())
        try:
            username, colon, password = base64.b64decode(rest.strip(), validate=True).decode().partition(":")
        except ValueError:
            return None
        return Basic(username, password) if colon else None


@dataclass(eq=False, slots=True)
class Requirement:
    """A scheme that an operation asks for, and scopes."""

    scheme: SecurityScheme
    scopes: tuple[str, ...] = ()


class Response:
    """What one status, range of statuses or the default carries. `headers` are of parameters.py."""

    def __init__(
        self, *media: Media, headers: tuple[Any, ...] = (), error: type[StatusError[Any]] | None = None
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
    bodies: tuple[Media, ...] = ()
    body_required: bool = True
    responses: Mapping[str, Response] = field(default_factory=dict)
    security: tuple[tuple[Requirement, ...], ...] = ()
    servers: tuple[Any, ...] = ()  # of servers.py

    def response(self, status: int) -> Response | None:
        """Find what is declared for a status: by itself, by its range, by default (OpenAPI 4.8.16)."""
        found = self.responses
        return found.get(str(status)) or found.get(f"{status // 100}XX") or found.get("default")

    @cached_property
    def statuses(self) -> tuple[int, ...]:
        """The statuses of answers: the 2xx declared, else that of the default, else those below 400."""
        keys = [k for k in self.responses if k[0] == "2"] or [k for k in self.responses if k == "default"]
        keys = keys or [k for k in self.responses if k[0] in "13"] or ["default"]
        return tuple(200 if k == "default" else int(k.replace("XX", "00")) for k in keys)

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
