"""What a `generate` changed: the document that the package held against the one that it gets."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ..diagnostics.diagnostic import Refused
from ..diagnostics.location import diagnose, display, place
from ..disk import exists
from ..git import differs_from_head
from ..output.fingerprint import digest
from ..output.manifest import read_manifest
from ..render.folder import below

if TYPE_CHECKING:
    from ..document.document import Document
    from ..output.package import Package
    from ..output.plan import File, Plan
    from ..settings.settings import Settings
    from .model import Change, Comparison


def line(plan: Plan, settings: Settings, comparison: Comparison | None = None) -> str:
    """Say what changed since the package was last generated and who breaks, as `diff` does; empty for no change.

    A second line has the command that shows what changed since the last commit, if something of that did.
    `comparison` is that of `with_earlier`, if it was made; otherwise document and package are compared here.
    """
    if not _was_there(plan):
        return ""
    from .report.text import brief

    found = _changes(plan, settings) if comparison is None else comparison.changes
    if found is None:
        return "what changed can't be told" + _command(plan, settings)
    said = f"since the package was last generated: {brief(found, settings.audiences)}"
    return said + _command(plan, settings) if found else ""


def _document(plan: Plan) -> File | None:
    at = PurePosixPath(plan.package, "openapi.json")
    return next((file for file in plan.files if file.path == at), None)


def _was_there(plan: Plan) -> bool:
    """Whether the package was there before."""
    file = _document(plan)
    return file is not None and file.state != "new"


def _changes(plan: Plan, settings: Settings) -> tuple[Change, ...] | None:
    """The changes of document and package; None if the earlier ones, which come with the working tree, can't be compared."""
    from .document.operations import compare
    from .surface.compare import compare_python
    from .verdicts import override

    file = _document(plan)
    try:
        texts = (file.found, file.wanted) if file is not None else (None, None)
        documents = [json.loads(text) for text in texts if text is not None]
        changes = compare(*documents) if len(documents) == len(texts) else ()
        changes = (*changes, *compare_python(held(plan), _python(plan.wanted)))
    except Exception:  # these files may hold anything, and generating goes on
        return None
    return override(changes, settings.severities)


def held(plan: Plan) -> dict[PurePosixPath, str]:
    """The Python files that the package has on disk: what importers know, whichever settings and version made it.

    A file that was lost, and is restored as the manifest lists it, is one of them.
    """
    listed = read_manifest(plan.manifest.found).known if plan.of("new") else {}

    def is_there(file: File) -> bool:
        return file.state == "same" or digest(file.wanted or b"") in listed.get(file.path, ())

    found = {file.path: file.wanted if file.found is None and is_there(file) else file.found for file in plan.files}
    return _python({path: data for path, data in found.items() if data is not None})


def _python(files: Mapping[PurePosixPath, bytes]) -> dict[PurePosixPath, str]:
    """The modules as text: an edited one may hold anything, also what is not UTF-8."""
    return {path: data.decode(errors="replace") for path, data in files.items() if path.suffix == ".py"}


def with_earlier(plan: Plan, settings: Settings, document: Document, package: Package) -> Comparison:
    """Compare with the package on disk what a `generate` is about to write; if there is none, everything is new.

    `document` is checked, and `package` built from it. To be called before anything is written. Raises Refused if the
    earlier document can't be read, or a file of the earlier package is not Python.
    """
    from ..document import load
    from ..document.select import select
    from ..parsing.limits import Limits
    from .comparison import Side, compare_sides, without_operations

    new = document.with_root(select(document.root, settings.operations))
    earlier = plan.output / plan.package / "openapi.json"
    old = load.load(earlier, limits=Limits.of(settings.limits)) if exists(earlier) else without_operations(new)
    chosen = replace(settings, package=plan.package, operations=())  # both hold what was chosen, and nothing else
    was, now = (replace(chosen, layout=layout) for layout in (plan.was, plan.layout))
    sides = Side(old, was, files=held(plan) if _was_there(plan) else None), Side(new, now, built=package)
    try:
        return compare_sides(*sides, severities={}, python=True, packages=True)
    except (SyntaxError, ValueError, RecursionError):
        for path, text in (sides[0].files or {}).items():
            _inspect(plan.output / path, text)
        raise


def _inspect(path: Path, text: str) -> None:
    """Raise Refused for a text that is not Python."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        line = (isinstance(error, SyntaxError) and error.lineno) or 1
        hint = "it was edited: restore it, or generate without a report, which compares with the package as it is"
        message = f"this is not Python: {error.msg if isinstance(error, SyntaxError) else error}"
        raise Refused(diagnose("error", message, place(display(path), text, line, 1), hint=hint)) from None


def _command(plan: Plan, settings: Settings) -> str:
    """The line with the command that shows what changed since the last commit; empty if that has no other document.

    It is empty too for a split package that no settings name: `diff` takes it for a single one.
    """
    path = settings.spec if exists(settings.spec) else plan.output / plan.package / "openapi.json"
    if not any(exists(folder / ".git") for folder in path.resolve().parents):
        return ""
    hidden = not plan.settings and "split" in (plan.layout, plan.was)
    inputs = _inputs(plan, settings) if path == settings.spec else []
    if hidden or not differs_from_head(path, inputs):
        return ""
    return f"\nsince the last commit: spectwin diff HEAD: {display(path)}"


def _inputs(plan: Plan, settings: Settings) -> Iterator[Path]:
    """What the package is made from, beside its document: `diff` compares that of a revision, too."""
    yield from (settings.spec.parent / name for name in plan.sources)
    yield from (*settings.overlays, *([settings.made_by] if settings.made_by else []))
    if (own := settings.templates) is not None:
        yield from (own / name for name, _ in below(own))
