"""What it takes to judge a value: a validator judges a part of it anew for each way that leads to one of its schemas.

Schemas that share others may have 2^n ways through n schemas, without a circle. So ways are counted before a validator is asked.
Where `unevaluated…` stands, it asks the schemas beside it once more, and they ask theirs: what each of them has looked at.
"""

from __future__ import annotations

from collections import ChainMap, Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import quote

from pydantic_core import to_json

from .. import ir
from ..circles import circles
from ..pointer import CONTAINERS, from_fragment, get
from ..records import record
from .keywords import APPLICATORS, LIST, MAP

STEPS = 100_000
"""Schemas that may judge a value and its parts, each counted for each way to it: a validator takes some hundredths of a second."""
_ALL = 20 * STEPS
"""What may be judged of one document by one stage."""
EXPLAINED = 10_000
"""Schemas that may judge a value, counted alike, up to which its errors are made: a union makes one (4 kB) for each way."""
_SHARED = 300
"""Ways to schemas for one value that are few: no known document has more (the most are 263)."""
BLIND = 10_000
"""Ways to judge a value beside `unevaluatedProperties` above which a document is refused: it needs what each way has found."""
_OF_PARTS = 100
"""Ways in a part of those that services cut into parts."""
_DEEP = 5_000
"""Schemas that lead to one another: a validator needs a frame of the stack for each."""
_ELEMENTS = frozenset({"items", "contains", "unevaluatedItems"})
_MEMBERS = frozenset({"additionalProperties", "unevaluatedProperties"})
_ALIKE = frozenset({"not", "if", "then", "else", "allOf", "anyOf", "oneOf", "dependentSchemas"})
"""Those that judge the value itself."""
_INSIDE = frozenset({*APPLICATORS}) - _ALIKE
"""Those that judge parts of it."""
_DATA = frozenset({"enum", "examples"})
_UNEVALUATED = frozenset({"unevaluatedProperties", "unevaluatedItems"})


class _Keys(NamedTuple):
    """The schemas in a schema that judge the same value, its keywords for parts, and whether it asks what others look at."""

    beside: list[Any]
    inside: frozenset[str]
    tells: bool
    schema: Any
    """The schema itself, so that its id stays its own."""


