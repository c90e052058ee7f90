"""Discriminators as tables from the values of their property to schemas, entries that no mapping lists among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...pointer import escape, unescape
from ..model import Effect
from .compared_document import ComparedDocument, Conj, as_dict, as_list
from .differences import SchemaPair
from .normal_form import Context, Normaliser, component

Table = dict[str, str]
"""The pointer of the schema that each value stands for."""
Found = list[tuple[str, Any]]
"""A discriminator and where it stands, or nothing."""
_COMPONENT = "#/components/schemas/"


def compare_discriminators(pair: SchemaPair, context: Context, old: Found, new: Found) -> None:
    """Compare the discriminators of two schemas."""
    before, after = (as_dict(each[0][1]) if each else {} for each in (old, new))
    where = old[0][0] if old else "", new[0][0] if new else ""
    if not before or not after:
        if before or after:
            pair.add(f"discriminator-{'removed' if before else 'added'}", "unknown", *where)
        return
    names = before.get("propertyName"), after.get("propertyName")
    if names[0] != names[1]:
        pair.add("discriminator-property-name-changed", "unknown", *where, old=names[0], new=names[1])
    tables = _table(context.before, pair.old, before), _table(context.after, pair.new, after)
    _values(pair, context, *tables, where)


def _values(pair: SchemaPair, context: Context, before: Table, after: Table, where: tuple[str, str]) -> None:
    targets = len(set(after.values())) - len(set(before.values()))
    for value in before | after:
        if value not in after:
            # A value that goes with its schema is an alternative less, and reported as that.
            if targets >= 0 or _is_there(context, before[value], after, old=True):
                pair.add("discriminator-mapping-deleted", "narrower", *where, name=value, old=_short(before[value]))
        elif value not in before:
            if targets <= 0 or _is_there(context, after[value], before, old=False):
                pair.add("discriminator-mapping-added", "wider", *where, name=value, new=_short(after[value]))
        elif _short(before[value]) != _short(after[value]) and not context.sameness.same(before[value], after[value]):
            shown = _short(before[value]), _short(after[value])
            # Where the old schema is there too, the value stands for another one; else it may be called otherwise.
            effect: Effect = "different" if shown[0] in map(_short, after.values()) else "unknown"
            pair.add("discriminator-mapping-changed", effect, *where, name=value, old=shown[0], new=shown[1])


def _is_there(context: Context, target: str, others: Table, *, old: bool) -> bool:
    """Whether the other document has the schema that a value stands for too, under this name or another one."""
    pairs = ((target, each) if old else (each, target) for each in others.values())
    return any(_short(one) == _short(other) or context.sameness.same(one, other) for one, other in pairs)


def _short(pointer: str) -> str:
    return unescape(pointer.rpartition("/")[2])


def _table(normaliser: Normaliser, conj: Conj, discriminator: Mapping[str, Any]) -> Table:
    """Resolve a discriminator: its mapping, and the names of the schemas that the mapping leaves out (OpenAPI 3.1.1, 4.8.25)."""
    document = normaliser.document
    found: Table = {}
    for value, target in as_dict(discriminator.get("mapping")).items():
        pointer = _target(document, target) if isinstance(target, str) else ""
        if pointer:
            found[value] = pointer
    mapped = set(found.values())
    for pointer in sorted(set(_branches(normaliser, conj))):  # in no order of the document's
        if pointer not in mapped:
            for value in _implicit(normaliser, pointer, str(discriminator.get("propertyName"))):
                found.setdefault(value, pointer)
    return found


def _target(document: ComparedDocument, text: str) -> str:
    """The component that an entry of a mapping names: by its name, or by a reference."""
    named = _COMPONENT + escape(text)
    pointer = document.resolve(named if text in document.section("#", "components", "schemas") else text)
    return component((pointer,)) or (pointer if pointer.startswith("#") else "")


def _branches(normaliser: Normaliser, conj: Conj) -> Iterator[str]:
    """The components that a discriminator tells apart: branches of its unions, else those that extend its schema."""
    document, found = normaliser.document, False
    for pointer in normaliser.flat(conj):
        raw = document.at(pointer)
        for keyword in ("oneOf", "anyOf") if isinstance(raw, dict) else ():
            for branch in as_list(raw.get(keyword)):
                found = True
                if isinstance(branch, dict) and isinstance(branch.get("$ref"), str):
                    yield document.resolve(branch["$ref"])
    if not found:
        for pointer in conj:
            yield from document.extensions.get(pointer, ())


def _implicit(normaliser: Normaliser, pointer: str, name: str) -> list[str]:
    """The values that mean a component without a mapping: its name, or the one constant that its property accepts instead."""
    if not component((pointer,)):
        return []
    own = _short(pointer)
    document = normaliser.document
    for shape in normaliser.normal(document.conj((pointer,))):
        for part in shape.objects:
            raw = document.at(part.properties[name]) if name in part.properties else None
            values = (
                as_list(raw.get("enum")) or ([raw["const"]] if "const" in raw else []) if isinstance(raw, dict) else []
            )
            if values and own not in values:
                return [each for each in values if isinstance(each, str)] if len(values) == 1 else []
    return [own]
