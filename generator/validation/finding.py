"""What was found wrong, before it has a place in a file."""

from __future__ import annotations

from dataclasses import dataclass

from ..diagnostics.diagnostic import Severity
from ..document.edits import Change
from ..pointer import Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something wrong at a pointer. ``changes`` mend it, None where nothing does; ``mended`` puts them into words."""

    pointer: Pointer
    message: str
    severity: Severity = "error"
    hint: str = ""
    changes: tuple[Change, ...] | None = None
    mended: str = ""
