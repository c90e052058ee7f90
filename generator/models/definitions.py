"""What annotations are made of: types, properties, and the classes and aliases of models.py."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..schemas.directions import Direction
from ..schemas.normal_form import Node

MARK = re.compile("\0([^\0]*)\0")
LATER = "@"
"""Before the key of a mark: whether that component is a class or an alias was not known yet."""


def mark(key: str) -> str:
    """Stand for the class of a key."""
    return f"\0{key}\0"


def plain_mark(key: str) -> str:
    """Stand for the bare name of a key's class or rule, wherever the annotation is written."""
    return mark(f"!{key}")


def expanded(text: str, aliases: Mapping[str, str], depth: int = 8) -> str:
    """Put what aliases stand for (key → annotation) in their places, as deep as `depth` aliases of aliases."""
    if not depth or MARK.search(text) is None:
        return text
    return MARK.sub(lambda found: expanded(aliases.get(found[1].lstrip(LATER), found[0]), aliases, depth - 1), text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """An annotation: `text` with marks for classes; `null` says that it accepts null; `union` are its parts.

    `silent`: null is accepted, but the text does not say None (a schema without `type` that speaks of objects).
    An empty text is a schema that leads back to itself and adds nothing.
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
    """A class or an alias of models.py. `parent` and `hint` name an inline one; `rule` asks for the judge."""

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

    def key(self, pointer: str) -> str:
        """Tell the definitions of a schema apart by direction."""
        return f"{pointer}?{self.direction}" if self.direction else pointer


@dataclass(frozen=True, slots=True)
class Judged:
    """A schema that values are judged by, as one direction has it; `site` names the rule where no class carries it."""

    node: Node
    site: Site