class Effort:
    """Counts what it takes to judge values by schemas whose references lead into one document, and has a bound for all."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._targets: dict[str, Any] = {}
        self._ways: dict[str, _Ways] = {}
        self._known: dict[int, _Keys] = {}
        self._few: dict[int, tuple[bool, Any]] = {}
        self._left = _ALL

    def steps(self, schema: Any, value: Any) -> int | None:
        """Count the schemas that may judge a value and its parts; None where these are too many."""
        if self._is_blind:
            return None
        most = min(STEPS, self._left)
        count = self._count(schema, value, most)
        self._left -= min(count, self._left)
        return count if count <= most else None

    @cached_property
    def _is_blind(self) -> bool:
        """Whether a validator would be built for too many ways: for `unevaluated…` it has all of them, whatever the value is."""
        is_there = b'"unevaluated' in to_json(self._root, inf_nan_mode="constants")  # compiled code finds it in no time
        waiting, left = [self._root] if is_there else [], _ALL
        while waiting:
            one = waiting.pop()
            if isinstance(one, dict) and not _UNEVALUATED.isdisjoint(one):
                count = self._count(one, None, BLIND)
                left -= count
                if count > BLIND or left < 0:
                    return True
            waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        return False

    def _count(self, schema: Any, value: Any, most: int) -> int:
        """Count the schemas that may judge a value and its parts, up to some more than `most`."""
        waiting, count = [(schema, value, 0, False)], 0
        while waiting and count <= most:
            schema, value, depth, is_told = waiting.pop()
            count = most + 1 if depth > _DEEP else count + 1
            if not isinstance(schema, dict):
                continue
            beside, inside, tells, _ = self._known.get(id(schema)) or self._keys(schema)
            if not is_told:
                waiting += [(part, value, depth + 1, False) for part in beside]
                if value and inside and isinstance(value, dict | list):
                    asked = islice(self._asked(schema, inside, value), most + 1)
                    waiting += [(part, held, depth + 1, False) for part, held in asked]
            if is_told or tells:  # which ask what others have looked at
                waiting += [(self._target(schema.get("$ref")), value, depth + 1, True)]
                beside = beside[1:] if "$ref" in schema else beside
                waiting += [(part, value, depth + 1, again) for part in beside for again in (False, True)]
        return count

    def allows(self, schema: Any, value: Any) -> bool:
        """Whether a validator may be asked: the schemas that judge each part are few, or those that judge all of them."""
        if id(schema) not in self._few:
            self._few[id(schema)] = self._are_few(schema), schema  # so that its id stays its own
        return self._few[id(schema)][0] or self.steps(schema, value) is not None

    def _are_few(self, schema: Any) -> bool:
        """Whether few schemas may judge one value, none of which leads back to itself."""
        waiting, mentions = _mentioned(schema), dict[str, list[str]]()
        for one in waiting:
            if one not in mentions and one not in self._ways:
                target = self._target(one)
                if found := _mentioned(target):
                    mentions[one] = found
                    waiting += found
                else:
                    self._ways[one] = _at_most_many(_ways(target, self._ways, self._ways))
        order, places = list(mentions), {one: place for place, one in enumerate(mentions)}
        for circle in circles([sorted({places[one] for one in each if one in places}) for each in mentions.values()]):
            one = order[circle[0]]
            back = len(circle) > 1 or one in mentions[one]
            many = _MANY if back else _at_most_many(_ways(self._target(one), self._ways, self._ways))
            self._ways |= dict.fromkeys((order[each] for each in circle), many)
        return _ways(schema, self._ways, self._ways).judged <= _SHARED

    def _keys(self, schema: dict[str, Any]) -> _Keys:
        """Look at what a schema has, what it refers to first."""
        beside = [self._target(schema["$ref"])] if "$ref" in schema else []
        beside += [part for key in schema.keys() & _ALIKE for part in _parts(key, schema[key])]
        tells = not _UNEVALUATED.isdisjoint(schema)
        found = self._known[id(schema)] = _Keys(beside, frozenset(schema.keys() & _INSIDE), tells, schema)
        return found

    def _asked(self, schema: dict[str, Any], keys: Iterable[str], value: Any) -> Iterator[tuple[Any, Any]]:
        """Yield the schemas that keywords of a schema ask, with the part of the value that each is asked of."""
        for key in keys:
            held = schema[key]
            if isinstance(value, dict) and key == "properties" and isinstance(held, dict):
                yield from ((held[name], value[name]) for name in value if name in held)
            elif isinstance(value, dict) and key == "patternProperties" and isinstance(held, dict):
                yield from ((part, one) for part in held.values() for one in value.values())
            elif isinstance(value, dict) and key in _MEMBERS:
                yield from ((held, one) for one in value.values())
            elif isinstance(value, dict) and key == "propertyNames":
                yield from ((held, name) for name in value)
            elif isinstance(value, list) and key in _ELEMENTS:
                yield from ((held, one) for one in value)
            elif isinstance(value, list) and key == "prefixItems" and isinstance(held, list):
                yield from zip(held, value, strict=False)

    def _target(self, reference: Any) -> Any:
        if not isinstance(reference, str):
            return None
        if reference not in self._targets:
            try:
                self._targets[reference] = get(self._root, from_fragment(reference))
            except (KeyError, ValueError, TypeError):
                self._targets[reference] = None
        return self._targets[reference]


@record(kw_only=True)
class Repetition:
    """How schemas repeat each other that refer to each other as `#/$defs/…`."""

    leads_back: bool
    """Whether some lead back to themselves."""
    ways: Mapping[str, int]
    """How many schemas may judge one value, and one part of it at each level, each counted for each way to it, by name."""

    @property
    def most(self) -> int:
        """The most ways of any."""
        return max(self.ways.values(), default=0)

    def described(self, schemas: Mapping[str, Any]) -> ir.JudgingSchemas:
        """Say it to templates; what is judged over and over is cut into parts, each of which is reached in few ways."""
        repeat = self.leads_back or self.most > _SHARED
        return ir.JudgingSchemas(
            by_name=schemas, repeat=repeat, ways=min(self.most, _OF_PARTS) if repeat else self.most
        )

    @classmethod
    def of(cls, schemas: Mapping[str, Any]) -> Repetition:
        """Count the ways; a part that leads back is judged by itself, so it counts once."""
        names = list(schemas)
        places = {f"#/$defs/{quote(name)}": place for place, name in enumerate(names)}
        mentioned = [sorted({places[one] for one in _mentioned(schemas[name]) if one in places}) for name in names]
        ways, references, back = dict[str, _Ways](), list(places), False
        for circle in circles(mentioned):  # each after what it mentions
            back |= len(circle) > 1 or circle[0] in mentioned[circle[0]]
            found = dict[str, _Ways]()
            for one in _ordered(circle, [schemas[names[one]] for one in circle], places):
                found[references[one]] = _ways(schemas[names[one]], ChainMap(found, ways), ways)
            ways |= found
        return cls(leads_back=back, ways={name: ways[one].judged for name, one in zip(names, references, strict=True)})


def _mentioned(schema: Any) -> list[str]:
    """List the references in a JSON Schema."""
    found, waiting = list[str](), [schema]
    for one in waiting:
        if isinstance(one, dict):
            if isinstance(one.get("$ref"), str):
                found.append(one["$ref"])
            # What has such a name is a keyword if it holds a list: a property holds a schema.
            waiting += [
                part for key, part in one.items() if type(part) is dict or (type(part) is list and key not in _DATA)
            ]
        elif isinstance(one, list):
            waiting += [part for part in one if type(part) in CONTAINERS]
    return found


def _beside(schema: Any) -> Iterator[str]:
    """Yield the references in a JSON Schema to what judges the same value."""
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        for key in schema.keys() & _ALIKE:
            for part in _parts(key, schema[key]):
                yield from _beside(part)


class _Ways(NamedTuple):
    """How many schemas may judge one value, and one part of it at each level, each for each way to it."""

    judged: int
    told: int
    """How many more if they are asked what they have looked at."""


_NONE, _ONE = _Ways(0, 0), _Ways(1, 1)
_MANY = _Ways(_SHARED + 1, _SHARED + 1)


def _at_most_many(ways: _Ways) -> _Ways:
    return ways if ways.judged < _MANY.judged and ways.told < _MANY.told else _Ways(*map(min, ways, _MANY))


def _ordered(circle: Sequence[int], schemas: Sequence[Any], places: Mapping[str, int]) -> Iterator[int]:
    """Yield what leads back to itself, each after those that judge the same value."""
    position = {one: index for index, one in enumerate(circle)}
    mentioned = [
        [position[places[one]] for one in _beside(schema) if places.get(one) in position] for schema in schemas
    ]
    yield from (circle[index] for found in circles(mentioned) for index in found)


def _ways(schema: Any, known: Mapping[str, _Ways], below: Mapping[str, _Ways]) -> _Ways:
    """Count the ways of a schema; those of others are known, by reference: for the value itself, and for parts of it."""
    if not isinstance(schema, dict):
        return _ONE
    target = known.get(str(schema["$ref"]), _NONE) if "$ref" in schema else _NONE
    if not (keys := schema.keys() & APPLICATORS.keys()):
        return _Ways(1 + target.judged, 1 + target.told) if target is not _NONE else _ONE
    judged, told, parts = 1 + target.judged, 1 + target.told, Counter[str]()
    for key in keys:
        found = [_ways(part, known if key in _ALIKE else below, below) for part in _parts(key, schema[key])]
        if key in _ALIKE:
            judged += sum(one.judged for one in found)
            told += sum(map(sum, found))
        else:
            counts = [one.judged for one in found]
            parts[key] = sum(counts) if key == "patternProperties" else max(counts, default=0)
    parts["properties"] += parts.pop("patternProperties", 0)  # both judge one property
    for key in ("items", "prefixItems", "unevaluatedItems"):  # so do each of these and `contains` an element
        parts[key] += parts["contains"]
    asked = 0 if _UNEVALUATED.isdisjoint(schema) else told
    return _Ways(judged + asked + max(parts.values()), told)


def _parts(key: str, held: Any) -> list[Any]:
    """List the schemas that a keyword holds."""
    if APPLICATORS[key] == MAP:
        return list(held.values()) if isinstance(held, dict) else []
    return (held if isinstance(held, list) else []) if APPLICATORS[key] == LIST else [held]
