"""What a `generate` changed: the document that the package held against the one that it gets."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ..diagnostics.location import display
from ..disk import exists

if TYPE_CHECKING:
    from ..document.document import Document
    from ..output.package import Package
    from ..output.plan import Plan
    from ..settings.settings import Settings
    from .model import Change, Comparison


def earlier(plan: Plan) -> tuple[bytes, bytes] | None:
    """The document that the package held, and the one that it gets; None if there was none, or if it stays."""
    at = PurePosixPath(plan.package, "openapi.json")
    for file in plan.files:
        if file.path == at and file.state == "changed" and file.found is not None and file.wanted is not None:
            return file.found, file.wanted
    return None


def line(plan: Plan, settings: Settings, comparison: Comparison | None = None) -> str:
    """Say what changed, such as `2 operations added, 1 breaking change: spectwin diff …`; empty for no change.

    `comparison` is that of `with_earlier`, if it was made; otherwise the documents are compared here.
    """
    texts = earlier(plan)
    if texts is None:
        return ""
    from .report.text import describe_counts

    found = _changes(*texts, settings) if comparison is None else comparison.changes
    counts = describe_counts([change for change in found if change.axis == "document"])
    return counts and counts + _command(plan.output / plan.package / "openapi.json")


def _changes(old: bytes, new: bytes, settings: Settings) -> tuple[Change, ...]:
    """The changes of the documents; none if the earlier one, which comes with the working tree, can't be compared."""
    from .document.operations import compare
    from .verdicts import override

    try:
        changes = compare(json.loads(old), json.loads(new))
    except Exception:  # that file may hold anything, and generating goes on
        return ()
    return override(changes, settings.severities)


def with_earlier(plan: Plan, settings: Settings, document: Document, package: Package) -> Comparison:
    """Compare with the package on disk what a `generate` is about to write; if there is none, everything is new.

    `document` is checked, and `package` built from it. To be called before anything is written. Raises Refused if the
    earlier document can't be read.
    """
    from ..document import load
    from ..document.select import select
    from .comparison import compare_sides, without_operations

    new = document.with_root(select(document.root, settings.operations))
    held = plan.output / plan.package / "openapi.json"
    old = load.load(held) if exists(held) else without_operations(new)
    chosen = replace(settings, package=plan.package, operations=())  # both hold what was chosen, and nothing else
    return compare_sides(old, new, chosen, severities={}, python=True, packages=True, built=package)


def _command(path: Path) -> str:
    """The command that shows the changes; empty outside git, which has the earlier document."""
    if any(exists(folder / ".git") for folder in path.resolve().parents):
        return f": spectwin diff HEAD: {display(path)}"
    return ""
