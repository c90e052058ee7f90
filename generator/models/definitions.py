"""What annotations are made of: types, properties, and the classes and aliases of models.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..python.types import VALUE, Class, Tagged, Type, parts, replaced
from ..records import record
from ..schemas.directions import Direction
from ..schemas.keywords import ANNOTATIONS
from ..schemas.normal_form import PlacedSchema

_DEEP = 30


@record(kw_only=True)
class Annotation:
    """The type of a schema: `null` says that it accepts null; `union` are its parts, where it is one of plain types.

    `type` is None for a schema that leads back to itself and adds nothing.
    """

    type: Type | None
    null: bool = False
    union: tuple[Type, ...] = ()

    @property
    def known(self) -> Type:
        """The type. Raises ValueError where there is none."""
        if self.type is None:
            raise ValueError("a schema that leads back to itself")
        return self.type

    @property
    def is_deep(self) -> bool:
        """Whether the type has so many others inside each other that it needs a name: Python reads 200 brackets at most."""
        inside, depth = [self.type] if self.type else [], 0
        while inside and depth < _DEEP:
            inside, depth = [part for one in inside for part in parts(one)], depth + 1
        return bool(inside)


@record(kw_only=True)
class Property:
    """A property of a class; `name` is that of its field, empty until the types in its class have names.

    `tag` is the value by which a discriminator knows the class, if it is this property's. `is_conditional`: its schema is one
    of several, or applies under a condition; `node` then describes the property and does not limit it.
    """

    wire_name: str
    annotation: Annotation
    required: bool
    node: PlacedSchema
    name: str = ""
    tag: str = ""
    is_conditional: bool = False


def with_default(node: PlacedSchema, at: Callable[[str], PlacedSchema]) -> PlacedSchema:
    """Give a property the default of the schema that it refers to, if it has none itself (JSON Schema 2020-12, Core 7.7.1)."""
    schema, seen = node.schema, set[str]()
    while isinstance(schema, dict) and "default" not in schema:
        ref = schema.get("$ref")
        limits = any(key != "$ref" and key not in ANNOTATIONS and not key.startswith("x-") for key in schema)
        if not isinstance(ref, str) or ref in seen or limits:
            return node
        seen.add(ref)
        schema = at(ref).schema
    has_own = schema is node.schema or not isinstance(schema, dict)
    return node if has_own else PlacedSchema(node.pointer, {**node.schema, "default": schema["default"]})


@dataclass(slots=True, kw_only=True)
class Definition:
    """A class or an alias of models.py. `parent` and `hint` name an inline one.

    `rule` are the keywords of its schema that the fields of a class do not express, for which a rule judges its values.
    `name` is empty until all are named; the types hold keys until then, and names afterwards.

    A class may extend another one: the one of the key `extends`, which is `base` from when inherited properties are left
    out. `tags` say which class a discriminator names by which value; `own_tags` are those of the class itself, by property.
    `narrows`: a field has another type than the inherited one, which accepts more. `recurses`: it has a rule, and objects
    of it may hold others. `nests`: it has none, and they may, beside the unions that have a table. `concealed`: no message
    shows the names of its further properties.
    """

    key: str
    node: PlacedSchema
    name: str = ""
    parent: str = ""
    hint: tuple[str, ...] = ()
    kind: Literal["class", "alias"] = "alias"
    annotation: Annotation = field(default_factory=lambda: Annotation(type=VALUE))
    properties: list[Property] = field(default_factory=list)
    extra: Annotation | Literal["allow", "forbid"] = "allow"
    loose: bool = False
    concealed: bool = False
    rule: tuple[str, ...] = ()
    recurses: bool = False
    nests: bool = False
    direction: Direction = ""
    extends: str = ""
    base: Definition | None = None
    tags: Tagged | None = None
    own_tags: Mapping[str, str] = field(default_factory=dict)
    narrows: bool = False

    @property
    def pointer(self) -> str:
        """Where the schema stands."""
        return self.node.pointer


@record
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


def expanded(one: Type, aliases: Mapping[str, Type], depth: int = 8) -> Type:
    """Put what aliases stand for (name → type) in their places, as deep as `depth` aliases of aliases."""

    def target(found: Class) -> Type:
        return expanded(aliases[found.name], aliases, depth - 1) if depth and found.name in aliases else found

    return replaced(one, target)


@record
class Judged:
    """A schema that values are judged by, as one direction has it; `site` names the rule where no class carries it."""

    node: PlacedSchema
    site: Site
