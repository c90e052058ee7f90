"""Values for schemas, from the schemas alone: mostly valid ones, and the same broken in one place."""

from __future__ import annotations

import base64
import copy
import random
import re
import string
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

Path = tuple[str | int, ...]
DEEP = 5
"""Below this depth only what is required is made."""
HOPELESS = 40
"""Below this depth a value has no end: what is required asks for itself."""
MOST = 2_000
"""So many parts are made for a value as its schema says: what is required may ask for itself several times."""
WORDS = ("a", "Z9", "two words", "né", "x_y", "0", "", "\U0001f642", 'q"\\', "1.0")
SPEAKS = {
    "object": {"properties", "required", "additionalProperties", "patternProperties", "minProperties", "propertyNames"},
    "array": {"items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"},
    "string": {"pattern", "minLength", "maxLength", "format"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
}


class Maker:
    """Makes values for schemas in 3.1 terms; whether they are valid is for others to judge."""

    def __init__(self, definitions: Mapping[str, Any], seed: int) -> None:
        """Take the schemas that `#/$defs/…` leads to."""
        self._definitions = definitions
        self._parts = 0
        self.random = random.Random(seed)  # noqa: S311 - test data

    def make(self, schema: Any, depth: int = 0) -> Any:
        """Make a value that the schema may accept."""
        if not depth:
            self._parts = 0
        return self._value(self._facets([schema]), depth)

    def _facets(self, schemas: list[Any]) -> list[dict[str, Any]]:
        """Follow `$ref` and `allOf`, choose branches: all that constrain the value side by side."""
        found: list[dict[str, Any]] = []
        queue = list(schemas)
        while queue and len(found) < 200:
            schema = queue.pop(0)
            if not isinstance(schema, dict):
                continue
            found.append(schema)
            if isinstance(schema.get("$ref"), str):
                queue.append(self._definitions.get(unescaped(schema["$ref"].removeprefix("#/$defs/"))))
            queue += schema.get("allOf", [])
            queue += [self.random.choice(schema[key]) for key in ("oneOf", "anyOf") if schema.get(key)]
            if "if" in schema and self.random.random() < 0.5:
                queue += [schema["if"], schema.get("then", True)]
        return found

    def _value(self, facets: list[dict[str, Any]], depth: int) -> Any:
        pick = self.random
        self._parts += 1
        listed: list[list[Any]] = [facet["enum"] for facet in facets if "enum" in facet]
        listed += [[facet["const"]] for facet in facets if "const" in facet]
        if listed:
            smallest = min(listed, key=len)
            return copy.deepcopy(pick.choice(smallest)) if smallest else None
        if depth > HOPELESS or self._parts > MOST:
            return self.anything(depth)
        kinds: set[str] | None = None
        for facet in facets:
            if "type" in facet:
                named = {facet["type"]} if isinstance(facet["type"], str) else set(facet["type"])
                kinds = (
                    named if kinds is None else (kinds & named) | ({"integer"} if "integer" in kinds | named else set())
                )
        if kinds is None:
            keys = {key for facet in facets for key in facet}
            kinds = {kind for kind, words in SPEAKS.items() if keys & words}
        if not kinds or (depth and pick.random() < 0.01):
            return self.anything(depth)
        kind = pick.choice(sorted(kinds))
        if kind != "null" and "null" in kinds and pick.random() < 0.5:
            kind = pick.choice(sorted(kinds - {"null"})) if kinds - {"null"} else kind
        makers: dict[str, Callable[[], Any]] = {
            "null": lambda: None,
            "boolean": lambda: pick.random() < 0.5,
            "integer": lambda: self._number(facets, whole=True),
            "number": lambda: self._number(facets, whole=False),
            "string": lambda: self._text(facets),
            "array": lambda: self._array(facets, depth),
            "object": lambda: self._object(facets, depth),
        }
        return makers.get(kind, lambda: None)()

    def anything(self, depth: int = 0) -> Any:
        """Make any JSON value."""
        pick = self.random
        plain = [None, True, False, 0, -1, 1.5, 1.0, 2**53 + 1, 10**20, pick.choice(WORDS)]
        if depth < DEEP and pick.random() < 0.3:
            return pick.choice([[], {}, [self.anything(depth + 1)], {pick.choice(WORDS): self.anything(depth + 1)}])
        return pick.choice(plain)

    def _number(self, facets: list[dict[str, Any]], *, whole: bool) -> Any:
        pick = self.random
        lows = [f[key] for f in facets for key in ("minimum", "exclusiveMinimum") if key in f]
        highs = [f[key] for f in facets for key in ("maximum", "exclusiveMaximum") if key in f]
        steps = [f["multipleOf"] for f in facets if f.get("multipleOf")]
        low, high = max(lows, default=None), min(highs, default=None)
        choices: list[int | float]
        if low is None and high is None:
            choices = [0, 1, -1, 7, 2**31, 2**53 + 1, 2**63, -(2**63), 10**19, pick.randint(-999, 999)]
        elif low is not None and high is not None:
            choices = [low, high, (low + high) / 2, low + (high - low) * pick.random()]
        else:
            bound, sign = (low, 1) if low is not None else (high or 0, -1)
            choices = [bound, bound + sign, bound + sign * 10, bound + sign * 0.5]
        value = pick.choice(choices)
        if steps:
            value = round(value / steps[0]) * steps[0]
        if whole:
            value = int(value)
            return float(value) if pick.random() < 0.1 and abs(value) < 2**53 else value
        return value + pick.choice([0, 0, 0.5, 0.001]) if low is None and high is None and not steps else value

    def _text(self, facets: list[dict[str, Any]]) -> str:
        pick = self.random
        for facet in facets:
            if facet.get("format") in FORMATS and pick.random() < 0.97:
                return FORMATS[facet["format"]](pick)
        patterns = [facet["pattern"] for facet in facets if isinstance(facet.get("pattern"), str)]
        if patterns:
            return matching(patterns[0], pick)
        low = int(max([facet.get("minLength", 0) for facet in facets], default=0))
        high = int(min([facet.get("maxLength", low + 12) for facet in facets], default=12))
        text = pick.choice(WORDS)
        while len(text) < low:
            text += pick.choice(string.ascii_letters)
        return text[: max(high, 0)]

    def _array(self, facets: list[dict[str, Any]], depth: int) -> list[Any]:
        pick = self.random
        low = int(max((facet.get("minItems", 0) for facet in facets), default=0))
        high = int(min((facet.get("maxItems", low + 3) for facet in facets), default=3))
        size = min(low, 50) if depth > DEEP else pick.randint(min(low, 50), max(min(low, 50), min(high, low + 3)))
        prefix: list[Any] = next((facet["prefixItems"] for facet in facets if "prefixItems" in facet), [])
        if prefix and pick.random() < 0.7:
            size = len(prefix)
        items = [facet["items"] for facet in facets if "items" in facet]
        return [
            self._value(self._facets([prefix[index]] if index < len(prefix) else items), depth + 1)
            for index in range(size)
        ]

    def _object(self, facets: list[dict[str, Any]], depth: int) -> dict[str, Any]:
        pick = self.random
        schemas: dict[str, list[Any]] = {}
        for facet in facets:
            for name, schema in (facet.get("properties") or {}).items():
                schemas.setdefault(name, []).append(schema)
        required = {name for facet in facets for name in facet.get("required", ())}
        often = pick.choice([0.1, 0.6, 1.0]) if depth <= DEEP else 0.0
        names = [name for name in schemas if name in required or (pick.random() < often and False not in schemas[name])]
        names += [name for name in sorted(required) if name not in schemas]
        result = {}
        extra = next((facet["additionalProperties"] for facet in facets if "additionalProperties" in facet), True)
        for name in names:
            result[name] = self._value(self._facets(schemas.get(name, [extra])), depth + 1)
        patterned = [item for facet in facets for item in (facet.get("patternProperties") or {}).items()]
        if patterned and depth <= DEEP and pick.random() < 0.7:
            pattern, schema = pick.choice(patterned)
            result[matching(pattern, pick)] = self.make(schema, depth + 1)
        if extra is not False and depth <= DEEP and pick.random() < (0.3 if schemas else 0.8):
            for _ in range(pick.randint(1, 2)):
                result[pick.choice(["k", "x-y", "class", "model_x", "_a", "2", ""])] = self.make(extra, depth + 1)
        return result

    def broken(self, value: Any) -> Any:
        """Copy a value with one change somewhere."""
        copied = copy.deepcopy(value)
        path = self.random.choice(list(places(copied)))
        if not path:
            return self._changed(copied)
        holder = copied
        for step in path[:-1]:
            holder = holder[step]
        if isinstance(holder, dict) and self.random.random() < 0.3:
            del holder[path[-1]]
        elif isinstance(holder, list) and self.random.random() < 0.3:
            holder.append(copy.deepcopy(holder[int(path[-1])]))
        else:
            holder[path[-1]] = self._changed(holder[path[-1]])
        return copied

    def _changed(self, value: Any) -> Any:
        """Make something else of a value."""
        pick = self.random
        if isinstance(value, dict) and pick.random() < 0.5:
            return {**value, pick.choice(["unknown", "x-new", "Über"]): self.anything(DEEP)}
        if isinstance(value, list) and pick.random() < 0.5:
            return value[:-1] if value and pick.random() < 0.5 else [*value, self.anything(DEEP)]
        others: list[Any] = [None, True, False, 0, 1, "", "no-such", [], {}, [value], {"a": value}, 0.5, "1"]
        if isinstance(value, int) and not isinstance(value, bool):
            others += [value + 10**6, value - 10**6, -value, value + 0.5, str(value), bool(value), value * 10**18]
            others += [float(value)] * 2 if abs(value) < 2**53 else []
        if isinstance(value, float):
            others += [value * 1e6, -value, str(value)]
        if isinstance(value, str):
            others += [value * 50 + "zzzzzzzzzzzzzzzzzz" * 20, value[:1], value + "\n", value.upper(), [*value[:2]]]
        return pick.choice(others)


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Go through the paths of a value and all that it holds."""
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))


def unescaped(token: str) -> str:
    """Read a token of a JSON pointer (RFC 6901 section 4)."""
    return token.replace("~1", "/").replace("~0", "~")


def _moment(pick: random.Random) -> datetime:
    return datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=pick.randint(-(10**9), 10**9))


def _when(pick: random.Random) -> str:
    fraction = pick.choice(["", "", ".5", ".123456", ".000"])
    return f"{_moment(pick):%Y-%m-%dT%H:%M:%S}{fraction}{pick.choice(['Z', '+09:00', '-03:30', 'z'])}"


FORMATS: Mapping[str, Callable[[random.Random], str]] = {
    "date-time": _when,
    "date": lambda pick: f"{_moment(pick):%Y-%m-%d}",
    "time": lambda pick: f"{_moment(pick):%H:%M:%S}{pick.choice(['', 'Z', '+01:00'])}",
    "uuid": lambda pick: str(uuid.UUID(int=pick.getrandbits(128))),
    "byte": lambda pick: base64.b64encode(pick.randbytes(pick.randint(0, 9))).decode(),
    "base64url": lambda pick: (
        base64.urlsafe_b64encode(pick.randbytes(pick.randint(0, 9))).decode().rstrip(pick.choice(["", "="]))
    ),
    "ipv4": lambda pick: ".".join(str(pick.randint(0, 255)) for _ in range(4)),
    "ipv6": lambda pick: pick.choice(["::1", "2001:db8::ff00:42:8329", "::"]),
}
"""Well-formed text of each format that becomes a type."""


def matching(pattern: str, pick: random.Random) -> str:
    """Make text that a regular expression matches, mostly."""
    try:
        parsed = re._parser.parse(pattern)
    except (re.error, OverflowError):
        return pick.choice(WORDS)
    return _pieces(parsed, pick)


def _pieces(parsed: Any, pick: random.Random) -> str:
    return "".join(_piece(operation, argument, pick) for operation, argument in parsed)


def _piece(operation: Any, argument: Any, pick: random.Random) -> str:
    name = str(operation)
    if name == "LITERAL":
        return chr(argument)
    if name in ("NOT_LITERAL", "ANY"):
        return pick.choice("axz09-")
    if name == "IN":
        return _member(argument, pick)
    if name == "BRANCH":
        return _pieces(pick.choice(argument[1]), pick)
    if name == "SUBPATTERN":
        return _pieces(argument[-1], pick)
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        low, high, inner = argument
        times = pick.randint(low, min(int(high), low + 3))
        return "".join(_pieces(inner, pick) for _ in range(times))
    return ""


def _member(options: Any, pick: random.Random) -> str:
    classes = {"CATEGORY_DIGIT": "0189", "CATEGORY_WORD": "aZ0_", "CATEGORY_SPACE": " \t"}
    if str(options[0][0]) == "NEGATE":
        barred = {chr(value) for kind, value in options[1:] if str(kind) == "LITERAL"}
        return pick.choice([char for char in "aQ7-._ ~" if char not in barred] or ["é"])
    kind, value = pick.choice(list(options))
    if str(kind) == "LITERAL":
        return chr(value)
    if str(kind) == "RANGE":
        return chr(pick.randint(*value))
    return pick.choice(classes.get(str(value), "aB-"))
