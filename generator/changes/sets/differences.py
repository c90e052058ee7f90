"""The comparison of two schemas as a value: its own differences, and the pairs of schemas below."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from ...records import record
from ..model import Difference, Effect, Flow, Level, Polarity
from .compared_document import Conj, display
from .shapes import Constraint

_CAPITAL = re.compile("[A-Z]")

Key = tuple[Conj, Conj, Flow]


@record
class Edge:
    """A pair of schemas below: the path segment that leads there, and how its set acts on this one's."""

    segment: str
    key: Key
    polarity: Polarity = "+"
    title: str = ""
    """With the polarity `?`: the one difference (`if-changed`) that stands for all changes below."""


@dataclass(slots=True, eq=False)
class SchemaPair:
    """The comparison of two schemas, one level deep."""

    old: Conj
    new: Conj
    flow: Flow
    differences: dict[tuple[str, str, str, str], Difference] = field(default_factory=dict)
    edges: dict[Edge, None] = field(default_factory=dict)

    @property
    def old_pointer(self) -> str:
        """The pointer of the old schema; empty if the document does not write it."""
        return display(self.old[0]) if self.old else ""

    @property
    def new_pointer(self) -> str:
        """The pointer of the new schema; empty if the document does not write it."""
        return display(self.new[0]) if self.new else ""

    def add(  # noqa: PLR0913 - the fields of a difference
        self,
        kind: str,
        effect: Effect,
        old_pointer: str = "",
        new_pointer: str = "",
        *,
        old: Any = None,
        new: Any = None,
        name: str = "",
        required: bool = False,
        severity: Level | None = None,
        service: Level | None = None,
        sure: bool = True,
    ) -> None:
        """Add a difference, once; pointers default to the two schemas."""
        old_pointer = display(old_pointer) or self.old_pointer
        new_pointer = display(new_pointer) or self.new_pointer
        difference = Difference(
            kind=kind,
            effect=effect,
            old_pointer=old_pointer,
            new_pointer=new_pointer,
            old=old,
            new=new,
            name=name,
            required=required,
            severity=severity,
            service=service,
            sure=sure,
        )
        identity = (kind, old_pointer, new_pointer, name)
        known = self.differences.get(identity)
        self.differences[identity] = (
            difference if known is None else replace(known, effect=joined(known.effect, effect))
        )

    def add_constraint(
        self, kind: str, effect: Effect, before: Constraint | None, after: Constraint | None, **values: Any
    ) -> None:
        """Add a difference of one keyword."""
        self.add(kind, effect, before.pointer if before else "", after.pointer if after else "", **values)

    def add_edge(self, segment: str, old: Conj, new: Conj, polarity: Polarity = "+", title: str = "") -> None:
        """Add a pair of schemas below, to be compared too."""
        if old != new or old:
            self.edges[Edge(segment, (old, new, self.flow), polarity, title)] = None


def kebab(keyword: str) -> str:
    """A keyword as the identifiers of changes spell it: `maxItems` is `max-items`."""
    return _CAPITAL.sub(r"-\g<0>", keyword).lower()


def joined(first: Effect, other: Effect) -> Effect:
    """The effect of two changes together."""
    if other in {first, "none"}:
        return first
    if first == "none":
        return other
    return "unknown" if "unknown" in (first, other) else "different"


def compose(outer: Polarity, inner: Polarity) -> Polarity:
    """The polarity of a part of a part."""
    if inner == "+":
        return outer
    if outer == "+":
        return inner
    if outer == "-" and inner == "-":
        return "+"
    return "~" if outer == "~" and inner == "~" else "?"


def turned(effect: Effect, polarity: Polarity) -> Effect:
    """The effect of a part's change on the whole schema."""
    if effect == "none" or polarity in {"+", "~"}:
        return effect
    if polarity == "?":
        return "unknown"
    opposite: dict[Effect, Effect] = {"wider": "narrower", "narrower": "wider"}
    return opposite.get(effect, effect)
