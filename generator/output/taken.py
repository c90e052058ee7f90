"""No file that is read is written: what a package is made from keeps its place, whatever is forced."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ..diagnostics.diagnostic import Diagnostic, Refused
from ..diagnostics.location import display
from ..disk import is_same

if TYPE_CHECKING:
    from .plan import Plan


def require_places(plan: Plan, inputs: Iterable[Path]) -> None:
    """Raise Refused if a file that is to be written or removed is one of those that the package is made from."""
    read = list(inputs)
    names = {name for one in read for name in (one.name, one.resolve().name)}
    for file in plan.files:
        path = plan.output / file.path
        if file.state != "same" and file.path.name in names and any(is_same(path, one) for one in read):
            message, hint = "the package would take the place of what it is made from", "choose another output folder"
            raise Refused(Diagnostic(severity="error", message=message, file=display(path), hint=hint))
