"""Schemas by themselves: enums, patterns, sizes, and the mappings of discriminators."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ..diagnostics.diagnostic import Severity
from ..document.index import Index
from ..document.objects import PlacedObject
from ..parsing.limits import Limits
from ..pointer import Pointer, join
from .finding import SHOWN_NAME, Finding
from .repair_steps import remove, set_value, unique
from .schema_errors import show_value
from .value_rules import is_judged

_PYTHON = re.compile(r"\\[AZ]|\(\?P[<=>]")
_SPELLED = {r"\A": "^", r"\Z": "$", "(?P<": "(?<"}
"""What Python spells otherwise than ECMA-262."""


def judge_schemas(index: Index, fresh: Iterable[PlacedObject]) -> Iterator[Finding]:
    """Report what is wrong with the schemas among some objects, and with all schemas of the document together."""
    yield from _mappings(index)
    for pointer, kind, schema in fresh:
        if kind == "schema":
            yield from _enum(pointer, schema, index.document.version)
            yield from _pattern(pointer, schema, index.document.version)
            yield from _directions(pointer, schema)
            yield from _sizes(pointer, schema, index.document.limits)
    values, most = 0, index.document.limits.all_enum_values
    for pointer, _, schema in index.of("schema"):
        enum = schema.get("enum")
        before, values = values, values + (len(enum) if isinstance(enum, list) else 0)
        if before <= most < values:
            message = f"the enums together have more than {most:,} values"
            hint = index.document.limits.hint("all-enum-values", values)
            yield Finding(pointer=join(pointer, "enum"), message=message, hint=hint)


def _mappings(index: Index) -> Iterator[Finding]:
    """Report what a discriminator maps to, if it is no schema (3.1.1, section 4.8.25)."""
    schemas = index.components("schemas")
    for pointer, _, value in index.of("discriminator"):
        mapping = value.get("mapping")
        entries = mapping.items() if isinstance(mapping, dict) else ()
        refs = {join(pointer, "mapping", name): ref for name, ref in entries}
        if "defaultMapping" in value:
            refs[join(pointer, "defaultMapping")] = value["defaultMapping"]
        for place, ref in refs.items():
            if isinstance(ref, str) and ref not in schemas and not _leads_to_schema(index, ref):
                yield Finding(
                    pointer=place,
                    message=f'the discriminator maps to "{ref[:SHOWN_NAME]}", which is no schema of this document',
                    repair=remove(place, "the mapping is left out"),
                )


def _leads_to_schema(index: Index, ref: str) -> bool:
    if not ref.startswith("#/"):
        return index.identified
    try:
        return isinstance(index.document.resolve(ref), dict | bool)
    except KeyError:
        return False


def _enum(pointer: Pointer, schema: dict[str, Any], version: tuple[int, int]) -> Iterator[Finding]:
    enum = schema.get("enum")
    if isinstance(enum, list) and len(set(map(repr, enum))) < len(enum):
        # The JSON Schema draft of OpenAPI 3.0 forbids what later ones only advise against.
        forbidden = version == (3, 0) and is_judged(pointer)
        place = join(pointer, "enum")
        yield Finding(
            pointer=place,
            message='"enum" holds a value twice',
            severity="error" if forbidden else "warning",
            repair=set_value(place, unique(enum), "what repeats is left out"),
        )


def _pattern(pointer: Pointer, schema: dict[str, Any], version: tuple[int, int]) -> Iterator[Finding]:
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and version >= (3, 1) and not _is_pattern(pattern):  # in 3.0 the OpenAPI schema says so
        place = join(pointer, "pattern")
        severity: Severity = "error" if is_judged(pointer) else "warning"
        message = f'"pattern" is {show_value(pattern)}, which is not a regular expression'
        yield Finding(pointer=place, message=message, severity=severity, repair=remove(place))


def _is_pattern(pattern: str) -> bool:
    """Tell whether a pattern is one of ECMA 262, also in Python's spelling: documents have both."""
    from jsonschema_rs import is_valid

    spelled = (pattern, _PYTHON.sub(lambda found: _SPELLED.get(found[0], found[0]), pattern))
    return any(is_valid({"format": "regex"}, one, validate_formats=True) for one in spelled)


def _directions(pointer: Pointer, schema: dict[str, Any]) -> Iterator[Finding]:
    """Report what is marked for no direction at all (OpenAPI 3.0.3, 4.7.24.1: it must not be both)."""
    if schema.get("readOnly") is True and schema.get("writeOnly") is True:
        yield Finding(
            pointer=join(pointer, "writeOnly"),
            message='"readOnly" and "writeOnly" are both true, so neither is followed: the property is in requests and responses',
            severity="warning",
        )


def _sizes(pointer: Pointer, schema: dict[str, Any], limits: Limits) -> Iterator[Finding]:
    enum, properties = schema.get("enum"), schema.get("properties")
    if isinstance(enum, list) and len(enum) > limits.enum_values:
        message = f"the enum has {len(enum):,} values; at most {limits.enum_values:,} are accepted"
        yield Finding(pointer=join(pointer, "enum"), message=message, hint=limits.hint("enum-values", len(enum)))
    if isinstance(properties, dict) and len(properties) > limits.properties:
        message = f"the object has {len(properties):,} properties; at most {limits.properties:,} are accepted"
        hint = limits.hint("properties", len(properties))
        yield Finding(pointer=join(pointer, "properties"), message=message, hint=hint)
