"""What was found wrong, before it has a place in a file."""

from __future__ import annotations

from dataclasses import dataclass

from .diagnostics import Severity
from .sources import Pointer
from .tree import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something wrong at a pointer. ``changes`` mend it, None where nothing does; ``mended`` puts them into words."""

    pointer: Pointer
    message: str
    severity: Severity = "error"
    hint: str = ""
    changes: tuple[Change, ...] | None = None
    mended: str = ""
