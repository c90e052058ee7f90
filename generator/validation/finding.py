"""What was found wrong, before it has a place in a file."""

from __future__ import annotations

from ..diagnostics.diagnostic import Severity
from ..document.edits import Edit
from ..pointer import Pointer
from ..records import record

Repair = tuple[tuple[Edit, ...], str]
"""The edits that repair something, which may be none at all, and what they come to, in words."""
SHOWN_NAME = 80
"""Characters of a name or a reference that a message shows."""


@record(kw_only=True)
class Finding:
    """Something wrong at a pointer, and its repair; None if it has none."""

    pointer: Pointer
    message: str
    severity: Severity = "error"
    hint: str = ""
    repair: Repair | None = None
