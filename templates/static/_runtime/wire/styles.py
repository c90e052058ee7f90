"""Values as text in paths, queries, headers, cookies and forms (OpenAPI 4.8.12.2 "Style Values", RFC 6570).

A value is dumped as JSON, then its parts become text; reading goes back to JSON text, which pydantic validates.
Delimiters are split before percent-decoding, so that an encoded delimiter is data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any
from urllib.parse import quote, unquote, unquote_plus

from ..exceptions import DecodeError, EncodeError
from ..models.exact import OTHER

Pairs = list[tuple[str, str]]
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_INNER = {"json-or-python": "json_schema", "lax-or-strict": "strict_schema"}
DEEPEST = 100  # brackets in the name of a deepObject
MOST = 10_000  # pairs of a query or a form: each costs far more to read than to send
DELIMITERS = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}


@dataclass(frozen=True)
class Shape:
    """What a type looks like on the wire: which scalars, and what is in its arrays and objects."""

    scalars: frozenset[str] = frozenset()  # string, number, boolean
    items: Shape | None = None
    properties: Mapping[str, Shape] | None = None
    extra: Shape | None = None  # of further properties, where they are told apart from others' names

    def __or__(self, other: Shape) -> Shape:
        both = [p for p in (self.properties, other.properties) if p is not None]
        return Shape(
            self.scalars | other.scalars,
            self.items or other.items,
            {k: v for p in both for k, v in p.items()} if both else None,
            self.extra or other.extra,
        )

    @property
    def is_plain(self) -> bool:
        """Whether text can be read back in one way only."""
        return self.items is None and self.properties is None and len(self.scalars) == 1


_SCALARS = {
    "int": frozenset({"number"}),
    "float": frozenset({"number"}),
    "decimal": frozenset({"number", "string"}),
    "bool": frozenset({"boolean"}),
    "none": frozenset[str](),
}
TEXT = Shape(frozenset({"string"}))


def shape(schema: Any, known: Mapping[str, Any] | None = None, depth: int = 4) -> Shape:
    """Find the shape of a type in its core schema. What is not known, or deeper than `depth`, is text."""
    kind, known = schema["type"], known or {}
    if depth < 0:
        return TEXT
    if scalar := schema.get("metadata", {}).get("scalar"):
        return Shape(frozenset({scalar}))
    if kind == "definitions":
        return shape(schema["schema"], {**known, **{d["ref"]: d for d in schema["definitions"]}}, depth)
    if kind == "definition-ref":
        return shape(known[schema["schema_ref"]], known, depth - 1)
    if kind in ("union", "tagged-union"):
        choices = schema["choices"].values() if kind == "tagged-union" else schema["choices"]
        found = (shape(c[0] if isinstance(c, tuple) else c, known, depth) for c in choices)
        return reduce(Shape.__or__, found)
    if kind in _SCALARS:
        return Shape(_SCALARS[kind])
    if kind in ("literal", "enum"):
        values = schema["expected"] if kind == "literal" else [m.value for m in schema["members"]]
        return Shape(frozenset(_scalar(v) for v in values if v is not None))
    if kind == "chain":
        return shape(schema["steps"][0], known, depth)
    if (compound := _compound(kind, schema, known, depth - 1)) is not None:
        return compound
    inner = _inner(kind, schema)
    return shape(inner, known, depth) if isinstance(inner, dict) else TEXT


def _inner(kind: str, schema: Any) -> Any:
    """Return what a schema holds, if it holds one; what Python gives for a union that recurses (models/branches.py)."""
    inner = schema.get(_INNER.get(kind, "schema"))
    is_read_otherwise = kind == "json-or-python" and inner["type"] == "function-plain"
    return schema["python_schema"]["choices"][OTHER] if is_read_otherwise else inner


def _compound(kind: str, schema: Any, known: Mapping[str, Any], depth: int) -> Shape | None:
    """Find the shape of an array or object, None for another type."""
    if kind in ("list", "set", "frozenset"):
        return Shape(items=shape(schema["items_schema"], known, depth) if "items_schema" in schema else TEXT)
    if kind == "tuple":
        return Shape(items=reduce(Shape.__or__, (shape(i, known, depth) for i in schema["items_schema"]), Shape()))
    if kind == "dict":
        return Shape(
            properties={}, extra=shape(schema["values_schema"], known, depth) if "values_schema" in schema else TEXT
        )
    if kind == "model-fields":
        fields = schema["fields"].items()
        return Shape(properties={f.get("validation_alias", n): shape(f["schema"], known, depth) for n, f in fields})
    return None


def _scalar(value: Any) -> str:
    return "boolean" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "string"


def text(value: Any) -> str:
    """Write a scalar; raise EncodeError for null, arrays and objects."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, list | dict):
        raise EncodeError(f"{'null' if value is None else type(value).__name__} cannot be written inside a parameter")
    return json.dumps(value, allow_nan=False)


