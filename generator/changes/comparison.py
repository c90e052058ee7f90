"""Two documents compared on both axes, with the project's settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from .. import console, stages
from ..diagnostics.diagnostic import Refused
from ..disk import exists
from ..document.select import select
from ..records import record
from ..settings.settings import Settings, find_project, overrides, read
from ..settings.severities import AUDIENCES, Audience
from .background import BackgroundCall
from .document.operations import compare
from .model import Change, Comparison
from .sets.compared_document import dump
from .untyped import same_order, same_types
from .verdicts import override

if TYPE_CHECKING:
    from ..diagnostics.diagnostic import Diagnostic
    from ..document.document import Document
    from ..output.package import Package
    from .surface.knowledge import Knowledge
    from .surface.outline import Outline
    from .surface.read import Module


@record
class Side:
    """One of the two versions: its document, overlays applied, and the settings that its package is made with.

    `built` is the package, if it was built already; `files` are its Python files, if they are there already.
    """

    document: Document
    settings: Settings
    built: Package | None = None
    files: Mapping[PurePosixPath, str] | None = None

    def selected(self) -> Side:
        """The same with the operations that the settings choose and no others."""
        document = _selected(self.document, self.settings.operations)
        return replace(self, document=document, settings=replace(self.settings, operations=()))


def compare_sides(old: Side, new: Side, *, severities: Mapping[str, str], python: bool, packages: bool) -> Comparison:
    """Compare the operations that the settings choose and, for the Python axis, the packages that they give.

    Both axes are compared at the same time. `packages` asks for whole packages. `severities` win over those of the new
    side's settings. Raises Refused if a package can't be generated.
    """
    old, new = _laid_out(old.selected(), new.selected())
    made = old.files is not None or new.files is not None
    python = python and (made or not _equal(old, new))
    own = old.settings.templates or new.settings.templates  # these may print anything
    found = None
    if packages or (python and (own or made)):
        found = _with_packages(old, new, python=python)
    elif not python or (_placed_alike(old, new) and same_types(old.document.root, new.document.root)):
        found = _documents_only(old.document, new.document)
    if found is None or (
        not (packages or made or own) and python and _said(found.faults[0]) != _said(found.faults[1])
    ):  # repairs may give other types
        found = _with_outlines(old, new)
    changes = override(found.changes, {**new.settings.severities, **severities})
    return replace(found, changes=changes, audiences=new.settings.audiences)


def _laid_out(old: Side, new: Side) -> tuple[Side, Side]:
    """Give each side the layout of its package; one that has no package yet gets that of the other."""
    chosen = old.settings.layout or new.settings.layout or "single"

    def laid_out(side: Side) -> Side:
        return replace(side, settings=replace(side.settings, layout=side.settings.layout or chosen))

    return laid_out(old), laid_out(new)


def _documents_only(old: Document, new: Document) -> Comparison:
    """The changes of the documents. Their errors are found even if the documents are equal."""
    faults = _checked(old)[1], _checked(new)[1]
    return Comparison(old=old, new=new, changes=_changes(old, new), faults=faults)


def _changes(old: Document, new: Document) -> tuple[Change, ...]:
    """Compare the trees. Raises Refused if they repeat more than the new document's budget has."""
    return compare(old.root, new.root, spend=new.spend)


def _with_outlines(old: Side, new: Side) -> Comparison:
    """The changes of the documents, and of the packages as importers see them."""
    from .surface.compare import compare_python
    from .surface.outline import differing

    outlines = (BackgroundCall(partial(_outline, each.document, each.settings)) for each in (old, new))
    with next(outlines) as earlier, next(outlines) as later, console.progress("Comparing", enabled=True):
        stages.enter("operations of", new.document.root.get("paths"), "path")
        try:
            changes = _changes(old.document, new.document)
        except Exception:
            earlier.result(), later.result()  # raises Refused if the document is the reason
            raise
        (before, wrong), (after, wrong_now) = earlier.result(), later.result()
    told = before.known, after.known
    read: dict[str, Module] = {}
    files = differing(before, after, read=read)
    changes = (*changes, *compare_python(*files, told, (before.homes, after.homes), read))
    return Comparison(old=old.document, new=new.document, changes=changes, faults=(wrong, wrong_now))


