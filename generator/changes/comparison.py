"""Two documents compared on both axes, with the project's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from ..diagnostics import Refused
from ..settings import Settings, find_project, overrides, read
from .model import Change, Severity
from .rules import override
from .walk import compare

if TYPE_CHECKING:
    from ..document import Document
    from ..pipeline import Package
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
    """Compare documents and, for the Python axis or where they are asked for, the packages generated from them.

    `severities` win over those of the settings. Raises Refused where a package can't be generated.
    """
    changes = compare(old, new)
    built = None
    if packages or (python and old.root != new.root):  # whatever order the members are in, the surface is the same
        built = (_build(old.document, settings), _build(new.document, settings))
    if python and built:
        from .python_surface import compare_python

        changes = (*changes, *compare_python(built[0].files, built[1].files))
    judged = cast("Mapping[str, Severity | Literal['none']]", {**settings.severities, **severities})
    return Comparison(old=old, new=new, changes=override(changes, judged), packages=built if packages else None)


def _build(document: Document, settings: Settings) -> Package:
    """Generate a package; of the operations that the settings choose, those that this document has."""
    from .. import check, pipeline

    judged, _ = check.check(document, lenient=True)
    if settings.operations:
        chosen = tuple(pattern for pattern in settings.operations if _is_there(judged, pattern))
        if not chosen:
            judged = judged.with_root({**judged.root, "paths": {}, "webhooks": {}})
        settings = replace(settings, operations=chosen)
    return pipeline.build(judged, settings)


def _is_there(document: Document, pattern: str) -> bool:
    from ..select import select

    try:
        select(document.root, (pattern,))
    except Refused:
        return False
    return True


def project_settings(old: str, new: str, package: str | None) -> Settings:
    """The settings that the project has for one of two sides, named as on the command line; plain ones where it has none.

    Raises Refused where the settings are wrong.
    """
    project = find_project(Path())
    names = [side if Path(side).exists() else side.partition(":")[2] for side in (new, old)]
    paths = [Path(name) for name in names if name]
    for path in paths:
        try:
            return read(project, overrides(spec=path, package=package))[0]
        except Refused:
            read(project, overrides(spec=path, package=package or "api"))  # wrong settings are wrong for every document
    return Settings(spec=paths[0] if paths else Path(new))