def encode(value: Any, *, reserved: str = "") -> str:
    """Percent-encode a scalar; `reserved` characters stay (RFC 3986 section 2.2)."""
    try:
        return quote(text(value), safe=reserved)
    except UnicodeEncodeError:
        raise EncodeError("the text has lone surrogates") from None


@dataclass(frozen=True)
class Reading:
    """How text is understood where there are several ways: the ways are tried one after the other."""

    numbers: bool = True  # rather than strings
    scalars: bool = True  # rather than arrays

    def scalar(self, raw: str, found: Shape) -> str:
        """Return the JSON of a scalar."""
        taken = found.scalars if self.numbers or "string" not in found.scalars else frozenset({"string"})
        if "number" in taken and _NUMBER.fullmatch(raw):
            return raw
        return raw if "boolean" in taken and raw in ("true", "false") else json.dumps(raw)

    def array(self, raw: Iterable[str], found: Shape) -> str:
        """Return the JSON of an array."""
        return f"[{','.join(self.scalar(r, found.items or TEXT) for r in raw)}]"

    def object(self, raw: Iterable[tuple[str, str]], found: Shape) -> str:
        """Return the JSON of an object."""
        known, extra = found.properties or {}, found.extra or TEXT
        return f"{{{','.join(f'{json.dumps(k)}:{self.scalar(v, known.get(k, extra))}' for k, v in raw)}}}"

    def delimited(self, raw: str, found: Shape, delimiter: str, equals: str, decode: Any = unquote) -> str:
        """Return the JSON of text with delimiters: an array, or an object as k,v,k,v (or k=v with `equals`)."""
        if found.scalars and (self.scalars or (found.items is None and found.properties is None)):
            return self.scalar(decode(raw), found)
        parts = re.split(delimiter, raw)
        if found.properties is None:
            return self.array(map(decode, parts), found)
        if equals:
            return self.object([(decode(k), decode(v)) for k, _, v in (p.partition(equals) for p in parts)], found)
        if len(parts) % 2:
            raise ValueError("an object is written as key,value,key,value")
        return self.object(zip(map(decode, parts[::2]), map(decode, parts[1::2]), strict=True), found)


READINGS = (Reading(), Reading(numbers=False), Reading(scalars=False), Reading(numbers=False, scalars=False))


def delimited(value: Any, delimiter: str, equals: str, encode: Any = encode) -> str:
    """Write an array, or an object as k,v,k,v (or k=v with `equals`); a scalar is written alone."""
    if isinstance(value, list):
        return delimiter.join(encode(item) for item in value)
    if isinstance(value, dict):
        pairs = ((encode(k), encode(v)) for k, v in value.items())
        return delimiter.join(f"{k}{equals or delimiter}{v}" for k, v in pairs)
    found: str = encode(value)
    return found


def write_path(name: str, style: str, explode: bool, value: Any) -> str:
    """Write a path parameter."""
    compound = isinstance(value, list | dict)
    equals = "=" if explode else ""
    if style == "simple":
        return delimited(value, ",", equals)
    if style == "label":
        return "." + delimited(value, "." if explode else ",", equals)
    prefix = f";{encode(name)}"
    if not compound or not explode:
        written = delimited(value, ",", "")
        return f"{prefix}={written}" if written else prefix
    if isinstance(value, dict):
        return ";" + delimited(value, ";", "=")
    return "".join(f"{prefix}={encode(item)}" for item in value)


def read_path(name: str, style: str, explode: bool, raw: str, found: Shape, how: Reading) -> str:
    """Read a path parameter as JSON; raise ValueError."""
    equals = "=" if explode else ""
    if style == "simple":
        return how.delimited(raw, found, ",", equals)
    if style == "label":
        if not raw.startswith("."):
            raise ValueError("a label starts with a full stop")
        return how.delimited(raw[1:], found, r"\." if explode else ",", equals)
    if not raw.startswith(";"):
        raise ValueError("a matrix parameter starts with a semicolon")
    pairs = [(unquote(k), v) for k, _, v in (p.partition("=") for p in raw[1:].split(";"))]
    if explode and found.properties is not None:
        return how.object([(k, unquote(v)) for k, v in pairs], found)
    if any(k != name for k, _ in pairs):
        raise ValueError(f"a matrix parameter is written ;{name}=value")
    if explode and found.items is not None and not (found.scalars and how.scalars):
        return how.array([unquote(v) for _, v in pairs], found)
    return how.delimited(pairs[0][1], found, ",", "")


