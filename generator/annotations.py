"""Schemas as Python types.

`Annotator` gives every schema an annotation that accepts what the schema accepts, no less; where a type can't refuse everything that
the schema refuses, the annotation carries a rule that judges the value by the schema itself. Classes stand in an annotation as
marks (`mark(key)`): they are named later, all at once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from . import names
from .document import join
from .schemas import ANNOTATIONS, TYPES, Flat, Flattener, Node, equal, is_file, type_names

Direction = Literal["", "request", "form"]
"""Which side of a schema: what servers read (`request`, and multipart `form`s with files) is split off where it differs."""

FORMATS = {
    "date": "Date",
    "time": "Time",
    "uuid": "UUID",
    "byte": "Base64",
    "ipv4": "IPv4Address",
    "ipv6": "IPv6Address",
}
"""Formats of strings that become types; every other format documents only (JSON Schema 2020-12, Validation 7)."""


def mark(key: str) -> str:
    """Stand for the class of a key."""
    return f"\0{key}\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """An annotation: `text` with marks for classes; `null` says that it accepts null; `union` are its parts.

    `silent`: null is accepted, but the text does not say None (a schema without `type` that speaks of objects).
    """

    text: str
    null: bool = False
    union: tuple[str, ...] = ()
    silent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A property of a class, before its Python name is known."""

    wire_name: str
    type: Type
    required: bool
    node: Node


@dataclass(slots=True, kw_only=True)
class Definition:
    """A class or an alias of models.py. `parent` and `hint` make the name of an inline one; `rule` asks for the judge."""

    key: str
    node: Node
    parent: str = ""
    hint: tuple[str, ...] = ()
    kind: Literal["class", "alias"] = "alias"
    type: Type = field(default_factory=lambda: Type(text="Value"))
    properties: list[Property] = field(default_factory=list)
    extra: Type | Literal["allow", "forbid"] = "allow"
    loose: bool = False
    rule: bool = False

    @property
    def pointer(self) -> str:
        """Where the schema stands."""
        return self.node.pointer


@dataclass(frozen=True, slots=True)
class Site:
    """Where a schema stands: its direction, and what an inline class there is called after."""

    direction: Direction
    parent: str
    hint: tuple[str, ...]

    def at(self, *hint: str) -> Site:
        """Name what stands deeper."""
        return Site(self.direction, self.parent, (*self.hint, *hint))


