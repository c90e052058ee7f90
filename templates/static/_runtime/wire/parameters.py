"""Parameters of operations and headers of responses: encoded by one side, decoded by the other."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Mapping
from copy import copy, deepcopy
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote, unquote

from pydantic import ValidationError
from pydantic_core import from_json

from ..exceptions import DecodeError, EncodeError, tells
from ..models.exact import inside
from ..models.steps import bounded, shared
from . import segments, styles
from .contract import Json, Parts, essence
from .styles import READINGS, Pairs, Shape
from .words import refused

NO_DEFAULT: Any = object()
STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}
RESERVED = ":/?@!$'()*;[]="  # without those that end or divide a query
_THING = re.compile("(?!api|access|private|secret)([a-z]+[^a-z])?key", re.IGNORECASE)
"""Names of path parameters whose value is the key of a thing, and no secret: `/issues/{key}`, `/issues/{issue_key}`."""
_PLAIN = frozenset({str, int, float, bool})
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_NAME = re.compile('"([^"]*)":')  # of a property, in compact JSON
_SEVERAL = re.compile(r"{[^/?#]*{")  # variables in one segment
_COOKIE = re.compile(r"[^\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]")  # RFC 6265 section 4.1.1


class Parameter:
    """One parameter. `wire_name` is its name in the message, `name` that of the Python argument."""

    def __init__(
        self,
        wire_name: str,
        type_: Any,
        *,
        location: str,
        name: str = "",
        style: str = "",
        explode: bool | None = None,
        required: bool = True,
        default: Any = NO_DEFAULT,
        allow_reserved: bool = False,
        media_type: str = "",
    ) -> None:
        self.wire_name = wire_name
        self.name = name or wire_name
        self.type = type_
        self.location = location
        self.style = style or STYLES[location]
        self.explode = self.style in ("form", "cookie", "deepObject") if explode is None else explode
        self.required = required
        self.default = default
        self.reserved = RESERVED if allow_reserved else ""
        self.media_type = media_type

    @cached_property
    def json(self) -> Json:
        """The type's JSON."""
        return Json(self.type)

    @cached_property
    def shape(self) -> Shape:
        """What the type looks like on the wire; with a media type, it is one text."""
        if self.media_type:
            return styles.TEXT
        return styles.shape(self.json.adapter.core_schema)

    @cached_property
    def _validate(self) -> Callable[[Any], Any]:
        return bounded(self.json.adapter.validator.validate_python)

    @cached_property
    def _is_written_alike(self) -> bool:
        """Whether a str, int, float or bool is its own JSON: not where somebody's type has a serializer."""
        return not any("serialization" in one for one in inside(self.json.adapter.core_schema))

    def _conceals(self, dumped: Any) -> bool:
        """Whether no URL shows what is written: by the type, by the name, or by names in what is written as one text."""
        is_path = self.location == "path"
        is_one = isinstance(dumped, dict) and (is_path or not self.explode)
        names = _NAME.findall(str(dumped)) if self.media_type else dumped if is_one else ()
        is_named = tells(self.wire_name) and not (is_path and _THING.fullmatch(self.wire_name))
        return self.json.conceals or is_named or any(map(tells, names))

    def valid(self, value: Any) -> Any:
        """Return a value that the type takes, as strictly as a body's; raise DecodeError."""
        try:
            found = self._validate(value)
        except ValidationError as error:
            listed = error.errors(include_url=False)
        else:
            return value if type(value) in _PLAIN or found == value else found  # 1 stays 1 where 1.0 is declared
        raise refused(listed, value, self.wire_name, self.json.named)

    def dump(self, value: Any) -> Any:
        """Return the JSON value to write of a valid one; raise EncodeError."""
        if essence(self.media_type).endswith("json"):
            return self.json.write(value)[0].decode()
        plain = type(value) in _PLAIN and self._is_written_alike
        return value if plain else from_json(self.json.write(value)[0])

    def load(self, read: Callable[[styles.Reading], str | None]) -> Any:
        """Validate what `read` finds: in the first way that the type takes. Return None where there is nothing."""
        problem: Exception | None = None
        tried = set[str]()
        for how in READINGS:
            try:
                if (found := read(how)) is None:
                    return None
                if essence(self.media_type).endswith("json"):
                    found = json.loads(found)  # the JSON of a text that is JSON
                if found not in tried:
                    tried.add(found)
                    return self.json.read(found.encode())
            except (DecodeError, ValueError) as error:
                problem = problem or error
            if self.shape.is_plain:
                break
        if isinstance(problem, DecodeError):
            raise problem
        raise DecodeError.of(str(problem), "value_error")

    def write(self, value: Any, parts: Parts) -> None:
        """Write a value into a request; raise EncodeError, with the name, for what could not be read back."""
        try:
            return self._write(value, parts)
        except DecodeError as error:
            said = str(error.inside(self.name))
        except ValueError as error:
            said = f"{self.name}: {str(error).removeprefix('value: ')}"
        raise EncodeError(said)

    def _write(self, value: Any, parts: Parts) -> None:
        value = self.valid(value)
        dumped = self.dump(value)
        if self.location == "path":
            written = styles.write_path(self.wire_name, self.style, self.explode, dumped)
            if not written:
                raise EncodeError("a path parameter cannot be empty")
            parts.path = parts.path.replace(f"{{{self.wire_name}}}", written)
            parts.secrets += [written] if self._conceals(dumped) else []
            back: Callable[[], Any] = lambda: self.read_path(written)
        elif self.location == "query":
            pairs = styles.write_query(self.wire_name, self.style, self.explode, dumped, self.reserved)
            parts.query += pairs
            if self._conceals(dumped):  # a pair whose own name says so is not shown anyway
                told = [pair.partition("=") for pair in pairs]
                parts.secrets += [text for name, _, text in told if self.json.conceals or not tells(name)]
                parts.secrets += [] if self.json.named is None else styles.undeclared(dumped, self.shape)
            back = lambda: self.read_query(styles.split_query("&".join(pairs)))
        elif self.location == "header":
            written = self.write_header(dumped)
            parts.headers.append((self.wire_name, written))
            back = lambda: self.read_header(written)
        else:
            cookies = self.write_cookies(dumped)
            parts.cookies += cookies
            back = lambda: self.read_cookies([_pair(c) for c in cookies])
        if self.location in ("path", "query") and self.shape.is_plain and self.style != "deepObject":
            return  # nothing to be mistaken
        try:
            found = back()
            same = found == value or (self.location == "query" and self._alone(dumped, found))
        except DecodeError:
            same = False
        if not same:
            raise EncodeError(f"{self.style} could not be read back as it is")

    def _alone(self, dumped: Any, found: Any) -> bool:
        """Tell whether a list of one was read as its text: in the query of a text or a list, both look the same."""
        alone = isinstance(dumped, list) and len(dumped) == 1 and not isinstance(found, list | dict)
        return alone and styles.text(dumped[0]) == styles.text(self.dump(found))

    def or_default(self, value: Any) -> Any:
        """Return the value, or the default for None; raise DecodeError where it is required."""
        if value is None and self.default is not NO_DEFAULT:
            return deepcopy(self.default)
        if value is None and self.required:
            raise DecodeError.of("Field required", "missing")
        return value

    def read_path(self, raw: str) -> Any:
        """Read the raw text of a path's variable; raise DecodeError."""
        return self.load(lambda how: styles.read_path(self.wire_name, self.style, self.explode, raw, self.shape, how))

    def read_query(self, pairs: Pairs, claimed: frozenset[str] = frozenset()) -> Any:
        """Read from a query's pairs; `claimed` are the names of other parameters. Raise DecodeError."""
        name, style, explode = self.wire_name, self.style, self.explode
        return self.load(lambda how: styles.read_query(name, style, explode, pairs, self.shape, how, claimed))

    def write_header(self, dumped: Any) -> str:
        """Write a header field's value; raise EncodeError for what no UTF-8 field has (RFC 9110 section 5.5)."""
        written = styles.delimited(dumped, ",", "=" if self.explode else "", styles.text)
        if _CONTROL.search(written):
            raise EncodeError("a header cannot have control characters or lone surrogates")
        return written

    def read_header(self, raw: str) -> Any:
        """Read a field's value; raise DecodeError."""
        with contextlib.suppress(UnicodeError):  # fields are read as ISO 8859-1, and written as UTF-8
            raw = raw.encode("latin-1").decode()
        equals = "=" if self.explode else ""
        return self.load(lambda how: how.delimited(raw.strip(" \t"), self.shape, ",", equals, lambda v: v.strip(" \t")))

    def write_cookies(self, dumped: Any) -> list[str]:
        """Write the pairs of the Cookie header; style `cookie` does no percent-encoding (OpenAPI 3.2)."""
        encode = styles.text if self.style == "cookie" else styles.encode
        if self.explode and isinstance(dumped, list | dict):
            pairs = dumped.items() if isinstance(dumped, dict) else [(self.wire_name, v) for v in dumped]
            written = [(encode(k), encode(v)) for k, v in pairs]
        else:
            written = [(self.wire_name, styles.delimited(dumped, "," if self.style == "form" else "%2C", "", encode))]
        for name, value in written:
            if _COOKIE.search(value.replace(",", "")) or re.search(r"[^\x21-\x7e]|[=;,]", name):
                raise EncodeError("a cookie cannot have control characters, spaces, quotes or semicolons")
        return [f"{name}={value}" for name, value in written]

    def read_cookies(self, pairs: Pairs, claimed: frozenset[str] = frozenset()) -> Any:
        """Read from a Cookie header's pairs; raise DecodeError."""
        if self.style == "cookie":
            pairs = [(k, quote(v, safe="")) for k, v in pairs]
        else:
            pairs = [(unquote(k), v.replace("+", "%2B")) for k, v in pairs]
        return self.read_query(pairs, claimed)


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.strip().partition("=")
    return name, value


