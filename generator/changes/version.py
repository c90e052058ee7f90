"""The version that a document asks for: what its changes make of the old one (semver.org)."""

from __future__ import annotations

import re
from typing import Any

from .model import Verdict

_VERSION = re.compile(r"v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})")


def bump(version: str, verdict: Verdict) -> str:
    """Raise a version of three numbers; empty for any other, and where nothing changed.

    Below 1.0.0 anything may change (semver.org, 4); by custom the second number then stands for the first.
    """
    found = _VERSION.fullmatch(version)
    if found is None or verdict == "none":
        return ""
    major, minor, patch = map(int, found.groups())
    if verdict == "patch" or (not major and verdict == "minor"):
        return f"{major}.{minor}.{patch + 1}"
    return f"{major}.{minor + 1}.0" if verdict == "minor" or not major else f"{major + 1}.0.0"


def asked(old: Any, new: Any, verdict: Verdict) -> str:
    """Say which version two documents ask for, and which the new one has: `major, so 2.0.0; the document says 1.5.0`."""
    before, after = (str(root["info"].get("version", "")) for root in (old, new))
    wanted = bump(before, verdict)
    if not wanted:
        return verdict
    said = "as the document says" if after == wanted else f"the document says {after}"
    return f"{verdict}, so {wanted} after {before}; {said}"
