"""Comparing the constraints on objects and arrays: properties, `required`, additional properties, items."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import zip_longest

from ..model import Effect, Level, Levels
from ..sunset import day
from .compared_document import NEVER, Conj, as_dict
from .differences import SchemaPair
from .normal_form import Context
from .shapes import ObjectPart, Shape, item_conj, property_conj, rest_conj

_OPEN = ObjectPart(pointer="", properties={}, patterns={}, additional=None, closed=False)  # says nothing


def compare_objects(pair: SchemaPair, context: Context, old: Shape, new: Shape) -> None:
    """Compare what two alternatives accept of objects."""
    declared_old = dict.fromkeys(name for part in old.objects for name in part.properties)
    declared_new = dict.fromkeys(name for part in new.objects for name in part.properties)
    for name in declared_old | declared_new | dict.fromkeys(old.required) | dict.fromkeys(new.required):
        a, b = property_conj(context.old, old, name), property_conj(context.new, new, name)
        if a is None or b is None:  # a patternProperties whose pattern can't be tried here
            if name in declared_old or name in declared_new:
                pair.add("pattern-property-changed", "unknown", old.pointer, new.pointer, name=name)
            a = b = ()
        _Property(pair, context, old, new, name).compare(a, b, name in declared_old, name in declared_new)
    if not any(part.patterns for part in (*old.objects, *new.objects)):
        _rest(pair, rest_conj(context.old, old), rest_conj(context.new, new), old, new)
    else:  # which schema a name meets depends on the part, so the parts are compared one by one
        for left, right in zip_longest(old.objects, new.objects, fillvalue=_OPEN):
            part_old, part_new = replace(old, objects=(left,)), replace(new, objects=(right,))
            _patterns(pair, context, part_old, part_new)
            _rest(pair, rest_conj(context.old, part_old), rest_conj(context.new, part_new), part_old, part_new)
    _dependent(pair, old, new)


class _Property:
    """One property name of two alternatives."""

    def __init__(self, pair: SchemaPair, context: Context, old: Shape, new: Shape, name: str) -> None:
        self.pair, self.context, self.old, self.new, self.name = pair, context, old, new, name

    def compare(self, a: Conj, b: Conj, in_old: bool, in_new: bool) -> None:
        """`a` and `b`: the schemas of its value; `in_old`, `in_new`: whether `properties` names it."""
        flow = self.pair.flow
        hidden_old = in_old and self.context.before.hidden(a, flow)
        hidden_new = in_new and self.context.after.hidden(b, flow)
        required_old = self.name in self.old.required and not hidden_old
        required_new = self.name in self.new.required and not hidden_new
        if hidden_old and hidden_new:
            return
        if in_old and in_new and hidden_old != hidden_new:
            self._hidden(hidden_new, a, b)
        elif hidden_old or hidden_new:
            self._hidden_elsewhere(hidden_new, a, b)
            self._requiredness(required_old, required_new, a, b)
        elif in_old and in_new:
            self.pair.add_edge(self.name, a, b)
            self._requiredness(required_old, required_new, a, b)
        elif in_new:
            self._added(a, b, required_old, required_new)
        elif in_old:
            self._removed(a, b, required_old, required_new)
        else:
            self._requiredness(required_old, required_new, a, b)

    def _for_sender(self, level: Level) -> Levels:
        return {"severity": level} if self.pair.flow == "request" else {"service": level}

    def _for_receiver(self, level: Level) -> Levels:
        return {"service": level} if self.pair.flow == "request" else {"severity": level}

    def _where(self, conj: Conj, shape: Shape) -> str:
        declared = (part.properties[self.name] for part in shape.objects if self.name in part.properties)
        other = conj[0] if conj and conj != NEVER else shape.required.get(self.name, shape.pointer)
        return next(declared, other)

    def _requiredness(self, required_old: bool, required_new: bool, a: Conj, b: Conj) -> None:
        if required_old == required_new:
            return
        kind = "became-required" if required_new else "became-optional"
        if required_new and self._has_default(b):
            kind += "-with-default"
        effect: Effect = "narrower" if required_new else "wider"
        self.pair.add(kind, effect, self._where(a, self.old), self._where(b, self.new), name=self.name)

    def _has_default(self, conj: Conj) -> bool:
        raws = (self.context.new.at(pointer) for pointer in conj)
        return any(isinstance(raw, dict) and "default" in raw for raw in raws)

    def _added(self, a: Conj, b: Conj, required_old: bool, required_new: bool) -> None:
        closed, typed = a == NEVER, bool(a) and a != NEVER
        became_required = required_new and not required_old
        levels: Levels = {}
        effect: Effect
        if closed:
            effect = "different" if became_required else "wider"
        elif became_required:
            effect = "narrower"
        elif typed or not b:
            effect = "none"  # typed: its schema is compared below with that of `additionalProperties`
        else:
            effect = "narrower"
            levels = self._for_sender("warning" if _declared_open(self.old) else "info")
        if typed:
            self.pair.add_edge(self.name, a, b)
        kind = "property-added-with-default" if required_new and self._has_default(b) else "property-added"
        where = self._where(b, self.new)
        self.pair.add(kind, effect, self.old.pointer, where, name=self.name, required=required_new, **levels)
        if not became_required:
            self._requiredness(required_old, required_new, a, b)

    def _removed(self, a: Conj, b: Conj, required_old: bool, required_new: bool) -> None:
        closed, typed = b == NEVER, bool(b) and b != NEVER
        became_optional = required_old and not required_new
        levels: Levels = {}
        effect: Effect
        if closed:
            effect = "different" if became_optional else "narrower"
        elif became_optional:
            effect = "wider"
        elif typed or not a:
            effect = "none"
        else:
            effect = "wider"
            levels = self._for_receiver("warning")
        if not closed:
            # sent as before, and not read
            levels = {**levels, **self._for_sender("warning" if self.pair.flow == "request" else "info")}
        if typed:
            self.pair.add_edge(self.name, a, b)
        where = self._where(a, self.old)
        kind = "property-removed"
        until = self._sunset()
        if until is not None and self.context.today < until:
            kind, levels = f"{kind}-before-sunset", {**levels, "severity": "error"}
        there = where, self.new.pointer
        self.pair.add(kind, effect, *there, name=self.name, old=until and str(until), required=required_old, **levels)
        if not became_optional:
            self._requiredness(required_old, required_new, a, b)

    def _sunset(self) -> date | None:
        """The day until which it is there, if it was deprecated."""
        declared = [part.properties[self.name] for part in self.old.objects if self.name in part.properties]
        raws = [as_dict(self.context.old.at(pointer)) for pointer in self.context.before.flat(tuple(declared))]
        deprecated = any(raw.get("deprecated") is True for raw in raws)
        return next((found for raw in raws if (found := day(raw)) is not None), None) if deprecated else None

    def _hidden_elsewhere(self, new: bool, a: Conj, b: Conj) -> None:
        """Added or removed, but not in such bodies: it counts only if other values under its name were refused."""
        if new and a:
            where = self.old.pointer, self._where(b, self.new)
            self.pair.add("property-added", "unknown", *where, name=self.name, severity="info", service="info")
        elif not new and b:
            self.pair.add("property-removed", "unknown", self._where(a, self.old), self.new.pointer, name=self.name)

    def _hidden(self, became: bool, a: Conj, b: Conj) -> None:
        """It is no longer, or only now, part of such bodies: to the receiver, it was removed or added."""
        # OpenAPI says "should not be sent", and not what follows if it is sent all the same.
        word = "read-only" if self.pair.flow == "request" else "write-only"
        effect: Effect = "unknown"
        levels: Levels = {}
        required = self.name in (self.old if became else self.new).required
        if became and required and self.pair.flow == "response":
            effect = "wider"
        elif not became and required:
            effect = "narrower"
        elif not became:
            levels = {"severity": "info", "service": "info"}  # it was not sent before, and need not be
        kind = f"became-{word}" if became else f"became-not-{word}"
        where = self._where(a, self.old), self._where(b, self.new)
        self.pair.add(kind, effect, *where, name=self.name, required=required, **levels)


def _declared_open(shape: Shape) -> bool:
    """Whether `additionalProperties` is there and allows everything."""
    return any(part.welcome for part in shape.objects)


def _patterns(pair: SchemaPair, context: Context, old: Shape, new: Shape) -> None:
    olds = {pattern: pointer for part in old.objects for pattern, pointer in part.patterns.items()}
    news = {pattern: pointer for part in new.objects for pattern, pointer in part.patterns.items()}
    for pattern in olds | news:
        if pattern in olds and pattern in news:
            a, b = context.old.conj((olds[pattern],)), context.new.conj((news[pattern],))
            pair.add_edge(f"/{pattern}/", a, b)
        elif pattern in olds:
            pair.add("pattern-property-removed", "unknown", olds[pattern], new.pointer, name=pattern)
        else:
            pair.add("pattern-property-added", "unknown", old.pointer, news[pattern], name=pattern)


def _rest(pair: SchemaPair, a: Conj, b: Conj, old: Shape, new: Shape) -> None:
    where = _additional(old), _additional(new)
    if NEVER not in (a, b):
        pair.add_edge("*", a, b)
    elif b != NEVER:
        pair.add("additional-properties-allowed", "wider", *where, name="additionalProperties")
    elif a != NEVER:
        pair.add("additional-properties-forbidden", "narrower", *where, name="additionalProperties")


def _additional(shape: Shape) -> str:
    return next((part.additional for part in shape.objects if part.additional is not None), shape.pointer)


def _dependent(pair: SchemaPair, old: Shape, new: Shape) -> None:
    for trigger in dict.fromkeys(name for name, _ in (*old.dependent, *new.dependent)):
        before = {wanted: where for (name, wanted), where in old.dependent.items() if name == trigger}
        after = {wanted: where for (name, wanted), where in new.dependent.items() if name == trigger}
        if before.keys() == after.keys():
            continue
        effect: Effect = "different"
        kind = "dependent-required-changed"
        if before.keys() < after.keys():
            kind, effect = ("dependent-required-added" if not before else kind), "narrower"
        elif after.keys() < before.keys():
            kind, effect = ("dependent-required-removed" if not after else kind), "wider"
        pair.add(kind, effect, old.pointer, new.pointer, name=trigger, old=sorted(before), new=sorted(after))


def compare_arrays(pair: SchemaPair, context: Context, old: Shape, new: Shape) -> None:
    """Compare the items, position by position and then the rest; positions above `maxItems` are left to that keyword."""
    count = max([len(part.prefix) for shape in (old, new) for part in shape.arrays], default=0)
    lengths = [shape.constraints["maxItems"].value for shape in (old, new) if "maxItems" in shape.constraints]
    least = min(lengths, default=None)
    for index in range(count + 1):
        if least is not None and index >= least:
            return
        a, b = item_conj(context.old, old, index), item_conj(context.new, new, index)
        if NEVER not in (a, b):
            pair.add_edge(f"[{index}]" if index < count else "[]", a, b)
        elif b != NEVER:
            pair.add("additional-items-allowed", "wider", old.pointer, new.pointer, name="items", old=index)
        elif a != NEVER:
            pair.add("additional-items-forbidden", "narrower", old.pointer, new.pointer, name="items", new=index)
