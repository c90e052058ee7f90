"""What a `generate` changed, in a line: the package's earlier document against the one that it now has."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal, cast

from ..diagnostics.location import display

if TYPE_CHECKING:
    from ..output.plan import Plan
    from ..settings.settings import Settings
    from .model import Severity


@dataclass(frozen=True, slots=True)
class _Place:
    file: str = ""
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class _Tree:
    """A document without positions."""

    root: dict[str, Any]

    def locate(self, _: str) -> _Place:
        """Nowhere."""
        return _Place()


def earlier(plan: Plan) -> tuple[bytes, bytes] | None:
    """The document that the package held, and the one that it gets; None where there was none or it stays."""
    at = PurePosixPath(plan.package, "openapi.json")
    for file in plan.files:
        if file.path == at and file.state == "changed" and file.found is not None and file.wanted is not None:
            return file.found, file.wanted
    return None


def line(plan: Plan, settings: Settings) -> str:
    """Say what changed, such as `2 operations added, 1 breaking change: spectwin diff …`; empty for nothing to say.

    The earlier document comes with the working tree: where it can't be compared nothing is said, and nothing fails.
    """
    texts = earlier(plan)
    if texts is None:
        return ""
    from .document.operations import compare
    from .report.text import counted
    from .verdicts import override

    try:
        changes = compare(*(_Tree(json.loads(text)) for text in texts))
    except Exception:  # whatever somebody made of that file, generating goes on
        return ""
    found = override(changes, cast("dict[str, Severity | Literal['none']]", settings.severities))
    if not found:
        return ""
    return counted(found) + _command(plan.output / plan.package / "openapi.json")


def review(plan: Plan, settings: Settings) -> str:
    """The review page of what a `generate` is about to change; where there was no package yet, everything is new.

    To be called before anything is written. Raises Refused where the earlier document can't be read.
    """
    from ..document import load
    from ..document.select import select
    from ..validation import validate
    from .comparison import compare_sides
    from .report.review import page
    from .revisions import Loaded

    new, _ = validate.validate(load.load(settings.spec, overlays=settings.overlays), lenient=settings.lenient)
    new = new.with_root(select(new.root, settings.operations))
    held = plan.output / plan.package / "openapi.json"
    empty = new.with_root(
        {key: value for key, value in new.root.items() if key not in {"webhooks", "components"}} | {"paths": {}}
    )
    old = load.load(held) if held.exists() else empty
    sides = Loaded(document=old), Loaded(document=new)
    chosen = replace(settings, package=plan.package, operations=())  # both hold what was chosen, and nothing else
    return page(compare_sides(*sides, chosen, severities={}, python=True, packages=True))


def _command(path: Path) -> str:
    """How to see them: git has the earlier document, if anything has."""
    if any((folder / ".git").exists() for folder in path.resolve().parents):
        return f": spectwin diff HEAD: {display(path)}"
    return ""
