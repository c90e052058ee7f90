"""Values that a document gives against the schemas that they belong to: defaults and enum values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

from ..document.document import Document
from ..document.edits import Edit
from ..document.objects import PlacedObject
from ..pointer import Pointer, from_fragment, join, to_fragment
from ..schemas.effort import EXPLAINED, STEPS, Effort
from ..schemas.json_values import JUDGED_HERE
from ..schemas.patterns import LONGEST, bounded_engine, matches
from .finding import SHOWN_NAME, Finding, Repair
from .repair_steps import convert, remove, set_value
from .schema_errors import show_value

# Keywords that say nothing about a value, or that the quick look understands.
_PLAIN = {
    *("type", "default", "description", "title", "example", "examples", "nullable", "enum", "deprecated", "readOnly"),
    *("writeOnly", "xml", "externalDocs"),
}
_PYTHON_TYPES = {"string": str, "boolean": bool, "array": list, "object": dict, "integer": int, "number": (int, float)}
_ADDRESS = "json-schema:///document"  # of the document, for the validator: nothing is fetched
LINEAR, BOUNDED = range(2)  # engines for patterns
_SHOWN = 120  # characters of a message
_LISTED = 5  # values that a message shows
_ERRORS = 50  # of one value that are looked at, for one that counts
_INTEGERS = {"int32": 31, "int64": 63}
# What openapi-spec-validator does not look at is accepted.
_ACCEPTED_FORMATS = (
    *("uri", "uri-reference", "uri-template", "iri", "iri-reference", "hostname", "idn-hostname", "idn-email"),
    *("json-pointer", "relative-json-pointer", "duration", "regex"),
)
# Where openapi-spec-validator judges defaults: elsewhere they are reported as warnings.
_JUDGED = re.compile(
    r"#/(?:components/schemas/[^/]*|components/parameters/[^/]*/schema|components/responses/[^/]*/content/[^/]*/schema"
    r"|paths/[^/]*/(?:[a-z]+/)?(?:parameters/\d+/schema|responses/[^/]*/content/[^/]*/schema))"
    r"(?:/properties/[^/]*|/items|/not|/(?:allOf|anyOf|oneOf)/\d+)*"
)


def is_judged(pointer: Pointer) -> bool:
    """Tell whether a schema stands where openapi-spec-validator looks into it."""
    return _JUDGED.fullmatch(pointer) is not None


def judge_values(document: Document, nodes: Iterable[PlacedObject]) -> Iterator[Finding]:
    """Report defaults that their own schema refuses, and enum values of another type than the schema's."""
    validators = Validators(document)
    for pointer, kind, schema in nodes:
        if kind != "schema" or ("$ref" in schema and document.version == (3, 0)):
            continue
        yield from _judge_constants(document, pointer, schema)
        if "default" not in schema:
            continue
        value = schema["default"]
        try:
            problem = validators.problem(pointer, schema, value)
        except TooDear as error:
            yield Finding(pointer=join(pointer, "default"), message=f"the default is {error}", severity="warning")
            continue
        if problem:
            place, read = join(pointer, "default"), _fitting(document, join(pointer, "default"), schema, value)
            yield Finding(
                pointer=place,
                message=f"the default {show_value(value)} does not fit its schema: {problem}",
                severity="error" if is_judged(pointer) else "warning",
                repair=remove(place) if read is None else set_value(place, read, "it is read as the type says"),
            )


def _judge_constants(document: Document, pointer: Pointer, schema: dict[str, Any]) -> Iterator[Finding]:
    """Report constants that are not of the schema's type."""
    kinds = schema.get("type")
    plain = [kind for kind in kinds if kind != "null"] if isinstance(kinds, list) else [kinds]
    if plain == ["string"]:
        yield from _judge_texts(document, pointer, schema)
    elif isinstance(schema.get("enum"), list) and isinstance(kinds, str):
        yield from _judge_enum(document, pointer, schema, schema["enum"], kinds)