def write_query(name: str, style: str, explode: bool, value: Any, reserved: str = "") -> list[str]:
    """Write a query parameter, or a property of a form, as `name=value` pairs."""
    key = encode(name)
    if style == "deepObject":
        return _deep(key, value)
    if not isinstance(value, list | dict):
        return [f"{key}={encode(value, reserved=reserved + ',' if reserved else '')}"]
    if not explode:
        return [f"{key}={delimited(value, DELIMITERS.get(style, ','), '', lambda v: encode(v, reserved=reserved))}"]
    if isinstance(value, dict):
        return [f"{encode(k)}={encode(v, reserved=reserved)}" for k, v in value.items()]
    return [f"{key}={encode(item, reserved=reserved)}" for item in value]


def _deep(key: str, value: Any) -> list[str]:
    if isinstance(value, dict):
        return [pair for k, v in value.items() for pair in _deep(f"{key}%5B{encode(k)}%5D", v)]
    if isinstance(value, list):
        return [f"{key}={encode(item)}" for item in value]
    return [f"{key}={encode(value)}"]


def undeclared(value: Any, found: Shape) -> list[str]:
    """Return the names of a value's properties, at any depth, that its type does not declare, as a query has them.

    Those in brackets are there with these: `%5Bab%5D` is told apart where `ab` is not.
    """
    if not isinstance(value, dict):
        return []
    known, names = found.properties or {}, list[str]()
    for key, part in value.items():
        names += [] if key in known else [encode(key), f"%5B{encode(key)}%5D"]
        names += undeclared(part, known.get(key, TEXT))
    return names


def read_query(
    name: str,
    style: str,
    explode: bool,
    pairs: Pairs,
    found: Shape,
    how: Reading,
    claimed: Set[str] = frozenset(),
) -> str | None:
    """Read a query parameter as JSON from decoded names and raw values, or None where it is absent; raise ValueError.

    `claimed` are the names of other parameters, which an exploded object does not take for its own.
    """
    if style == "deepObject":
        mine = [(re.findall(r"\[([^\[\]]*)\]", k), v) for k, v in pairs if k.startswith(f"{name}[") and k.endswith("]")]
        return json.dumps(_tree(mine, found, how)) if mine else None
    if explode and found.properties is not None:
        keys = found.properties
        spread = [(k, v) for k, v in pairs if k in keys or (found.extra and k not in claimed and k != name)]
        if spread:
            _once(spread)
            return how.object([(k, unquote_plus(v)) for k, v in spread], found)
    values = [v for k, v in pairs if k == name]
    if not values:
        return None
    if explode and found.items is not None and not (found.scalars and how.scalars and len(values) == 1):
        return how.array(map(unquote_plus, values), found)
    _once([(name, v) for v in values])
    delimiter = {"spaceDelimited": r"%20|\+| ", "pipeDelimited": r"%7[Cc]|\|"}.get(style, ",")
    if not explode and found.items is not None and re.search(delimiter, values[0]):
        how = replace(how, scalars=False)  # of a text or a list, what has a delimiter is the list
    return how.delimited(values[0], found, delimiter, "", unquote_plus)


def _once(pairs: Pairs) -> None:
    names = [k for k, _ in pairs]
    if len(set(names)) < len(names):
        raise ValueError("given more than once")


def _tree(pairs: list[tuple[list[str], str]], found: Shape, how: Reading) -> Any:
    """Read the values of a deepObject by their keys."""
    tree: dict[str, Any] = {}
    by_first: dict[str, list[tuple[list[str], str]]] = {}
    for keys, value in pairs:
        if len(keys) > DEEPEST:
            raise ValueError("too many brackets")
        by_first.setdefault(keys[0], []).append((keys[1:], value))
    for first, mine in by_first.items():
        inner = (found.properties or {}).get(first, found.extra or TEXT)
        if mine[0][0]:
            tree[first] = _tree([m for m in mine if m[0]], inner, how)
        elif inner.items is not None and (len(mine) > 1 or not (inner.scalars and how.scalars)):
            tree[first] = json.loads(how.array([unquote_plus(v) for _, v in mine], inner))
        else:
            _once([(first, v) for _, v in mine])
            tree[first] = json.loads(how.scalar(unquote_plus(mine[0][1]), inner))
    return tree


def split_query(query: str) -> Pairs:
    """Return decoded names and raw values; raise DecodeError for too many."""
    if query.count("&") >= MOST:
        raise DecodeError.of(f"there may be {MOST} fields", "too_long")
    found = (part.partition("=") for part in query.split("&") if part)
    return [(unquote_plus(k), v) for k, _, v in found]
