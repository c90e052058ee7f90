"""Discriminators as tables from the values of their property to schemas, entries that no mapping lists among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...pointer import escape, unescape
from ..model import Effect
from .compared_document import FAMILY, ComparedDocument, Conj, as_dict, as_list
from .differences import SchemaPair
from .normal_form import Context, Normaliser, component

Table = dict[str, str]
"""The pointer of the schema that each value stands for."""
_COMPONENT = "#/components/schemas/"


def compare_discriminators(pair: SchemaPair, context: Context, old: Conj, new: Conj) -> None:
    """Compare the discriminators of two schemas."""
    (there, before), (here, after) = _discriminator(context.before, old), _discriminator(context.after, new)
    where = there, here
    if not before or not after:
        if before or after:
            pair.add(f"discriminator-{'removed' if before else 'added'}", "unknown", *where)
        return
    names = before.get("propertyName"), after.get("propertyName")
    if names[0] != names[1]:
        pair.add("discriminator-property-name-changed", "unknown", *where, old=names[0], new=names[1])
    if before == after and not any(_branches(context.before, old)) and not any(_branches(context.after, new)):
        return  # as often as there are schemas that inherit it
    tables = _table(context.before, old, before), _table(context.after, new, after)
    _values(pair, context, *tables, where)


def compare_families(pair: SchemaPair, context: Context, old: Conj, new: Conj) -> None:
    """Go on to what extends the components of two families: an object may be read as that one.

    It is compared once, however many schemas have these components in their `allOf`.
    """
    if not old or not new:
        return  # the discriminator came or went
    if any(context.old.families[one] for one in old) or any(context.new.families[one] for one in new):
        pair.add_edge("", context.old.family(old), context.new.family(new))


def compare_extensions(pair: SchemaPair, context: Context) -> bool:
    """Compare what extends the components of two families; False if the schemas do not stand for these."""
    if not all(each.endswith(FAMILY) for each in (*pair.old, *pair.new)):
        return False
    old, new = (tuple(each.removesuffix(FAMILY) for each in conj) for conj in (pair.old, pair.new))
    before, after = _extending(context.before, old), _extending(context.after, new)
    where = _discriminator(context.before, old)[0], _discriminator(context.after, new)[0]
    deep = before, after  # with what extends it less directly
    if before.keys() != after.keys():
        deep = (
            _extending(context.before, _within(context.old, old)),
            _extending(context.after, _within(context.new, new)),
        )
    for value in before | after:
        one, other = (each.get(value) or all_.get(value, "") for each, all_ in zip((before, after), deep, strict=True))
        if not other:
            pair.add("discriminator-mapping-deleted", "narrower", *where, name=value, old=_short(one))
        elif not one:
            pair.add("discriminator-mapping-added", "wider", *where, name=value, new=_short(other))
        else:
            pair.add_edge("", (one,), (other,))
    return True


def _within(document: ComparedDocument, family: Conj) -> Conj:
    """The components of a family, with those that extend them, directly or not."""
    found = dict.fromkeys(family)
    todo = list(found)
    for one in todo:
        more = [each for each in document.families.get(one, ()) if each not in found]
        found.update(dict.fromkeys(more))
        todo += more
    return tuple(found)


def _discriminator(normaliser: Normaliser, conj: Conj) -> tuple[str, dict[str, Any]]:
    """Where the discriminator of a schema stands, and the discriminator; empty if there is none."""
    raws = ((pointer, as_dict(normaliser.document.at(pointer))) for pointer in normaliser.flat(conj))
    found = (
        (f"{pointer}/discriminator", as_dict(raw["discriminator"])) for pointer, raw in raws if "discriminator" in raw
    )
    return next(found, ("", {}))


def _extending(normaliser: Normaliser, family: Conj) -> Table:
    """The components that extend those of a family directly, by the values that stand for them."""
    document = normaliser.document
    discriminator = _discriminator(normaliser, family)[1]
    mapped: dict[str, list[str]] = {}
    for value, pointer in _mapped(document, discriminator).items():
        mapped.setdefault(document.canon(pointer), []).append(value)
    found: Table = {}
    for pointer in dict.fromkeys(each for one in family for each in document.families[one]):
        for value in mapped.get(pointer) or _implicit(normaliser, pointer, str(discriminator.get("propertyName"))):
            found.setdefault(value, pointer)
    return found


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
    found = _mapped(normaliser.document, discriminator)
    mapped = set(found.values())
    for pointer in sorted(set(_branches(normaliser, conj))):  # in no order of the document's
        if pointer not in mapped:
            for value in _implicit(normaliser, pointer, str(discriminator.get("propertyName"))):
                found.setdefault(value, pointer)
    return found


def _mapped(document: ComparedDocument, discriminator: Mapping[str, Any]) -> Table:
    """The components that a mapping lists."""
    listed = as_dict(discriminator.get("mapping")).items()
    found = {value: _target(document, target) for value, target in listed if isinstance(target, str)}
    return {value: pointer for value, pointer in found.items() if pointer}


def _target(document: ComparedDocument, text: str) -> str:
    """The component that an entry of a mapping names: by its name, or by a reference."""
    named = _COMPONENT + escape(text)
    pointer = document.resolve(named if text in document.section("#", "components", "schemas") else text)
    return component((pointer,)) or (pointer if pointer.startswith("#") else "")


def _branches(normaliser: Normaliser, conj: Conj) -> Iterator[str]:
    """The components that a discriminator tells apart as branches of its unions."""
    document = normaliser.document
    for pointer in normaliser.flat(conj):
        raw = document.at(pointer)
        for keyword in ("oneOf", "anyOf") if isinstance(raw, dict) else ():
            for branch in as_list(raw.get(keyword)):
                if isinstance(branch, dict) and isinstance(branch.get("$ref"), str):
                    yield document.resolve(branch["$ref"])


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