def _judge_texts(document: Document, pointer: Pointer, schema: dict[str, Any]) -> Iterator[Finding]:
    """Refuse numbers where texts are meant: how they were written is lost to whoever reads the document."""
    for member in ("enum", "const"):
        listed = schema.get(member) if member == "enum" else [schema[member]] if member in schema else None
        if not isinstance(listed, list):
            continue
        place = join(pointer, member)
        if not any(type(one) in (int, float) for one in listed):
            if member == "enum":
                yield from _judge_enum(document, pointer, schema, listed, "string")
            continue
        at = [join(place, index) if member == "enum" else place for index in range(len(listed))]
        read = [_as(document, where, one, "string") for one, where in zip(listed, at, strict=True)]
        pairs = list(zip(listed, read, strict=True))
        numbers = [_cut(new) for old, new in pairs if type(old) in (int, float)]
        whole = [old if new is None else new for old, new in pairs]
        yield Finding(
            pointer=place,
            message=f'"{member}" holds numbers where the type is string: {", ".join(numbers[:_LISTED])}',
            hint=f'quote what is a text: "{numbers[0]}"',
            repair=set_value(place, whole if member == "enum" else whole[0], "they are read as they are written"),
        )


def _as(document: Document, place: Pointer, value: Any, kind: str) -> Any:
    """Read a value as a type, a text as it is written; None if it can't be read so."""
    if value is None or _is_type(value, kind):
        return value
    return convert(value, kind, document.spelling(place))


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_NAME else text[:SHOWN_NAME] + "…"


def _judge_enum(
    document: Document, pointer: Pointer, schema: dict[str, Any], enum: list[Any], kind: str
) -> Iterator[Finding]:
    if kind not in _PYTHON_TYPES or all(_is_type(value, kind) or value is None for value in enum):
        return
    place = join(pointer, "enum")
    read = [_as(document, join(place, index), value, kind) for index, value in enumerate(enum)]
    message = f"the enum has values that are not of the type {kind}"
    items = schema.get("items", {})
    repair: Repair
    if kind == "array" and isinstance(items, dict) and "$ref" not in items and "enum" not in items:
        moved = Edit(kind="add", pointer=join(pointer, "items"), value={**items, "enum": enum})
        drop = Edit(kind="drop", pointer=place)
        repair = (moved, drop), "they are read as those of its items"
    elif kind == "array" or any(new is None and old is not None for new, old in zip(read, enum, strict=True)):
        repair = remove(join(pointer, "type"), "the type is left out")
    else:
        repair = set_value(place, read, "they are read as the type says")
    yield Finding(pointer=place, message=message, severity="warning", repair=repair)


def _is_type(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _PYTHON_TYPES.get(kind, object))  # type: ignore[arg-type]


def _fitting(document: Document, place: Pointer, schema: dict[str, Any], value: Any) -> Any:
    """Read a default as what its schema says, where that is clear: ``"10"`` for an integer; None otherwise."""
    kind = schema.get("type")
    if not isinstance(kind, str) or kind in {"object", "array"} or not set(schema) <= _PLAIN | {"format"}:
        return None
    read = convert(value, kind, document.spelling(place))
    enum = schema.get("enum")
    if (
        read is None
        or (isinstance(enum, list) and read not in enum and value not in enum)
        or (kind == "string" and "format" in schema)
    ):
        return None
    return read


class TooDear(Exception):  # noqa: N818 - not an error of the document
    """A value is not held against its schema; the text says why."""


class _Pattern:
    """Judges `pattern` within the bounds of all engines: what none of them may run is not judged."""

    def __init__(self, _: Any, pattern: Any, __: Any) -> None:
        self._pattern = pattern

    def validate(self, value: Any) -> None:
        """Raise ValueError for a text that does not match."""
        if isinstance(value, str) and isinstance(self._pattern, str) and matches(self._pattern, value) is False:
            raise ValueError(f"{json.dumps(value, ensure_ascii=False)} does not match {json.dumps(self._pattern)}")


