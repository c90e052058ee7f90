"""What was found wrong, before it has a place in a file."""

from __future__ import annotations

from dataclasses import dataclass

from ..diagnostics.diagnostic import Severity
from ..document.edits import Edit
from ..pointer import Pointer

SHOWN = 80
"""Characters of a name or a reference that a message shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something wrong at a pointer. ``edits`` repair it, None where nothing does; ``repaired`` puts them into words."""

    pointer: Pointer
    message: str
    severity: Severity = "error"
    hint: str = ""
    edits: tuple[Edit, ...] | None = None
    repaired: str = ""