class Parameters:
    """All parameters of an operation."""

    def __init__(self, *parameters: Parameter) -> None:
        self.parameters = parameters
        self._claimed = {
            location: frozenset(p.wire_name for p in parameters if p.location == location)
            for location in ("query", "cookie")
        }

    def write(self, path: str, arguments: Mapping[str, Any]) -> Parts:
        """Write arguments into a request; raise EncodeError for what could not be read back."""
        parts = Parts(path)
        for parameter in self.parameters:
            value = arguments.get(parameter.name)
            default = parameter.default
            if value is None or (type(value) is type(default) and value == default):
                if value is None and parameter.required and default is NO_DEFAULT:
                    raise EncodeError(f"{parameter.name}: a value is needed")
                continue
            parameter.write(value, parts)
        parts.secrets += segments.secret(path, parts.path, parts.secrets)
        if _SEVERAL.search(path):
            self._read_back(re.split("[?#]", path)[0], arguments)
        segments.check(parts.path)
        return parts

    def _read_back(self, path: str, arguments: Mapping[str, Any]) -> None:
        """Raise EncodeError if a service would divide a segment with several variables in another way."""
        known, written = self.in_path(), dict[str, str]()
        for name, parameter in known.items():
            alone = Parts(f"{{{name}}}")
            parameter.write(arguments[parameter.name], alone)
            written[name] = alone.path
        if names := segments.misread(path, written, known):
            shown = " and ".join(known[name].name for name in names)
            raise EncodeError(f"{shown}: these values stand side by side in the path, and would be divided otherwise")

    def in_path(self) -> dict[str, Parameter]:
        """Return the parameters of the path by their names there."""
        return {one.wire_name: one for one in self.parameters if one.location == "path"}

    def read(self, path: Mapping[str, str], query: str, headers: Mapping[str, str]) -> dict[str, Any]:
        """Read the arguments; raise DecodeError with what is wrong in all of them."""
        return shared(partial(self._read, path, query, headers))

    def _read(self, path: Mapping[str, str], query: str, headers: Mapping[str, str]) -> dict[str, Any]:
        pairs = styles.split_query(query)
        cookies = [_pair(c) for c in headers["cookie"].split(";")] if "cookie" in headers else []
        arguments: dict[str, Any] = {}
        wrong: list[DecodeError] = []
        for parameter in self.parameters:
            name, value = parameter.wire_name, None
            try:
                if parameter.location == "query":
                    value = parameter.read_query(pairs, self._claimed["query"])
                elif parameter.location == "path":
                    value = parameter.read_path(path[name]) if name in path else None
                elif parameter.location == "cookie":
                    value = parameter.read_cookies(cookies, self._claimed["cookie"])
                elif (raw := headers.get(name.lower())) is not None:
                    value = parameter.read_header(raw)
                value = parameter.or_default(value)
            except DecodeError as error:
                wrong.append(error.inside(parameter.location, name))
            if value is not None:
                arguments[parameter.name] = value
        if wrong:
            raise DecodeError([d for one in wrong for d in one.details], [w for one in wrong for w in one.words])
        return arguments