class Validators:
    """Holds values against schemas of the document; patterns run without backtracking, or under a bound.

    `one_way` are the names of properties that may be absent although they are required.
    """

    def __init__(self, document: Document, one_way: frozenset[str] = frozenset()) -> None:
        self._document = document
        self._one_way = one_way
        self._effort = Effort(document.root)
        self._registry: Any = None
        self._made: dict[tuple[Pointer, int], Any] = {}

    def problem(self, pointer: Pointer, schema: dict[str, Any], value: Any) -> str:
        """Say why a schema refuses a value; empty text where it does not. Raises TooDear."""
        version = self._document.version
        if value is None and version == (3, 0):
            kind = schema.get("type")
            return "null is not nullable" if isinstance(kind, str) and schema.get("nullable") is not True else ""
        bits = _INTEGERS.get(schema["format"]) if isinstance(schema.get("format"), str) else None
        if bits and type(value) in {int, float} and not -(2**bits) <= value < 2**bits:
            return f"it is beyond what {schema['format']} can hold"
        if set(schema) <= _PLAIN and isinstance(schema.get("type", ""), str):
            kind = schema.get("type")
            enum = schema.get("enum")
            if kind is not None and kind in _PYTHON_TYPES and not _is_type(value, kind):
                return f"it is not of the type {kind}"
            if isinstance(enum, list) and value not in enum:
                return "it is not one of the enum's values"
            return ""
        return self._run(from_fragment(schema["$ref"]) if schema.keys() == {"$ref"} else pointer, value)

    def _run(self, pointer: Pointer, value: Any) -> str:
        from jsonschema_rs import ReferencingError

        schema = {"$ref": to_fragment(pointer)}
        if not self._effort.allows(schema, value):
            raise TooDear("not held against its schema: it would be judged too often, by schemas that share others")
        for engine in (LINEAR, BOUNDED):
            if engine == BOUNDED and len(repr(value)) > LONGEST:
                break
            try:
                validator = self._validator(pointer, engine)
                if validator.is_valid(value):
                    return ""
                if (self._effort.steps(schema, value) or STEPS) > EXPLAINED:
                    raise TooDear("not held against its schema in full: to say what is wrong takes too long")
                errors = validator.iter_errors(value)
                return next((text for error in islice(errors, _ERRORS) if (text := self._described(error))), "")
            except (ValueError, ReferencingError):
                continue  # a pattern that this engine does not know, or a reference that is reported elsewhere
        return ""

    def _validator(self, pointer: Pointer, engine: int) -> Any:
        """Build what judges by the schema at a pointer, once. Raises ValueError, ReferencingError."""
        import jsonschema_rs as rs

        if (pointer, engine) not in self._made:
            old = self._document.version == (3, 0)
            if self._registry is None:
                self._registry = rs.Registry(
                    [(_ADDRESS, self._document.root)], draft=rs.Draft4 if old else rs.Draft202012
                )
            patterns = rs.RegexOptions() if engine == LINEAR else bounded_engine()
            self._made[pointer, engine] = (rs.Draft4Validator if old else rs.Draft202012Validator)(
                {"$ref": f"{_ADDRESS}#{quote(pointer[1:], safe='/~')}"},
                pattern_options=patterns,
                keywords={**JUDGED_HERE, "pattern": _Pattern},
                validate_formats=True,
                formats=dict.fromkeys(_ACCEPTED_FORMATS, lambda _: True),
                registry=self._registry,
                offline=True,
            )
        return self._made[pointer, engine]

    def _described(self, error: Any) -> str:
        """Describe an error of the validator; empty text if it is none in OpenAPI."""
        if self._document.version == (3, 0) and "null" in error.message:
            return ""  # OpenAPI 3.0 has `nullable`, which the validator does not know
        if getattr(error.kind, "property", None) in self._one_way:
            return ""
        message = str(error.message)
        if len(message) > _SHOWN:  # it begins with the value and ends with the reason
            message = f"{message[: _SHOWN // 2]}…{message[-_SHOWN // 2 :]}"
        place = "/".join(map(str, error.instance_path))[:_SHOWN]
        return f"{place}: {message}" if place else message
