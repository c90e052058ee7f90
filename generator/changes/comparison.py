"""Two documents compared on both axes, with the project's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from ..diagnostics import Refused
from ..select import select
from ..settings import Settings, find_project, overrides, read
from .aside import Aside
from .model import Change, Severity
from .rules import override
from .sides import dump
from .walk import compare

if TYPE_CHECKING:
    from ..document import Document
    from ..pipeline import Package
    from .outline import Outline
    from .revisions import Loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What changed between two documents; `packages` (old, new) are there where they were asked for."""

    old: Loaded
    new: Loaded
    changes: tuple[Change, ...]
    packages: tuple[Package, Package] | None = None


def compare_sides(
    old: Loaded, new: Loaded, settings: Settings, *, severities: Mapping[str, str], python: bool, packages: bool
) -> Comparison:
    """Compare the operations that the settings choose and, for the Python axis, the packages that they give.

    Both axes are looked at side by side. `packages` asks for these as a whole. `severities` win over those of the
    settings. Raises Refused where a package can't be generated.
    """
    old, new = (replace(each, document=_chosen(each.document, settings.operations)) for each in (old, new))
    settings = replace(settings, operations=())
    python = python and not _equal(old, new)
    whole = packages or bool(python and settings.templates)  # what somebody's templates print, only they know
    changes, built = _both(old, new, settings) if whole else (_axes(old, new, settings, python=python), None)
    if built and python:
        from .python_surface import compare_python

        changes = (*changes, *compare_python(built[0].files, built[1].files))
    judged = cast("Mapping[str, Severity | Literal['none']]", {**settings.severities, **severities})
    return Comparison(old=old, new=new, changes=override(changes, judged), packages=built if packages else None)


def _axes(old: Loaded, new: Loaded, settings: Settings, *, python: bool) -> tuple[Change, ...]:
    """The changes of the documents and of what their packages show."""
    if not python:
        return compare(old, new)
    from .outline import differing
    from .python_surface import compare_python

    outlines = (Aside(partial(_outline, each.document, settings)) for each in (old, new))
    with next(outlines) as earlier, next(outlines) as later:
        changes = compare(old, new)
        return (*changes, *compare_python(*differing(earlier.result(), later.result())))


def _both(old: Loaded, new: Loaded, settings: Settings) -> tuple[tuple[Change, ...], tuple[Package, Package]]:
    """The changes of the documents, and their packages."""
    with Aside(partial(_build, old.document, settings)) as earlier:
        changes, later = compare(old, new), _build(new.document, settings)
        return changes, (earlier.result(), later)


def _equal(old: Loaded, new: Loaded) -> bool:
    """Whether two documents say the same, in whatever order; to Python alone, 1 is 1.0 and true."""
    return old.root == new.root and dump(old.root) == dump(new.root)


def _outline(document: Document, settings: Settings) -> Outline:
    from .outline import outline

    return outline(_checked(document), settings)


def _build(document: Document, settings: Settings) -> Package:
    from .. import pipeline

    return pipeline.build(_checked(document), settings)


def _checked(document: Document) -> Document:
    from .. import check

    return check.check(document, lenient=True)[0]


def _chosen(document: Document, operations: tuple[str, ...]) -> Document:
    """Keep the operations that are wanted, of these those that this document has; all where none is named."""
    if not operations:
        return document
    there = tuple(pattern for pattern in operations if _is_there(document, pattern))
    if not there:
        kept = {key: value for key, value in document.root.items() if key not in {"components", "webhooks"}}
        return document.with_root({**kept, "paths": {}})
    return document.with_root(select(document.root, there))


def _is_there(document: Document, pattern: str) -> bool:
    try:
        select(document.root, (pattern,))
    except Refused:
        return False
    return True


def project_settings(old: str, new: str, package: str | None = None, only: tuple[str, ...] = ()) -> Settings:
    """The settings that the project has for one of two sides, named as on the command line; plain ones where it has none.

    `only` are operations in place of those that the settings choose. Raises Refused where the settings are wrong.
    """
    project = find_project(Path())
    names = [side if Path(side).exists() else side.partition(":")[2] for side in (new, old)]
    paths = [Path(name) for name in names if name]
    for path in paths:
        try:
            return read(project, overrides(spec=path, package=package, only=only))[0]
        except Refused:
            read(project, overrides(spec=path, package=package or "api"))  # wrong settings are wrong for every document
    return Settings(spec=paths[0] if paths else Path(new), operations=only)
