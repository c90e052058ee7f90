"""Schemas as Python types.

`Annotator` gives every schema an annotation that accepts what the schema accepts, no less; where a type can't refuse
everything that the schema refuses, the annotation carries a rule that judges the value by the schema itself. Classes
and rules stand in an annotation by the key of their definition: they are named later, all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import replace

from ..parsing.limits import weigh
from ..python import types
from ..python.types import NONE, VALUE, Class, Name, Type
from ..schemas.acceptance import AcceptedTypes
from ..schemas.conditions import Condition, Conditions
from ..schemas.content import is_file
from ..schemas.directions import Direction
from ..schemas.json_values import type_names
from ..schemas.normal_form import COMPONENT, DEEPEST, Flat, Flattener, PlacedSchema
from ..schemas.patterns import linear
from ..schemas.targets import Targets
from .containers import Containers, conditional, either
from .definitions import Annotation, Definition, Judged, Property, Site, with_default
from .inheritance import Inheritance
from .runtime_rules import Rules, accepted, constraining
from .scalars import FORMATS, common, concealed, is_password, letters, literal, number, ordered, reduced, said, string
from .unions import branch_hints, fits, listed, mergeable, narrowed, possible, tags

REFUSES_ANYTHING = frozenset({"not", "if", "oneOf", "anyOf", "$dynamicRef", "enum"})
"""Leftovers that speak of values of every type."""


class Annotator:
    """Annotates the schemas of one document and collects the definitions that the annotations need."""

    def __init__(
        self,
        flattener: Flattener,
        *,
        directional: Callable[[str, Direction], bool],
        date_time: str = "DateTime",
        types: Mapping[str, str] | None = None,
        inheritance: Inheritance,
        by_tag: bool = True,
    ) -> None:
        """Take `directional`: does the schema at a pointer differ by direction? `by_tag` is that of Rules."""
        self._by_tag = by_tag
        self._inheritance = inheritance
        self._conditions = Conditions(flattener)
        self._containers = Containers(flattener, self._inside, is_read_again=inheritance.is_read_again)
        self._flattener = flattener
        self._directional = directional
        self._formats = {**FORMATS, "date-time": date_time, **(types or {})}
        self.admits = AcceptedTypes(flattener)
        self._targets = Targets(flattener, self.admits)
        self.definitions: dict[str, Definition] = {}
        self.rules: dict[str, Judged] = {}
        self.unusual_patterns: dict[str, str] = {}
        self.overlaps: dict[str, tuple[Flat, Sequence[PlacedSchema]]] = {}  # oneOf whose branches have values in common
        # What is being annotated, outermost first; None stands for an array or an object in between.
        self._open: list[str | None] = []
        self._recursive: set[str] = set()
        self._scalars: dict[tuple[object, ...], Annotation] = {}  # annotations of schemas that say the same
        self._waiting: list[tuple[Definition, Site]] = []  # components that were met too deep to go on

    # References

    def component(self, pointer: str, direction: Direction) -> Annotation:
        """Define the component schema at a pointer (once) and refer to it."""
        site = Site(direction if direction and self._directional(pointer, direction) else "", "", ())
        key = site.key(pointer)
        node = self._flattener.at(pointer)
        if key not in self.definitions:
            definition = self.definitions[key] = Definition(key=key, node=node)
            if len(self._open) > DEEPEST:
                self._waiting.append((definition, site))
            else:
                self._define(definition, site)
        elif self._leads_back(key):
            return Annotation(type=None)
        while self._waiting and not self._open:
            self._define(*self._waiting.pop())
        late = any(key == one.key for one, _ in self._waiting)
        if self.definitions[key].kind == "class" and not late:
            return self.definitions[key].annotation
        return Annotation(type=Class(key, late=late), null=self.admits.null(node))

    def _define(self, definition: Definition, site: Site) -> None:
        """Fill in the class or alias of a component."""
        found = self.type_of(definition.node, Site(site.direction, definition.key, ()), definition)
        if definition.kind == "alias":
            definition.annotation = _or_any(found)

    def use(self, pointer: str, site: Site) -> Annotation:
        """Annotate the schema at a pointer."""
        found = self.type_of(self._flattener.at(pointer), site)
        while self._waiting:
            self._define(*self._waiting.pop())
        return _or_any(found)

    def type_of(self, node: PlacedSchema, site: Site, definition: Definition | None = None) -> Annotation:
        """Annotate a schema; `definition` is the one that it fills, where it is a component."""
        key = site.key(node.pointer) if definition is None else definition.key
        target = self._targets(node)
        if definition is not None and target is not None and not COMPONENT.fullmatch(target):
            target = None  # what has no name of its own gets that of the component which refers to it
        scalar = said(node.schema, site.direction) if definition is None else ()
        if definition is None:
            if scalar in self._scalars:
                return self._scalars[scalar]
            if self._leads_back(key):
                return Annotation(type=None)
            if key in self.definitions and self.definitions[key].kind == "class":
                return self.definitions[key].annotation
            if target is None and (key in self._open or key in self._recursive):
                self._recursive.add(key)
                return Annotation(type=Class(key), null=self.admits.null(node))
        with self._within(key):
            if target is not None and (referred := self._without_null(self._refer(target, site), node)):
                return referred
            found = self._express(self._flattener.flat(node), site, definition)
        if scalar and found.type and not any(types.references(found.type)):
            self._scalars[scalar] = found
        if (key in self._recursive or found.is_deep) and definition is None and key not in self.definitions:
            self._recursive.add(key)
            self.definitions[key] = Definition(key=key, node=node, parent=site.parent, hint=site.hint, annotation=found)
            return Annotation(type=Class(key), null=found.null)
        return found

    @contextmanager
    def _within(self, key: str | None) -> Iterator[None]:
        self._open.append(key)
        try:
            yield
        finally:
            self._open.pop()

    def _inside(self, node: PlacedSchema, site: Site) -> Annotation:
        """Annotate what stands in an array or an object."""
        with self._within(None):
            return _or_any(self.type_of(node, site))

    def _leads_back(self, key: str) -> bool:
        """Whether a schema is being annotated with nothing but unions and references since."""
        for open_ in reversed(self._open):
            if open_ is None or open_ == key:
                return open_ == key
        return False

    def _refer(self, pointer: str, site: Site) -> Annotation:
        if COMPONENT.fullmatch(pointer):
            return self.component(pointer, site.direction)
        return self.type_of(self._flattener.at(pointer), site)

    def _without_null(self, found: Annotation, node: PlacedSchema) -> Annotation | None:
        """Take null from the type of a target, if a schema refuses that; None if the type can't be had without it."""
        if not found.null or self.admits.null(node):
            return found
        alone = types.required(found.known)
        return Annotation(type=alone) if isinstance(alone, Class) and alone != found.type else None

    # Types

    def _express(self, flat: Flat, site: Site, definition: Definition | None) -> Annotation:
        """Choose the type of an intersection; judge by rule what the type lets through."""
        rest = set(flat.rest)
        null = self.admits.null(flat.node)
        flat = narrowed(flat, self.admits)
        if not flat.types or flat.enum == []:
            return self._ruled(VALUE, site, flat, null=False)
        if flat.enum is not None:
            return self._literal(flat, site, null=null, rest=rest)
        if flat.unions:
            values = listed(flat, self._flattener)
            if values is not None:
                return self._literal(values, site, null=null, rest=rest)
            return self._union(flat, site, definition, null=null, rest=rest)
        return self._plain(flat, site, definition, null=null, rest=rest)

    def _plain(
        self, flat: Flat, site: Site, definition: Definition | None, *, null: bool, rest: set[str]
    ) -> Annotation:
        """Annotate what is neither enum nor union."""
        if not flat.typed:
            return self._untyped(flat, site, definition, rest)
        kinds = [kind for kind in reduced(flat.types) if kind != "null"]
        if kinds == ["object"] and self._has_fields(flat):
            return self._object(flat, site, definition, null=null, rest=rest)
        parts = [*ordered(self._kind(kind, flat, site, rest) for kind in kinds), *([NONE] if null else [])]
        found = types.union(parts) if parts else VALUE
        return (
            self._ruled(found, site, flat, rest, null=null) if rest or not parts else Annotation(type=found, null=null)
        )

    def _object(
        self, flat: Flat, site: Site, definition: Definition | None, *, null: bool, rest: set[str]
    ) -> Annotation:
        """Define the class of an object; where null is accepted too, the rule may have to judge that as well."""
        refuses = rest & REFUSES_ANYTHING if null else set()
        own = self._class(flat, site, definition, rest)
        whole = types.optional(own) if null else own
        found = self._ruled(whole, site, flat, refuses, null=null) if refuses else Annotation(type=whole, null=null)
        if definition is not None:
            definition.annotation = found
        return found

    def _ruled(self, one: Type, site: Site, flat: Flat, rest: Set[str] = frozenset(), *, null: bool) -> Annotation:
        """Have the value judged by its schema: `rest` are the keywords that the type does not express, if it expresses any."""
        key = site.key(flat.pointer)
        self.rules[key] = Judged(flat.node, site)
        found = rest | constraining(flat.node.schema) if one == VALUE or not rest else rest
        return Annotation(type=types.annotated(one, (types.Rule(key, tuple(sorted(found))),)), null=null)

    def _literal(self, flat: Flat, site: Site, *, null: bool, rest: set[str]) -> Annotation:
        """Write an enum or a const."""
        kinds = {*flat.types, *({"integer"} & {kind for kind in flat.types if kind == "number"})}
        values = [value for value in flat.enum or () if type_names(value) & kinds and value is not None]
        self._flattener.spend(*weigh(values), flat.pointer)  # each schema that has an enum from elsewhere writes it
        if rest or flat.unions or any(flat.constrains(kind) for kind in ("string", "number", "array", "object")):
            judged = {"It": Judged(flat.node, site)}
            rule = Rules(flattener=self._flattener, directional=self._directional, judged=judged, by_tag=self._by_tag)
            values = accepted(rule, values)
            null = null and bool(accepted(rule, [None]))
        if not values:
            return Annotation(type=NONE, null=True) if null else self._ruled(VALUE, site, flat, null=False)
        constants = literal(values)
        found = concealed(constants or common(values), flat)
        whole = types.optional(found) if null else found
        return Annotation(type=whole, null=null) if constants else self._ruled(whole, site, flat, null=null)

    def _union(
        self, flat: Flat, site: Site, definition: Definition | None, *, null: bool, rest: set[str]
    ) -> Annotation:
        """Write oneOf and anyOf as a union; what stands beside them is merged into it, or leaves a class and a rule."""
        keyword, branches = flat.unions[0]
        first = branches[0]
        branches = possible(branches, flat, self._flattener, self.admits)
        flat = replace(flat, unions=[(keyword, branches), *flat.unions[1:]])
        constrained = any(flat.constrains(kind) for kind in ("string", "number", "array", "object"))
        several = len(flat.unions) > 1
        own = self._flattener.without_union(flat.node, first) if constrained or several else None
        if own is not None and mergeable(flat, self._flattener, self.admits):
            several = False
            merged = [one if self._targets.implies(one, own) else self._flattener.both(own, one) for one in branches]
        elif constrained:
            rest |= {key for key, _ in flat.unions}
            return self._plain(flat, site, definition, null="null" in flat.types, rest=rest)
        else:
            merged = branches
        if several or any(not fits(branch, flat, self.admits) for branch in branches):
            rest.add(keyword)
        if keyword == "oneOf" and not self.admits.exclusive(merged):
            rest.add(keyword)
            self.overlaps[flat.pointer] = (flat, merged)
        hints = branch_hints(branches, self._flattener)
        found = [self.type_of(branch, site.at(hint)) for branch, hint in zip(merged, hints, strict=True)]
        known = [types.required(one.type) if one.type else None for one in found]
        alone = [(one and types.held_loosely(one)) or one for one in known]
        is_loose = alone != known
        parts = [part for one, own_type in zip(found, alone, strict=True) for part in one.union or (own_type,) if part]
        parts = [VALUE] if VALUE in parts else ordered(parts)
        whole = types.union(parts) if parts else NONE if null else VALUE
        tagged = tags(flat, branches, merged, self._classes(alone), self.admits) if parts != [VALUE] else None
        if tagged:
            whole = types.annotated(whole, (tagged,))
        if is_loose and whole != VALUE:
            whole = types.loose(whole)
        # None has to be named where a branch alone accepts it.
        elif null and any(one.type != own_type for one, own_type in zip(found, alone, strict=True)) and whole != VALUE:
            whole = types.optional(whole)
        if rest or (not parts and not null):
            return self._ruled(whole, site, flat, rest, null=null)
        return Annotation(type=whole, null=null, union=() if tagged or is_loose else tuple(parts))

    def _classes(self, branches: Sequence[Type | None]) -> list[str]:
        """Give the key of each branch's class, the empty text where it is no class."""
        keys = [one.name if isinstance(one, Class) and not one.late else "" for one in branches]
        return [key if key in self.definitions and self.definitions[key].kind == "class" else "" for key in keys]

    def _untyped(self, flat: Flat, site: Site, definition: Definition | None, rest: set[str]) -> Annotation:
        """Write a schema without `type`: its keywords speak of some types of JSON, every other value is accepted."""
        narrowed = [kind for kind in ("number", "array", "object", "string") if flat.constrains(kind)]
        if narrowed == ["object"] and flat.properties:
            return Annotation(type=types.loose(self._class(flat, site, definition, rest, loose=True)), null=True)
        if narrowed in (["array"], ["object"]):
            loose = types.loose(self._kind(narrowed[0], flat, site, rest))
            return self._ruled(loose, site, flat, rest, null=True) if rest else Annotation(type=loose, null=True)
        is_ruled = bool(narrowed or rest)
        found = self._ruled(VALUE, site, flat, rest, null=True) if is_ruled else Annotation(type=VALUE, null=True)
        return replace(found, type=concealed(found.known, flat))

    def _kind(self, kind: str, flat: Flat, site: Site, rest: set[str]) -> Type:
        """Write one type of JSON; add to `rest` what the annotation lets through."""
        if kind == "boolean":
            return Name("bool")
        if kind in ("integer", "number"):
            return number(kind, flat, rest)
        if kind == "string":
            if site.direction == "form" and is_file(flat.node.schema):
                return Name("File")
            if flat.pattern is not None and linear(flat.pattern) is None:
                self.unusual_patterns[flat.pointer] = flat.pattern
            return string(flat, self._formats, rest)
        if kind == "array":
            return self._containers.array(flat, site, rest)
        if self._has_fields(flat):
            return self._class(flat, site, None, rest, part=True)
        return self._containers.map(flat, site, rest)

    def _class(
        self,
        flat: Flat,
        site: Site,
        definition: Definition | None,
        rest: set[str],
        *,
        loose: bool = False,
        part: bool = False,
    ) -> Type:
        """Define a class for an object with properties, which takes over the rule, unless it is `part` of a union."""
        if definition is None:
            key = site.key(flat.pointer) + ("/object" if part else "")
            if key in self.definitions:
                if not part:
                    rest.clear()
                return Class(key)
            hint = site.hint or ("Object",)
            definition = self.definitions[key] = Definition(key=key, node=flat.node, parent=site.parent, hint=hint)
        key, own = definition.key, Class(definition.key)
        definition.kind, definition.loose = "class", loose
        definition.concealed = flat.names is not None and is_password(self._flattener.flat(flat.names))
        null = loose or ("null" in flat.types and self.admits.null(flat.node))
        whole = types.loose(own) if loose else types.optional(own) if null else own
        definition.annotation = Annotation(type=whole, null=null)
        rest |= {"required"} if set(flat.required) - flat.properties.keys() else set()
        rest |= {"minProperties", "maxProperties"} & flat.bounds.keys()
        if not part and rest:
            definition.rule = tuple(sorted(rest))
            self.rules[key] = Judged(flat.node, site)
            rest.clear()
        self._inheritance.extend(definition, site)
        self._members(definition, flat, Site(site.direction, key, ()))
        return own

    def _members(self, definition: Definition, flat: Flat, inner: Site) -> None:
        """Annotate the properties of a class, and what else it takes."""
        if not flat.patterns and flat.additional is not None and flat.additional.schema is False:
            definition.extra = "forbid"
        elif (further := self._containers.further(flat, inner)) != VALUE:
            definition.extra = Annotation(type=further)
        conditions = self._conditions(flat)
        for wire_name, node in flat.properties.items():
            if self._flattener.hidden(node, inner.direction):
                continue
            found = self._inside(node, self._inheritance.site(definition, wire_name, node, inner))
            if found.type == VALUE and wire_name in conditions:
                found = self._conditional(conditions[wire_name], inner.at(wire_name))
            tag = "" if found.null else definition.own_tags.get(wire_name, "")
            required, own = wire_name in flat.required, with_default(node, self._flattener.at)
            definition.properties.append(
                Property(wire_name=wire_name, annotation=found, required=required, node=own, tag=tag)
            )
        for wire_name, condition in conditions.items():
            schemas = [one for one in condition.schemas if one.schema is not False]
            if wire_name in flat.properties or not schemas or self._flattener.hidden(schemas[0], inner.direction):
                continue
            found = self._conditional(condition, inner.at(wire_name))
            node = self._flattener.without(schemas[0], "default") if isinstance(schemas[0].schema, dict) else schemas[0]
            definition.properties.append(
                Property(
                    wire_name=wire_name,
                    annotation=found,
                    required=wire_name in flat.required,
                    node=node,
                    is_conditional=True,
                )
            )

    def _conditional(self, condition: Condition, site: Site) -> Annotation:
        """Annotate a property that has one of some schemas, or that schemas speak of under a condition only."""
        schemas = [one for one in condition.schemas if one.schema is not False]
        sites = [site.at(letters(index)) for index in range(len(schemas))] if len(schemas) > 1 else [site]
        found = [self._inside(one, place) for one, place in zip(schemas, sites, strict=True)]
        held = [one.known for one in found]
        if condition.is_settled:
            return Annotation(type=either(held), null=any(one.null for one in found))
        return Annotation(type=conditional(held), null=True)

    def _has_fields(self, flat: Flat) -> bool:
        return bool(flat.properties or self._conditions(flat))


def _or_any(found: Annotation) -> Annotation:
    """Accept any value where a schema leads back to itself and adds nothing."""
    return found if found.type else Annotation(type=VALUE, null=True)
