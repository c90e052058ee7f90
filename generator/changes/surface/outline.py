"""What importers see of two packages, as far as they differ, without writing the packages.

Names and annotations are decided for all of a document, as they depend on one another. What is equal on both sides is
then left out before the templates are filled: it can't change anything.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from ... import ir, pipeline
from ...models import modules, source
from ...python.imports import Digest
from ...python.parts import parts
from ...records import record
from ...render import render
from . import homes
from .knowledge import Knowledge, of_api
from .read import Module, read_into, read_lines
from .written import Known, Written, lines_of

if TYPE_CHECKING:
    from ...document.document import Document
    from ...models.plan import Models
    from ...settings.settings import Settings
    from ...settings.values import Layout

Files = dict[PurePosixPath, str]
_T = TypeVar("_T", ir.Operation, ir.ErrorClass, str)


@record(kw_only=True)
class Outline:
    """A package that is not written: its operations, and the text of its models' classes and aliases by name."""

    api: ir.Api
    classes: Mapping[str, str]
    known: Knowledge
    judged: bool
    """Whether values are validated by schemas at run time."""
    types: Mapping[str, str]
    homes: Mapping[str, str]
    """The module of each class, as `homes.of_files` has it."""


@pipeline.deep_calls()
def outline(document: Document, settings: Settings) -> Outline:
    """Decide all names and annotations of a checked document. Raises Refused if no package can be generated.

    It has few modules in any layout: importers find the same names in the same places.
    """
    drawn = pipeline.draw(document, replace(settings, layout="single"), outline=True)
    classes = source.outlines(drawn.models.definitions, drawn.models.aliases)
    return Outline(
        api=drawn.api,
        classes=classes,
        known=of_api(drawn.api, classes),
        judged=bool(drawn.models.rules.judged),
        types=settings.types,
        homes=_homes(drawn.models, settings.layout),
    )


def _homes(models: Models, layout: Layout | None) -> dict[str, str]:
    classes = [one for one in models.definitions if one.kind == "class"]
    if layout != "split":
        return dict.fromkeys((one.name for one in classes), homes.WHOLE)
    divided = modules.divide(models.definitions, models.positions, models.class_names, models.components)
    return {one.name: f"{homes.WHOLE}.{name}" for name, mine in divided.items() for one in mine if one.kind == "class"}


def differing(old: Outline, new: Outline, *, read: dict[str, Module] | None = None) -> tuple[Files, Files]:
    """Write what differs between two packages, as Python files of each; static files are there, but empty.

    `compare_python` finds in these what it finds in the packages. What was read of them is added to `read`, by text.
    """
    read = {} if read is None else read
    sides = (old, new), (new, old)
    chosen = _with_groups(sides, [_differing(one, other) for one, other in sides])
    files = [_written(_parts(one, each), read) for (one, _), each in zip(sides, chosen, strict=True)]
    if _static(files[0]) != _static(files[1]):  # a module that either side needs may be needed by what is left out too
        for each, (one, other) in zip(files, sides, strict=True):
            each.update(dict.fromkeys(_static(_written(_parts(one, _same(one, other)), {})), ""))
    return files[0], files[1]


@record
class _Chosen:
    """Parts of a package by name; the operations of a group by the group's, those of webhooks with a `!` before it."""

    operations: Mapping[str, Collection[str]]
    errors: Collection[str]
    classes: Collection[str]


def _groups(one: Outline) -> dict[str, ir.Group]:
    return {**{group.name: group for group in one.api.groups}, **{f"!{each.name}": each for each in one.api.webhooks}}


def _differing(one: Outline, other: Outline) -> _Chosen:
    """Choose what the other side has not, or has otherwise: groups, and in them operations, errors and models."""
    others = _groups(other)
    chosen: dict[str, Collection[str]] = {}
    for key, group in _groups(one).items():
        mine, twins = _named(group.operations), _named(others[key].operations) if key in others else {}
        same = {name for name, each in mine.items() if twins.get(name) == each}
        if key not in others or len(same) < max(len(mine), len(twins)):
            # The client of a group with streams is another one: where such an operation stays the same, it shows this.
            chosen[key] = mine.keys() - same | set(sorted(name for name in same if mine[name].streams)[:1])
    known = {each.name: replace(each, doc="") for each in other.api.errors}
    return _Chosen(
        chosen,
        {each.name for each in one.api.errors if known.get(each.name) != replace(each, doc="")},
        {name for name, text in one.classes.items() if other.classes.get(name) != text},
    )


def _with_groups(sides: Sequence[tuple[Outline, Outline]], chosen: Sequence[_Chosen]) -> list[_Chosen]:
    """Add a group that both have, without its operations, if one side has none left: modules of groups are there in both."""
    has = [any(not key.startswith("!") for key in each.operations) for each in chosen]
    both = [group.name for group in sides[0][0].api.groups if group.name in _groups(sides[0][1])]
    if all(has) or not any(has) or not both:
        return list(chosen)
    return [replace(each, operations={both[0]: (), **each.operations}) for each in chosen]


def _same(one: Outline, other: Outline) -> _Chosen:
    """Choose what both sides have alike."""
    away = _differing(one, other)
    return _Chosen(
        {
            key: {each.name for each in group.operations} - set(away.operations.get(key, ()))
            for key, group in _groups(one).items()
        },
        {each.name for each in one.api.errors} - set(away.errors),
        one.classes.keys() - set(away.classes),
    )


def _named(operations: Sequence[ir.Operation]) -> dict[str, ir.Operation]:
    """Operations by name, without what only describes them."""
    return {each.name: replace(each, summary="", doc="", outline="", pointer="") for each in operations}


def _parts(one: Outline, chosen: _Chosen) -> Outline:
    """Leave out what is not chosen."""
    body = "\n\n".join(text for name, text in one.classes.items() if name in chosen.classes)
    groups = {
        key: replace(group, operations=tuple(each for each in group.operations if each.name in chosen.operations[key]))
        for key, group in _groups(one).items()
        if key in chosen.operations
    }
    api = replace(
        one.api,
        models=body,
        groups=tuple(group for key, group in groups.items() if not key.startswith("!")),
        webhooks=tuple(group for key, group in groups.items() if key.startswith("!")),
        errors=tuple(each for each in one.api.errors if each.name in chosen.errors),
    )
    return replace(one, api=api, classes={name: one.classes[name] for name in one.classes if name in chosen.classes})


def _written(one: Outline, read: dict[str, Module]) -> Files:
    """Write the files of an outline, and note what is read of them by their texts."""
    modules: dict[str, Module] = {}

    def parse(name: str, text: str) -> ast.Module:
        if name == "models.py":
            modules[name], tree = read_lines(one.classes.values())
            return tree
        modules[name], digest = Module(), Digest(ast.Module(body=[], type_ignores=[]))
        lines, annotations = lines_of(text), Known()
        for before, tree in parts(name, text):
            digest.read(tree)
            read_into(modules[name], tree, Written(lines, before, annotations))
        return digest.module(())

    files = render.outline(one.api, one.types, parse, judged=one.judged)
    read.update((files[name], module) for name, module in modules.items())
    return {PurePosixPath(one.api.package, name): text for name, text in files.items()}


def _static(files: Files) -> frozenset[PurePosixPath]:
    return frozenset(path for path, text in files.items() if not text)
