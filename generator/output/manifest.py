"""The manifest in a package's folder: which files are ours, and what they were."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import PurePosixPath
from typing import Any, Literal

from ..records import record
from ..settings.values import Layout
from .fingerprint import normal

_MOST_FILES = 100_000
"""Names in a manifest: no package has as many files, and manifests come with the working tree."""
_LONGEST = 4096  # octets of a path
BEGINNING = 8_192
"""Octets of a manifest that tell all but its list of files."""
_SPLIT = re.compile(rb'"layout":\s*"split"')
_MARKS = tuple(re.compile(mark, re.MULTILINE) for mark in (rb"^<{7} ", rb"^={7}\r?$", rb"^>{7} "))


@record(kw_only=True)
class Manifest:
    """What the manifest on disk says."""

    known: dict[PurePosixPath, set[str]] = field(default_factory=dict)  # the digests that a file of ours may have
    damage: Literal["", "conflict", "unreadable", "foreign"] = ""
    found: bytes | None = None
    settings: str = ""
    """The settings file that made the package, from the output folder; empty for a command line."""


def manifest_text(
    files: Mapping[PurePosixPath, str],
    inputs: str,
    sources: Sequence[str],
    pending: Mapping[str, str] | None = None,
    settings: str = "",
    layout: Layout = "single",
) -> bytes:
    """Write a manifest: digests of files by path, of what they come from, and of what is about to be written.

    `settings` is the path of the settings file that makes the package, from the output folder; empty for a command line.
    """
    content: dict[str, Any] = {
        **({"settings": settings} if settings else {}),
        **({"layout": layout} if layout != "single" else {}),
        "inputs": inputs if pending is None else "",
        "sources": sources,
        "files": {str(path): files[path] for path in sorted(files)},
    }
    if pending is not None:
        content["pending"] = pending
    return _json(content)


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def lists_the_same(found: bytes, wanted: bytes) -> bool:
    """Tell whether two manifests differ in nothing but what `generate` keeps for itself."""
    try:
        there, here = json.loads(found), json.loads(wanted)
        kept = {name: there[name] for name in ("settings",) if name in there}
        kept |= {name: here[name] for name in ("layout",) if name in here}
        kept |= {name: there[name] for name in ("inputs", "sources")}
        return normal(found) == _json({**kept, "files": here["files"]})
    except (ValueError, LookupError, TypeError, RecursionError):
        return False


def read_manifest(found: bytes | None) -> Manifest:
    """Read a manifest, in whatever state it is."""
    if found is None:
        return Manifest()
    damage: Literal["", "conflict"] = "conflict" if has_marks(found) else ""
    known: dict[PurePosixPath, set[str]] = {}
    settings = ""
    for text in _sides(found) if damage else (found,):
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            return Manifest(damage="unreadable", found=found)
        if not isinstance(content, dict) or not isinstance(content.get("files"), dict) or "inputs" not in content:
            return Manifest(damage="foreign", found=found)
        settings = settings or str(content.get("settings", ""))
        pending = content.get("pending")
        lists = content["files"], pending if isinstance(pending, dict) else {}
        # Each one would be looked for on the disk.
        if sum(map(len, lists)) > _MOST_FILES or not all(_is_path(path) for listed in lists for path in listed):
            return Manifest(damage="unreadable", found=found)
        for listed in lists:
            for path, value in listed.items():
                known.setdefault(PurePosixPath(path), set()).add(str(value))
    return Manifest(known=known, damage=damage, found=found, settings=settings)


def _is_path(text: str) -> bool:
    """Whether a system may have a file of that name: no lone surrogate, no more octets than paths have."""
    try:
        return len(text.encode()) <= _LONGEST
    except UnicodeEncodeError:
        return False


def layout_of(found: bytes | None) -> Layout | None:
    """The layout that a manifest tells of, in whatever state it is: its beginning is enough. None for what is no manifest.

    Of two that a merge has put together, the first one counts.
    """
    head, inputs, _ = (found or b"")[:BEGINNING].partition(b'"inputs"')
    if not inputs:
        return None
    return "split" if _SPLIT.search(head) else "single"


def _sides(text: bytes) -> Iterator[bytes]:
    """Take a text with conflict markers apart into what it was on each side of the merge."""
    for wanted in (0, 1):
        side = -1  # -1: outside a conflict; 0: ours; 1: theirs; 2: the common ancestor (merge.conflictStyle diff3)
        lines = []
        for line in text.splitlines(keepends=True):
            mark = line[:7]
            if mark == b"<" * 7:
                side = 0
            elif side >= 0 and mark == b"|" * 7:
                side = 2
            elif side >= 0 and mark == b"=" * 7:
                side = 1
            elif side >= 0 and mark == b">" * 7:
                side = -1
            elif side in {-1, wanted}:
                lines.append(line)
        yield b"".join(lines)


def versions(found: bytes) -> list[bytes]:
    """Give the texts that a conflict was made of; none for a text without conflict markers."""
    return list(_sides(found)) if has_marks(found) else []


def has_marks(text: bytes) -> bool:
    """Tell whether a text has the three marks of a merge conflict, one after the other."""
    position = 0
    for mark in _MARKS:
        match = mark.search(text, position)
        if match is None:
            return False
        position = match.end()
    return True
