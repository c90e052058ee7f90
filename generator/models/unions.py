"""Unions: names of inline branches, branches merged with what stands beside them, tags that tell branches apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..pointer import unescape
from ..python.types import Branches, Tagged
from ..schemas.acceptance import AcceptedTypes
from ..schemas.json_values import canonical
from ..schemas.normal_form import BESIDE, Flat, Flattener, PlacedSchema
from .definitions import Definition, Property
from .scalars import is_password, letters

MOST = 20
"""So many branches at most are merged with the properties beside them."""


def _component(node: PlacedSchema) -> str:
    """Name the component that a branch refers to, or nothing."""
    reference = node.schema.get("$ref") if isinstance(node.schema, dict) else None
    found = isinstance(reference, str) and reference.startswith("#/components/schemas/")
    return unescape(str(reference).rpartition("/")[2]) if found else ""


def branch_hints(branches: Sequence[PlacedSchema], flattener: Flattener) -> list[str]:
    """Name branches by component, by title, by the constant that tells them apart, or by letter."""
    hints: list[str] = []
    for index, branch in enumerate(branches):
        flat = flattener.flat(branch)
        title = branch.schema.get("title") if isinstance(branch.schema, dict) else None
        constants = [flattener.flat(flat.properties[name]).enum for name in flat.required if name in flat.properties]
        tag = next((str(enum[0]) for enum in constants if enum is not None and len(enum) == 1), "")
        said = title if isinstance(title, str) else ""
        hints.append(_component(branch) or said or tag or f"Option{letters(index)}")
    return [hint if hints.count(hint) == 1 else f"{hint} {letters(index)}" for index, hint in enumerate(hints)]


def narrowed(flat: Flat, admits: AcceptedTypes) -> Flat:
    """Leave of the types beside a union those that its branches accept, too."""
    kinds = admits.kinds(flat.node)
    found = [kind for kind in flat.types if kind in kinds]
    if "number" in flat.types and "integer" in kinds and "number" not in kinds:
        found.append("integer")
    same = not flat.unions or len(dict.fromkeys(found)) == len(flat.types)
    return flat if same else replace(flat, types=tuple(dict.fromkeys(found)), typed=True)


def fits(branch: PlacedSchema, flat: Flat, admits: AcceptedTypes) -> bool:
    """Whether a branch has only values of the types that stand beside the union."""
    return admits.kinds(branch) <= _expanded(flat)


def possible(
    branches: Sequence[PlacedSchema], flat: Flat, flattener: Flattener, admits: AcceptedTypes
) -> list[PlacedSchema]:
    """Choose the branches that accept a value of the types beside the union, each with these types alone.

    What is a component stays that one, and may accept more.
    """
    types = PlacedSchema(f"#{BESIDE}all-but-type-{'-'.join(flat.types)}", {"type": [*flat.types]})
    found: list[PlacedSchema] = []
    for branch in branches:
        shared = admits.kinds(branch) & _expanded(flat)
        if shared:
            is_whole = shared == admits.kinds(branch) or _component(branch)
            found.append(branch if is_whole else flattener.both(branch, types))
    return found


def _expanded(flat: Flat) -> frozenset[str]:
    return frozenset(flat.types) | ({"integer"} if "number" in flat.types else frozenset[str]())


def mergeable(flat: Flat, flattener: Flattener, admits: AcceptedTypes) -> bool:
    """Whether each branch of the first union makes a class of its own together with what else the schema says.

    That may be another union, whose branches are then merged with each of these. Branches that only ask for properties by
    name (`required`) make no class, and `unevaluatedProperties` needs them in place.
    """
    _, branches = flat.unions[0]
    kinds = [admits.kinds(branch) - {"null"} for branch in branches]
    if "unevaluatedProperties" in flat.rest or any(flat.constrains(kind) for kind in ("string", "number", "array")):
        return False
    if not all("object" in kind for kind in kinds) or _alternatives(flat.unions, flattener) > MOST:
        return False
    if set(flat.types) - {"object", "null"} and any(kind != {"object"} for kind in kinds):
        return False
    parts = [flattener.flat(branch) for branch in branches]
    known = [bool(part.properties or part.unions) for part in parts]
    return all(part.enum is None for part in parts) and (any(known) if flat.properties else all(known))


def listed(flat: Flat, flattener: Flattener) -> Flat | None:
    """Read a union of constants, said in place, as the enum that it is; None for any other.

    Its unions are left out if they say nothing but that.
    """
    (keyword, branches), *others = flat.unions
    if any("$ref" in one.schema for one in branches if isinstance(one.schema, dict)):
        return None  # a component has a name of its own
    values: list[Any] = []
    plain, format_ = not others, flat.format
    for one in branches:
        found = flattener.flat(one)
        if found.enum is None and found.types != ("null",):
            return None
        values += found.enum or [None]
        format_ = found.format if is_password(found) else format_
        plain &= not (found.rest or found.unions or (found.typed and found.types != ("null",)))
    apart = {canonical(value): value for value in values}
    plain &= keyword == "anyOf" or len(apart) == len(values)
    return replace(flat, format=format_, enum=[*apart.values()], unions=[] if plain else flat.unions)


def _alternatives(unions: Sequence[tuple[str, Sequence[PlacedSchema]]], flattener: Flattener, depth: int = 3) -> int:
    """Count what unions that stand side by side come to when they are distributed; too many if they lie deep in each other."""
    found = 1
    for _, branches in unions:
        if not depth or len(branches) > MOST:
            return MOST + 1
        found *= sum(_alternatives(flattener.flat(branch).unions, flattener, depth - 1) for branch in branches)
    return found


def tags(
    flat: Flat,
    branches: Sequence[PlacedSchema],
    merged: Sequence[PlacedSchema],
    classes: Sequence[str],
    admits: AcceptedTypes,
) -> Tagged | None:
    """Write how a property picks the class (OpenAPI 3.1, 4.8.25), or None where it does not.

    `classes` has the key of each branch's class, the empty text where it is no class. Where the property has constants
    in all branches, the tag decides. Otherwise it is a hint only: what it picks is tried first.
    """
    name = (flat.discriminator or {}).get("propertyName")
    if not isinstance(name, str) or len({*classes}) < 2:  # branches may all refer to one class
        return None
    constants = admits.tags(merged, name)
    found: dict[str, str] = {}
    if constants is not None and "" in classes:
        return None
    for index, key in enumerate(classes):
        if not key:
            continue
        values = constants[index] if constants is not None else branch_tags(flat.discriminator or {}, branches[index])
        for value in values:
            found.setdefault(value, key)
    return Tagged(name, tuple(found.items()), binding=constants is not None) if found else None


def branch_tags(discriminator: Any, branch: PlacedSchema) -> list[str]:
    """List the tags of a branch: those that are mapped to it, else the name of its component."""
    component = _component(branch)
    mapping = discriminator.get("mapping")
    reference = branch.schema.get("$ref") if isinstance(branch.schema, dict) else None
    mapped = [
        tag
        for tag, target in (mapping.items() if isinstance(mapping, dict) else ())
        if isinstance(target, str) and target in (reference, component) and target
    ]
    return mapped or ([component] if component else [])


def table(classes: Sequence[Definition | None], tag: Tagged | None, flattener: Flattener) -> Branches:
    """Tell the members of a union that accept objects apart: by a required constant of each, else by what each needs.

    None stands for a member that is no class. What a table says follows from the schemas of the classes, so it changes no
    verdict: a class that is passed over would refuse the object.
    """
    needs = {one.name: _needs(one, flattener) for one in classes if one is not None and one.kind == "class"}
    for name in next(iter(needs.values()), {}):
        texts = [(text, one) for one, keys in needs.items() for text in keys.get(name, ())]
        if len(needs) == len(classes) == len({one for _, one in texts}) and len(dict(texts)) == len(texts):
            return Branches(tag=Tagged(name, tuple(texts), binding=True))
    common = {name for name in next(iter(needs.values()), {}) if all(keys.get(name) == () for keys in needs.values())}
    if len(needs) < len(classes):
        common = set()
    told = {one: tuple(each for each in keys.items() if each[0] not in common) for one, keys in needs.items()}
    return Branches(tuple((one, keys) for one, keys in told.items() if keys), tag)


def _needs(one: Definition, flattener: Flattener) -> dict[str, tuple[str, ...]]:
    """List what an object of a class must have: wire names, with the texts if there are no other values.

    A class with tags may be read as another class: it needs nothing by itself.
    """
    properties: list[Property] = []
    base: Definition | None = one
    while base is not None:
        properties, base = [*base.properties, *properties], base.base
    if one.tags is not None:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for each in properties:
        enum = [] if each.is_conditional else flattener.flat(each.node).enum or []
        texts = tuple(dict.fromkeys(value for value in enum if isinstance(value, str)))
        if each.required:
            found[each.wire_name] = texts if len(texts) == len(enum) else ()
    return found