class Header:
    """A header of a response, or of a part."""

    def __init__(
        self, name: str, type_: Any, *, required: bool = False, explode: bool = False, media_type: str = ""
    ) -> None:
        self.name, self.type = name, type_
        self.required = required
        self._parameter = Parameter(
            name, type_, location="header", name=f"header {name}", explode=explode, media_type=media_type
        )

    def write(self, value: Any) -> str | list[str] | None:
        """Return the text of a value, None for None, texts for several cookies (RFC 9110 section 5.3); raise EncodeError."""
        if value is None:
            if self.required:
                raise EncodeError(f"header {self.name} is required")
            return None
        if self.name.lower() == "set-cookie" and isinstance(value, list):
            several = not self._parameter.shape.is_plain
            return [*self._parameter.dump(value)] if several else [str(self.write(one)) for one in value]
        parts = Parts()
        self._parameter.write(value, parts)
        return parts.headers[0][1]

    def parse(self, headers: Mapping[str, str]) -> Any:
        """Return the value, None where there is none; raise DecodeError."""
        raw = headers.get(self.name)
        several: Any = getattr(headers, "get_list", None)
        if raw is not None and several and self.name.lower() == "set-cookie":
            return self._cookies(several(self.name))
        if raw is None:
            if self.required:
                raise DecodeError.of("Field required", "missing", self.name)
            return None
        try:
            return self._parameter.read_header(raw)
        except DecodeError as error:
            raise error.inside(self.name) from None

    @property
    def json(self) -> Json:
        """The type's JSON."""
        return self._parameter.json

    def reading(self, json: Json) -> Header:
        """Return a header whose values are read as another JSON."""
        found = copy(self)
        found._parameter = copy(self._parameter)
        found._parameter.json = json
        return found

    def _cookies(self, lines: list[str]) -> Any:
        """Read Set-Cookie, whose fields cannot be joined by commas: a list of them, or a text with a line for each."""
        as_list = self._parameter.shape.items is not None
        return self._parameter.json.read(json.dumps(lines if as_list else "\n".join(lines)).encode())


class Headers:
    """The declared headers of a response."""

    def __init__(self, *headers: Header) -> None:
        self.all = headers

    def write(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return header fields in lower case, with the declared ones as text; raise EncodeError."""
        fields = {name.lower(): value for name, value in values.items()}
        for header in self.all:
            if text := header.write(fields.pop(header.name.lower(), None)):
                fields[header.name.lower()] = text
        return fields

    def read(self, headers: Mapping[str, str]) -> dict[str, Any]:
        """Return the values of the declared header fields, None where there is none; raise DecodeError."""
        return {header.name: header.parse(headers) for header in self.all}