def _with_packages(old: Side, new: Side, *, python: bool) -> Comparison:
    """The changes, and the packages."""
    from .surface.compare import compare_python

    with BackgroundCall(partial(_build, old)) as earlier:
        after, wrong_now = _build(new)
        before, wrong = earlier.result()
    changes = _changes(old.document, new.document)
    if python:
        made = old.files is not None or new.files is not None
        told = None if made else known(before, after)
        changes = (*changes, *compare_python(before.files, after.files, told))
    return Comparison(
        old=old.document, new=new.document, changes=changes, packages=(before, after), faults=(wrong, wrong_now)
    )


def known(before: Package, after: Package) -> tuple[Knowledge, Knowledge] | None:
    """What the packages tell of their types; None if one of them has templates of its own."""
    from .surface.knowledge import of_api, texts_of

    if before.api is None or after.api is None:
        return None
    return of_api(before.api, texts_of(before.files)), of_api(after.api, texts_of(after.files))


def _equal(old: Side, new: Side) -> bool:
    """Whether two packages are made from the same; `==` alone takes 1, 1.0 and True for equal."""
    if not _placed_alike(old, new):
        return False
    return old.document.root == new.document.root and dump(old.document.root) == dump(new.document.root)


def _placed_alike(old: Side, new: Side) -> bool:
    """Whether the settings are the same, and the order of the documents too if it decides in which module a class stands."""
    if _made_from(old.settings) != _made_from(new.settings):
        return False
    return new.settings.layout != "split" or same_order(old.document.root, new.document.root)


def _said(faults: Iterable[Diagnostic]) -> list[tuple[str, str]]:
    return [(one.pointer, one.message) for one in faults]


def _made_from(settings: Settings) -> Settings:
    """Settings without what changes no package."""
    return replace(
        settings, spec=Path(), output=Path(), overlays=(), severities={}, audiences=AUDIENCES, required_version=None
    )


def _outline(document: Document, settings: Settings) -> tuple[Outline, tuple[Diagnostic, ...]]:
    from .surface.outline import outline

    checked, wrong = _checked(document)
    return outline(checked, settings), wrong


def _build(side: Side) -> tuple[Package, tuple[Diagnostic, ...]]:
    from .. import pipeline

    if side.built is not None:
        return side.built, ()
    checked, wrong = _checked(side.document)
    package = pipeline.build(checked, side.settings)
    if side.files is None:
        return package, wrong
    others = {path: text for path, text in package.files.items() if path.suffix != ".py"}
    return replace(package, files={**others, **side.files}), wrong


def _checked(document: Document) -> tuple[Document, tuple[Diagnostic, ...]]:
    """A document with its errors worked around, and these errors. Raises Refused if that is not possible."""
    from ..validation import validate

    try:
        return validate.validate(document, examples=False)[0], ()
    except Refused as refused:
        wrong = tuple(each for each in refused.diagnostics if each.severity == "error")
        return validate.validate(document, lenient=True, examples=False)[0], wrong


def _selected(document: Document, operations: tuple[str, ...]) -> Document:
    """Keep the operations that are named and that this document has; all if none is named."""
    if not operations:
        return document
    there = tuple(pattern for pattern in operations if _has(document, pattern))
    return document.with_root(select(document.root, there)) if there else without_operations(document)


def without_operations(document: Document) -> Document:
    """A document with all that is not an operation's."""
    kept = {key: value for key, value in document.root.items() if key not in {"components", "webhooks"}}
    return document.with_root({**kept, "paths": {}})


def _has(document: Document, pattern: str) -> bool:
    try:
        select(document.root, (pattern,))
    except Refused:
        return False
    return True


def project_settings(
    old: str,
    new: str,
    package: str | None = None,
    only: tuple[str, ...] = (),
    audiences: tuple[Audience, ...] = (),
    project: Path | None = None,
    limits: Mapping[str, int] | None = None,
) -> Settings:
    """The settings that the project has for one of two sides, named as on the command line; the defaults if it has none.

    `only` are operations, and `audiences` those that count, in place of what the settings choose; `limits` go over theirs.
    Raises Refused where the settings are wrong.
    """
    project = find_project(project or Path())
    names = [side if exists(Path(side)) else side.partition(":")[2] for side in (new, old)]
    paths = [Path(name) for name in names if name]
    for path in paths:
        try:
            found = read(project, overrides(spec=path, package=package, only=only, limits=limits))[0]
            return replace(found, audiences=audiences or found.audiences)
        except Refused:
            read(project, overrides(spec=path, package=package or "api"))  # wrong settings are wrong for every document
    return Settings(
        spec=paths[0] if paths else Path(new), operations=only, audiences=audiences or AUDIENCES, limits=limits or {}
    )
