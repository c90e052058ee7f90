"""Names of projects: `entity/project`."""

from __future__ import annotations

import unicodedata

_UNSEEN = {"Cc", "Cs", "Zl", "Zp"}
"""Categories of Unicode: control characters, lone surrogates, line and paragraph separators."""


def fault(name: str) -> str:
    """Say what is wrong with a project's name; empty if nothing is."""
    parts = name.split("/")
    if len(parts) != 2 or not all(parts):
        return "must be entity/project"
    if any(part in {".", ".."} for part in parts):
        return "must have no part . or .."
    if any(part != part.strip() for part in parts):
        return "must have no blanks around a part"
    if any(unicodedata.category(character) in _UNSEEN for character in name):
        return "must have no control characters"
    return ""
