"""Models as API.md lists them: what a class holds, what an alias stands for, and where a signature leads to them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from .. import ir
from ..document.document import Document
from ..models import source
from ..models.definitions import Annotation, Definition, Property
from ..models.plan import Models
from ..python.types import NONE, Generic, Literal, Type, alternatives, bare, classes, text

_MOST = 50  # constants of an enum that are listed
_LONGEST = 300  # characters of a type that is shown


def lower_models(document: Document, models: Models, links: Mapping[str, str]) -> tuple[ir.ModelItem, ...]:
    """List the classes and aliases of a single package in the order of the document; none of a split one.

    A split package has a module for each component, which is read as easily. `links` are those of `model_links`. Raises
    Refused if the document's words, which stand in models.py too, are more than the budget has.
    """
    if models.layout == "split":
        return ()
    found = tuple(_item(one, models.aliases, links) for one in _ordered(models))
    document.budget.spend(0, sum(len(one.doc) + sum(len(each.doc) for each in one.fields) for one in found))
    return found


def model_links(models: Models, headings: Iterable[str]) -> dict[str, str]:
    """Say where API.md leads to for each class and alias, by name: a heading of its own, or the module of a split package.

    `headings` are the names that are headings before those of models. Anchors are made as by GitHub: of two that differ in
    letter case only, the second one gets a number.
    """
    if models.layout == "split":
        return {name: f"models/{module.name}.py" for module in models.modules for name in module.classes}
    seen = Counter(name.lower() for name in headings)
    found = {}
    for one in _ordered(models):
        anchor = one.name.lower()
        found[one.name] = f"#{anchor}-{seen[anchor]}" if seen[anchor] else f"#{anchor}"
        seen[anchor] += 1
    return found


def links_of(types: Iterable[Type], links: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """List the classes and aliases that some types mention, each once, with where API.md has them."""
    names = dict.fromkeys(name for one in types for name in classes(one))
    return tuple((name, links[name]) for name in names if name in links)


def _ordered(models: Models) -> list[Definition]:
    return sorted(models.definitions, key=lambda one: models.positions[one.key])


def _item(one: Definition, aliases: Mapping[str, Type], links: Mapping[str, str]) -> ir.ModelItem:
    target = bare(one.annotation.known) if one.kind == "alias" else None
    parts = alternatives(target) if target is not None else ()
    values = parts[0].values if parts and isinstance(parts[0], Literal) and set(parts[1:]) <= {NONE} else ()
    base = one.base.name if one.base is not None else ""
    return ir.ModelItem(
        name=one.name,
        doc=_words(one.node.schema),
        base=base,
        base_link=links.get(base, ""),
        type="" if target is None or values else _shown(target),
        values=(*values[:_MOST], *(["None"] if values and len(parts) > 1 else [])),
        more=max(len(values) - _MOST, 0),
        further=_shown(bare(one.extra.known)) if isinstance(one.extra, Annotation) and not base else "",
        fields=tuple(_fields(one, aliases)),
    )


def _fields(one: Definition, aliases: Mapping[str, Type]) -> Iterator[ir.ModelField]:
    if one.kind == "class":
        for each, annotation, default in source.fields(one, aliases):
            yield _field(each, bare(annotation), default)


def _field(one: Property, found: Type, default: str | None) -> ir.ModelField:
    absent = isinstance(found, Generic) and found.name == "Absent"
    optional = absent and default == "None"
    return ir.ModelField(
        name=one.name,
        wire_name=one.wire_name if one.wire_name != one.name else "",
        type=_shown(found.arguments[0] if isinstance(found, Generic) and absent else found),
        optional=optional,
        default="" if default is None or optional else _cut(default),
        doc=_words(one.node.schema),
    )


def _shown(one: Type) -> str:
    return _cut(text(one, owner=""))


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def _words(schema: object) -> str:
    """Take the first paragraph of what a schema says, on one line, and whether it is deprecated."""
    if not isinstance(schema, dict):
        return ""
    said = schema.get("description")
    first = re.split(r"\n\s*\n", said.strip())[0] if isinstance(said, str) else ""
    return " ".join([*first.split(), *(["(deprecated)"] if schema.get("deprecated") is True else [])])