class Annotator:
    """Annotates the schemas of one document and collects the definitions that the annotations need."""

    def __init__(
        self,
        flattener: Flattener,
        *,
        directional: Callable[[str, Direction], bool],
        pattern_runs: Callable[[str], bool],
        date_time: str = "DateTime",
        types: Mapping[str, str] | None = None,
    ) -> None:
        """Take `directional` (does the schema at a pointer differ by direction?) and `pattern_runs` (can the linear engine run it?)."""
        self._flattener = flattener
        self._directional = directional
        self._pattern_runs = pattern_runs
        self._formats = {**FORMATS, "date-time": date_time, **(types or {})}
        self.definitions: dict[str, Definition] = {}
        self.rules: dict[str, str] = {}
        self._open: list[str] = []
        self._recursive: set[str] = set()

    # --- references -------------------------------------------------------------------------------------------------------------

    def component(self, pointer: str, direction: Direction) -> Type:
        """Define the component schema at a pointer (once) and refer to it."""
        side: Direction = direction if direction and self._directional(pointer, direction) else ""
        key = pointer + (f"?{side}" if side else "")
        node = self._flattener.at(pointer)
        if key not in self.definitions:
            self.definitions[key] = Definition(key=key, node=node)
            self._define(self.definitions[key], node, side)
        found = self.definitions[key]
        return found.type if found.kind == "class" else Type(text=mark(key), null=self.admits_null(node))

    def _define(self, definition: Definition, node: Node, side: Direction) -> None:
        """Fill in a component: a class when it is one object, else an alias."""
        found = self.type_of(node, Site(side, definition.key, ()), definition)
        if definition.kind == "alias":
            definition.type = Type(text="Value", null=True) if found.text == mark(definition.key) else found

    def type_of(self, node: Node, site: Site, definition: Definition | None = None) -> Type:
        """Annotate a schema; `definition` is the one that it fills, where it is a component."""
        schema = node.schema
        if isinstance(schema, dict) and isinstance(schema.get("$ref"), str) and not schema.keys() - ANNOTATIONS - {"$ref"}:
            return self._refer(schema["$ref"], site)
        wrapped = self._only_part(node)
        if wrapped is not None:
            return self._refer(wrapped, site)
        if node.pointer in self._open and definition is None:
            self._recursive.add(node.pointer)
            return Type(text=mark(node.pointer), null=self.admits_null(node))
        self._open.append(node.pointer)
        found = self._express(self._flattener.flat(node), site, definition)
        self._open.pop()
        if node.pointer in self._recursive and definition is None and node.pointer not in self.definitions:
            self.definitions[node.pointer] = Definition(
                key=node.pointer, node=node, parent=site.parent, hint=site.hint, type=found
            )
            return Type(text=mark(node.pointer), null=found.null)
        return found

    def _only_part(self, node: Node) -> str | None:
        """Find the one `$ref` of an allOf that adds annotations only (3.0's way to describe a reference)."""
        schema = node.schema
        if not isinstance(schema, dict) or schema.keys() - ANNOTATIONS != {"allOf"} or len(schema["allOf"]) != 1:
            return None
        part = schema["allOf"][0]
        ref = part.get("$ref") if isinstance(part, dict) and not part.keys() - ANNOTATIONS - {"$ref"} else None
        return ref if isinstance(ref, str) else None

    def _refer(self, pointer: str, site: Site) -> Type:
        if re.fullmatch(r"#/components/schemas/[^/]+", pointer):
            return self.component(pointer, site.direction)
        return self.type_of(self._flattener.at(pointer), site)

    # --- what a schema admits -----------------------------------------------------------------------------------------------------

    def admits_null(self, node: Node, _open: frozenset[str] = frozenset()) -> bool:
        """Whether null is accepted."""
        if node.pointer in _open:
            return False
        flat = self._flattener.flat(node)
        if "null" not in flat.types or (flat.enum is not None and None not in flat.enum):
            return False
        deeper = _open | {node.pointer}
        return all(any(self.admits_null(branch, deeper) for branch in branches) for _, branches in flat.unions)

    def kinds(self, node: Node, _open: frozenset[str] = frozenset()) -> frozenset[str]:
        """Name the types of JSON that are accepted, at most."""
        if node.pointer in _open:
            return frozenset(TYPES)
        flat = self._flattener.flat(node)
        found = frozenset(flat.types)
        if "number" in found:
            found |= {"integer"}
        if flat.enum is not None:
            found &= frozenset[str]().union(*(type_names(value) for value in flat.enum))
        for _, branches in flat.unions:
            found &= frozenset[str]().union(*(self.kinds(branch, _open | {node.pointer}) for branch in branches))
        return found

    def disjoint(self, left: Node, right: Node) -> bool:
        """Whether no value is accepted by both, as far as types, constants and closed objects show."""
        shared = self.kinds(left) & self.kinds(right)
        if not shared:
            return True
        one, two = self._flattener.flat(left), self._flattener.flat(right)
        if one.enum is not None and two.enum is not None:
            return not any(equal(a, b) for a in one.enum for b in two.enum)
        if shared != {"object"}:
            return False
        for name in {*one.required, *two.required}:
            if name in one.required and name in two.required and name in one.properties and name in two.properties:
                if self.disjoint(one.properties[name], two.properties[name]):
                    return True
        return any(
            closed.additional is not None
            and closed.additional.schema is False
            and not ({"patternProperties"} & closed.rest)
            and bool(set(other.required) - closed.properties.keys())
            for closed, other in ((one, two), (two, one))
        )

    # --- types --------------------------------------------------------------------------------------------------------------------

    def _express(self, flat: Flat, site: Site, definition: Definition | None) -> Type:
        """Choose the type of an intersection; judge by rule what the type lets through."""
        rest = set(flat.rest)
        null = self.admits_null(Node(flat.pointer, self._flattener.at(flat.pointer).schema)) if flat.unions else (
            "null" in flat.types and (flat.enum is None or None in flat.enum)
        )
        if not flat.types or flat.enum == []:
            return self._ruled("Value", site, flat, null=False)
        if flat.enum is not None:
            return self._literal(flat, site, null=null, rest=rest)
        if flat.unions:
            return self._union(flat, site, definition, null=null, rest=rest)
        if not flat.typed:
            return self._untyped(flat, site, definition, rest)
        parts = [self._kind(kind, flat, site, definition, rest) for kind in _reduced(flat.types) if kind != "null"]
        if definition is not None and definition.kind == "class":
            definition.rule = bool(rest)
            if definition.rule:
                self.rules[definition.key] = flat.pointer
            rest.clear()
        text = " | ".join(dict.fromkeys(parts)) or "None"
        if null and parts:
            text += " | None"
        if rest:
            return self._ruled(text, site, flat, null=null)
        return Type(text=text, null=null)

    def _ruled(self, text: str, site: Site, flat: Flat, *, null: bool) -> Type:
        """Have the value judged by its schema."""
        key = _key(flat.pointer, site)
        self.rules[key] = flat.pointer
        self._sites[key] = site
        name = mark(f"!{key}")
        return Type(text=f'Annotated[{text}, Rule("{name}")]', null=null)

    @cached_property
    def _sites(self) -> dict[str, Site]:
        return {}

    @property
    def rule_sites(self) -> Mapping[str, Site]:
        """Where the rules stand that no class carries: they are named after it."""
        return self._sites

    def _literal(self, flat: Flat, site: Site, *, null: bool, rest: set[str]) -> Type:
        """Write an enum or a const."""
        allowed = [value for value in flat.enum or () if type_names(value) & {*flat.types, *({"integer"} & set(flat.types))}]
        values = [value for value in allowed if value is not None]
        if any(isinstance(value, float | list | dict) for value in values):
            return self._ruled("Value", site, flat, null=null)
        if not values:
            return Type(text="None", null=True) if null else self._ruled("Value", site, flat, null=False)
        text = f"Literal[{', '.join(dict.fromkeys(_literal_text(value) for value in values))}]"
        if any(isinstance(value, int) for value in values):
            text = f"Annotated[{text}, Exactly]"
        if null:
            text += " | None"
        narrowed = any(flat.constrains(kind) and (kind != "string" or flat.bounds or flat.pattern) for kind in ("string", "number"))
        if rest or flat.unions or narrowed:
            return self._ruled(text, site, flat, null=null)
        return Type(text=text, null=null)

    def _union(self, flat: Flat, site: Site, definition: Definition | None, *, null: bool, rest: set[str]) -> Type:
        """Write oneOf and anyOf as a union where nothing beside them asks for more than a type."""
        own = Flat(
            node=flat.node, types=flat.types, typed=flat.typed, bounds=flat.bounds, pattern=flat.pattern,
            properties=flat.properties, required=flat.required, additional=flat.additional, items=flat.items, prefix=flat.prefix,
        )  # fmt: skip
        keyword, branches = flat.unions[0]
        if any(own.constrains(kind) for kind in ("string", "number", "array", "object")):
            own.rest = {*flat.rest, keyword}
            return self._express(own, site, definition)
        if keyword == "oneOf" and not self._exclusive(branches):
            rest.add(keyword)
        if len(flat.unions) > 1 or any(self.kinds(branch) - set(flat.types) - ({"integer"} if "number" in flat.types else set()) for branch in branches):
            rest.add(keyword)
        parts: list[str] = []
        for branch, hint in zip(branches, self._branch_hints(branches), strict=True):
            if self.kinds(branch) == {"null"}:
                continue
            found = self.type_of(branch, site.at(hint))
            if found.text == "Value":
                parts = ["Value"]
                break
            parts += found.union or ([found.text.removesuffix(" | None")] if found.null else [found.text])
        parts = list(dict.fromkeys(parts))
        text = " | ".join(parts) or "None"
        if null and text not in ("Value", "None"):
            text += " | None"
        if rest:
            return self._ruled(text, site, flat, null=null)
        return Type(text=text, null=null, union=tuple(parts))

    def _exclusive(self, branches: list[Node]) -> bool:
        return all(
            self.disjoint(left, right) for index, left in enumerate(branches) for right in branches[index + 1 :]
        )

    def _branch_hints(self, branches: list[Node]) -> list[str]:
        """Name inline branches by title, by the constant that tells them apart, or by letter."""
        hints: list[str] = []
        for index, branch in enumerate(branches):
            flat = self._flattener.flat(branch)
            title = branch.schema.get("title") if isinstance(branch.schema, dict) else None
            tags = [
                str(tag.enum[0])
                for tag in (self._flattener.flat(flat.properties[name]) for name in flat.required if name in flat.properties)
                if tag.enum is not None and len(tag.enum) == 1
            ]
            hints.append(title if isinstance(title, str) and title else tags[0] if tags else f"Option{_letters(index)}")
        return [hint if hints.count(hint) == 1 else f"{hint} {_letters(index)}" for index, hint in enumerate(hints)]

    def _untyped(self, flat: Flat, site: Site, definition: Definition | None, rest: set[str]) -> Type:
        """Write a schema without `type`: its keywords speak of some types of JSON, every other value is accepted."""
        narrowed = [kind for kind in ("number", "array", "object") if flat.constrains(kind)]
        if flat.pattern is not None or {"minLength", "maxLength"} & flat.bounds.keys():
            narrowed.append("string")
        if narrowed == ["object"] and flat.properties:
            text = self._class(flat, site, definition, rest, loose=True)
            return Type(text=text, null=True, silent=True)
        if narrowed in (["array"], ["object"]):
            inner = set(rest)
            kind = self._kind(narrowed[0], flat, site, None, inner)
            text = f"Loose[{kind}]"
            return self._ruled(text, site, flat, null=True) if inner else Type(text=text, null=True)
        if narrowed or rest:
            return self._ruled("Value", site, flat, null=True)
        return Type(text="Value", null=True)

    def _kind(self, kind: str, flat: Flat, site: Site, definition: Definition | None, rest: set[str]) -> str:
        """Write one type of JSON; add to `rest` what the annotation lets through."""
        if kind == "boolean":
            return "bool"
        if kind in ("integer", "number"):
            return self._number(kind, flat, rest)
        if kind == "string":
            return self._string(flat, site, rest)
        if kind == "array":
            return self._array(flat, site, rest)
        if flat.properties:
            return self._class(flat, site, definition, rest)
        return self._map(flat, site, rest)

    def _number(self, kind: str, flat: Flat, rest: set[str]) -> str:
        arguments: list[str] = []
        for key, argument in (("minimum", "ge"), ("exclusiveMinimum", "gt"), ("maximum", "le"), ("exclusiveMaximum", "lt")):
            if key not in flat.bounds:
                continue
            value = flat.bounds[key]
            if kind == "integer":
                value = math.ceil(value) if argument in ("ge", "lt") else math.floor(value)
            arguments.append(f"{argument}={value!r}")
        multiple = flat.bounds.get("multipleOf")
        if multiple is not None:
            if kind == "integer" and float(multiple).is_integer() and multiple > 0:
                if multiple != 1:
                    arguments.append(f"multiple_of={int(multiple)}")
            else:
                rest.add("multipleOf")
        return _constrained("int" if kind == "integer" else "float", arguments)

    def _string(self, flat: Flat, site: Site, rest: set[str]) -> str:
        if site.direction == "form" and is_file(self._flattener.at(flat.pointer).schema):
            return "File"
        arguments = _lengths(flat, "minLength", "maxLength")
        special = self._formats.get(flat.format or "")
        if flat.pattern is not None:
            if special is None and self._pattern_runs(flat.pattern):
                arguments.append(f"pattern={flat.pattern!r}")
            else:
                rest.add("pattern")
        if special is None:
            return _constrained("str", arguments)
        if arguments:
            rest.add("minLength")
        return special

    def _array(self, flat: Flat, site: Site, rest: set[str]) -> str:
        low, high = flat.bounds.get("minItems", 0), flat.bounds.get("maxItems", math.inf)
        if flat.prefix:
            closed = high <= len(flat.prefix) or (flat.items is not None and flat.items.schema is False)
            if closed and low >= len(flat.prefix) == min(high, len(flat.prefix)) and low == len(flat.prefix):
                parts = [self.type_of(item, site.at(f"Item{_letters(i)}")).text for i, item in enumerate(flat.prefix)]
                return f"tuple[{', '.join(parts)}]"
            rest.add("prefixItems")
            return "list[Value]"
        if flat.items is not None and flat.items.schema is False:
            return _constrained("list[Value]", ["max_length=0"])
        item = self.type_of(flat.items, site.at("Item")).text if flat.items is not None else "Value"
        return _constrained(f"list[{item}]", _lengths(flat, "minItems", "maxItems"))

    def _map(self, flat: Flat, site: Site, rest: set[str]) -> str:
        if flat.required:
            rest.add("required")
        if flat.additional is not None and flat.additional.schema is False:
            if "patternProperties" in flat.rest:
                return "dict[str, Value]"
            return _constrained("dict[str, Value]", ["max_length=0"])
        if flat.additional is None or "patternProperties" in flat.rest:
            value = "Value"
        else:
            value = self.type_of(flat.additional, site.at("Value")).text
        return _constrained(f"dict[str, {value}]", _lengths(flat, "minProperties", "maxProperties"))

    def _class(self, flat: Flat, site: Site, definition: Definition | None, rest: set[str], *, loose: bool = False) -> str:
        """Define a class for an object with properties."""
        if definition is None or (set(flat.types) - {"object", "null"} and not loose):
            key = _key(flat.pointer, site)
            key += "" if definition is None else "/object"
            if key in self.definitions:
                return mark(key)
            hint = site.hint or ("Object",)
            node = self._flattener.at(flat.pointer)
            definition = self.definitions[key] = Definition(key=key, node=node, parent=site.parent, hint=hint)
        key = definition.key
        null = loose or "null" in flat.types
        definition.kind, definition.loose = "class", loose
        definition.type = Type(text=mark(key) if loose or not null else f"{mark(key)} | None", null=null, silent=loose)
        if set(flat.required) - flat.properties.keys():
            rest.add("required")
        rest |= {"minProperties", "maxProperties"} & flat.bounds.keys()
        inner = Site(site.direction, key, ())
        if "patternProperties" not in flat.rest and flat.additional is not None:
            definition.extra = (
                "forbid" if flat.additional.schema is False else self.type_of(flat.additional, inner.at("Value"))
            )
        for wire_name, node in flat.properties.items():
            if self._hidden(node, site.direction):
                continue
            found = self.type_of(node, inner.at(wire_name))
            definition.properties.append(
                Property(wire_name=wire_name, type=found, required=wire_name in flat.required, node=node)
            )
        if definition.rule or rest:
            definition.rule = True
            self.rules[key] = flat.pointer
            rest.clear()
        return mark(key)

    def _hidden(self, node: Node, direction: Direction) -> bool:
        """Whether a property belongs to the other direction only (OpenAPI 3.1, readOnly and writeOnly)."""
        schema = node.schema if isinstance(node.schema, dict) else {}
        return schema.get("readOnly" if direction else "writeOnly") is True


def _key(pointer: str, site: Site) -> str:
    return f"{pointer}?{site.direction}" if site.direction else pointer


def _reduced(kinds: Iterable[str]) -> list[str]:
    """Drop `integer` beside `number`, which has it."""
    found = list(dict.fromkeys(kinds))
    return [kind for kind in found if kind != "integer" or "number" not in found]


def _lengths(flat: Flat, low: str, high: str) -> list[str]:
    pairs = ((low, "min_length", math.ceil), (high, "max_length", math.floor))
    return [
        f"{argument}={turn(flat.bounds[key])}"
        for key, argument, turn in pairs
        if key in flat.bounds and not (argument == "min_length" and flat.bounds[key] <= 0)
    ]


def _constrained(text: str, arguments: list[str]) -> str:
    return f"Annotated[{text}, Field({', '.join(arguments)})]" if arguments else text


def _literal_text(value: Any) -> str:
    return repr(value)


def _letters(index: int) -> str:
    """Count as spreadsheets do: A, B, … Z, AA."""
    return (_letters(index // 26 - 1) if index >= 26 else "") + chr(ord("A") + index % 26)
